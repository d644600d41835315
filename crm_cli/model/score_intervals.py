"""Intervals in which a share, a difference of shares or of means, or a Net Promoter Score lies,
with 95 % confidence."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

Z = 1.959964
"""The 97.5 % quantile of the normal distribution."""


class Interval(NamedTuple):
    """From `low` to `high`, as fractions."""

    low: float
    high: float


def net_promoter(promoters: int, detractors: int, answers: int) -> Interval | None:
    """The adjusted Wald interval of an NPS (Rocks 2016: three answers more, of which three quarters
    are promoters and as many detractors), cut off at ±1; None without answers."""
    if not answers:
        return None
    n = answers + 3
    p, d = (promoters + 0.75) / n, (detractors + 0.75) / n
    middle = p - d
    margin = Z * sqrt((p + d - middle**2) / n)
    return Interval(max(-1.0, middle - margin), min(1.0, middle + margin))


def wilson(hits: int, cases: int) -> Interval | None:
    """Wilson's score interval of a share (1927), without continuity correction; None of none."""
    if not cases:
        return None
    share, square = hits / cases, Z * Z / cases
    middle = (share + square / 2) / (1 + square)
    margin = Z / (1 + square) * sqrt(share * (1 - share) / cases + square / (4 * cases))
    return Interval(max(0.0, middle - margin), min(1.0, middle + margin))


def newcombe(hits: int, cases: int, others: int, of: int) -> Interval | None:
    """The interval of a difference of two shares, `hits` of `cases` less `others` `of` those, from
    Wilson's of each (Newcombe 1998, Statistics in Medicine 17, method 10); None without cases."""
    first, second = wilson(hits, cases), wilson(others, of)
    if first is None or second is None:
        return None
    one, two = hits / cases, others / of
    low = sqrt((one - first.low) ** 2 + (second.high - two) ** 2)
    high = sqrt((first.high - one) ** 2 + (two - second.low) ** 2)
    return Interval(one - two - low, one - two + high)


class Sums(NamedTuple):
    """Figures of `cases`: their sum, and that of their squares."""

    cases: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """The mean; there are cases."""
        return self.total / self.cases

    @property
    def spread(self) -> float:
        """The variance of the mean: that of the sample ÷ its cases."""
        apart = max(self.squares - self.total * self.mean, 0.0)
        return apart / (self.cases - 1) / self.cases


def welch(first: Sums, second: Sums) -> Interval | None:
    """The interval of a difference of two means whose variances differ (Welch 1938), with the
    normal quantile, as for large samples; None where one has fewer than two cases."""
    if first.cases < 2 or second.cases < 2:
        return None
    margin = Z * sqrt(first.spread + second.spread)
    difference = first.mean - second.mean
    return Interval(difference - margin, difference + margin)
