"""The formats that records come in and go out in: one file, and one line here.

Functions are imported when they are used.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from crm_cli.formats.targets import IMPORTED
from crm_cli.model.errors import UsageError

if TYPE_CHECKING:
    from crm_cli.formats.drafts import Drafts
    from crm_cli.formats.flat import Exported
    from crm_cli.formats.mapping import Map
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item
    from crm_cli.model.kind import Kind


class Read(Protocol):
    """Reads a file's bytes as drafts of records of a kind."""

    def __call__(self, data: bytes, kind: Kind, map: Map | None, business: Business) -> Drafts: ...


class Write(Protocol):
    """Writes records of a kind; says what the format has no place for."""

    def __call__(self, kind: Kind, items: Iterable[Item]) -> Exported: ...


class Importer(NamedTuple):
    """A format that is read: its name, the endings of its files, the kinds it can hold."""

    name: str
    suffixes: tuple[str, ...]
    kinds: tuple[str, ...]
    read: Read


class Exporter(NamedTuple):
    """A format that is written."""

    name: str
    suffixes: tuple[str, ...]
    kinds: tuple[str, ...]
    write: Write
    doc: str


def _read_csv(data: bytes, kind: Kind, map: Map | None, business: Business) -> Drafts:
    from crm_cli.formats.drafts import drafts_of
    from crm_cli.formats.tabular import read_table

    table = read_table(
        data,
        encoding=map.encoding if map else "",
        delimiter=map.delimiter if map else "",
    )
    return drafts_of(table, kind, map, business)


def _write_csv(kind: Kind, items: Iterable[Item]) -> Exported:
    from crm_cli.formats.csv_out import csv_text

    return csv_text(kind, items)


def _write_json(kind: Kind, items: Iterable[Item]) -> Exported:
    from crm_cli.formats.json_out import json_text

    return json_text(kind, items)


def _write_jsonl(kind: Kind, items: Iterable[Item]) -> Exported:
    from crm_cli.formats.json_out import jsonl_text

    return jsonl_text(kind, items)


IMPORTERS: tuple[Importer, ...] = (
    Importer("csv", (".csv", ".tsv", ".tab", ".txt"), IMPORTED, _read_csv),
)

EXPORTERS: tuple[Exporter, ...] = (
    Exporter("csv", (".csv",), IMPORTED, _write_csv, "for spreadsheets, and for crm import"),
    Exporter("json", (".json",), IMPORTED, _write_json, "all that the records hold"),
    Exporter("jsonl", (".jsonl", ".ndjson"), IMPORTED, _write_jsonl, "the same, one a line"),
)


def importer(kind: Kind, name: str = "", path: str = "") -> Importer:
    """The importer of a name, else by the file's ending, else CSV; raises UsageError."""
    found = _chosen(IMPORTERS, name, path)
    if kind.key not in found.kinds:
        raise UsageError(f"{kind.key} cannot be imported from {found.name}")
    return found


def exporter(kind: Kind, name: str = "", path: str = "") -> Exporter:
    """The exporter of a name, else by the file's ending, else CSV; raises UsageError."""
    found = _chosen(EXPORTERS, name, path)
    if kind.key not in found.kinds:
        able = [one.name for one in EXPORTERS if kind.key in one.kinds]
        raise UsageError(
            f"{kind.key} cannot be exported as {found.name}", f"they can as {', '.join(able)}"
        )
    return found


_Format = TypeVar("_Format", Importer, Exporter)


def _chosen(registry: tuple[_Format, ...], name: str, path: str) -> _Format:
    if name:
        for one in registry:
            if one.name == name.lower():
                return one
        known = ", ".join(one.name for one in registry)
        raise UsageError(f"there is no format {name!r}", f"there are {known}")
    ending = PurePath(path).suffix.lower()
    return next((one for one in registry if ending in one.suffixes), registry[0])
