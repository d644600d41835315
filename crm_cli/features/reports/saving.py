"""Saving a report to a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from crm_cli.store import outside


def save(path: Path, pieces: Iterable[str | bytes], *, force: bool = False) -> None:
    """Write a report into a file; one that exists is replaced only with `force`."""
    outside.write(path, pieces, force=force)
