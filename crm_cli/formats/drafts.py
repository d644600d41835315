"""Rows of a table as drafts of records: a map applied, values typed, not yet matched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.formats.headings import default_map, unknown_headings
from crm_cli.formats.mapping import Column, Map
from crm_cli.formats.reading import (
    Found,
    Line,
    Reading,
    find_date_order,
    find_decimal,
    lines_of,
    read_cell,
    read_number,
    wants_dates,
    wants_numbers,
)
from crm_cli.formats.tabular import Rejected, Row, Table
from crm_cli.formats.targets import Target, several, target
from crm_cli.model.business import Business
from crm_cli.model.errors import Unreadable, UsageError
from crm_cli.model.fieldtypes import FieldType, Percent
from crm_cli.model.kind import Kind

Values = dict[str, Any]
"""Typed values by key; items of lists and groups as dictionaries of theirs."""

_SEPARATORS = re.compile(r"[;,]")


class Draft(NamedTuple):
    """What one row says: its line, its values, and its cells as they stood."""

    line: int
    values: Values
    cells: tuple[str, ...]


class Drafts(NamedTuple):
    """All rows of a file, those that cannot be taken, and how the file was read.

    `map` has every setting filled in as it was said or found; `found` tells which were
    found, with what decided. `left_out` are headings that mean nothing here, `doubts` what
    a person should look at before they agree.
    """

    kind: Kind
    map: Map
    headings: tuple[str, ...]
    rows: list[Draft]
    rejected: list[Rejected]
    left_out: tuple[str, ...]
    found: dict[str, Found]
    doubts: tuple[str, ...] = ()


Setter = Callable[[Values, str], None]
"""Puts the value of a cell into a row's values; raises Unreadable."""


def drafts_of(table: Table, kind: Kind, map: Map | None, business: Business) -> Drafts:
    """What the rows of a table say of records of a kind.

    `map` without columns (or None) takes the headings as they are usually meant.
    Raises UsageError for columns that cannot be told apart, Undecided where dates or
    numbers can be read both ways; rows that cannot be read are among the rejected.
    """
    map = map or Map()
    if map.columns:
        left_out = unknown_headings(map, table.headings)
    else:
        guessed = default_map(kind, table.headings)
        left_out = guessed.left_out
        map = Map(guessed.map.columns, map.constants).with_settings(
            {key: getattr(map, key) for key in ("date", "decimal", "source_system")}
        )
    places = {heading: place for place, heading in enumerate(table.headings)}
    columns = [(places[column.heading], column, _checked(kind, column)) for column in map.columns]
    _no_twins(columns)
    found: dict[str, Found] = {}
    if not map.date:
        found["date"] = find_date_order(_cells(table, columns, wants_dates))
    if not map.decimal:
        found["decimal"] = find_decimal(_cells(table, columns, wants_numbers))
    map = map.with_settings(
        {
            **{key: one.value for key, one in found.items()},
            "delimiter": table.delimiter,
            "encoding": table.encoding,
        }
    )
    reading = Reading(business, map.date, map.decimal or ".")
    setters = [
        (place, column.heading, _setter(column, to, reading)) for place, column, to in columns
    ]
    constants = [_constant(kind, key, text, business) for key, text in map.constants]
    rows: list[Draft] = []
    rejected = list(table.rejected)
    has_system = "source_system" in kind.by_key
    for row in table.rows:
        values, faults = _read_row(row, setters)
        for to, value in constants:
            _put_constant(values, to, value)
        if map.source_system and has_system and "external_id" in values:
            values.setdefault("source_system", map.source_system)
        if faults:
            rejected.append(Rejected(row.line, "; ".join(faults), tuple(row.cells)))
        elif values:
            rows.append(Draft(row.line, values, tuple(row.cells)))
    rejected.sort(key=lambda one: one.line)
    doubts = tuple(
        f"{column.heading} holds shares such as {text}, read as {text} percent; in a map, "
        f"{column.heading}: {{key: {column.key}, scale: 100}} makes percent of them"
        for place, column, to in columns
        if isinstance(to.field.type, Percent) and column.scale == 1
        for text in _share(table, place, reading)
    )
    return Drafts(kind, map, table.headings, rows, rejected, left_out, found, doubts)


def _checked(kind: Kind, column: Column) -> Target:
    to = target(kind, column.key)
    if column.scale != 1 and not wants_numbers(to.field.type):
        raise UsageError(f"{column.heading}: {column.key} is no number that could be scaled")
    return to


def _no_twins(columns: list[tuple[int, Column, Target]]) -> None:
    """Two columns may say the same field only of different items of a list."""
    seen: dict[Target, str] = {}
    for _, column, to in columns:
        if to in seen and to.position >= 0:
            raise UsageError(
                f"{seen[to]} and {column.heading} both mean {column.key}",
                f"number the second, as {to.list}.2" if to.list else "leave one of them out",
            )
        seen[to] = column.heading


