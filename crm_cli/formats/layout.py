"""What the columns of a table mean, by a map or by their headings, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

from crm_cli.formats.grid import Table
from crm_cli.formats.headings import default_map, unknown_headings
from crm_cli.formats.keeping import with_rest
from crm_cli.formats.mapping import Column, Map
from crm_cli.formats.reading import (
    Found,
    Line,
    Reading,
    decimal_of,
    find_date_order,
    find_decimal,
    lines_of,
    read_number,
    wants_dates,
    wants_numbers,
)
from crm_cli.formats.spreading import parts_of
from crm_cli.formats.targets import Target, target
from crm_cli.model.business import Business
from crm_cli.model.errors import Unreadable, UsageError
from crm_cli.model.fieldtypes import Currency, Partial, Percent
from crm_cli.model.kind import Kind

Mapped = tuple[int, Column, Target]
"""A column by its place, with what it means."""
Texts = dict[int, dict[str, int]]
"""The different texts of columns, by their places, each with its first line."""


class Layout(NamedTuple):
    """The columns of a table and how their cells are read.

    `map` has every setting filled in as it was said or found; `found` tells which were found,
    with what decided. `left_out` are headings that mean nothing here, `mapped` is whether
    somebody said what the columns mean.
    """

    map: Map
    columns: list[Mapped]
    texts: Texts
    reading: Reading
    left_out: tuple[str, ...]
    found: dict[str, Found]
    mapped: bool


def layout_of(table: Table, kind: Kind, said: Map | None, business: Business) -> Layout:
    """What a table's columns mean. A map without columns takes the headings as usually meant.
    What is made of other columns has to be among the table's.

    Raises UsageError for columns that cannot be told apart, Undecided where dates or numbers
    can be read both ways.
    """
    said = said or Map()
    map, left_out = _meant(table, kind, said)
    read = {*parts_of(map), *(heading for heading, _ in map.skip)}
    left_out = tuple(one for one in left_out if one not in read)
    if map.keep_rest:
        map, left_out = with_rest(map, kind, left_out)
    places = {heading: place for place, heading in enumerate(table.headings)}
    columns = [(places[column.heading], column, _checked(kind, column)) for column in map.columns]
    _no_twins(columns)
    texts = _texts(table, columns)
    found: dict[str, Found] = {}
    if not map.date:
        found["date"] = find_date_order(_cells(texts, columns, wants_dates))
    if not map.decimal and table.decimal:
        found["decimal"] = Found(table.decimal)
    elif not map.decimal:
        found["decimal"] = find_decimal(_cells(texts, columns, wants_numbers))
    settings = {"delimiter": table.delimiter, "encoding": table.encoding}
    map = map.with_settings({**{key: one.value for key, one in found.items()}, **settings})
    reading = Reading(business, map.date, map.decimal or ".")
    return Layout(map, columns, texts, reading, left_out, found, bool(said.columns))


def _meant(table: Table, kind: Kind, said: Map) -> tuple[Map, tuple[str, ...]]:
    """The map, made of the headings where it names no columns, and the headings left out."""
    if said.columns:
        return said, unknown_headings(said, table.headings)
    guessed = default_map(kind, table.headings)
    kept = {key: getattr(said, key) for key in ("date", "decimal", "source_system")}
    map = replace(said, columns=guessed.map.columns, delimiter="", encoding="").with_settings(kept)
    valuta = _value_dates(table, kind, map)
    left_out = (*guessed.left_out, *(column.heading for column in valuta))
    return replace(map, columns=tuple(one for one in map.columns if one not in valuta)), left_out


def shares(layout: Layout) -> Iterator[str]:
    """What is to be said of columns that hold shares where percents are wanted."""
    for place, column, to in layout.columns:
        if isinstance(to.field.type, Percent) and column.scale == 1:
            for text in _share(layout.texts[place], layout.reading):
                cure = f"{column.heading}: {{key: {column.key}, scale: 100}}"
                yield (
                    f"{column.heading} holds shares such as {text}, read as {text} percent; in a "
                    f"map, {cure} makes percent of them"
                )


def _checked(kind: Kind, column: Column) -> Target:
    to = target(kind, column.key)
    if column.scale != 1 and not wants_numbers(to.field.type):
        raise UsageError(f"{column.heading}: {column.key} is no number that could be scaled")
    return to


def _no_twins(columns: list[Mapped]) -> None:
    """Two columns may say the same field only of different items of a list."""
    seen: dict[Target, str] = {}
    for _, column, to in columns:
        if to in seen and to.position >= 0:
            raise UsageError(
                f"{seen[to]} and {column.heading} both mean {column.key}",
                f"number the second, as {to.list}.2" if to.list else "leave one of them out",
            )
        seen[to] = column.heading


def _texts(table: Table, columns: list[Mapped]) -> Texts:
    """The different texts of the columns of dates and numbers, each with its first line."""
    types = {place: to.field.type for place, _, to in columns}
    found: Texts = {
        place: {} for place, type in types.items() if wants_dates(type) or wants_numbers(type)
    }
    each = list(found.items())
    for line, cells in table.rows if each else ():
        for place, texts in each:
            texts.setdefault(cells[place], line)
    return found


def _cells(
    texts: Texts, columns: list[Mapped], wanted: Callable[[Any], bool]
) -> Iterator[Line]:
    """The texts of the columns whose fields are wanted, as far as they may show something."""
    for place, column, to in columns:
        type = to.field.type
        if not wanted(type) or column.date:
            continue
        cells = ((line, text) for text, line in texts[place].items())
        for line in lines_of(column.heading, cells, partial=isinstance(type, Partial)):
            # A percent has no thousands, and so says nothing of what parts them.
            if not isinstance(type, Percent) or decimal_of(line.text) != "?":
                yield line


def _share(texts: Iterable[str], reading: Reading) -> list[str]:
    """The first share of a column of percents in which nothing is above 1."""
    shares = []
    for text in texts:
        try:
            value = read_number(text.strip() or "0", reading.decimal)
        except Unreadable:
            return []
        if value > 1:
            return []
        if 0 < value < 1:
            shares.append(text.strip())
    return shares[:1]


def _value_dates(table: Table, kind: Kind, map: Map) -> list[Column]:
    """The columns whose heading may mean a currency, but that hold no currencies.

    `Valuta` heads the value date in statements of some countries, the currency in others.
    """
    found = []
    places = {heading: place for place, heading in enumerate(table.headings)}
    for column in map.columns:
        if isinstance(target(kind, column.key).field.type, Currency):
            cells = (row.cells[places[column.heading]] for row in islice(table.rows, 200))
            texts = [text for text in cells if text.strip()]
            if texts and all(re.search(r"\d", text) for text in texts):
                found.append(column)
    return found
