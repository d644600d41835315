"""The parts of campaigns that need no files: groups, templates, channels, intervals."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

from crm_cli.model.attribution import Touch, credited
from crm_cli.model.campaign_assigning import HELD_OUT, TARGETED, Share, assign
from crm_cli.model.channels import likeliest
from crm_cli.model.score_intervals import Sums, newcombe, welch

HALVES = (Share("a", Decimal(50)), Share("b"))


def test_groups_follow_from_the_ids_alone() -> None:
    def point(*names: str) -> float:
        return int.from_bytes(sha256("\0".join(names).encode()).digest()[:8], "big") / 2**64

    for id in (f"c{number}" for number in range(300)):
        found = assign("spring", id, Decimal(20), HALVES)
        if point("spring", id, "hold-out") < 0.2:
            assert found == (HELD_OUT, None)
        else:
            variant = "a" if point("spring", id, "variant") < 0.5 else "b"
            assert found == (TARGETED, variant)


def test_shares_are_kept_and_a_hold_out_moves_nobody_between_variants() -> None:
    ids = [f"c{number}" for number in range(10_000)]
    before = {id: assign("x", id, Decimal(0), HALVES) for id in ids}
    after = {id: assign("x", id, Decimal(10), HALVES) for id in ids}
    counts = Counter(one.variant for one in after.values())
    assert 900 < counts[None] < 1100 and 4300 < counts["a"] < 4700
    assert all(one.status == HELD_OUT or one == before[id] for id, one in after.items())
    weights = (Share("a", Decimal(1)), Share("b", Decimal(3)))
    counts = Counter(assign("x", id, Decimal(0), weights).variant for id in ids)
    assert 2300 < counts["a"] < 2700, "weights need not add up to 100"


def test_one_message_for_all_has_no_variant() -> None:
    assert assign("x", "ana", Decimal(0)) == (TARGETED, None)
    assert assign("x", "ana", Decimal(100)) == (HELD_OUT, None)


def test_a_purchase_goes_to_the_latest_message_in_its_days() -> None:
    day = date(2026, 11, 20)
    touches = [Touch(day - timedelta(9), "old"), Touch(day - timedelta(5), "short"),
               Touch(day + timedelta(1), "later")]  # fmt: skip
    assert credited(day, touches, {"short": 4}, 30) == "old"
    assert credited(day, touches, {"short": 5}, 30) == "short"
    assert credited(day, touches, {"short": 4, "old": 8}, 30) is None
    assert credited(day, [Touch(day, "a"), Touch(day, "b")], {}, 30) == "b"


def test_newcombe_is_that_of_the_paper() -> None:
    # Newcombe 1998, table II, method 10: 56/70 - 48/80, and 9/10 - 3/10.
    for counts, low, high in (((56, 70, 48, 80), 0.0524, 0.3339), ((9, 10, 3, 10), 0.1705, 0.8090)):
        found = newcombe(*counts)
        assert found is not None
        assert [round(end, 4) for end in found] == [low, high]
    assert newcombe(1, 2, 0, 0) is None


def test_welch_needs_two_cases_on_each_side() -> None:
    assert welch(Sums(1, 5, 25), Sums(2, 6, 20)) is None
    found = welch(Sums(2, 6.0, 20.0), Sums(2, 2.0, 4.0))
    assert found is not None
    # Means 3 and 1, variances 2 and 2 of two cases each.
    assert [round(end, 6) for end in found] == [2 - 2.771808, 2 + 2.771808]


def test_the_likely_channel_weighs_few_attempts_with_the_rate_of_all() -> None:
    rates = {"phone": Decimal("0.2"), "email": Decimal("0.5")}
    assert likeliest([("phone", 1, 1), ("email", 1, 0)], rates) == "email"
    assert likeliest([("phone", 20, 18), ("email", 20, 0)], rates) == "phone"
    assert likeliest([], rates) is None
    assert likeliest([("b", 1, 0), ("a", 1, 0)], {"a": Decimal(0), "b": Decimal(0)}) == "a"
