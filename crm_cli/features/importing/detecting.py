"""Which kind of file an import reads: a table, a calendar, or vCards."""

from __future__ import annotations

from pathlib import Path

from crm_cli.formats.registry import importer
from crm_cli.formats.targets import CALENDARS, CARDS, exchanged


def entries_format(kind: str, path: Path, format: str = "") -> str:
    """`ics` or `vcf` where entries are read, empty for a table; a folder of either counts.

    Raises UsageError for a kind or a format that there is not, and that do not go together.
    """
    name = exchanged(kind)
    chosen = format
    if not format and str(path) != "-" and path.is_dir():
        chosen = "vcf" if name in CARDS else "ics" if name in CALENDARS else ""
    found = importer(name, chosen, str(path))
    return found.name if found.read is None else ""
