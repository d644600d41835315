"""Records as a table that can be imported again: one row each, of a purchase one a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from crm_cli.formats.targets import belongs
from crm_cli.model.fieldtypes import FieldType, GroupOf, ListOf, Money, Number, Storage, Texts
from crm_cli.model.item import Item
from crm_cli.model.kind import Field, Kind

_LINES = "lines"
_NUMBERS = (Storage.DECIMAL, Storage.MONEY, Storage.INTEGER, Storage.DATE, Storage.BOOLEAN)


class Cell(NamedTuple):
    """A text, and whether a spreadsheet may take it as it is: a number, a date, a phone."""

    text: str
    typed: bool = False


class Flat(NamedTuple):
    """Headings, rows (a cell that says nothing is None), and what has no place in a table.

    `left_out` counts, by key, the records with something that no column can hold.
    """

    headings: list[str]
    rows: list[list[Cell | None]]
    left_out: Counter[str]


class Exported(NamedTuple):
    """A text in pieces, and the records with something that the format cannot hold, by key."""

    pieces: Iterator[str]
    left_out: Counter[str]


def flatten(kind: Kind, items: Iterable[Item]) -> Flat:
    """The table of records of a kind. Columns that no record fills are left out.

    Lists of plain texts are one cell, parted by `; `, unless one of them has more to say
    (a label) or a `;` of its own: then the list has a column for each item and field.
    """
    shape = _Shape(kind)
    rows: list[dict[Any, Cell]] = []
    left_out: Counter[str] = Counter()
    for item in items:
        shared = shape.read(item, kind, ())
        head = {("id",): Cell(item.id)}
        if belongs(kind):
            owner = item.owner
            head |= {("customer",): Cell(owner.id), ("customer_name",): Cell(owner.title)}
        lines = item.items(_LINES) if _LINES in kind.by_key else []
        for line in lines:
            net = line.derived.get("net")
            inner = shape.read(line, line.kind, (_LINES, 0))
            rows.append(head | shared | inner | _net(net, line.kind))
        if not lines:
            net = item.derived.get("net") if _LINES in kind.by_key else None
            rows.append(head | shared | _net(net, kind))
        for key in _beyond(item, kind):
            left_out[key] += 1
    columns = sorted({key for row in rows for key in row}, key=shape.order)
    columns = shape.joined(columns, rows)
    return Flat(
        [shape.heading(column) for column in columns],
        [[row.get(column) for column in columns] for row in rows],
        left_out,
    )


class _Shape:
    """What columns a kind's records need. A column is a tuple of keys and positions."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._several: dict[tuple[Any, ...], bool] = {}
        self._places: dict[str, int] = {
            key: place for place, key in enumerate(["customer", "customer_name", "id", "name"])
        }
        for field in kind.fields:
            self._places.setdefault(field.key, len(self._places))

    def read(self, item: Item, kind: Kind, before: tuple[Any, ...]) -> dict[Any, Cell]:
        """The cells of one item by column."""
        cells: dict[Any, Cell] = {}
        for field in kind.fields:
            value = item.values.get(field.key)
            type = field.type
            if value is None or value == [] or field.key == _LINES:
                continue
            if isinstance(type, GroupOf):
                for part in type.kind.fields:
                    if part.key in value.values:
                        cells[field.key, part.key] = _cell(part.type, value.values[part.key])
            elif isinstance(type, ListOf):
                if not type.kind.letter:
                    cells |= self._list(field, type.kind, value)
            elif field.key == "custom":
                cells |= {
                    (field.key, key): Cell(part)
                    for key, part in (value.items() if isinstance(value, dict) else ())
                    if isinstance(part, str)
                }
            elif type.storage is not Storage.FREE:
                cells[(*before, field.key)] = _cell(type, value)
        return cells

    def _list(self, field: Field, kind: Kind, items: list[Item]) -> dict[Any, Cell]:
        simple = all(
            set(one.values) == {"value"} and ";" not in str(one.values["value"])
            and str(one.values["value"]).strip() == str(one.values["value"])
            and not (field.separate and "," in str(one.values["value"]))
            and not (field.key == "emails" and "," in str(one.values["value"]))
            for one in items
        )  # fmt: skip
        self._several[(field.key,)] = self._several.get((field.key,), True) and simple
        cells = {}
        for place, one in enumerate(items):
            for part in kind.fields:
                if part.key in one.values and part.type.storage is not Storage.NESTED:
                    cells[field.key, place, part.key] = _cell(part.type, one.values[part.key])
        return cells

    def joined(self, columns: list[Any], rows: list[dict[Any, Cell]]) -> list[Any]:
        """The columns, with one for each list of plain texts; the rows get its cell."""
        for key in [key for key, simple in self._several.items() if simple]:
            parts = [column for column in columns if column[0] == key[0]]
            for row in rows:
                held = [row[column] for column in parts if column in row]
                if held:
                    text = "; ".join(cell.text for cell in held)
                    row[key] = Cell(text, all(cell.typed for cell in held))
            if parts:
                columns[columns.index(parts[0])] = key
                columns = [column for column in columns if column not in parts]
        return columns

    def order(self, column: tuple[Any, ...]) -> tuple[Any, ...]:
        """Where a column stands: as the declarations have their keys."""
        first = column[0]
        if first == "net":
            return (1000,)
        inner = self._kind.by_key.get(first)
        place = column[1] if len(column) > 2 else 0
        last = column[-1]
        within = 0
        if inner is not None and isinstance(inner.type, ListOf | GroupOf):
            keys = [field.key for field in inner.type.kind.fields]
            within = keys.index(last) if last in keys else 0
        return (self._places.get(first, 999), place, within, str(last))

    def heading(self, column: tuple[Any, ...]) -> str:
        """The name that an import understands."""
        if len(column) == 1:
            field = self._kind.by_key.get(column[0])
            lifts = field.lifts if field is not None and not field.separate else {}
            return str(next(iter(lifts), column[0]))
        if len(column) == 2:
            return ".".join(column)
        key, place, part = column
        field = self._kind.by_key[key]
        if place == 0 and part in field.hoists:
            return str(part)
        if key == _LINES:
            return str(part) if part not in self._kind.by_key else f"line.{part}"
        return f"{key}.{place + 1}.{part}"


def _cell(type: FieldType, value: Any) -> Cell:
    from crm_cli.model.money import decimal_literal

    if isinstance(type, Number | Money):
        return Cell(decimal_literal(value), True)
    if isinstance(type, Texts):
        return Cell("; ".join(value))
    return Cell(type.write(value).text, type.storage in _NUMBERS)


def _net(value: Any, kind: Kind) -> dict[Any, Cell]:
    return {} if value is None else {("net",): Cell(f"{value:f}", True)}


def _beyond(item: Item, kind: Kind) -> Iterator[str]:
    """Keys of an item that say something which no column of its table can hold."""
    yield from item.extra
    for field in kind.fields:
        value = item.values.get(field.key)
        type = field.type
        if not value:
            continue
        if field.key == "custom":
            texts = value.values() if isinstance(value, dict) else [None]
            if not all(isinstance(one, str) for one in texts):
                yield field.key
        elif type.storage is Storage.FREE:
            yield field.key
        elif isinstance(type, ListOf) and not type.kind.letter:
            nested = any(
                one.extra or any(one.values.get(inner.key) for inner, _ in one.kind.lists)
                for one in value
            )
            if nested:
                yield field.key
