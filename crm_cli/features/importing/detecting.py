"""Which kind of file an import reads: a table, a calendar, or vCards."""

from __future__ import annotations

import os
from pathlib import Path

from crm_cli.formats.registry import importer
from crm_cli.formats.targets import ALL_DATES, CALENDARS, CARDS, exchanged
from crm_cli.model.errors import UsageError
from crm_cli.model.places import CUSTOMERS, FOLDERS, SETTINGS


def entries_format(kind: str, path: Path, format: str = "") -> str:
    """`ics` or `vcf` where entries are read, empty for a table; a folder of either counts.

    Raises UsageError for a kind or a format that there is not, and that do not go together.
    """
    name = exchanged(kind, ("bank", "invoices", "all"))
    chosen = format
    _refuse_ours(path)
    if not format and str(path) != "-" and path.is_dir():
        own = "vcf" if name in CARDS else "ics" if name in CALENDARS else ""
        chosen = _of_folder(path) or own
        if chosen in _SORTS and chosen != own:
            _refuse_folder(path, name, chosen)
    found = importer(name, chosen, str(path))
    return found.name if found.read is None else ""


_SORTS = {
    "vcf": ("vCards (.vcf)", CARDS[0]),
    "ics": ("calendar entries (.ics)", ALL_DATES),
}
"""What a folder of a format holds, and as what it is imported."""


def _refuse_folder(path: Path, name: str, found: str) -> None:
    """Raise UsageError for a folder of what is imported as another kind."""
    what, kind = _SORTS[found]
    raise UsageError(
        f"{path} is a folder of {what}, and no {name} are imported from these",
        f"crm import {kind} {path}",
    )


def kind_of_folder(path: Path) -> str:
    """What a folder of vCards or of calendar entries holds; empty for another, or a file.

    Raises UsageError for a directory of our own.
    """
    _refuse_ours(path)
    return {"vcf": CARDS[0], "ics": ALL_DATES}.get(_of_folder(path), "")


def _refuse_ours(path: Path) -> None:
    """Raise UsageError for a data directory, and for its own folders: templates, texts of consents
    and documents are no records. What else somebody keeps in one is theirs."""
    if str(path) == "-" or not path.is_dir():
        return
    cure = "crm export all there, and crm import all here, take over what it holds"
    if (path / SETTINGS.path).is_file() or (path / CUSTOMERS.path).is_dir():
        raise UsageError(f"cannot read {path}: it is a data directory of crm", cure)
    inner = Path(os.path.realpath(path))
    for above in inner.parents:
        top = inner.relative_to(above).parts[0]
        if (top in FOLDERS or top.startswith(".")) and (above / SETTINGS.path).is_file():
            raise UsageError(f"cannot read {path}: it belongs to the data directory {above}", cure)


def _of_folder(path: Path) -> str:
    """The format of most files of a folder: of vCards, of entries, or `json` for notes."""
    if not path.is_dir():
        return ""
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
