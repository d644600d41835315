"""Stacked bars: a row for each label, made up of its series, from dark to light."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from crm_cli.formats.html.charts import canvas, rows
from crm_cli.formats.html.charts.axis import axis_of
from crm_cli.model.plot import Plot, Series

_SHADES = ("s0", "s1", "s2", "s3", "s4", "s5", "s6")

_OF_WHOLE = ("s0", "rest")


def draw(plot: Plot, id: str, *, shades: Sequence[str] = _SHADES) -> str:
    """The parts of each label after each other; negative ones to the left of nothing. Behind
    them is their sum; where the first part is the main figure, how much of the sum it is."""
    of_whole = plot.main in plot.others[:1]
    shades = _OF_WHOLE if of_whole else shades
    parts = [(one, shades[place % len(shades)])
             for place, one in enumerate(plot.others) if any(one.values)]  # fmt: skip
    sums = [_sum(one.values[number] for one, _ in parts) for number in range(len(plot.labels))]
    axis = axis_of(_ends([one for one, _ in parts], len(plot.labels)), plot.main.unit)

    def marks(number: int, y: float) -> Iterator[str]:
        ends = [0.0, 0.0]
        for one, shade in parts:
            value = one.values[number]
            if not value:
                continue
            side = 0 if value > 0 else 1
            begin, ends[side] = ends[side], ends[side] + float(value)
            at = sorted((rows.place(axis, begin), rows.place(axis, ends[side])))
            title = f"{one.name}: {canvas.shown(value, one)}"
            yield canvas.rect(at[0], y + 5, max(at[1] - at[0], 0.3), rows.BAR, shade, title)
        whole = canvas.short(sums[number], plot.main)
        end = rows.place(axis, ends[0])
        if of_whole:
            said = f"{canvas.short(plot.main.values[number] or 0, plot.main)} of {whole}"
            yield canvas.words(end, y + 16, said, "figure wide", dx=6)
            yield canvas.words(end, y + 16, whole, "figure narrow", dx=6)
        else:
            yield canvas.words(end, y + 16, whole, "figure", dx=6)

    if not of_whole and sums != [_sum([value]) for value in plot.main.values]:
        # What the rows are ranked by is another figure than the parts together.
        plot = plot._replace(main=plot.main._replace(name="together", values=sums))
    key = canvas.key([(one.name, shade) for one, shade in parts])
    return canvas.figure(key, rows.drawing(plot, id, axis, marks))


def _sum(values: Sequence[Decimal | int | None] | Iterator[Decimal | int | None]) -> Decimal:
    return sum((Decimal(value) for value in values if value is not None), Decimal(0))


def _ends(parts: Sequence[Series], count: int) -> list[Decimal]:
    """How far each row goes to the right, and to the left."""
    return [
        _sum(value for one in parts if (value := one.values[number]) and value * sign > 0)
        for number in range(count)
        for sign in (1, -1)
    ]
