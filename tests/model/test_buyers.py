"""The models of `report clv`: published parameters, simulated customers, SciPy's sums."""

from __future__ import annotations

import math
import random

import pytest

from crm_cli.model.buyers import Buyer, Forecast, Habit, alive, fitted, grouped, log_likelihood
from crm_cli.model.simplex import minimum
from crm_cli.model.spending import Repeat
from crm_cli.model.spending import fitted as worth_fitted
from crm_cli.model.spending import log_likelihood as worth_likelihood

CDNOW = Habit(0.242594, 4.413602, 0.792920, 2.425922, -9582.4, 2357)
"""What Fader and Hardie found for the customers of CDNOW (Implementing the BG/NBD Model for
Customer Base Analysis in Excel, 2005)."""


def test_the_simplex_finds_the_valley_of_rosenbrock() -> None:
    found = minimum(lambda p: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2, (-1.2, 1.0))
    assert found.rests and found.point == pytest.approx((1, 1), abs=1e-3)
    stopped = minimum(lambda p: -p[0], (0.0,), most=50)
    assert not stopped.rests, "what runs away is not taken for an answer"


def test_expected_purchases_as_published() -> None:
    # The paper's own example: a customer with x = 2, t_x = 30.43, T = 38.86 is expected to make
    # 1.226 purchases in the next 39 weeks.
    assert Forecast(CDNOW, 39)(Buyer(2, 30.43, 38.86)) == pytest.approx(1.226, abs=5e-4)


def _direct(habit: Habit, buyer: Buyer) -> float:
    """The likelihood of one customer, by equation 6 as it is printed."""
    r, alpha, a, b = habit[:4]
    x, last, age = buyer

    def beta(one: float, other: float) -> float:
        return math.gamma(one) * math.gamma(other) / math.gamma(one + other)

    first = beta(a, b + x) / beta(a, b) * math.gamma(r + x) * alpha**r
    first /= math.gamma(r) * (alpha + age) ** (r + x)
    if not x:
        return float(first)
    second = beta(a + 1, b + x - 1) / beta(a, b) * math.gamma(r + x) * alpha**r
    return float(first + second / (math.gamma(r) * (alpha + last) ** (r + x)))


def test_the_likelihood_is_that_of_the_paper() -> None:
    buyers = [Buyer(0, 0, 30), Buyer(2, 30.43, 38.86), Buyer(7, 12, 13), Buyer(1, 1 / 7, 70)] * 3
    direct = sum(math.log(_direct(CDNOW, one)) for one in buyers)
    assert log_likelihood(*CDNOW[:4], grouped(buyers)) == pytest.approx(direct, rel=1e-12)


def test_the_likelihood_and_forecast_are_scipys() -> None:
    special = pytest.importorskip("scipy.special", reason="SciPy is not installed")
    r, alpha, a, b = CDNOW[:4]
    buyers = [Buyer(x, 3.0 * x + 1, 3.0 * x + 9) for x in range(1, 40)]
    total = 0.0
    for x, last, age in buyers:
        part = special.betaln(a, b + x) - special.betaln(a, b) + special.gammaln(r + x)
        part += r * math.log(alpha) - special.gammaln(r)
        ends = (-(r + x) * math.log(alpha + age),
                math.log(a / (b + x - 1)) - (r + x) * math.log(alpha + last))  # fmt: skip
        total += part + special.logsumexp(ends)
    assert log_likelihood(r, alpha, a, b, grouped(buyers)) == pytest.approx(total, rel=1e-9)
    for x, last, age in buyers[:12]:
        z = 26 / (alpha + age + 26)
        series = special.hyp2f1(r + x, b + x, a + b + x - 1, z)
        whole = (a + b + x - 1) / (a - 1) * (1 - (1 - z) ** (r + x) * series)
        dropped = a / (b + x - 1) * ((alpha + age) / (alpha + last)) ** (r + x)
        found = Forecast(CDNOW, 26)(Buyer(x, last, age))
        assert found == pytest.approx(whole / (1 + dropped), rel=1e-6)


