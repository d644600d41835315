"""Columns: an upright bar for each time."""

from __future__ import annotations

from crm_cli.formats.html.charts import canvas, time
from crm_cli.formats.html.charts.axis import axis_of
from crm_cli.model.plot import Plot

_GAP = 0.28


def draw(plot: Plot, id: str) -> str:
    """A column for each value; one of a time of which only some days count is pale."""
    axis = axis_of(plot.main.values, plot.main.unit)
    width = (time.RIGHT - time.LEFT) / max(len(plot.labels), 1)
    middles = [time.LEFT + (number + 0.5) * width for number in range(len(plot.labels))]
    marks = [*time.grid(axis, canvas.measure(plot.main)), *time.times(plot.labels, middles)]
    for name, middle, value in zip(plot.labels, middles, plot.main.values, strict=True):
        if value is None:
            continue
        top, bottom = sorted((time.height(axis, float(value)), time.height(axis, 0)))
        kind = "s0" if value >= 0 else "s0 minus"
        left, title = middle - width * (1 - _GAP) / 2, f"{name}: {canvas.shown(value, plot.main)}"
        if name in plot.partial:
            kind, title = f"{kind} part", f"{title}, {plot.partial[name]}"
        marks.append(canvas.rect(left, top, width * (1 - _GAP), max(bottom - top, 1), kind, title))
    parts = ", ".join(f"{name} {days}" for name, days in plot.partial.items())
    return canvas.figure(
        canvas.key([(f"in part: {parts}", "s0 part")]) if parts else "",
        canvas.frame(id, canvas.title_of(plot), canvas.told(plot), time.WHOLE, marks),
    )
