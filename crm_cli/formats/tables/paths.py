"""Paths of the records' files, one per line, as `xargs` reads them."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.model.rows import Rows
from crm_cli.model.text import visible


def write(rows: Rows, *, header: bool = True) -> Iterator[str]:
    """One path a line, never a header. Raises KeyError where the rows have no paths."""
    paths = rows.values("path") if rows.paths is None else rows.paths
    return (visible(str(path)) + "\n" for path in paths)
