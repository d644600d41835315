"""The columns of a map for a file's headings: numbered ones, those made of others, and the rest.

`E-mail * - Value: email.*` is a column for each number that the file has. `{First} {Last}` is
made of the cells of those columns; after ` | ` stands what is made where a cell of it is empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from crm_cli.formats.grid import Row, Table
from crm_cli.formats.mapping import Column, Map
from crm_cli.formats.packed import Packed, PackedTexts
from crm_cli.formats.targets import find
from crm_cli.model.kind import Kind

_NAMED = re.compile(r"\{([^{}]+)\}")


def spread(map: Map, table: Table, kind: Kind) -> tuple[Map, Table]:
    """The map with a column for each heading that it means, and the table with those that are
    made of others."""
    there = frozenset(table.headings)
    columns = [one for column in map.columns for one in _numbered(column, there, kind)]
    made = list(dict.fromkeys(one.heading for one in columns if _is_made(one.heading, there)))
    parts = {heading: _NAMED.findall(heading) for heading in made}
    if map.lenient:
        made = [heading for heading in made if there & {*parts[heading]}]
        columns = [one for one in columns if one.heading in there or one.heading in made]
        map = replace(map, skip=tuple(one for one in map.skip if one[0] in there))
    made = [heading for heading in made if map.lenient or there.issuperset(parts[heading])]
    return replace(map, columns=tuple(columns)), _with(table, made)


def parts_of(map: Map) -> frozenset[str]:
    """The headings of the columns that others of the map are made of."""
    return frozenset(name for one in map.columns for name in _NAMED.findall(one.heading))


def _is_made(heading: str, there: frozenset[str]) -> bool:
    return heading not in there and _NAMED.search(heading) is not None


def _numbered(column: Column, there: frozenset[str], kind: Kind) -> Iterator[Column]:
    """A column, or one for each number that stands for its `*`."""
    if "*" not in column.heading or column.heading in there:
        yield column
        return
    pattern = re.compile(r"(\d{1,2})".join(map(re.escape, column.heading.split("*"))))
    for heading in sorted(there, key=lambda name: (len(name), name)):
        found = pattern.fullmatch(heading)
        if found is None:
            continue
        key = column.key.replace("*", found[1])
        if find(kind, key) is not None:
            yield replace(column, heading=heading, key=key)


def _with(table: Table, made: list[str]) -> Table:
    """The table with columns that are made of the cells of others."""
    if not made:
        return table
    places = {heading: place for place, heading in enumerate(table.headings)}
    ways = [[_Way(way, places) for way in heading.split(" | ")] for heading in made]
    rows: Packed[Row] = PackedTexts(Row._make)
    for row in table.rows:
        texts = [next(filter(None, (way.of(row.cells) for way in one)), "") for one in ways]
        rows.append(Row(row.line, [*row.cells, *texts]))
    return table._replace(headings=(*table.headings, *made), rows=rows)


class _Way:
    """How a cell is made of others: texts, and the places of cells between them."""

    def __init__(self, text: str, places: dict[str, int]) -> None:
        self._texts = _NAMED.split(text)[::2]
        self._places = [places.get(name, -1) for name in _NAMED.findall(text)]

    def of(self, cells: list[str]) -> str:
        """The text, empty where one of the cells is."""
        found = [cells[place].strip() if place >= 0 else "" for place in self._places]
        if not all(found):
            return ""
        return self._texts[0] + "".join(
            f"{cell}{text}" for cell, text in zip(found, self._texts[1:], strict=True)
        )
