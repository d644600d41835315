"""Charts: bars in colour, the label before and the figure behind; lines as the plain ones."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from rich.table import Table
from rich.text import Text

from crm_cli.model.rows import Rows
from crm_cli.model.width import columns_of
from crm_cli.render.chart import Point, figure_text, line_lines, points_of
from crm_cli.render.screen import Screen
from crm_cli.render.terminal.console import drawn, text
from crm_cli.render.values import bar

_LABEL = 0.4
"""A label takes so much of the width at most."""


def chart_lines(rows: Rows, screen: Screen) -> Iterator[str]:
    """The chart of the rows, which have one; of no rows nothing."""
    points, unit = points_of(rows)
    if rows.chart is not None and rows.chart.kind == "line":
        return (screen.paint(line.rstrip("\n"), "upcoming") + "\n"
                for line in line_lines(points, screen, unit=unit))  # fmt: skip
    return _bars(points, screen, unit) if points else iter(())


def _bars(points: list[Point], screen: Screen, unit: str) -> Iterator[str]:
    width = screen.drawn_width
    figures = ["" if value is None else figure_text(value, unit) for _, value in points]
    labels = min(max(columns_of(label) for label, _ in points), int(width * _LABEL))
    room = max(width - labels - max(map(len, figures)) - 4, 8)
    most = max((abs(Decimal(value)) for _, value in points if value is not None), default=0)
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(max_width=max(labels, 1), no_wrap=True, overflow="ellipsis")
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(no_wrap=True)
    for (label, value), figure in zip(points, figures, strict=True):
        drawing = Text()
        if value is not None and most:
            share = abs(Decimal(value)) / Decimal(most)
            signs = bar(share, room, negative=value < 0, unicode=screen.unicode)
            drawing = Text(signs, style="overdue" if value < 0 else "upcoming")
        grid.add_row(text(label.replace("\n", " ")), text(figure), drawing)
    return drawn(grid, screen)
