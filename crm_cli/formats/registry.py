"""The registry of import and export formats.

Records are exported in every format of tables (`formats/tables`), as calendars and vCards. What
reads and writes is imported when it is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from crm_cli.formats.tables import CSV, TABLES, TableFormat
from crm_cli.formats.targets import CALENDARS, CARDS, IMPORTED
from crm_cli.model.errors import UsageError

if TYPE_CHECKING:
    from crm_cli.formats.drafts import Drafts
    from crm_cli.formats.flat import Exported
    from crm_cli.formats.ics.words import Around
    from crm_cli.formats.mapping import Map
    from crm_cli.formats.vcf.cards import Book
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item
    from crm_cli.model.kind import Kind


class Read(Protocol):
    """Reads a file's bytes as drafts of records of a kind."""

    def __call__(self, data: bytes, kind: Kind, map: Map | None, business: Business) -> Drafts: ...


class Write(Protocol):
    """Writes records of a kind, and counts what the format has no place for.

    `around` is what a calendar, or vCards, need to know beside them.
    """

    def __call__(
        self,
        kind: Kind | str,
        items: Iterable[Item],
        around: Around | Book | None = None,
        *,
        ascii_only: bool = False,
    ) -> Exported: ...


class Importer(NamedTuple):
    """A format that is read: its name, the endings of its files, the kinds it can hold.

    `read` is None for one that is no table of rows, but entries that know what they are.
    """

    name: str
    suffixes: tuple[str, ...]
    kinds: tuple[str, ...]
    read: Read | None


class Exporter(NamedTuple):
    """A format that is written."""

    name: str
    suffixes: tuple[str, ...]
    kinds: tuple[str, ...]
    write: Write
    doc: str
    table: TableFormat | None = None


def _read_table(data: bytes, kind: Kind, map: Map | None, business: Business) -> Drafts:
    from crm_cli.formats.drafts import drafts_of
    from crm_cli.formats.headings import meaning
    from crm_cli.formats.table_files import table_of
    from crm_cli.formats.targets import sheet_names

    mapped = {column.heading for column in map.columns} if map else set()
    table = table_of(
        data,
        map,
        called=sheet_names(kind),
        known=lambda heading: heading in mapped or meaning(kind, heading) is not None,
    )
    return drafts_of(table, kind, map, business)


def _read_sheet(data: bytes, kind: Kind, map: Map | None, business: Business) -> Drafts:
    from crm_cli.formats.table_files import refuse_text

    refuse_text(data)
    return _read_table(data, kind, map, business)


def _read_jsonl(data: bytes, kind: Kind, map: Map | None, business: Business) -> Drafts:
    from crm_cli.formats.drafts import drafts_of
    from crm_cli.formats.json_rows import read_lines

    encoding, shape = (map.encoding, map.shape) if map else ("", None)
    return drafts_of(read_lines(data, encoding=encoding, shape=shape), kind, map, business)


def _read_json(data: bytes, kind: Kind, map: Map | None, business: Business) -> Drafts:
    from crm_cli.formats.drafts import drafts_of
    from crm_cli.formats.json_rows import read_document

    encoding, shape = (map.encoding, map.shape) if map else ("", None)
    return drafts_of(read_document(data, encoding=encoding, shape=shape), kind, map, business)


def _read_abook(data: bytes, kind: Kind, map: Map | None, business: Business) -> Drafts:
    from crm_cli.formats.drafts import drafts_of
    from crm_cli.formats.sections import read_sections

    return drafts_of(read_sections(data, encoding=map.encoding if map else ""), kind, map, business)


def _write_table(
    form: TableFormat,
    kind: Kind | str,
    items: Iterable[Item],
    around: Around | Book | None = None,
    *,
    ascii_only: bool = False,
) -> Exported:
    assert not isinstance(kind, str)
    from crm_cli.formats.records import records_text

    return records_text(form, kind, items, ascii_only=ascii_only)


