"""Bars: a row for each label, as long as its value."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.formats.html.charts import canvas, rows
from crm_cli.formats.html.charts.axis import axis_of
from crm_cli.model.plot import Plot


def draw(plot: Plot, id: str) -> str:
    """A bar for each value; negative ones to the left of nothing."""
    axis = axis_of(plot.main.values, plot.main.unit)

    def marks(number: int, y: float) -> Iterator[str]:
        value = plot.main.values[number]
        if value is None:
            return
        ends = sorted((rows.place(axis, 0), rows.place(axis, float(value))))
        kind = "s0" if value >= 0 else "s0 minus"
        yield canvas.rect(ends[0], y + 5, max(ends[1] - ends[0], 0.3), rows.BAR, kind)
        yield canvas.words(ends[1], y + 16, canvas.short(value, plot.main), "figure", dx=6)

    return canvas.figure(rows.drawing(plot, id, axis, marks))
