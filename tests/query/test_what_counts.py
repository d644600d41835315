"""Sums and conditions on items go over what counts; lines follow their purchase."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from unicodedata import normalize

import pytest

from crm_cli.query.ast import EVERYTHING
from crm_cli.query.group import GroupQuery, group
from crm_cli.query.select import Query, select

from .generated import opened


def line(product: str, quantity: str) -> dict[str, str]:
    return {"product": product, "quantity": quantity, "unit_price": "5"}


PURCHASES: list[dict[str, Any]] = [
    {"date": "2026-01-05", "lines": [line("beans", "50")], "number": "A1"},
    {"date": "2026-02-05", "kind": "credit_note", "lines": [line("beans", "25")]},
    {"date": "2026-03-05", "status": "draft", "lines": [line("cup", "3")]},
    {"date": "2026-04-05", "status": "cancelled", "lines": [line("cup", "4")]},
    {"date": "2026-05-05", "kind": "credit_note", "lines": [line("gone", "1")]},
]


@pytest.mark.parametrize(
    ("term", "counted", "everything"),
    [
        ("line/product:beans/date:2026", ["c0"], ["c0"]),
        ("line/product:cup/date:2026", [], ["c0"]),
        ("line/product:gone/date:2026", [], ["c0"]),
        ("purchase/status:draft", ["c0"], ["c0"]),
        ("purchase/kind:credit_note", ["c0"], ["c0"]),
        ("purchase.all/status:posted", [], []),
        ("purchase.none/status:cancelled", [], []),
    ],
)
def test_conditions_find_what_counts(term: str, counted: list[str], everything: list[str]) -> None:
    with opened([{"name": "A", "purchases": [one | {"amount": "0"} for one in PURCHASES]}]) as (
        shop,
        _,
    ):
        assert shop.ids(term) == counted
        scope = shop.scope()._replace(everything=True)
        query = Query(scope.base, shop.node([term]), ("id",))
        assert [row[0] for row in select(shop.database, query, scope).rows] == everything


def test_a_list_of_purchases_finds_drafts_by_their_lines() -> None:
    with opened([{"name": "A", "purchases": [one | {"amount": "0"} for one in PURCHASES]}]) as (
        shop,
        _,
    ):
        assert len(shop.values("id", "line/product:cup", base="purchase")) == 2


def test_what_was_returned_is_taken_from_sums_of_quantities() -> None:
    with opened([{"name": "A", "purchases": [one | {"amount": "0"} for one in PURCHASES]}]) as (
        shop,
        _,
    ):
        asked = "sum(lines.quantity where product = beans)"
        assert shop.values(asked) == [Decimal(25)]
        assert shop.ids(where=f"{asked} = 25 and max(lines.quantity) = 50") == ["c0"]


def test_first_and_last_amounts_are_in_the_base_currency_like_the_least() -> None:
    """1.25 dollars are one euro."""
    bought = [{"date": "2026-07-01", "currency": "USD", "amount": "100", "lines": []}]
    with opened([{"name": "A", "purchases": bought}]) as (shop, _):
        for function in ("first", "last", "min", "max", "sum", "avg"):
            answer = shop.ask(cols=f"{function}(purchases.net)")
            assert answer.rows == [(Decimal("80.00"),)], function
            assert answer.columns[0].base, function


def test_an_average_divides_by_the_orders_whose_amount_is_known() -> None:
    bought = [
        {"date": "2026-07-01", "amount": "100", "lines": []},
        {"date": "2026-07-02", "amount": "50", "lines": []},
        {"date": "2026-07-03", "currency": "JPY", "amount": "7000", "lines": []},
        # No amount, or no price, is not an order of nothing.
        {"date": "2026-07-04", "lines": []},
        {"date": "2026-07-05", "lines": [{"quantity": "2", "product": "beans"}]},
    ]
    with opened([{"name": "A", "purchases": bought}]) as (shop, _):
        assert shop.values("orders") == [5]
        for column in ("average_order", "average_order@2026"):
            assert shop.values(column) == [Decimal("75.00")], column
        scope = shop.scope("purchase")
        found = group(shop.database, GroupQuery(scope.base, (), ("average_order",)), scope)
        assert found.rows == [(Decimal("75.00"),)]


def test_an_order_of_nothing_is_known() -> None:
    bought = [
        {"date": "2026-07-01", "amount": "100", "lines": []},
        {"date": "2026-07-02", "amount": "0", "lines": []},
    ]
    with opened([{"name": "A", "purchases": bought}]) as (shop, _):
        for column in ("average_order", "average_order@2026"):
            assert shop.values(column) == [Decimal("50.00")], column


def test_both_forms_of_a_letter_are_one_group_and_one_tag() -> None:
    names = [normalize(form, "čaj") for form in ("NFC", "NFD")]
    people = [
        {"name": "A", "tags": [name], "addresses": [{"city": name}], "blend": name}
        for name in names
    ]
    with opened(people) as (found, _):
        scope = found.scope()
        for key in ("tag", "city", "blend"):
            query = GroupQuery(scope.base, (key,), ("count",), EVERYTHING)
            assert group(found.database, query, scope).rows == [(names[0], 2)], key


def test_the_first_amount_is_of_those_that_have_a_rate() -> None:
    bought = [
        {"date": "2026-07-01", "currency": "JPY", "amount": "7000", "lines": []},
        {"date": "2026-07-02", "amount": "50", "lines": []},
    ]
    with opened([{"name": "A", "purchases": bought}, {"name": "B", "purchases": bought[:1]}]) as (
        shop, _,
    ):  # fmt: skip
        assert shop.values("first(purchases.net)") == [Decimal("50.00"), None]
