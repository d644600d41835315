"""Minimizing a function of several numbers: Nelder and Mead's simplex (1965)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

Point = Sequence[float]


class Found(NamedTuple):
    """The best point, the function's value there, and whether the search had come to rest."""

    point: tuple[float, ...]
    value: float
    rests: bool


def minimum(
    of: Callable[[Point], float],
    start: Point,
    *,
    step: float = 0.5,
    most: int = 600,
    near: float = 1e-5,
) -> Found:
    """The least value near `start`, by at most `most` evaluations.

    It rests once all points of the simplex lie within `near` of the best one in each direction,
    with the usual coefficients (1, 2, 0.5, 0.5).
    """
    size = len(start)
    points = [tuple(start)]
    for side in range(size):
        moved = list(start)
        moved[side] += step
        points.append(tuple(moved))
    simplex = sorted((of(point), point) for point in points)
    used = size + 1
    while used < most:
        best, worst = simplex[0], simplex[-1]
        spread = max(abs(one - other) for _, point in simplex[1:]
                     for one, other in zip(point, best[1], strict=True))  # fmt: skip
        if spread <= near:
            return Found(best[1], best[0], True)
        middle = [sum(point[side] for _, point in simplex[:-1]) / size for side in range(size)]
        reflected = _beyond(middle, worst[1], 1.0)
        value = of(reflected)
        used += 1
        if value < best[0]:
            further = _beyond(middle, worst[1], 2.0)
            stretched = of(further)
            used += 1
            taken = (stretched, further) if stretched < value else (value, reflected)
        elif value < simplex[-2][0]:
            taken = (value, reflected)
        else:
            inside = _beyond(middle, worst[1], 0.5 if value < worst[0] else -0.5)
            contracted = of(inside)
            used += 1
            taken = (contracted, inside)
            if contracted >= min(value, worst[0]):
                simplex = [best, *(_drawn(of, best[1], point) for _, point in simplex[1:])]
                simplex.sort()
                used += size
                continue
        simplex[-1] = taken
        simplex.sort()
    return Found(simplex[0][1], simplex[0][0], False)


def _beyond(middle: Point, worst: Point, far: float) -> tuple[float, ...]:
    return tuple(one + far * (one - other) for one, other in zip(middle, worst, strict=True))


def _drawn(
    of: Callable[[Point], float], best: Point, point: Point
) -> tuple[float, tuple[float, ...]]:
    """A point half way to the best one, with its value."""
    half = tuple((one + other) / 2 for one, other in zip(best, point, strict=True))
    return of(half), half