def _write_ics(
    kind: Kind | str,
    items: Iterable[Item],
    around: Around | Book | None = None,
    *,
    ascii_only: bool = False,
) -> Exported:
    from crm_cli.formats.ics.words import Around
    from crm_cli.formats.ics.writing import calendar_text

    assert isinstance(around, Around)
    name = kind if isinstance(kind, str) else kind.key
    business = around.business.name
    return calendar_text(items, around, name=f"{business}: {name}" if business else name)


def _write_vcf(
    version: str,
    kind: Kind | str,
    items: Iterable[Item],
    around: Around | Book | None = None,
    *,
    ascii_only: bool = False,
) -> Exported:
    from crm_cli.formats.vcf.cards import Book
    from crm_cli.formats.vcf.writing import cards_text

    assert isinstance(around, Book)
    return cards_text(items, around, version)


CARDS_FORMAT = "vcf"

IMPORTERS: tuple[Importer, ...] = (
    Importer("csv", (".csv", ".tsv", ".tab", ".txt"), IMPORTED, _read_table),
    Importer("jsonl", (".jsonl", ".ndjson"), IMPORTED, _read_jsonl),
    Importer("json", (".json",), IMPORTED, _read_json),
    Importer("abook", (), CARDS, _read_abook),
    Importer("xlsx", (".xlsx", ".xlsm"), IMPORTED, _read_sheet),
    Importer("ods", (".ods",), IMPORTED, _read_sheet),
    Importer("ics", (".ics", ".ical"), CALENDARS, None),
    Importer(CARDS_FORMAT, (".vcf", ".vcard"), CARDS, None),
)

EXPORTERS: tuple[Exporter, ...] = (
    *(
        Exporter(one.name, one.suffixes, IMPORTED, partial(_write_table, one), one.doc, one)
        for one in sorted(TABLES, key=lambda one: one is not CSV)
    ),
    Exporter("ics", (".ics", ".ical"), CALENDARS, _write_ics, "For calendars and telephones."),
    *(
        Exporter(name, suffixes, CARDS, partial(_write_vcf, version), doc)
        for name, suffixes, version, doc in (
            ("vcf", (".vcf", ".vcard"), "3.0", "vCards, for telephones and address books."),
            ("vcf-4.0", (), "4.0", "vCards of version 4.0 (RFC 6350)."),
            ("vcf-2.1", (), "2.1", "vCards of version 2.1, for old telephones."),
        )
    ),
)
"""CSV comes first: it is what records are exported in where nothing else is asked for."""


WORKBOOKS = ("xlsx", "ods")
"""The importers of workbooks; each reads the other's, too."""

_SAVE_AS_CSV = "save it as CSV (UTF-8) there, and import that file"
_SAVE_AS_XLSX = "save it as .xlsx there, and import that file"
_VCARD = "vCards hold customers: crm import customers FILE.vcf, or with --format vcf"
_FOREIGN = {
    **dict.fromkeys((".xlsx", ".xlsm", ".ods"), ("workbook", "leave --format out, or name it so")),
    **dict.fromkeys((".xls", ".xlsb", ".numbers"), ("spreadsheet", _SAVE_AS_XLSX)),
    **dict.fromkeys((".vcf", ".vcard"), ("file of vCards", _VCARD)),
    **dict.fromkeys((".xml", ".yaml", ".yml"), ("data file", _SAVE_AS_CSV)),
    **dict.fromkeys((".pdf", ".doc", ".docx", ".odt", ".html"), ("document", _SAVE_AS_CSV)),
    **dict.fromkeys((".zip", ".gz", ".7z"), ("archive", "unpack it, and import what is in it")),
}
"""Files of other programs by their endings: what they are, and what to do."""
_BEGINNINGS = {
    b"PK\x03\x04": ".xlsx",
    b"\xd0\xcf\x11\xe0": ".xls",
    b"BEGIN:VCARD": ".vcf",
    b"%PDF": ".pdf",
    b"\x1f\x8b": ".gz",
    b"<?xml": ".xml",
    b"<!DOCTYPE": ".html",
    b"<html": ".html",
}


