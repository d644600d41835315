"""The registry of import and export formats.

Records are exported in every format of tables (`formats/tables`) and as calendars. What
reads and writes is imported when it is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from crm_cli.formats.tables import CSV, TABLES, TableFormat
from crm_cli.formats.targets import CALENDARS, IMPORTED
from crm_cli.model.errors import UsageError

if TYPE_CHECKING:
    from crm_cli.formats.drafts import Drafts
    from crm_cli.formats.flat import Exported
    from crm_cli.formats.ics.words import Around
    from crm_cli.formats.mapping import Map
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item
    from crm_cli.model.kind import Kind


class Read(Protocol):
    """Reads a file's bytes as drafts of records of a kind."""

    def __call__(self, data: bytes, kind: Kind, map: Map | None, business: Business) -> Drafts: ...


class Write(Protocol):
    """Writes records of a kind, and counts what the format has no place for.

    `around` is what a calendar needs to know beside them.
    """

    def __call__(
        self,
        kind: Kind | str,
        items: Iterable[Item],
        around: Around | None = None,
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


def _read_csv(data: bytes, kind: Kind, map: Map | None, business: Business) -> Drafts:
    from crm_cli.formats.drafts import drafts_of
    from crm_cli.formats.tabular import read_table

    table = read_table(
        data,
        encoding=map.encoding if map else "",
        delimiter=map.delimiter if map else "",
    )
    return drafts_of(table, kind, map, business)


def _write_table(
    form: TableFormat,
    kind: Kind | str,
    items: Iterable[Item],
    around: Around | None = None,
    *,
    ascii_only: bool = False,
) -> Exported:
    assert not isinstance(kind, str)
    from crm_cli.formats.records import records_text

    return records_text(form, kind, items, ascii_only=ascii_only)


def _write_ics(
    kind: Kind | str,
    items: Iterable[Item],
    around: Around | None = None,
    *,
    ascii_only: bool = False,
) -> Exported:
    from crm_cli.formats.ics.writing import calendar_text

    assert around is not None
    name = kind if isinstance(kind, str) else kind.key
    business = around.business.name
    return calendar_text(items, around, name=f"{business}: {name}" if business else name)


IMPORTERS: tuple[Importer, ...] = (
    Importer("csv", (".csv", ".tsv", ".tab", ".txt"), IMPORTED, _read_csv),
    Importer("ics", (".ics", ".ical"), CALENDARS, None),
)

EXPORTERS: tuple[Exporter, ...] = (
    *(
        Exporter(one.name, one.suffixes, IMPORTED, partial(_write_table, one), one.doc, one)
        for one in sorted(TABLES, key=lambda one: one is not CSV)
    ),
    Exporter("ics", (".ics", ".ical"), CALENDARS, _write_ics, "For calendars and telephones."),
)
"""CSV comes first: it is what records are exported in where nothing else is asked for."""


def importer(kind: Kind | str, name: str = "", path: str = "") -> Importer:
    """The importer of a name, else by the file's ending, else the first that holds the kind.

    Raises UsageError.
    """
    return _able(IMPORTERS, kind, name, path, "imported from")


def exporter(kind: Kind | str, name: str = "", path: str = "") -> Exporter:
    """The exporter of a name, else by the file's ending, else the first that holds the kind.

    Raises UsageError.
    """
    return _able(EXPORTERS, kind, name, path, "exported as")


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
