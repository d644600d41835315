"""Tables of what is due and of what happened: by the day, and narrow enough to read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from crm_cli.model.text import visible
from crm_cli.render.output import Rows
from crm_cli.render.screen import Screen
from crm_cli.render.table import GAP
from crm_cli.render.values import cell_text
from crm_cli.render.width import columns_of, fitted

_NAME = 20
"""Where there is too little room, a name has so many columns and the text the rest."""


def day_and_time(value: date | datetime | None) -> str | None:
    """`2026-11-20`, `2026-11-20 14:30`, by the clock that the value has."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if value is not None else None


def with_times(rows: Rows) -> Rows:
    """The rows with days and times as people read them."""
    return rows._replace(
        rows=[
            [day_and_time(cell) if isinstance(cell, date) else cell for cell in row]
            for row in rows.rows
        ]
    )


def narrowed(rows: Rows, screen: Screen) -> Rows:
    """The rows without `who`, and with shorter names, on a terminal too narrow for all.

    A name says as much to people as the id; what is piped has both.
    """
    if screen.width is None or _width(rows) <= screen.width or "name" not in rows.keys:
        return rows
    kept = [place for place, key in enumerate(rows.keys) if key != "who"]
    rows = rows._replace(
        columns=[rows.columns[place] for place in kept],
        rows=[[row[place] for place in kept] for row in rows.rows],
    )
    if _width(rows) <= screen.width:
        return rows
    name = rows.keys.index("name")
    ellipsis = "…" if screen.unicode else "~"

    def shorter(row: Sequence[Any]) -> list[Any]:
        cut = fitted(visible(str(row[name])), _NAME, ellipsis=ellipsis)
        return [*row[:name], cut, *row[name + 1 :]]

    return rows._replace(rows=[shorter(row) for row in rows.rows])


def _width(rows: Rows) -> int:
    widths = [columns_of(column.heading) for column in rows.columns]
    for row in rows.rows:
        widths = [
            max(width, columns_of(visible(cell_text(cell))))
            for width, cell in zip(widths, row, strict=True)
        ]
    return sum(widths) + len(GAP) * (len(widths) - 1)
