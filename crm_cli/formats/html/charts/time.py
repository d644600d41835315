"""What charts over time share: the axis of values at the left, times below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crm_cli.formats.html.charts import canvas
from crm_cli.formats.html.charts.axis import Axis

LEFT, RIGHT = 11.0, 99.0
TOP, HEIGHT = 24, 150
BOTTOM = TOP + HEIGHT
WHOLE = BOTTOM + 25
_LABELS = 5


def height(axis: Axis, value: float) -> float:
    """The height of a value, in pixels from the top."""
    return BOTTOM - axis.part(value) * HEIGHT


def grid(axis: Axis, title: str) -> Iterator[str]:
    """Lines at round values, with what is measured above them."""
    yield canvas.words(0, 12, title, "axis")
    for tick in axis.ticks:
        y = height(axis, tick)
        yield canvas.line(LEFT, y, RIGHT, y, "base" if tick == 0 else "grid")
        yield canvas.words(LEFT, y + 4, axis.text(tick), "tick", end="end", dx=-6)


def times(labels: Sequence[str], places: Sequence[float]) -> Iterator[str]:
    """Some of the labels below, so many that a telephone has room for them."""
    step = -(-len(labels) // _LABELS)
    last = len(labels) - 1
    for number in range(last % step if step else 0, len(labels), step or 1):
        at_end = number == last and places[number] > RIGHT - 4
        x, end = (RIGHT, "end") if at_end else (places[number], "middle")
        yield canvas.words(x, BOTTOM + 19, labels[number], "tick", end=end)
