"""Products that are bought together: by hand, and against plain counting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.model import pairing
from crm_cli.model.errors import UsageError
from crm_cli.model.pairing import Rule, rules, triples
from tests.shares import examples

from ..query.conftest import TODAY
from ..query.generated import DIRECTORIES
from ..query.naive import counts
from ..query.sums import chosen
from .reporting import opened, rows, table


def _sale(*products: str, days: int = 1, **more: Any) -> dict[str, Any]:
    lines = [{"product": one, "quantity": "1", "unit_price": "5"} for one in products]
    return {"date": TODAY - timedelta(days=days), "amount": "1", "lines": lines, **more}


SHOP = [
    {"name": "A", "purchases": [_sale("beans", "cup"), _sale("beans", "cup", days=40),
                                _sale("beans", days=50)]},
    {"name": "B", "purchases": [_sale("cup", "beans", "beans"), _sale("gone")]},
    # None of these is a basket: a credit note, a draft, tomorrow's, one without products.
    {"name": "C", "purchases": [_sale("beans", "cup", kind="credit_note"),
                                _sale("beans", "cup", status="draft"),
                                _sale("beans", "cup", days=-1),
                                {"date": TODAY, "amount": "9", "lines": []},
                                _sale("gone", "beans", days=400)]},
]  # fmt: skip
KEYS = ("product", "with", "baskets", "support", "confidence", "back", "lift", "of")


def test_pairs_by_hand() -> None:
    # Six baskets: beans in 5, cup in 3, gone in 2. Beans and cup are together in 3: support 3/6,
    # confidence 3/5 and 3/3, lift (3/5) ÷ (3/6) = 1.2; beans and gone in 1.
    with opened(SHOP) as (workspace, _):
        found = table(workspace, "pairs")
        assert rows(found, *KEYS) == [
            ("beans", "cup", "3", "0.5000", "0.6000", "1.0000", "1.20", "5"),
        ]
        assert found.rows[0]["product_name"] == "Beans"
        every = table(workspace, "pairs", options={"min": "1"})
        assert rows(every, *KEYS)[1:] == [
            ("beans", "gone", "1", "0.1667", "0.2000", "0.5000", "0.60", "5"),
        ]
        of_cup = table(workspace, "pairs", options={"with": "cup", "min": "1"})
        assert rows(of_cup, *KEYS) == [
            ("cup", "beans", "3", "0.5000", "1.0000", "0.6000", "1.20", "3"),
        ]
        sure = table(workspace, "pairs", options={"min": "1", "min-confidence": "60%"})
        assert rows(sure, "with") == [("cup",)]


def test_baskets_of_customers_of_a_period_and_of_some() -> None:
    with opened(SHOP) as (workspace, _):
        # A and B have beans and cup, B and C have beans and gone; B has cup and gone.
        ever = table(workspace, "pairs", options={"per": "customer", "min": "1"})
        assert rows(ever, "product", "with", "baskets", "support", "lift") == [
            ("beans", "cup", "2", "0.6667", "1.00"),
            ("beans", "gone", "2", "0.6667", "1.00"),
            ("cup", "gone", "1", "0.3333", "0.75"),
        ]
        late = table(workspace, "pairs", period="last-30d", options={"min": "1"})
        assert rows(late, "product", "with", "baskets", "of") == [("beans", "cup", "2", "2")]
        some = table(workspace, "pairs", terms=["customer.name.is:B"], options={"min": "1"})
        assert rows(some, "product", "with", "baskets", "of") == [("beans", "cup", "1", "1")]


def test_rules_with_two_products_on_the_left() -> None:
    baskets = [("a", "b", "c")] * 4 + [("a", "b")] * 2 + [("c",)] * 2
    found = {(rule.left, rule.right): rule for rule in triples(baskets, 3) or ()}
    assert found[("a", "b"), "c"] == Rule(("a", "b"), "c", 4, 6, 6, 8)
    assert found[("a", "c"), "b"] == Rule(("a", "c"), "b", 4, 4, 6, 8)
    assert len(found) == 3
    sales = [_sale(*basket) for basket in baskets]
    with opened([{"name": "A", "purchases": sales}]) as (workspace, _):
        told = table(workspace, "pairs", options={"size": "3", "with": "a"})
        assert rows(told, *KEYS) == [
            ("a + c", "b", "4", "0.5000", "1.0000", "0.6667", "1.33", "4"),
            ("a + b", "c", "4", "0.5000", "0.6667", "0.6667", "0.89", "6"),
        ]


@pytest.mark.parametrize(
    ("option", "text"),
    [("min", "0"), ("min", "x"), ("min", "-1"), ("size", "4"), ("size", "1"), ("per", "month"),
     ("min-confidence", "2"), ("min-confidence", "x"), ("min-confidence", "nan")],
)  # fmt: skip
def test_wrong_options(option: str, text: str) -> None:
    with opened(SHOP) as (workspace, _), pytest.raises(UsageError, match=f"--{option}"):
        table(workspace, "pairs", options={option: text})


def _by_hand(baskets: Sequence[Sequence[str]], left: str, right: str) -> Rule:
    held = [set(basket) for basket in baskets]
    return Rule(
        (left,),
        right,
        sum({left, right} <= one for one in held),
        sum(left in one for one in held),
        sum(right in one for one in held),
        len(baskets),
    )


BASKETS = st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True), max_size=30)


@pytest.mark.parametrize("much", [0, 20_000_000], ids=["sets of baskets", "one by one"])
@examples(30, soak=480)
@given(baskets=BASKETS, least=st.integers(1, 4), among=st.sets(st.sampled_from("abcx")))
def test_rules_are_what_plain_counting_finds(
    much: int, baskets: list[list[str]], least: int, among: set[str]
) -> None:
    before, pairing._MUCH = pairing._MUCH, much
    try:
        every, some = rules(baskets, least), rules(baskets, least, among)
    finally:
        pairing._MUCH = before
    wanted = {
        _by_hand(baskets, left, right)
        for pair in combinations("abcdef", 2)
        for left, right in (pair, pair[::-1])
    }
    wanted = {rule for rule in wanted if rule.both >= least}
    assert {rule for those in every.values() for rule in those} == wanted
    assert {rule for those in some.values() for rule in those} == {
        rule for rule in wanted if rule.left[0] in among
    }
    for rule in wanted:
        assert rule.most == (rule.both / rule.lefts > 0.5)


def test_many_products_in_many_baskets_are_bounded() -> None:
    """A thousand products in a hundred customers' records, each bought by all of them."""
    baskets = [tuple(map(str, range(1200)))] * 100
    found = rules(baskets, 3)
    assert len(found) == pairing.MOST
    assert triples(baskets, 3) is None


@examples(12, soak=200)
@given(customers=DIRECTORIES)
def test_pairs_are_what_the_files_say(customers: list[dict[str, Any]]) -> None:
    with opened(customers) as (workspace, here):
        baskets = []
        for purchase in chosen(here):
            products = {line["product"] for line in purchase["lines"] if "product" in line}
            if purchase.get("kind") != "credit_note" and counts(purchase) and products:
                baskets.append(sorted(products))
        found = table(workspace, "pairs", options={"min": "1"})
        pairs = {frozenset(pair) for one in baskets for pair in combinations(one, 2)}
        assert {frozenset((row["product"], row["with"])) for row in found.rows} == pairs
        for row in found.rows:
            rule = _by_hand(baskets, row["product"], row["with"])
            assert (row["baskets"], row["of"]) == (rule.both, rule.lefts)
            lift = Decimal(rule.both * rule.baskets) / (rule.lefts * rule.rights)
            assert row["lift"] == lift.quantize(Decimal("0.01"), ROUND_HALF_UP)
