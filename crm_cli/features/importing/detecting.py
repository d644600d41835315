"""Which kind of file an import reads: a table, a calendar, or vCards."""

from __future__ import annotations

import os
from pathlib import Path

from crm_cli.formats.registry import importer
from crm_cli.formats.targets import ALL_DATES, CALENDARS, CARDS, exchanged
from crm_cli.model.errors import UsageError
from crm_cli.model.places import CUSTOMERS, SETTINGS


def entries_format(kind: str, path: Path, format: str = "") -> str:
    """`ics` or `vcf` where entries are read, empty for a table; a folder of either counts.

    Raises UsageError for a kind or a format that there is not, and that do not go together.
    """
    name = exchanged(kind)
    chosen = format
    if not format and str(path) != "-" and path.is_dir():
        chosen = _of_folder(path) or (
            "vcf" if name in CARDS else "ics" if name in CALENDARS else ""
        )
    found = importer(name, chosen, str(path))
    return found.name if found.read is None else ""


def kind_of_folder(path: Path) -> str:
    """What a folder of vCards or of calendar entries holds; empty for another, or a file."""
    return {"vcf": CARDS[0], "ics": ALL_DATES}.get(_of_folder(path), "")


def _of_folder(path: Path) -> str:
    """The format of most files of a folder: of vCards, of entries, or `json` for notes.

    Raises UsageError for a directory of our own, whose templates and notes are no records.
    """
    if not path.is_dir():
        return ""
    if (path / SETTINGS.path).is_file() or (path / CUSTOMERS.path).is_dir():
        cure = "crm export all there, and crm import all here, take over what it holds"
        raise UsageError(f"cannot read {path}: it is a data directory of crm", cure)
    endings: list[str] = []
    for _, folders, files in os.walk(path):
        folders[:] = [one for one in folders if not one.startswith(".")]
        endings += (Path(one).suffix.lower() for one in files if not one.startswith("."))
    counts = {
        "vcf": endings.count(".vcf"),
        "ics": endings.count(".ics"),
        "json": endings.count(".md") + endings.count(".markdown"),
    }
    most = max(counts, key=lambda name: counts[name])
    return most if counts[most] else ""
