"""Small multiples: a small chart of columns for each group, all by one measure."""

from __future__ import annotations

from crm_cli.formats.html.charts import canvas
from crm_cli.formats.html.charts.axis import axis_of
from crm_cli.formats.html.text import attribute, text
from crm_cli.model.plot import Plot

_HEIGHT = 44
_MOST = 12


def draw(plot: Plot, id: str) -> str:
    """Small charts beside each other, with the same times and the same measure."""
    axis = axis_of(plot.main.values, plot.main.unit, steps=1)
    times = sorted(set(plot.labels))
    panels = plot.split()[:_MOST]
    made = "".join(
        f"<div><h4>{text(name or '(none)')}</h4>{_panel(panel, times, axis.most, f'{id}-{number}')}"
        "</div>"
        for number, (name, panel) in enumerate(panels)
    )
    ends = f"{times[0]} to {times[-1]}" if times else ""
    said = f"{canvas.measure(plot.main)}, {ends}; the tallest column is "
    most = max((value for value in plot.main.values if value is not None), default=0)
    caption = attribute(said + canvas.shown(most, plot.main))
    return canvas.figure(
        f"<figcaption>{caption}</figcaption>", f'<div class="multiples">{made}</div>'
    )


def _panel(plot: Plot, times: list[str], most: float, id: str) -> str:
    width = 100 / max(len(times), 1)
    marks = [canvas.line(0, _HEIGHT - 0.5, 100, _HEIGHT - 0.5, "base")]
    for name, value in zip(plot.labels, plot.main.values, strict=True):
        if value:
            size = max(float(value) / (most or 1) * (_HEIGHT - 4), 1)
            title = f"{name}: {canvas.shown(value, plot.main)}"
            x = times.index(name) * width
            marks.append(
                canvas.rect(x + width * 0.1, _HEIGHT - size, width * 0.8, size, "s0", title)
            )
    return canvas.frame(id, canvas.title_of(plot), canvas.told(plot), _HEIGHT, marks)
