"""Text charts: bars per value, or one sparkline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from crm_cli.model.cells import grouped, percent
from crm_cli.model.plot import plot_of
from crm_cli.model.rows import Rows
from crm_cli.model.text import visible
from crm_cli.model.width import columns_of, fitted, padded
from crm_cli.render.screen import Screen
from crm_cli.render.values import bar

Point = tuple[str, Decimal | int | None]
"""A label and its value, None where that is missing."""

_HEIGHT = 8
"""A line chart has so many steps from its least to its largest value."""
_WIDEST = 6
"""A value of a line chart takes so many columns at most."""
_DRAWN = ("─", "│", "╭", "╮", "╰", "╯", "┤")
_ASCII = ("-", "|", "+", "+", "+", "+", "+")


def chart_lines(rows: Rows, screen: Screen) -> Iterator[str]:
    """The chart of the rows, which have one; of no rows nothing."""
    points, unit = points_of(rows)
    draw = line_lines if rows.chart is not None and rows.chart.kind == "line" else bar_lines
    return draw(points, screen, unit=unit)


def points_of(rows: Rows) -> tuple[list[Point], str]:
    """What the chart of the rows shows, and what stands after each figure; where there are
    panels, each below its heading, so that its times follow each other."""
    plot = plot_of(rows)
    share = plot.main.type in ("share", "rate")
    unit = "%" if share else plot.main.unit if plot.main.type == "money" else ""
    if not plot.panels:
        return list(zip(plot.labels, plot.main.values, strict=True)), unit
    points: list[Point] = []
    for name, part in plot.split():
        points.append((name or "(none)", None))
        points += [(f"  {label}", value)
                   for label, value in zip(part.labels, part.main.values, strict=True)]  # fmt: skip
    return points, unit


def bar_lines(bars: Sequence[Point], screen: Screen, *, unit: str = "") -> Iterator[str]:
    """A bar for each (label, value), longest at the largest size.

    A negative value's bar is drawn with `-`, so that its sign does not hang on
    colour; a missing one has none. `unit` stands after each figure.
    """
    figures = ["" if value is None else figure_text(value, unit) for _, value in bars]
    labels = [visible(label) for label, _ in bars]
    widest = min(max(map(columns_of, labels), default=0), screen.drawn_width // 3)
    number = max(map(len, figures), default=0)
    room = max(screen.drawn_width - widest - number - 4, 8)
    most = max((abs(Decimal(value)) for _, value in bars if value is not None), default=Decimal(0))
    for label, figure, (_, value) in zip(labels, figures, bars, strict=True):
        drawn = ""
        if value is not None and most:
            share = abs(Decimal(value)) / most
            drawn = bar(share, room, negative=value < 0, unicode=screen.unicode)
        line = f"{padded(fitted(label, widest), widest)}  {figure:>{number}}  {drawn}"
        yield line.rstrip(" ") + "\n"


def line_lines(points: Sequence[Point], screen: Screen, *, unit: str = "") -> Iterator[str]:
    """A line through the values from left to right, broken where one is missing.

    The least and the largest value stand at its left, the first and the last label below
    it. Where there are more values than columns, each column shows the last of its own.
    """
    values = [value for _, value in points if value is not None]
    if not values:
        return
    least, most = min(values), max(values)
    figures = [figure_text(most, unit), *[""] * (_HEIGHT - 1), figure_text(least, unit)]
    if most == least:
        figures[0] = ""
    margin = max(map(len, figures))
    room = max(screen.drawn_width - margin - 2, 8)
    count = min(len(points), room)
    step = min(room // count, _WIDEST)
    shown = [points[(place + 1) * len(points) // count - 1][1] for place in range(count)]
    span = Decimal(most - least) or Decimal(1)
    levels = [None if one is None else round((one - least) / span * _HEIGHT) for one in shown]
    signs = _DRAWN if screen.unicode else _ASCII
    grid = _drawn(levels, step, signs)
    for figure, cells in zip(figures, reversed(grid), strict=True):
        axis = signs[6] if figure else signs[1]
        yield f"{figure:>{margin}} {axis}{''.join(cells)}".rstrip(" ") + "\n"
    first, last = visible(points[0][0]), visible(points[-1][0])
    gap = max(count * step - columns_of(first) - columns_of(last), 1)
    below = first if len(points) == 1 else f"{first}{' ' * gap}{last}"
    yield f"{' ' * (margin + 2)}{below}".rstrip(" ") + "\n"


def _drawn(levels: Sequence[int | None], step: int, signs: Sequence[str]) -> list[list[str]]:
    """The signs of a line by row, from below, and column; a level has `step` columns."""
    flat, upright, up, down, from_above, from_below, _ = signs
    grid = [[" "] * (len(levels) * step) for _ in range(_HEIGHT + 1)]
    before: int | None = None
    for place, level in enumerate(levels):
        start = place * step
        if level is not None:
            grid[level][start : start + step] = [flat] * step
            if before is not None and level != before:
                rises = level > before
                grid[before][start] = from_below if rises else down
                grid[level][start] = up if rises else from_above
                for between in range(min(before, level) + 1, max(before, level)):
                    grid[between][start] = upright
        before = level
    return grid


def figure_text(value: Decimal | int, unit: str) -> str:
    """A figure with what stands after it."""
    if unit == "%":
        return percent(value if isinstance(value, Decimal) else Decimal(value))
    return grouped(value) + (f" {visible(unit)}" if unit else "")
