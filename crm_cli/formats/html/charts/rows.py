"""Charts whose rows go from left to right: the frame of labels, axis and figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crm_cli.formats.html.charts import canvas
from crm_cli.formats.html.charts.axis import Axis
from crm_cli.model.plot import Plot

LEFT, RIGHT = 31.0, 77.0
"""Where bars begin and end, in percent: before them are labels, behind them figures."""
ROW, BAR = 24, 14
TOP = 22
"""The height of the line above the rows that says what is measured."""
_FOOT = 20

Marks = Callable[[int, float], Iterator[str]]
"""Draws what a row of a place has, at the height of its top."""


def place(axis: Axis, value: float, right: float = RIGHT) -> float:
    """Where a value lies, in percent of the width, where the bars' room ends at `right`."""
    return LEFT + axis.part(value) * (right - LEFT)


def drawing(
    plot: Plot, id: str, axis: Axis | None, marks: Marks, *, right: float = RIGHT,
    after: Callable[[int], Iterator[str]] | None = None,
) -> str:  # fmt: skip
    """The chart of rows: their names, their marks and the axis below, if there is one. What is
    drawn `after` them is given the height at which the rows end."""
    bottom = TOP + ROW * len(plot.labels)
    parts = [canvas.words(LEFT, 12, canvas.measure(plot.main), "axis")]
    parts += _grid(axis, bottom, right) if axis is not None else ()
    parts += _rows(plot, marks)
    if axis is not None:
        zero = place(axis, 0, right)
        parts.append(canvas.line(zero, TOP - 4, zero, bottom, "base"))
    parts += after(bottom) if after is not None else ()
    height = bottom + (_FOOT if axis is not None else 4)
    return canvas.frame(id, canvas.title_of(plot), canvas.told(plot), height, parts)


def _grid(axis: Axis, bottom: int, right: float) -> Iterator[str]:
    for tick in axis.ticks:
        x = place(axis, tick, right)
        yield canvas.line(x, TOP - 4, x, bottom, "grid")
        yield canvas.words(x, bottom + 14, axis.text(tick), "tick", end="middle")


def _rows(plot: Plot, marks: Marks) -> Iterator[str]:
    for number, name in enumerate(plot.labels):
        y = TOP + number * ROW
        yield canvas.label(LEFT, y + 16, name or "(none)", dx=-8)
        yield from marks(number, y)
