"""Answers as people read them: rows as a table, one record as its keys and values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crm_cli.model.rows import Rows
from crm_cli.render.screen import Screen
from crm_cli.render.table import table_lines


def rows_lines(rows: Rows, screen: Screen, *, header: bool = True) -> Iterator[str]:
    """The lines of a table of the rows, each with its line feed; none where there is no row."""
    if not rows.rows:
        return iter(())
    keys = rows.keys
    return table_lines(
        [column.heading for column in rows.columns],
        [column.type for column in rows.columns],
        rows.rows,
        screen,
        header=header,
        tones=rows.tones,
        total=rows.total,
        groups=rows.groups,
        unique=_places(rows),
        ranked=[keys.index(key) for key in rows.ranked if key in keys],
    )


def record_lines(record: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    """A line for each key that has a value, each with its line feed."""
    pairs = [(key, value) for key, value in record.items() if value is not None]
    return table_lines(("", ""), ("text", "text"), pairs, screen, header=False)


def _places(rows: Rows) -> dict[int, list[int]]:
    """For the column of ids how much of each row's is enough to type."""
    keys = rows.keys
    if not rows.unique or "id" not in keys:
        return {}
    place = keys.index("id")
    return {place: [rows.unique.get(str(row[place]), 0) for row in rows.rows]}
