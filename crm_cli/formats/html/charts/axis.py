"""The axis of values: round steps, and where a value lies between the ends."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import ceil, floor, log10
from typing import NamedTuple

from crm_cli.model.cells import grouped
from crm_cli.model.plot import Number

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


class Axis(NamedTuple):
    """The least and the largest value that are drawn, and those that are marked."""

    least: float
    most: float
    ticks: tuple[float, ...]
    unit: str = ""

    def part(self, value: float | Number) -> float:
        """Where a value lies, from 0 at the least to 1 at the largest."""
        return (float(value or 0) - self.least) / (self.most - self.least)

    def text(self, tick: float) -> str:
        """A marked value, short."""
        if self.unit == "%":
            return f"{_round(tick * 100)}%"
        for size, letter in ((1e9, "bn"), (1e6, "m"), (1e4, "k")):
            if max(abs(self.least), abs(self.most)) >= size:
                return f"{_round(tick / (1e3 if letter == 'k' else size))}{letter}" if tick else "0"
        return _round(tick)


def axis_of(values: Sequence[Number], unit: str = "", *, steps: int = 4) -> Axis:
    """An axis from 0 that has room for all the values, with at most so many steps."""
    known = [float(value) for value in values if value is not None]
    least, most = min([0.0, *known]), max([0.0, *known])
    if most == least:
        return Axis(0, 1, (0.0,), unit)
    step = _step((most - least) / steps)
    if all(isinstance(value, int) for value in values):
        step = max(step, 1.0) if step != 2.5 else 5.0
    first, last = floor(least / step + 1e-9), ceil(most / step - 1e-9)
    if most and -least < step / 2:
        # So little below nothing needs no step of its own.
        first = 0
    elif least and most < step / 2:
        last = 0
    ticks = tuple(n * step for n in range(first, last + 1))
    return Axis(min(first * step, least), max(last * step, most), ticks, unit)


def _step(wanted: float) -> float:
    """The least round number that is not below a number."""
    size: float = 10 ** floor(log10(wanted))
    return next(step * size for step in _STEPS if step * size >= wanted * (1 - 1e-9))


def _round(value: float) -> str:
    """A number without the traces of binary fractions."""
    exact = Decimal(repr(round(value, 6))).normalize()
    return grouped(exact if exact.as_tuple().exponent < 0 else int(exact))  # type: ignore[operator]
