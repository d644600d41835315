"""Rows as a table of HTML: headings with units, figures to the right, the total below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from math import ceil
from typing import Any

from crm_cli.formats.html.charts.spark import spark
from crm_cli.formats.html.text import attribute, cell, plain, text
from crm_cli.model.cells import machine_text, numeric
from crm_cli.model.rows import Column, Rows, by_column

_SHADES = 5
_NONE: Mapping[str, Decimal] = {}
_SHORT = 12
_WIDE = 9
"""A table of more columns is set smaller on paper."""


def table(rows: Rows, caption: str, shaded: Sequence[str] = ()) -> Iterator[str]:
    """The table; it scrolls by itself where the screen is too narrow. Cells of the columns
    `shaded` are the darker the larger their value."""
    right = [
        numeric(values, column.type)
        for values, column in zip(
            by_column(rows.rows, len(rows.columns)), rows.columns, strict=True
        )
    ]
    wide = " wide-table" if len(rows.columns) > _WIDE else ""
    label = f"{attribute(caption)}, table"
    yield f'<div class="scroll{wide}" role="region" tabindex="0" aria-label="{label}">'
    yield f'<table><caption class="unseen">{text(caption)}</caption><thead><tr>'
    for column, to_right in zip(rows.columns, right, strict=True):
        yield _head(column, to_right)
    yield "</tr></thead><tbody>\n"
    shade = _shade(rows, shaded)
    for row, tone in zip(rows.rows, rows.tones or [""] * len(rows.rows), strict=True):
        yield _row(row, rows.columns, right, tone, shade)
    yield "</tbody>"
    if rows.total is not None:
        yield f"<tfoot>{_row(rows.total, rows.columns, right, '')}</tfoot>"
    yield "</table></div>\n"


def _head(column: Column, right: bool) -> str:
    kind = ' class="n"' if right else ""
    unit = f' <span class="unit">{text(column.unit)}</span>' if column.unit else ""
    key = attribute(column.key)
    return f'<th scope="col"{kind} data-key="{key}">{text(column.heading)}{unit}</th>'


def _row(
    row: Sequence[Any], columns: Sequence[Column], right: Sequence[bool], tone: str,
    shade: Mapping[str, Decimal] = _NONE,
) -> str:
    cells = []
    for place, (value, column) in enumerate(zip(row, columns, strict=True)):
        held = _held(value, column)
        kind = _kind(value, column, right=right[place])
        if column.key in shade and value:
            kind = f' class="n h{_step(value, shade[column.key])}"'
        cells.append(
            f'<th scope="row"{kind}>{held}</th>' if place == 0 else f"<td{kind}>{held}</td>"
        )
    begins = f'<tr class="{tone}">' if tone else "<tr>"
    return f"{begins}{''.join(cells)}</tr>\n"


def _shade(rows: Rows, shaded: Sequence[str]) -> dict[str, Decimal]:
    """The columns that are shaded, each with the value that is darkest: the largest of all."""
    known = [Decimal(value) for key in shaded if key in rows.keys
             for value in rows.values(key) if value is not None]  # fmt: skip
    most = max(known, default=Decimal(0))
    return dict.fromkeys(shaded, most) if most > 0 else {}


def _step(value: Any, most: Decimal) -> int:
    """Which shade a value has, from 0 for nothing, or less, to the darkest."""
    return max(0, min(_SHADES, ceil(Decimal(value) * _SHADES / most)))


def _kind(value: Any, column: Column, *, right: bool) -> str:
    """The class of a cell: figures stand at the right, short texts are not broken."""
    if right:
        return ' class="n"'
    return ' class="s"' if len(plain(value, column.type)) <= _SHORT else ""


def _held(value: Any, column: Column) -> str:
    if column.type == "series" and value is not None:
        return f'<data value="{attribute(machine_text(value))}">{spark(value)}</data>'
    return cell(value, column.type)
