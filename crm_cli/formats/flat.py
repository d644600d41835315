"""Records as a flat table that can be imported again; a purchase has one row per line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from crm_cli.formats.targets import CUSTOMER as OWNER
from crm_cli.formats.targets import CUSTOMER_NAME, IMPORTED, belongs, id_name, rows_of
from crm_cli.model.fieldtypes import (
    Boolean,
    Date,
    FieldType,
    Free,
    Integer,
    Money,
    Number,
    Texts,
)
from crm_cli.model.item import Item
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf, Nested, singular
from crm_cli.model.money import decimal_literal
from crm_cli.model.rows import Column, Rows
from crm_cli.model.writing import SIMPLE

_PHONE_HEADING = re.compile(r"phones?(\.\d+\.value)?")


class Flat(NamedTuple):
    """Records as rows, and what has no place in them."""

    rows: Rows
    """The columns are named as an import understands them; an absent value is None."""
    left_out: Counter[str]
    """By key, the number of records with something that no column can hold."""


class Exported(NamedTuple):
    """A text in pieces, and the records with something that the format cannot hold, by key.

    `data` is what a binary format has in place of a text.
    """

    pieces: Iterator[str]
    left_out: Counter[str]
    data: Iterator[bytes] | None = None

    @property
    def whole(self) -> Iterator[str] | Iterator[bytes]:
        """The pieces of the file, of text or of bytes."""
        return self.pieces if self.data is None else self.data


def flatten(kind: Kind, items: Iterable[Item]) -> Flat:
    """The table of records of a kind. Columns that no record fills are left out.

    Lists of plain texts are one cell, parted by `; `, unless one of them has more to say
    (a label) or a `;` of its own: then the list has a column for each item and field.
    """
    shape = _Shape(kind)
    listed = rows_of(kind)
    rows: list[dict[Any, Any]] = []
    left_out: Counter[str] = Counter()
    for item in items:
        shared = shape.read(item, kind, ())
        head = {("id",): item.id} if kind.letter or not belongs(kind) else {}
        if belongs(kind):
            owner = item.owner
            head |= {(OWNER.key,): owner.id, (CUSTOMER_NAME.key,): owner.title}
        parts = item.items(listed.key) if listed is not None else []
        once = _shown(item, kind)
        for part in parts:
            inner = shape.read(part, part.kind, (*shape.rows, 0))
            rows.append(head | shared | inner | _amount(part, kind) | once)
            once = {}
        if not parts:
            rows.append(head | shared | _amount(item, kind) | once)
        for key in _beyond(item, kind):
            left_out[key] += 1
    columns = sorted({key for row in rows for key in row}, key=shape.order)
    columns = shape.joined(columns, rows)
    table = Rows(
        [shape.column(column) for column in columns],
        [[row.get(column) for column in columns] for row in rows],
        name=kind.key,
    )
    return Flat(table, left_out)


class _Shape:
    """What columns a kind's records need. A column is a tuple of keys and positions."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._several: dict[tuple[Any, ...], bool] = {}
        listed = rows_of(kind)
        self.rows = (listed.key,) if listed is not None else ()
        amounts = [kind.amount, *(part.amount for field, part in kind.lists if field is listed)]
        self._types: dict[tuple[Any, ...], str] = {(key,): Money.name for key in amounts}
        shown = kind.exchange.shown if kind.exchange is not None else {}
        derived = {one.key: one.type.name for one in kind.derived}
        self._types |= {(column,): derived[key] for column, key in shown.items()}
        self._places: dict[str, int] = {
            key: place for place, key in enumerate([OWNER.key, CUSTOMER_NAME.key, "id", "name"])
        }
        for field in kind.fields:
            self._places.setdefault(field.key, len(self._places))
        for key in (*amounts, *shown):
            self._places.setdefault(key, len(self._places))

    def read(self, item: Item, kind: Kind, before: tuple[Any, ...]) -> dict[Any, Any]:
        """The values of one item by column."""
        cells: dict[Any, Any] = {}
        for field in kind.fields:
            value = item.values.get(field.key)
            type = field.type
            if value is None or value == [] or field.key in self.rows:
                continue
            if isinstance(type, GroupOf):
                for part in type.kind.fields:
                    if part.key in value.values:
                        column = field.key, part.key
                        cells[column] = self._value(column, part.type, value.values[part.key])
            elif isinstance(type, ListOf):
                if not type.kind.apart:
                    cells |= self._list(field, type.kind, value)
            elif field.key == "custom":
                cells |= {(field.key, key): text for key, text in _own_texts(value)}
            elif not isinstance(type, Free):
                column = (*before, field.key)
                cells[column] = self._value(column, type, value)
        return cells

    def _value(self, column: tuple[Any, ...], type: FieldType, value: Any) -> Any:
        self._types[column] = type.name
        return _value(type, value)

    def _list(self, field: Field, kind: Kind, items: list[Item]) -> dict[Any, Any]:
        simple = all(_is_simple(one) for one in items)
        items = sorted(items, key=lambda one: not one.answers)
        self._several[(field.key,)] = self._several.get((field.key,), True) and simple
        cells: dict[Any, Any] = {}
        for place, one in enumerate(items):
            for part in kind.fields:
                if part.key not in one.values or isinstance(part.type, Nested):
                    continue
                column = field.key, place, part.key
                if part.key == "custom":
                    for key, text in _own_texts(one.values[part.key]):
                        cells[*column, key] = text
                else:
                    cells[column] = self._value(column, part.type, one.values[part.key])
        return cells

    def joined(self, columns: list[Any], rows: list[dict[Any, Any]]) -> list[Any]:
        """The columns, with one for each list of plain texts; the rows get that list."""
        for key in [key for key, simple in self._several.items() if simple]:
            parts = [column for column in columns if column[0] == key[0]]
            for row in rows:
                held = [row[column] for column in parts if column in row]
                if held:
                    row[key] = held
            if parts:
                columns[columns.index(parts[0])] = key
                columns = [column for column in columns if column not in parts]
        return columns

    def order(self, column: tuple[Any, ...]) -> tuple[Any, ...]:
        """Where a column stands: as the declarations have their keys."""
        first = column[0]
        inner = self._kind.by_key.get(first)
        place = column[1] if len(column) > 2 else 0
        last = column[2] if len(column) > 3 else column[-1]
        within = 0
        if inner is not None and isinstance(inner.type, ListOf | GroupOf):
            keys = [field.key for field in inner.type.kind.fields]
            within = keys.index(last) if last in keys else 0
        return (self._places.get(first, 999), place, within, str(column[-1]))

    def column(self, column: tuple[Any, ...]) -> Column:
        """The column with the name that an import understands."""
        heading = self._heading(column)
        if _PHONE_HEADING.fullmatch(heading):
            return Column(heading, "phone")
        return Column(heading, self._types.get(column, "text"))

    def _heading(self, column: tuple[Any, ...]) -> str:
        if column == ("id",):
            return id_name(self._kind)
        if len(column) == 1:
            field = self._kind.by_key.get(column[0])
            lifts = field.lifts if field is not None and not field.separate else {}
            return str(next(iter(lifts), column[0]))
        if len(column) == 2:
            return ".".join(column)
        key, place, part, *own = column
        field = self._kind.by_key[key]
        if own:
            return f"{key}.{place + 1}.{part}.{own[0]}"
        if place == 0 and part in field.hoists:
            return str(part)
        if key in self.rows:
            return str(part) if part not in self._kind.by_key else f"{singular(key)}.{part}"
        return f"{key}.{place + 1}.{part}"


