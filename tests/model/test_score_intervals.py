"""Intervals of scores, with figures that were worked out elsewhere."""

from __future__ import annotations

import pytest

from crm_cli.model.score_intervals import net_promoter, wilson


def test_three_promoters_alone_are_not_certain() -> None:
    """n = 6, p = 3.75 ÷ 6, d = 0.75 ÷ 6: 0.5 ± 1.959964 × √(0.5 ÷ 6), cut off at 1."""
    found = net_promoter(3, 0, 3)
    assert found is not None
    assert found.low == pytest.approx(-0.065793, abs=1e-6)
    assert found.high == 1.0


def test_the_interval_of_many_answers_lies_around_the_score() -> None:
    """100 answers, 50 promoters and 20 detractors: 0.2913 ± 1.96 × √(0.6093 ÷ 103)."""
    found = net_promoter(50, 20, 100)
    assert found is not None
    assert found == pytest.approx((0.140511, 0.442013), abs=1e-5)
    assert net_promoter(0, 5, 5) == pytest.approx((-1.0, 0.0 + net_promoter(0, 5, 5).high))  # type: ignore[union-attr]


def test_wilsons_interval() -> None:
    """Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    for hits, cases, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert wilson(hits, cases) == pytest.approx((low, high), abs=5e-5)


def test_nothing_has_no_interval() -> None:
    assert net_promoter(0, 0, 0) is None
    assert wilson(0, 0) is None