def test_extremes_neither_overflow_nor_vanish() -> None:
    often = Buyer(2000, 400.0, 400.5)
    gone = Buyer(2000, 40.0, 400.0)
    assert alive(CDNOW, often) > 0.99 and alive(CDNOW, gone) == 0
    assert 100 < Forecast(CDNOW, 52)(often) < 300
    assert Forecast(CDNOW, 52)(gone) == 0
    assert alive(CDNOW, Buyer(0, 0, 1000)) == 1
    beside = Forecast(CDNOW._replace(a=1.0), 26)(Buyer(2, 30, 38))
    around = [Forecast(CDNOW._replace(a=a), 26)(Buyer(2, 30, 38)) for a in (0.999, 1.001)]
    assert min(around) < beside < max(around)


def _simulated(
    chance: random.Random, number: int, habit: tuple[float, float, float, float], later: float
) -> tuple[list[Buyer], int]:
    """Customers of 39 to 78 weeks, and how often they buy in the weeks after."""
    r, alpha, a, b = habit
    buyers, after = [], 0
    for _ in range(number):
        age = chance.uniform(39, 78)
        rate, drop = chance.gammavariate(r, 1 / alpha), chance.betavariate(a, b)
        time = last = 0.0
        repeats = 0
        while rate > 0 and (time := time + chance.expovariate(rate)) <= age + later:
            if time <= age:
                repeats, last = repeats + 1, time
            else:
                after += 1
            if chance.random() < drop:
                break
        buyers.append(Buyer(repeats, round(7 * last) / 7, round(7 * age) / 7))
    return buyers, after


@pytest.mark.parametrize(
    ("habit", "seed"),
    [
        ((0.242594, 4.413602, 0.792920, 2.425922), 2),
        ((0.8, 6.0, 0.6, 3.0), 1),
        ((1.5, 10.0, 0.5, 4.0), 3),
    ],
)
def test_simulated_customers(habit: tuple[float, float, float, float], seed: int) -> None:
    """20,000 of them: the hold-out of 26 weeks within 5 %, r and alpha within 10 %."""
    buyers, after = _simulated(random.Random(seed), 20_000, habit, 26)
    found = fitted(buyers)
    assert found is not None and found.customers == 20_000
    assert found.r == pytest.approx(habit[0], rel=0.1)
    assert found.alpha == pytest.approx(habit[1], rel=0.1)
    assert sum(map(Forecast(found, 26), buyers)) == pytest.approx(after, rel=0.05)
    at_truth = log_likelihood(*habit, grouped(buyers))
    assert found.likelihood >= at_truth, "no parameters are more likely, not the true ones either"


def test_data_that_do_not_tell() -> None:
    few = [Buyer(1, 5, 10)] * 49 + [Buyer(0, 0, 10)] * 500
    assert fitted(few) is None
    # All bought three times, as regularly as can be: the spread of rates runs away.
    assert fitted([Buyer(3, 30.0, 35.0)] * 2000) is None
    # Nobody ever drops out.
    assert fitted([Buyer(age, age - 1.0, float(age)) for age in range(10, 90)] * 5) is None


def test_what_purchases_are_worth() -> None:
    chance = random.Random(5)
    p, q, v = 6.25, 3.74, 15.44  # of CDNOW, as published
    repeats = []
    for _ in range(6000):
        scale = chance.gammavariate(q, 1 / v)
        days = chance.randint(1, 8)
        repeats.append(Repeat(days, chance.gammavariate(p * days, 1 / (scale * days))))
    found = worth_fitted(repeats)
    assert found is not None
    assert found.population == pytest.approx(p * v / (q - 1), rel=0.05)
    assert found.likelihood >= worth_likelihood(p, q, v, repeats)
    assert found.likelihood == pytest.approx(worth_likelihood(*found[:3], repeats), rel=1e-9)
    own = found.expected(Repeat(1, 200.0)), found.expected(Repeat(50, 200.0))
    assert found.population < own[0] < own[1] < 200
    assert worth_fitted([]) is None


def test_the_published_expectation_of_a_purchase() -> None:
    from crm_cli.model.spending import Worth

    # The note's own examples: of a customer without repeat purchases 35.20; one of 1.
    worth = Worth(6.25, 3.744, 15.44, 0.0, 946)
    assert worth.population == pytest.approx(35.17, abs=0.1)
