"""A table of shades: a row for each label, a cell for each series, the darker the larger."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.formats.html.charts import canvas
from crm_cli.formats.html.text import attribute
from crm_cli.model.plot import Number, Plot

_ROW, _TOP = 22, 36
_LEFT, _COUNT = 16.0, 24.0
_LEAST = 0.06


def draw(plot: Plot, id: str) -> str:
    """Shades of one colour, with the share in percent in each cell where there is room."""
    known = [float(value) for one in plot.others for value in one.values if value is not None]
    most = max([0.0, *known]) or 1.0
    width = (100 - _COUNT) / max(len(plot.others), 1)
    return canvas.figure(
        canvas.frame(
            id, f"{plot.others[0].name} to {plot.others[-1].name} by {plot.by}",
            f"{canvas.told(plot)} The darker a cell, the larger its value.",
            _TOP + _ROW * len(plot.labels) + 4,
            [*_heads(plot, width), *_cells(plot, width, most)],
        )
    )  # fmt: skip


def _heads(plot: Plot, width: float) -> Iterator[str]:
    yield canvas.words(0, 12, f"{plot.by}; shades: {_meaning(plot)}", "axis")
    yield canvas.words(_COUNT - 1, 30, plot.main.name, "tick", end="end")
    step = -(-len(plot.others) // 12)
    for number, one in enumerate(plot.others):
        if number % step == 0:
            x = _COUNT + (number + 0.5) * width
            kind = "tick wide" if number % 2 and len(plot.others) > 8 else "tick"
            yield canvas.words(x, 30, one.name, kind, end="middle")


def _meaning(plot: Plot) -> str:
    unit = plot.others[0].unit if plot.others else ""
    return "the part that came back, 0 to 100%" if unit == "%" else unit


def _cells(plot: Plot, width: float, most: float) -> Iterator[str]:
    for number, name in enumerate(plot.labels):
        y = _TOP + number * _ROW
        yield canvas.words(0, y + 15, name or "(none)", "name")
        size = plot.main.values[number]
        yield canvas.words(_COUNT - 1, y + 15, canvas.short(size, plot.main), "figure", end="end")
        for place, one in enumerate(plot.others):
            value = one.values[number]
            if value is not None:
                x = _COUNT + place * width
                title = f"{name}, {one.name}: {canvas.shown(value, one)}"
                yield _cell(x, y, width, float(value) / most, title)
                if value:
                    yield canvas.words(x + width / 2, y + 15, _digits(value, one.unit), "cell",
                                       end="middle")  # fmt: skip


def _cell(x: float, y: float, width: float, part: float, title: str) -> str:
    opacity = _LEAST + max(part, 0.0) * (0.62 - _LEAST)
    return (
        f'<rect x="{canvas.at(x + 0.15)}" y="{y + 1}" width="{canvas.at(width - 0.3)}" '
        f'height="{_ROW - 2}" class="s0" fill-opacity="{opacity:.2f}">'
        f"<title>{attribute(title)}</title></rect>"
    )


def _digits(value: Number, unit: str) -> str:
    """A share in percent without its sign, which the head has; nothing of amounts."""
    return f"{round(float(value or 0) * 100)}" if unit == "%" else ""
