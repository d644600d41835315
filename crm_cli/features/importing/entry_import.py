"""What an import of calendar entries or vCards would do."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from crm_cli.formats.content_lines import Refused
from crm_cli.store import outside
from crm_cli.workspace import Change


class EntryImport(NamedTuple):
    """The counts are of entries, by kind and by what they come to.

    `ids` are those of the records and items that are new or change; `notes` are worth a look.
    """

    counts: dict[str, Counter[str]]
    rejected: tuple[Refused, ...]
    notes: tuple[str, ...]
    ids: tuple[str, ...]
    change: Change


def rejects_path(path: Path, suffix: str, data: bytes) -> Path:
    """Where the rejected entries of a file or folder go: `team.rejects.ics` beside it, or the one
    like it that holds the same `data`."""
    if str(path) == "-":
        return outside.free_name(Path(f"rejects{suffix}"), data)
    place = path.resolve()
    return outside.free_name(place.with_name(f"{place.stem}.rejects{suffix}"), data)


def write_rejected(path: Path, data: bytes) -> None:
    """Write the rejected entries, unless the file holds them already; raises UsageError."""
    outside.write_once(path, data)
