"""Gamma-Gamma: what a customer's purchases are worth (Fader, Hardie and Lee 2005; Fader and
Hardie 2013, The Gamma-Gamma Model of Monetary Value).

The values of a customer's purchases are gamma distributed (p), and so is their scale over
customers (q, v); how often one buys says nothing of how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, lgamma, log
from typing import NamedTuple

from crm_cli.model.simplex import Point, minimum

_WIDE = log(10_000.0)
_SAMPLE = 1500


class Repeat(NamedTuple):
    """The number of a customer's repeat purchase days, and the mean of what they came to."""

    days: int
    mean: float


class Worth(NamedTuple):
    """The parameters of the model, with the log-likelihood and the number of customers."""

    p: float
    q: float
    v: float
    likelihood: float
    customers: int

    @property
    def population(self) -> float:
        """The expected value of a purchase of who is not known yet."""
        return self.p * self.v / (self.q - 1)

    def expected(self, repeat: Repeat) -> float:
        """The expected value of a customer's purchase: between the population's and their own."""
        days, mean = repeat
        return self.p * (self.v + days * mean) / (self.p * days + self.q - 1)


def log_likelihood(p: float, q: float, v: float, repeats: Sequence[Repeat]) -> float:
    """The logarithm of the likelihood of the parameters: equation 1a of the note."""
    by_days = {
        x: lgamma(p * x + q) - lgamma(p * x) + p * x * log(x) for x in {one.days for one in repeats}
    }
    base = q * log(v) - lgamma(q)
    return sum(
        base + by_days[x] + (p * x - 1) * log(mean) - (p * x + q) * log(x * mean + v)
        for x, mean in repeats
    )


def fitted(repeats: Sequence[Repeat]) -> Worth | None:
    """The parameters of maximum likelihood, of customers who came back and paid; None where the
    data do not tell them."""
    if not repeats:
        return None
    mean = sum(one.mean for one in repeats) / len(repeats)
    scaled = [Repeat(one.days, one.mean / mean) for one in repeats]

    def lost(point: Point, of: Sequence[Repeat]) -> float:
        far = sum(max(abs(one) - _WIDE, 0.0) ** 2 for one in point)
        if far > 100:
            return inf
        p, q, v = map(exp, point)
        return 10 * far - log_likelihood(p, q, v, of)

    first: Point = (1.0, 1.0, 0.5)
    many = len(scaled) > 2 * _SAMPLE
    if many:
        some = scaled[:: -(-len(scaled) // _SAMPLE)]
        first = minimum(lambda point: lost(point, some), first, most=300, near=1e-2).point
    found = minimum(lambda point: lost(point, scaled), first, step=0.1 if many else 0.5, near=1e-4)
    p, q, v = map(exp, found.point)
    if not found.rests or q <= 1 or any(abs(one) > _WIDE for one in found.point):
        return None
    likelihood = log_likelihood(p, q, v * mean, repeats)
    return Worth(p, q, v * mean, likelihood, len(repeats))
