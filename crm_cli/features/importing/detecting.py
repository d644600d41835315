"""Which kind of file an import reads: a table, or a calendar."""

from __future__ import annotations

from pathlib import Path

from crm_cli.formats.registry import importer
from crm_cli.formats.targets import CALENDARS, exchanged


def is_calendar(kind: str, path: Path, format: str = "") -> bool:
    """Whether entries of a calendar are read; a folder of calendars counts.

    Raises UsageError for a kind or a format that there is not, and that do not go together.
    """
    name = exchanged(kind)
    folder = name in CALENDARS and str(path) != "-" and path.is_dir()
    chosen = "ics" if folder and not format else format
    return importer(name, chosen, str(path)).read is None
