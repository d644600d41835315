"""A Pareto chart: bars from the longest, and beside them the share that all so far have."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.formats.html.charts import canvas, rows
from crm_cli.formats.html.charts.axis import axis_of
from crm_cli.model.plot import Plot

_RIGHT, _LEFT, _END = 56.0, 74.0, 94.0
"""Where bars end, and where the shares beside them begin and end, in percent of the width."""


def draw(plot: Plot, id: str) -> str:
    """Bars, and in each row a point for the share of this row and all above."""
    axis = axis_of(plot.main.values, plot.main.unit, steps=2)
    shares = plot.others[0].values

    def marks(number: int, y: float) -> Iterator[str]:
        value, share = plot.main.values[number], shares[number]
        if value is not None:
            ends = sorted(rows.place(axis, one, _RIGHT) for one in (0.0, float(value)))
            yield canvas.rect(ends[0], y + 5, max(ends[1] - ends[0], 0.3), rows.BAR, "s0")
            yield canvas.words(ends[1], y + 16, canvas.short(value, plot.main), "figure", dx=6)
        before = shares[number - 1] if number else None
        if before is not None and share is not None:
            yield canvas.line(_at(float(before)), y - 12, _at(float(share)), y + 12, "trace")

    def after(bottom: int) -> Iterator[str]:
        yield canvas.words(_LEFT, 12, plot.others[0].name, "axis")
        for part in (0.0, 0.5, 1.0):
            yield canvas.line(_at(part), rows.TOP - 4, _at(part), bottom, "grid")
            yield canvas.words(_at(part), bottom + 14, f"{part:.0%}", "tick", end="middle")
        for number, share in enumerate(shares):
            if share is not None:
                title = f"{plot.labels[number]}: {canvas.shown(share, plot.others[0])}"
                yield canvas.point(_at(float(share)), rows.TOP + number * rows.ROW + 12, title)

    return canvas.figure(rows.drawing(plot, id, axis, marks, right=_RIGHT, after=after))


def _at(share: float) -> float:
    return _LEFT + min(max(share, 0.0), 1.0) * (_END - _LEFT)
