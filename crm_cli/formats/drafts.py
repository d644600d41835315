"""Rows of a table as drafts of records: a map applied, values typed, not yet matched."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from crm_cli.formats.cells.moments import are_idle
from crm_cli.formats.essentials import is_essential
from crm_cli.formats.grid import Rejected, Row, Sheet, Table
from crm_cli.formats.layout import Layout, Mapped, layout_of, shares
from crm_cli.formats.mapping import Map
from crm_cli.formats.packed import Packed
from crm_cli.formats.reading import Found, wants_dates
from crm_cli.formats.setters import Items, Note, Setter, Values, put_constant, setter_of
from crm_cli.formats.skipping import Skipped
from crm_cli.formats.spreading import spread
from crm_cli.formats.targets import Target, target
from crm_cli.model.business import Business
from crm_cli.model.errors import Unreadable, UsageError
from crm_cli.model.kind import Kind
from crm_cli.model.writing import SIMPLE


class Draft(NamedTuple):
    """What one row says: its line, its values, and its cells as they stood."""

    line: int
    values: Values
    cells: tuple[str, ...]


class Told(NamedTuple):
    """What is told of one cell of a row that is taken."""

    line: int
    heading: str
    note: Note


class Drafts(NamedTuple):
    """All rows of a file, those that cannot be taken, and how the file was read.

    `told` are cells that are left out, or kept though they cannot be. `map` has every
    setting filled in as it was said or found; `found` tells which were found, with what
    decided. `left_out` are headings that mean nothing here, `doubts` what
    a person should look at before they agree. `mapped` tells whether somebody said what the
    columns mean, `guessed_system` whether only the file's name says whose the external ids are.
    `sheet` is where in a workbook they stand, `implied` are fields that no cell says: they are of
    what is new, and change nothing that is there.
    """

    kind: Kind
    map: Map
    headings: tuple[str, ...]
    rows: Packed[Draft]
    rejected: list[Rejected]
    left_out: tuple[str, ...]
    found: dict[str, Found]
    doubts: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()
    mapped: bool = False
    guessed_system: bool = False
    sheet: Sheet | None = None
    implied: tuple[str, ...] = ()


Same = dict[str, Callable[[Any], Any]]
"""By the lists whose items a value makes: what spellings of one have in common."""


class _Read(NamedTuple):
    """A column while rows are read."""

    place: int
    heading: str
    essential: bool
    setter: Setter


def drafts_of(table: Table, kind: Kind, map: Map | None, business: Business) -> Drafts:
    """What the rows of a table say of records of a kind.

    Raises what `layout_of` raises, and UsageError for constants that cannot be; rows that
    cannot be read are among the rejected.
    """
    if map is not None and map.columns:
        map, table = spread(map, table, kind)
    layout = layout_of(table, kind, map, business)
    rows = _Rows(kind, layout, business)
    skipped = Skipped(table, kind, layout.map)
    rows.rejected += table.rejected
    for row in table.rows:
        if not skipped.takes(row):
            rows.take(row)
    rows.rejected.sort(key=lambda one: one.line)
    doubts = (*table.notes, *skipped.told(), *_unread_rows(rows.unread), *shares(layout))
    return Drafts(
        kind,
        layout.map,
        table.headings,
        rows.taken,
        rows.rejected,
        layout.left_out,
        layout.found,
        doubts,
        tuple(rows.told),
        layout.mapped,
        sheet=table.sheet,
    )


class _Rows:
    """The rows of a table while they are read: taken, rejected, or with nothing in them."""

    def __init__(self, kind: Kind, layout: Layout, business: Business) -> None:
        self.taken: Packed[Draft] = Packed()
        self.rejected: list[Rejected] = []
        self.told: list[Told] = []
        self.unread: list[int] = []
        self._columns = [
            _Read(one[0], one[1].heading, is_essential(kind, one[2]), _setter(layout, one))
            for one in layout.columns
        ]
        self._valued: Same = {
            to.list: partial(to.field.type.same, business=business)
            for _, _, to in layout.columns
            if to.field.key == SIMPLE
        }
        constants = layout.map.constants
        self._constants = [_constant(kind, key, text, business) for key, text in constants]
        self._system = layout.map.source_system if "source_system" in kind.by_key else ""

    def take(self, row: Row) -> None:
        """Read a row and put it where it belongs."""
        values, faults, notes = _read_row(row, self._columns)
        values = _listed(values, self._valued)
        for to, value in self._constants:
            put_constant(values, to, value)
        if self._system and "external_id" in values:
            values.setdefault("source_system", self._system)
        if faults:
            reason = "; ".join(faults.values())
            self.rejected.append(Rejected(row.line, reason, tuple(row.cells), next(iter(faults))))
            return
        self.told += notes
        if values:
            self.taken.append(Draft(row.line, values, tuple(row.cells)))
        else:
            self.unread.append(row.line)


def _unread_rows(lines: list[int]) -> list[str]:
    if not lines:
        return []
    shown = ", ".join(str(line) for line in lines[:5])
    more = f" and {len(lines) - 5:,} more" if len(lines) > 5 else ""
    rows = "a row is" if len(lines) == 1 else f"{len(lines):,} rows are"
    return [f"{rows} left out, with nothing in the columns that are read: line {shown}{more}"]


def _setter(layout: Layout, mapped: Mapped) -> Setter:
    """How the cells of a column are put into a row, by the ways of the file and its own."""
    place, column, to = mapped
    reading = layout.reading
    if wants_dates(to.field.type):
        reading = reading.of_column(column.heading, idle=are_idle(layout.texts[place]))
        reading = reading._replace(date=column.date or reading.date)
    return setter_of(column, to, reading)


def _read_row(row: Row, columns: list[_Read]) -> tuple[Values, dict[str, str], list[Told]]:
    """What a row says, why it cannot be taken by heading, and what else is told of its cells."""
    values: Values = {}
    faults: dict[str, str] = {}
    told: list[Told] = []
    for place, heading, essential, setter in columns:
        text = row.cells[place]
        if not text or text.isspace():
            continue
        for note in setter(values, text):
            if essential and not note.kept:
                why = f"{heading}: {note.message}{f' ({note.hint})' if note.hint else ''}"
                faults[heading] = f"{faults[heading]}; {why}" if heading in faults else why
            else:
                told.append(Told(row.line, heading, note))
    return values, faults, told


def _listed(values: Values, valued: Same) -> Values:
    """The values with the items of each list as a list; without lists that have none."""
    for key, items in list(values.items()):
        if isinstance(items, Items):
            values[key] = items.listed(same=valued.get(key))
            if not values[key]:
                del values[key]
    return values


def _constant(kind: Kind, key: str, text: str, business: Business) -> tuple[Target, Any]:
    to = target(kind, key)
    try:
        value = to.field.type.read(text, business)
    except Unreadable as error:
        raise UsageError(f"constants, {key}: {error.message}", error.hint) from error
    if to.field.type.doubts and (doubt := to.field.type.doubt(value, business)):
        raise UsageError(f"constants, {key}: {doubt[1]}", doubt[2])
    if isinstance(value, tuple):
        raise UsageError(f"constants, {key}: give the currency as a constant of its own")
    return to, value
