"""A funnel: a bar in the middle for each stage, and the part of the first that it has."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.formats.html.charts import canvas, rows
from crm_cli.model.plot import Plot


def draw(plot: Plot, id: str) -> str:
    """Bars as wide as the values, each in the middle; figures at the right."""
    most = max((float(value) for value in plot.main.values if value is not None), default=0.0)
    middle = (rows.LEFT + rows.RIGHT) / 2

    def marks(number: int, y: float) -> Iterator[str]:
        value = plot.main.values[number]
        if value is None:
            return
        half = max(float(value) / (most if most > 0 else 1) * (rows.RIGHT - rows.LEFT) / 2, 0.2)
        yield canvas.rect(middle - half, y + 3, 2 * half, rows.ROW - 6, "s0")
        parts = [canvas.short(one.values[number], one) for one in plot.others[:1]]
        text = " · ".join(filter(None, (canvas.short(value, plot.main), *parts)))
        yield canvas.words(rows.RIGHT, y + 16, text, "figure", dx=8)

    return canvas.figure(rows.drawing(plot, id, None, marks))
