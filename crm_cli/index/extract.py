"""Items as rows of the index's tables."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.index.cells import Cell, Cells, OwnCells, lines
from crm_cli.index.layout import (
    MADE_FOR_SEARCH,
    NOT_SEARCHED,
    Filling,
    Lifting,
    Part,
    converters,
    filling_of,
    layout_of,
)
from crm_cli.index.plan import EXTRA
from crm_cli.index.schema import ITEM_BITS
from crm_cli.model.business import Business
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind, normal
from crm_cli.model.kinds import RECORDS
from crm_cli.model.node import Plain, plain
from crm_cli.model.own import OWN
from crm_cli.model.text import composed, tokens, words
from crm_cli.model.units import currency_of

Row = list[Cell]
Tables = dict[tuple[str, ...], list[Row]]
"""Rows by table and columns: (table, column, column …). Rows are inserted with the columns
that they have a value for; the rest is the table's own default."""

_WHOLE = ("search", "extra", *(kind.name for kind in RECORDS))
"""Tables of which the first column inserted is the record's number; in others it is the second."""

_SEARCH = ("search", "rowid", "words")
_EXTRA = ("extra", *(column.name for column in EXTRA[1:]))


class Extractor:
    """Makes rows of records, one after the other, until they are taken."""

    def __init__(self, business: Business) -> None:
        self._currency = business.currency
        self._own = OwnCells(business)
        self._tables: Tables = {}
        self._converters = converters(business)
        self._fillings: dict[str, Filling] = {}
        self._counts: dict[str, int] = {}
        self._record = 0
        self._item: tuple[str, ...] = ()

    def take(self) -> Tables:
        """The rows made since the last call."""
        tables, self._tables = self._tables, {}
        return tables

    def forget(self, pk: int) -> None:
        """Take back what has been made of a record."""
        for shape, rows in self._tables.items():
            at = 0 if shape[0] in _WHOLE else 1
            rows[:] = [row for row in rows if row[at] != pk]
        self._tables = {shape: rows for shape, rows in self._tables.items() if rows}

    def record(self, record: Item, pk: int, path: str) -> None:
        """Make the rows of a record with a file of its own, and of everything in it."""
        filling = self._begin(record, pk)
        found = [words(record.id)]
        row: Row = [pk, record.id, path]
        own = self._fill(row, record, filling, pk, found)
        columns = (record.kind.name, "pk", "id", "path", *own, *_lift(row, record, filling))
        self._add(columns, row)
        self._lists(record, filling, found)
        self._add(_SEARCH, [pk, "".join(found)])

    def entry(self, item: Item, pk: int) -> None:
        """Make the rows of an entry, a product or a segment, and of everything in it."""
        filling = self._begin(item, pk)
        found = [words(item.id)]
        row: Row = [pk, item.id]
        own = self._fill(row, item, filling, pk, found)
        columns = (item.kind.name, "pk", "id", *own, *_lift(row, item, filling))
        self._lists(item, filling, found)
        if filling.all_words:
            columns += filling.all_words
            row.append("".join(found))
        self._add(columns, row)

    def _begin(self, record: Item, pk: int) -> Filling:
        """Number all rows to come after this record, or entry; how its own are filled."""
        self._record = pk
        self._item = ("pk", record.kind.name, "parent", "ordinal")
        self._counts = {}
        return self._filling(record.kind)

    def _lists(self, record: Item, filling: Filling, found: list[str]) -> None:
        for key, kind in filling.lists:
            items = record.values.get(key)
            if items:
                self._list(items, kind, None, found)

    def _list(self, items: list[Item], kind: Kind, parent: int | None, found: list[str]) -> None:
        name = kind.name
        filling = self._filling(kind)
        record = self._record
        count = self._counts.get(name, 0)
        self._counts[name] = count + len(items)
        pk = (record << ITEM_BITS) + count
        first = (name, *self._item, "id") if filling.has_id else (name, *self._item)
        for ordinal, item in enumerate(items):
            own: list[str] = []
            row: Row = [pk, record, parent, ordinal]
            if filling.has_id:
                row.append(item.id)
                if item.written_id:
                    found.append(words(item.id))
            columns = first + self._fill(row, item, filling, pk, own)
            if filling.lifts:
                columns += _lift(row, item, filling)
            for key, part_kind in filling.lists:
                parts = item.values.get(key)
                if parts:
                    self._list(parts, part_kind, pk, own)
            if filling.all_words:
                columns += filling.all_words
                row.append("".join(own))
            found += own
            self._add(columns, row)
            pk += 1

    def _fill(
        self, row: Row, item: Item, filling: Filling, pk: int, found: list[str]
    ) -> tuple[str, ...]:
        """Append the cells of an item's fields and derived values, and the words found by.

        Returns the names of their columns.
        """
        values = item.values
        keys = tuple(values)
        layout = filling.layouts.get(keys)
        if layout is None:
            layout = filling.layouts[keys] = layout_of(filling, keys)
        currency = ""
        if filling.currency:
            currency = currency_of(item, self._currency)
            row.append(currency)
        for key, part in layout.parts:
            value = values[key]
            cells = part.convert(value, item, currency)
            row += cells
            if part.search != NOT_SEARCHED:
                _search(value, cells, part, found)
        derived = item.derived
        for key, part in filling.derived:
            value = derived.get(key)
            if value is None:
                row += part.missing
                continue
            cells = part.convert(value, item, currency)
            row += cells
            if part.search != NOT_SEARCHED:
                _search(value, cells, part, found)
        columns = layout.columns
        for key, group in layout.groups:
            columns += self._fill(row, values[key], group, pk, found)
        if filling.free or item.extra:
            self._extras(item, filling, pk, found)
        return columns

    def _extras(self, item: Item, filling: Filling, pk: int, found: list[str]) -> None:
        """Rows of the keys that no kind knows, and of what is kept as it is written. A key of
        one's own is the same field at the top of a record and below `custom`."""
        name = filling.kind.name
        own = filling.prefix + (f"{OWN}." if OWN in filling.free else "")
        kept = [
            (filling.prefix + key, item.values[key]) for key in filling.free if key in item.values
        ]
        kept += [(own + normal(key), plain(node)) for key, node in item.extra.items()]
        counts: dict[str, int] = {}
        for key, value in kept:
            for path, text in _flat(key, value):
                folded = words(text)
                ordinal = counts[path] = counts.get(path, -1) + 1
                row: Row = [self._record, name, pk, path, composed(text), folded, ordinal]
                self._add(_EXTRA, row + self._own(path, text))
                found.append(folded)

    def _add(self, shape: tuple[str, ...], row: Row) -> None:
        rows = self._tables.get(shape)
        if rows is None:
            rows = self._tables[shape] = []
        rows.append(row)

    def _filling(self, kind: Kind) -> Filling:
        made = self._fillings.get(kind.name)
        if made is None:
            made = self._fillings[kind.name] = filling_of(kind, self._converters)
        return made