def _own_texts(value: Any) -> list[tuple[str, str]]:
    """The keys of one's own that hold one text; further lists and groups have no column."""
    if not isinstance(value, dict):
        return []
    return [(key, part) for key, part in value.items() if isinstance(part, str)]


def _value(type: FieldType, value: Any) -> Any:
    """The value as a row has it: a number, date or truth value as such, else its text."""
    if isinstance(type, Number | Money):
        return Decimal(decimal_literal(value))
    if isinstance(type, Texts | Integer | Date | Boolean):
        return value
    return type.write(value).text


def _is_simple(item: Item) -> bool:
    """Whether an item is a text that can stand beside others in one cell."""
    if set(item.values) != {SIMPLE}:
        return False
    text = str(item.values[SIMPLE])
    parted = ";" in text or (not item.kind.by_key[SIMPLE].commas and "," in text)
    return not parted and text.strip() == text


def _amount(item: Item, kind: Kind) -> dict[Any, Any]:
    """The computed amount of an item, where it is not written as a field of the row."""
    value = item.derived.get(item.kind.amount)
    return {} if value is None or item.kind.amount in kind.by_key else {(item.kind.amount,): value}


def _shown(item: Item, kind: Kind) -> dict[Any, Any]:
    """What is exported beside what is written, as far as it is known."""
    shown = kind.exchange.shown if kind.exchange is not None else {}
    cells = {(column,): item.derived.get(key) for column, key in shown.items()}
    return {column: value for column, value in cells.items() if value is not None}


def _beyond(item: Item, kind: Kind) -> Iterator[str]:
    """Keys of an item that say something which no column of its table can hold."""
    yield from item.extra
    for field in _particular(kind):
        value = item.values.get(field.key)
        type = field.type
        if not value:
            continue
        if field.key == "custom":
            texts = value.values() if isinstance(value, dict) else [None]
            if not all(isinstance(one, str) for one in texts):
                yield field.key
        elif isinstance(type, Free):
            yield field.key
        elif isinstance(type, ListOf) and type.kind.apart:
            if type.kind.key not in IMPORTED:
                yield field.key
        elif isinstance(type, ListOf) and any(_is_deep(one) for one in value):
            yield field.key


@cache
def _particular(kind: Kind) -> list[Field]:
    """The fields whose values may have no column; most kinds have few."""
    return [
        field for field in kind.fields
        if field.key == "custom" or isinstance(field.type, Free | ListOf)
    ]


def _is_deep(item: Item) -> bool:
    """Whether an item of a list says something which has no column."""
    if item.extra or any(item.values.get(inner.key) for inner, _ in item.kind.lists):
        return True
    own = item.values.get("custom")
    return own is not None and (not isinstance(own, dict) or len(_own_texts(own)) < len(own))
