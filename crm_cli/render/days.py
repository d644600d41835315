"""Tables by day for pipes and mails: due items and the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from crm_cli.model.rows import ByColumn, Rows, by_column
from crm_cli.model.width import columns_of
from crm_cli.render.cells import Cells
from crm_cli.render.screen import Screen
from crm_cli.render.table import GAP, texts

PLAIN = 80
"""The width of mail: lines of a pipe are no longer."""
_NAME = 16
_LEAST = 16
"""With less room than this a text is cut in one line, not broken into several."""
_PLAIN_LEAST = 24
_LINES = 3
"""A text has so many lines at most; the rest is cut off."""


def day_and_time(value: date | datetime | None) -> str | None:
    """`2026-11-20`, `2026-11-20 14:30`, by the clock that the value has."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if value is not None else None


def with_times(rows: Rows) -> Rows:
    """The rows with days and times as people read them."""
    if not rows.rows:
        return rows
    columns = by_column(rows.rows, len(rows.columns))
    for place, column in enumerate(columns):
        if {date, datetime} & set(map(type, column)):
            # Days come again and again; the same moment may be told by several clocks.
            days = {cell: cell.isoformat() for cell in set(column) if type(cell) is date}
            columns[place] = [
                day_and_time(cell) if type(cell) is datetime else days.get(cell, cell)
                for cell in column
            ]
    return rows.but(rows=ByColumn(columns))


def for_mail(rows: Rows, screen: Screen) -> Rows:
    """The rows of `with_times` for a pipe: each is one line of at most 80 columns."""
    return _one_line_each(rows, PLAIN, "…" if screen.unicode else "~")


def _one_line_each(rows: Rows, width: int, ellipsis: str) -> Rows:
    """Who is said by the name alone, then texts are cut; owner and kind go last."""
    if not rows.rows:
        return rows
    heads = {column.key: column for column in rows.columns}
    columns = by_column(rows.rows, len(heads))
    cells = {key: _flat(column) for key, column in zip(heads, columns, strict=True)}
    widths = {key: _wide(heads[key].heading, column) for key, column in cells.items()}

    def room() -> int:
        """What is left of a line; below zero what it is too long."""
        return width - sum(widths.values()) - len(GAP) * (len(widths) - 1)

    def take(key: str, column: Cells) -> None:
        cells[key] = column
        widths[key] = _wide(heads[key].heading, column)

    if room() < 0:
        widths.pop("who", None)
    if room() < 0:
        take("name", cells["name"].fitted(_NAME, ellipsis=ellipsis))
        days, told = map(texts, _times_moved(cells["when"], cells["what"]))
        take("when", days)
        take("what", told)
        for spared in ("owner", "kind"):
            if room() + widths["what"] < _PLAIN_LEAST:
                widths.pop(spared, None)
        most = max(room() + widths["what"], _LEAST)
        take("what", told.fitted(most, ellipsis=ellipsis))
    return rows.but(
        columns=[heads[key] for key in widths], rows=ByColumn([cells[key] for key in widths])
    )


def _flat(column: Sequence[Any]) -> Cells:
    """The cells as people read them, with single spaces for all white space."""
    if set(map(type, column)) <= {str, type(None)}:
        cells = Cells(["" if cell is None else cell for cell in column])
        # Most columns have nothing to change: asked of all their cells at once.
        text = "|".join(["", *cells, ""])
        if text.isprintable() and not any(odd in text for odd in ("  ", "| ", " |")):
            return cells
    return texts([" ".join(cell.split()) if isinstance(cell, str) else cell for cell in column])


def _times_moved(
    when: Sequence[str | None], what: Sequence[Any]
) -> tuple[Sequence[str | None], Sequence[Any]]:
    """`2026-11-20 14:30`, `Call` as `2026-11-20`, `14:30 Call`; two columns of a table."""
    if not any(moment and " " in moment for moment in set(when)):
        return when, what
    days, told = [], []
    for moment, text in zip(when, what, strict=True):
        day, _, clock = (moment or "").partition(" ")
        days.append(day)
        told.append(f"{clock} {text}" if clock else text)
    return days, told


def _wide(heading: str, cells: Cells) -> int:
    """The columns on the screen that a heading and the cells below it take."""
    return max(columns_of(heading), cells.width)
