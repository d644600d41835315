"""BG/NBD: how often customers buy, and whether they still do (Fader, Hardie and Lee 2005).

"Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model, Marketing Science
24 (2). While alive a customer buys at a rate that is gamma distributed over customers (r, alpha),
and after each purchase drops out with a probability that is beta distributed (a, b).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import exp, inf, lgamma, log, log1p
from typing import NamedTuple

from crm_cli.model.simplex import Point, minimum

REPEAT = 50
"""Fewer customers who came back tell nothing."""
_SAMPLE = 1500
"""So many groups are enough for the first steps of a fit."""
_WIDE = log(1000.0)
"""What lies beyond a thousand, or a thousandth, is penalized: there the data do not tell."""


class Buyer(NamedTuple):
    """A customer: repeat purchase days, weeks from the first one to the last, and to today."""

    repeats: int
    last: float
    age: float


class Habit(NamedTuple):
    """The parameters of the model, with the log-likelihood and the number of customers."""

    r: float
    alpha: float
    a: float
    b: float
    likelihood: float
    customers: int


class Groups(NamedTuple):
    """Customers put together: those with the same numbers count at once.

    `rows` are (repeats, place of last, place of age, customers); `times` the different weeks,
    `repeats` the customers by their number of repeat purchases.
    """

    rows: list[tuple[int, int, int, int]]
    times: list[float]
    repeats: dict[int, int]


def grouped(buyers: Iterable[Buyer]) -> Groups:
    """Customers with the same numbers put together."""
    counts = Counter(buyers)
    times = sorted({time for one in counts for time in (one.last, one.age)})
    places = {time: place for place, time in enumerate(times)}
    rows = [(one.repeats, places[one.last], places[one.age], n) for one, n in counts.items()]
    rows.sort()
    repeats: Counter[int] = Counter()
    for x, _, _, n in rows:
        repeats[x] += n
    return Groups(rows, times, dict(repeats))


def log_likelihood(r: float, alpha: float, a: float, b: float, groups: Groups) -> float:
    """The logarithm of the likelihood of the parameters: equation 6 of the paper."""
    logs = [log(alpha + time) for time in groups.times]
    base = -lgamma(r) + r * log(alpha) + lgamma(a + b) - lgamma(b)
    total = 0.0
    powers, odds = {}, {}
    for x, n in groups.repeats.items():
        total += n * (base + lgamma(r + x) + lgamma(b + x) - lgamma(a + b + x))
        powers[x] = r + x
        odds[x] = log(a / (b + x - 1)) if x else -inf
    for x, last, age, n in groups.rows:
        power, whole = powers[x], logs[age]
        part = -power * whole
        if x:
            dropped = odds[x] + power * (whole - logs[last])
            # log(1 + exp(…)), which does not overflow
            part += dropped + log1p(exp(-dropped)) if dropped > 0 else log1p(exp(dropped))
        total += n * part
    return total


def fitted(buyers: Sequence[Buyer], start: Habit | None = None) -> Habit | None:
    """The parameters of maximum likelihood; None where the data do not tell them: where fewer
    than 50 came back, the search does not come to rest, or runs away."""
    if sum(one.repeats > 0 for one in buyers) < REPEAT:
        return None
    groups = grouped(buyers)

    def lost(point: Point, of: Groups) -> float:
        far = sum(max(abs(one) - _WIDE, 0.0) ** 2 for one in point)
        if far > 100:
            return inf
        r, alpha, a, b = map(exp, point)
        return 10 * far - log_likelihood(r, alpha, a, b, of)

    first: Point = (0.0, log(max(_middle_age(buyers) / 4, 0.1)), 0.0, 1.0)
    if start is not None:
        first = [log(one) for one in start[:4]]
    elif len(groups.rows) > 2 * _SAMPLE:
        some = _sample(groups)
        first = minimum(lambda point: lost(point, some), first, most=300, near=1e-2).point
    near = len(groups.rows) > 2 * _SAMPLE or start is not None
    found = minimum(lambda point: lost(point, groups), first, step=0.1 if near else 0.5, near=1e-4)
    if not found.rests or any(abs(one) > _WIDE for one in found.point):
        return None
    r, alpha, a, b = map(exp, found.point)
    return Habit(r, alpha, a, b, -found.value, len(buyers))


def alive(habit: Habit, buyer: Buyer) -> float:
    """The probability that a customer still buys: 1 for who has bought once only."""
    x, last, age = buyer
    if not x:
        return 1.0
    r, alpha, a, b = habit[:4]
    dropped = log(a / (b + x - 1)) + (r + x) * (log(alpha + age) - log(alpha + last))
    return 1 / (1 + exp(dropped)) if dropped < 700 else 0.0


class Forecast:
    """Expected numbers of purchases in so many weeks from now: equation 10 of the paper.

    By Euler's transformation of its hypergeometric function, which neither overflows nor cancels
    for who has bought often; kept for customers of the same age and number of purchases.
    """

    def __init__(self, habit: Habit, weeks: float) -> None:
        self.habit = habit
        self.weeks = weeks
        self._known: dict[tuple[int, float], float] = {}

    def __call__(self, buyer: Buyer) -> float:
        """For one customer."""
        key = buyer.repeats, buyer.age
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._if_alive(*key)
        return found * alive(self.habit, buyer)

    def _if_alive(self, x: int, age: float) -> float:
        r, alpha, a, b = self.habit[:4]
        if abs(a - 1) < 1e-6:
            a = 1 + 1e-6
        z = self.weeks / (alpha + age + self.weeks)
        series = _hypergeometric(a + b - 1 - r, a - 1, a + b + x - 1, z)
        return (a + b + x - 1) / (a - 1) * (1 - exp((a - 1) * log1p(-z)) * series)


def _hypergeometric(first: float, second: float, third: float, z: float) -> float:
    """Gauss's series 2F1, for 0 ≤ z < 1."""
    total = term = 1.0
    for j in range(20_000):
        term *= (first + j) * (second + j) / ((third + j) * (j + 1)) * z
        total += term
        if abs(term) <= 1e-13 * abs(total):
            break
    return total


def _middle_age(buyers: Sequence[Buyer]) -> float:
    return sorted(one.age for one in buyers)[len(buyers) // 2]


def _sample(groups: Groups) -> Groups:
    """Every so many of the groups."""
    rows = groups.rows[:: -(-len(groups.rows) // _SAMPLE)]
    repeats: Counter[int] = Counter()
    for x, _, _, n in rows:
        repeats[x] += n
    return Groups(rows, groups.times, dict(repeats))