def _search(value: object, cells: Cells, part: Part, found: list[str]) -> None:
    folded = words(str(value)) if part.search == MADE_FOR_SEARCH else str(cells[part.search])
    found.append(folded)
    if part.run_together and folded.count(" ") > 2:
        found.append(f" {''.join(tokens(folded))} ")


def _lift(row: Row, item: Item, filling: Filling) -> tuple[str, ...]:
    """Append what is answered from an item's lists; returns the names of the columns."""
    row += [_lifted(item.items(one.list), one) for one in filling.lifts]
    return tuple(one.column for one in filling.lifts)


def _lifted(items: list[Item], lifting: Lifting) -> Cell:
    """The value of the first that answers, or those of all, one a line."""
    key = lifting.key
    if lifting.several:
        return (
            lines([composed(str(item.values[key])) for item in items if key in item.values]) or None
        )
    for item in items:
        if item.answers:
            value = item.values.get(key)
            return None if value is None else lifting.convert(value, item, "")[0]
    return None


def _flat(key: str, value: Plain) -> Iterator[tuple[str, str]]:
    """(KEY.SUB, text) of each text in a value; a list's elements have the list's key."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, list):
        for element in value:
            yield from _flat(key, element)
    elif isinstance(value, dict):
        for sub, element in value.items():
            yield from _flat(f"{key}.{normal(sub)}", element)
