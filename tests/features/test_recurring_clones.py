"""Two clones that both make what subscriptions have due: after merging it is there once."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from crm_cli.store.conflicts import sides
from tests.conftest import Crm

from .test_sync import clone, head, remote

__all__ = ("remote",)
FIRST = "2026-10-31"


@pytest.fixture
def other(remote: Path, shop: Path, crm: Crm) -> Path:
    """A second clone, in which two customers have subscriptions, too."""
    made = clone(remote, "other", crm)
    for who in ("maja-kos", "jan-vidmar"):
        words = ("invoice", "add", who, "--amount", "50", "--every", "month", "--date", FIRST)
        assert crm(*words).code == 0
    sync(crm, shop, made)
    return made


def sync(crm: Crm, *roots: Path) -> None:
    for root in (*roots, roots[0]):
        run = crm("-C", root, "sync")
        assert run.code == 0, run.err


def recur(crm: Crm, root: Path, today: str) -> None:
    run = crm("-C", root, "--today", today, "purchase", "recur")
    assert run.code == 0, run.err


def purchases(crm: Crm, root: Path, *terms: str) -> list[dict[str, str]]:
    found = json.loads(
        crm("-C", root, "purchase", "list", *terms, "--cols",
            "id,customer,subscription,recurrence_id,number", "--json").out
    )  # fmt: skip
    return list(found)


def test_both_make_the_same(shop: Path, other: Path, crm: Crm) -> None:
    for root in (shop, other):
        recur(crm, root, "2026-12-31")
    sync(crm, shop, other)
    assert head(shop) == head(other)
    made = purchases(crm, shop, "has:subscription")
    assert len(made) == len({one["id"] for one in made}) == 4
    assert sorted(one["number"] for one in made) == [
        "2026-0010", "2026-0011", "2026-0012", "2026-0013",
    ]  # fmt: skip
    assert crm("check").code == 0


def test_one_may_be_ahead_of_the_other(shop: Path, other: Path, crm: Crm) -> None:
    recur(crm, shop, "2026-11-30")
    for root in (shop, other):
        recur(crm, root, "2026-12-31")
    sync(crm, shop, other)
    assert len(purchases(crm, shop, "has:subscription")) == 4
    recur(crm, other, "2026-12-31")
    assert len(purchases(crm, other, "has:subscription")) == 4


def test_different_numbers_of_the_same_are_a_conflict_of_that_field(
    shop: Path, other: Path, crm: Crm
) -> None:
    """One had billed something else before, so that it counted on from another number."""
    assert crm("-C", other, "invoice", "add", "hotel-breg", "--amount", "7").code == 0
    for root in (shop, other):
        recur(crm, root, "2026-11-30")
    assert crm("sync").code == 0
    run = crm("-C", other, "sync")
    assert run.code == 5
    for path in (other / "customers").glob("*.yaml"):
        for side in sides(path.read_text()):
            assert side.ours.strip().startswith('number: "2026-'), side
            assert side.ours.count("\n") == side.theirs.count("\n") == 1
    assert crm("-C", other, "resolve", "--theirs").code == 0
    sync(crm, other, shop)
    assert len(purchases(crm, shop, "has:subscription")) == 2
    doubled = crm("check")
    assert doubled.code == 1 and "2026-0010" in doubled.out + doubled.err


@pytest.mark.turns(3)
def test_a_year_in_two_clones(shop: Path, other: Path, crm: Crm) -> None:
    chance = random.Random(3)
    day = date(2026, 12, 1)
    while day < date(2027, 12, 1):
        for root in chance.choice(([shop], [other], [shop, other])):
            recur(crm, root, day.isoformat())
        if chance.random() < 0.6:
            sync(crm, shop, other)
        day += timedelta(days=chance.choice((20, 45, 75)))
    for root in (shop, other):
        recur(crm, root, "2027-12-01")
    sync(crm, shop, other)
    made = purchases(crm, other, "has:subscription", "--all")
    assert len(made) == len({(one["customer"], one["recurrence_id"]) for one in made}) == 26
    assert len({one["number"] for one in made}) == 26
    assert crm("check").code == 0