def _cells(
    table: Table, columns: list[tuple[int, Column, Target]], wanted: Callable[[Any], bool]
) -> Iterator[Line]:
    for place, column, to in columns:
        if wanted(to.field.type):
            yield from lines_of(
                column.heading, ((row.line, row.cells[place]) for row in table.rows)
            )


def _share(table: Table, place: int, reading: Reading) -> list[str]:
    """The first share of a column of percents in which nothing is above 1."""
    shares = []
    for row in table.rows:
        try:
            value = read_number(row.cells[place].strip() or "0", reading.decimal)
        except Unreadable:
            return []
        if value > 1:
            return []
        if 0 < value < 1:
            shares.append(row.cells[place].strip())
    return shares[:1]


def _read_row(row: Row, setters: list[tuple[int, str, Setter]]) -> tuple[Values, list[str]]:
    values: Values = {}
    faults: list[str] = []
    for place, heading, setter in setters:
        text = row.cells[place]
        if not text or text.isspace():
            continue
        try:
            setter(values, text)
        except Unreadable as error:
            faults.append(f"{heading}: {error.message}{f' ({error.hint})' if error.hint else ''}")
    return _without_gaps(values), faults


class _Places(dict[int, Values]):
    """Items of a list by their position, while a row is read."""


def _without_gaps(values: Values) -> Values:
    """Items of lists in their order, without those that no cell spoke of."""
    for key, items in values.items():
        if isinstance(items, _Places):
            values[key] = [items[place] for place in sorted(items)]
    return values


def _setter(column: Column, to: Target, reading: Reading) -> Setter:
    """How the cells of a column are put into a row; each different text is read once."""
    known: dict[str, Any] = {}
    translated = dict(column.values)
    type = to.field.type

    def read(text: str) -> Any:
        text = translated.get(text, text)
        if several(to):
            parts = _SEPARATORS.split(text) if _commas(to) else text.split("; ")
            return [
                one
                for part in parts
                if part.strip()
                for one in _listed(type, part.strip(), reading)
            ]
        if to.list and to.field.key == "value":
            text = text.strip()
        value = read_cell(type, text, reading)
        return _scaled(value, column.scale) if column.scale != 1 else value

    def set(values: Values, text: str) -> None:
        value = known.get(text)
        if value is None:
            value = read(text)
            if len(known) < 5000:
                known[text] = value
        _put(values, to, value, column.beside)

    return set


def _commas(to: Target) -> bool:
    """Whether a comma parts the texts of a cell too: tags and e-mails have none of their own."""
    return not to.list or not to.field.commas


def _listed(type: FieldType, text: str, reading: Reading) -> list[Any]:
    value = read_cell(type, text, reading)
    return value if isinstance(value, list) else [value]


def _scaled(value: Any, scale: Decimal) -> Any:
    if isinstance(value, tuple):
        return (_scaled(value[0], scale), value[1])
    text = f"{value * scale:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def _put(values: Values, to: Target, value: Any, beside: tuple[tuple[str, str], ...]) -> None:
    key = to.field.key
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], str):
        value, currency = value
        if values.setdefault("currency", currency) != currency:
            raise Unreadable(f"amounts in {values['currency']} and {currency} in one row")
    if to.group:
        values.setdefault(to.group, {})[key] = value
    elif not to.list:
        if key == "currency" and values.get(key, value) != value:
            raise Unreadable(f"{value}, and an amount in {values[key]}")
        values[key] = value
    elif to.position < 0:
        items = _places(values, to.list)
        for text in value:
            items[len(items)] = {key: text, **dict(beside)}
    else:
        _places(values, to.list).setdefault(to.position, dict(beside))[key] = value


def _places(values: Values, key: str) -> _Places:
    found: _Places = values.setdefault(key, _Places())
    return found


def _constant(kind: Kind, key: str, text: str, business: Business) -> tuple[Target, Any]:
    to = target(kind, key)
    try:
        value = to.field.type.read(text, business)
    except Unreadable as error:
        raise UsageError(f"constants, {key}: {error.message}", error.hint) from error
    if isinstance(value, tuple):
        raise UsageError(f"constants, {key}: give the currency as a constant of its own")
    return to, value


def _put_constant(values: Values, to: Target, value: Any) -> None:
    """A constant fills in what no cell said; in a list it goes beside what cells said."""
    key = to.field.key
    if to.group:
        values.setdefault(to.group, {}).setdefault(key, value)
    elif not to.list:
        values.setdefault(key, value)
    elif to.position < 0:
        items = values.setdefault(to.list, [])
        if all(item.get(key) != value for item in items):
            items.append({key: value})
    elif to.position < len(values.get(to.list, ())):
        values[to.list][to.position].setdefault(key, value)
