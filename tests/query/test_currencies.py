"""Amounts in several currencies: each group by currency in its own, all else in the base."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from crm_cli.model.errors import UsageError
from crm_cli.query.group import GroupQuery, group
from crm_cli.query.pivot import pivot
from crm_cli.query.select import Answer
from crm_cli.query.terms import parse_terms

from .conftest import Shop
from .generated import opened

PURCHASES = [
    {"date": "2026-01-02", "amount": "10", "lines": []},
    {"date": "2026-01-03", "amount": "110", "currency": "USD", "lines": []},
    {"date": "2026-07-03", "amount": "50", "currency": "USD", "kind": "credit_note", "lines": []},
    {"date": "2026-07-03", "amount": "3000", "currency": "JPY", "lines": []},
]
PAYMENTS = [
    {"date": "2026-07-03", "amount": "60", "currency": "USD"},
    {"date": "2026-07-04", "amount": "7"},
]


@pytest.fixture(scope="module")
def traded() -> Iterator[Shop]:
    customer = {"name": "A", "owner": "petra", "purchases": PURCHASES, "payments": PAYMENTS}
    with opened([customer]) as (shop, _):
        yield shop


def ask(shop: Shop, by: str, agg: str, *terms: str, base: str = "purchase", **more: Any) -> Answer:
    scope = shop.scope(base)
    node = parse_terms(terms, scope)
    return group(
        shop.database, GroupQuery(scope.base, by.split(","), agg.split(","), node, **more), scope
    )


def test_groups_by_currency_are_in_their_own(traded: Shop) -> None:
    found = ask(traded, "currency", "count,sum:net,max:net,avg:net,spend,average_order")
    assert found.rows == [
        ("EUR", 1, *[Decimal("10.00")] * 5),
        ("JPY", 1, *[Decimal("3000")] * 5),
        ("USD", 2, Decimal("60.00"), Decimal("110.00"), Decimal("30.00"), Decimal("60.00"),
         Decimal("60.00")),
    ]  # fmt: skip
    assert not any(column.base for column in found.columns)


def test_amounts_in_several_currencies_have_no_total(traded: Shop) -> None:
    assert ask(traded, "currency", "count,sum:net").total == (None, 4, None)
    assert ask(traded, "currency", "count,sum:net", "currency:USD").total == (
        None, 2, Decimal("60.00"),
    )  # fmt: skip


def test_a_group_without_a_rate_has_its_own_sum(traded: Shop) -> None:
    rows = ask(traded, "currency,owner", "sum:net,share:net").rows
    assert rows[1][:3] == ("JPY", "petra", Decimal("3000"))


def test_other_groups_are_in_the_base_currency(traded: Shop) -> None:
    found = ask(traded, "owner", "sum:net", "currency:EUR,USD")
    assert found.rows == [("petra", Decimal("70.00"))]  # 10 + 110/1.10 - 50/1.25 + nothing
    assert found.columns[1].base


def test_shares_are_of_what_amounts_are_in_the_base_currency(traded: Shop) -> None:
    rows = ask(traded, "currency", "share:net", "currency:EUR,USD").rows
    assert rows == [("EUR", Decimal("0.1429")), ("USD", Decimal("0.8571"))]


def test_figures_of_customers_stay_in_the_base_currency(traded: Shop) -> None:
    found = ask(traded, "currency", "max:customer.spend,sum:net", "currency:USD")
    assert found.rows == [("USD", Decimal("70.00"), Decimal("60.00"))]
    assert [column.base for column in found.columns] == [False, True, False]


def test_groups_are_ordered_and_chosen_as_every_amount_is(traded: Shop) -> None:
    """By what they are in the base currency, unless a currency is written with the amount."""
    by_worth = ask(traded, "currency as money", "sum:net as net", sort="net-")
    assert [row[0] for row in by_worth.rows] == ["USD", "EUR", "JPY"]
    assert [row[0] for row in ask(traded, "currency", "sum:net", having="sum_net > 20").rows] == [
        "USD"
    ]
    for having in ("sum_net > 2000 JPY", "currency = JPY and sum_net > 2000JPY"):
        rows = ask(traded, "currency", "sum:net", having=having.replace(" JPY", "JPY", 1)).rows
        assert rows == [("JPY", Decimal("3000"))]


def test_no_other_figure_is_called_currency_beside_them(traded: Shop) -> None:
    with pytest.raises(UsageError, match="twice"):
        ask(traded, "currency as money", "sum:net,count as currency")


def test_payments_and_lines_follow_the_same_rule(traded: Shop) -> None:
    rows = ask(traded, "currency", "sum:amount", base="payment").rows
    assert rows == [("EUR", Decimal("7.00")), ("USD", Decimal("60.00"))]


def test_a_pivot_by_currency(traded: Shop) -> None:
    scope = traded.scope("purchase")
    query = GroupQuery(scope.base, ("owner",), ("sum:net",), parse_terms((), scope))
    found = pivot(traded.database, query, "currency", scope)
    assert found.rows == [
        ("petra", Decimal("10.00"), Decimal("3000"), Decimal("60.00"), Decimal("70.00"))
    ]
    assert (found.total or ())[1:] == found.rows[0][1:]
    assert [column.base for column in found.columns] == [False] * 4 + [True]
    beside = pivot(traded.database, query._replace(by=("currency",)), "date.year", scope)
    assert beside.rows[-1] == ("USD", Decimal("60.00"), Decimal("60.00"))
    assert beside.total == (None, None, None)
