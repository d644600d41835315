"""Answers for people: rows as a table, one record as keys and values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from crm_cli.model.rows import Column, Rows
from crm_cli.model.text import visible
from crm_cli.model.width import wrapped
from crm_cli.render.screen import Screen
from crm_cli.render.table import table_lines
from crm_cli.render.values import bar, sparkline

_BAR = 10
"""So many columns has the longest bar in a table."""


def rows_lines(rows: Rows, screen: Screen, *, header: bool = True) -> Iterator[str]:
    """The lines of a table of the rows, each with its line feed; none where there is no row."""
    if rows.rows:
        yield from _table(_drawn(rows, screen), screen, header)
        for note in rows.notes:
            lines = wrapped(visible(note), screen.width) if screen.width else [visible(note)]
            yield from (screen.paint(line, "muted") + "\n" for line in lines)


def _table(rows: Rows, screen: Screen, header: bool) -> Iterator[str]:
    if screen.terminal:
        from crm_cli.render.terminal_table import terminal_lines

        return terminal_lines(rows, screen, header=header)
    return table_lines(
        [column.heading for column in rows.columns],
        [column.type for column in rows.columns],
        rows.rows,
        screen,
        header=header,
        tones=rows.tones,
        total=rows.total,
        unique=_places(rows),
    )


def _drawn(rows: Rows, screen: Screen) -> Rows:
    """The rows with bars and sparklines in place of the numbers that are to be drawn."""
    types = [column.type for column in rows.columns]
    if not {"bar", "series"} & set(types):
        return rows
    return rows.but(
        rows=[list(map(partial(_cell, screen), types, row)) for row in rows.rows],
        total=rows.total and list(map(partial(_cell, screen), types, rows.total)),
    )


def _cell(screen: Screen, type: str, value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    if type == "bar":
        return bar(abs(value), _BAR, negative=value < 0, unicode=screen.unicode)
    return sparkline(value, unicode=screen.unicode) if type == "series" else value


def record_lines(record: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    """A line for each key that has a value, each with its line feed."""
    pairs = [(key, value) for key, value in record.items() if value is not None]
    if screen.terminal:
        from crm_cli.render.terminal_table import terminal_lines

        rows = Rows([Column("key"), Column("value")], pairs)
        return terminal_lines(rows, screen, header=False)
    return table_lines(("", ""), ("text", "text"), pairs, screen, header=False)


def _places(rows: Rows) -> dict[int, list[int]]:
    """For the column of ids how much of each row's is enough to type."""
    keys = rows.keys
    if not rows.unique or "id" not in keys:
        return {}
    place = keys.index("id")
    return {place: [rows.unique.get(str(row[place]), 0) for row in rows.rows]}