def refuse_foreign(path: str, data: bytes = b"", *, format: str = "") -> None:
    """Raise UsageError for a file that is no table of text, by its ending or its beginning.

    Where its format is named the ending says nothing. `format_of` finds workbooks before.
    """
    ending = "" if format else PurePath(path).suffix.lower()
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    for beginning, of in _BEGINNINGS.items():
        if start[: len(beginning)].upper() == beginning.upper():
            ending = of
    if ending in _FOREIGN:
        what, hint = _FOREIGN[ending]
        article = "an" if what[0] in "aeiou" else "a"
        raise UsageError(f"{path} is {article} {what}, and no table of text", hint)


def importer(kind: Kind | str, name: str = "", path: str = "") -> Importer:
    """The importer of a name, else by the file's ending, else the first that holds the kind.

    Raises UsageError.
    """
    key = kind if isinstance(kind, str) else kind.key
    ending = PurePath(path).suffix.lower()
    if not any(ending in one.suffixes and key in one.kinds for one in IMPORTERS):
        refuse_foreign(path, format=name)
    return _able(IMPORTERS, kind, name, path, "imported from")


def named_format(path: str) -> str:
    """The name of the format that a file's ending tells, empty where it tells none."""
    ending = PurePath(path).suffix.lower()
    return next((one.name for one in IMPORTERS if ending in one.suffixes), "")


def format_of(data: bytes) -> str:
    """The format that the beginning of a file shows, whatever it is called; empty for none."""
    from crm_cli.formats.table_files import is_workbook

    return WORKBOOKS[0] if is_workbook(data) else ""


def exporter(kind: Kind | str, name: str = "", path: str = "") -> Exporter:
    """The exporter of a name, else by the file's ending, else the first that holds the kind.

    Raises UsageError, also for an ending that is not of any format, or of another program's.
    """
    ending = PurePath(path).suffix.lower()
    ours = {suffix for one in EXPORTERS for suffix in one.suffixes}
    ours |= {suffix for one in IMPORTERS if one.name not in WORKBOOKS for suffix in one.suffixes}
    binary = {suffix: one.name for one in TABLES if one.binary for suffix in one.suffixes}
    other = bool(name) and binary.get(ending, name.lower()) != name.lower()
    if ending and (other or (ending not in ours and (not name or ending in _FOREIGN))):
        known = ", ".join(one.name for one in EXPORTERS)
        hint = f"there are {known}: name the file .csv, or another of them"
        if ending not in _FOREIGN:
            hint += "; --format csv writes CSV under any name"
        raise UsageError(f"{PurePath(path).name} names no format that can be written", hint)
    return _able(EXPORTERS, kind, name, path, "exported as")


def several_tables(name: str, path: str = "") -> TableFormat | None:
    """The format of everything at once, by its name, else by the file's ending.

    None is the JSON document of all files. Raises UsageError for a format of one table.
    """
    ending = PurePath(path).suffix.lower()
    found = next(
        (one for one in TABLES if (one.name == name.lower() if name else ending in one.suffixes)),
        None,
    )
    if found is not None and found.several:
        return found
    if name.lower() == "json" or (not name and (found is None or found.name == "json")):
        return None
    named = name or (found.name if found is not None else "")
    able = " or ".join(("json", *(one.name for one in TABLES if one.several)))
    raise UsageError(f"all cannot be exported as {named}", f"all can be exported as {able}")


_Format = TypeVar("_Format", Importer, Exporter)


def _able(
    registry: tuple[_Format, ...], kind: Kind | str, name: str, path: str, done: str
) -> _Format:
    key = kind if isinstance(kind, str) else kind.key
    able = [one for one in registry if key in one.kinds]
    found = _named(registry, name, path) or able[0]
    if found in able:
        return found
    raise UsageError(
        f"{key} cannot be {done} {found.name}",
        f"they can be {done} {', '.join(one.name for one in able)}",
    )


def _named(registry: tuple[_Format, ...], name: str, path: str) -> _Format | None:
    if name:
        for one in registry:
            if one.name == name.lower():
                return one
        known = ", ".join(one.name for one in registry)
        raise UsageError(f"there is no format {name!r}", f"there are {known}")
    ending = PurePath(path).suffix.lower()
    return next((one for one in registry if ending in one.suffixes), None)
