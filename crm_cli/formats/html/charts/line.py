"""Lines through time: one for the value, and one for each other series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crm_cli.formats.html.charts import canvas, time
from crm_cli.formats.html.charts.axis import Axis, axis_of
from crm_cli.model.plot import Number, Plot


def draw(plot: Plot, id: str) -> str:
    """Lines that break where a value is missing, with a point at the last one."""
    series = [plot.main, *plot.others]
    axis = axis_of([value for one in series for value in one.values], plot.main.unit)
    count = len(plot.labels)
    span = time.RIGHT - time.LEFT
    places = [
        time.LEFT + span * (number / (count - 1) if count > 1 else 0.5) for number in range(count)
    ]
    marks = [*time.grid(axis, canvas.measure(plot.main)), *time.times(plot.labels, places)]
    for number in reversed(range(len(series))):
        marks += traced(axis, places, series[number].values, f"l{number}")
    marks += _points(plot, axis, places)
    names = [(one.name, f"k{number}") for number, one in enumerate(series)]
    return canvas.figure(
        canvas.key(names) if plot.others else "",
        canvas.frame(id, canvas.title_of(plot), canvas.told(plot), time.WHOLE, marks),
    )


def traced(
    axis: Axis, places: Sequence[float], values: Sequence[Number], kind: str
) -> Iterator[str]:
    """The pieces of a line."""
    before: tuple[float, float] | None = None
    for x, value in zip(places, values, strict=True):
        here = None if value is None else (x, time.height(axis, float(value)))
        if here is not None and before is not None:
            yield canvas.line(*before, *here, kind)
        before = here


def _points(plot: Plot, axis: Axis, places: Sequence[float]) -> Iterator[str]:
    """A point for each value, which says it where it is pointed at; the last one in words."""
    last = max((n for n, value in enumerate(plot.main.values) if value is not None), default=-1)
    for number, value in enumerate(plot.main.values):
        if value is None:
            continue
        x, y = places[number], time.height(axis, float(value))
        title = f"{plot.labels[number]}: {canvas.shown(value, plot.main)}"
        yield canvas.point(x, y, title, small=number != last)
        if number == last:
            text = canvas.short(value, plot.main)
            yield canvas.words(x, y - 8, text, "figure", end="end" if x > 90 else "middle")
