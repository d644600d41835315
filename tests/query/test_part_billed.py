"""An order counts for what no posted invoice has billed yet, in every figure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from crm_cli.query.group import GroupQuery, group

from .conftest import Shop
from .generated import opened

LINES = [
    {"product": "beans", "quantity": "10", "unit_price": "60"},
    {"product": "cup", "quantity": "4", "unit_price": "100"},
]
ORDER = {"date": "2026-01-05", "kind": "order", "number": "A1", "lines": LINES}


def invoice(amount: str, **more: Any) -> dict[str, Any]:
    return {"date": "2026-02-05", "kind": "invoice", "order": "A1", "amount": amount} | {
        "lines": [], **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("invoices", "spend", "orders"),
    [
        ([invoice("300")], "1000", 1),  # 700 are left
        ([invoice("300"), invoice("700")], "1000", 1),
        ([invoice("300"), invoice("900")], "1200", 1),  # never below 0
        ([invoice("300", status="draft")], "1000", 1),
        ([invoice("300", date="2027-02-05")], "1000", 1),
        ([invoice("110", currency="USD")], "1000", 1),  # 100 euros
        ([{**invoice("0"), "lines": [{"product": "beans", "quantity": "1"}]}], "0", 1),
    ],
)
def test_a_deposit_and_the_rest_of_its_order_count_once(
    invoices: list[dict[str, Any]], spend: str, orders: int
) -> None:
    with opened([{"name": "A", "purchases": [ORDER, *invoices]}]) as (shop, _):
        assert shop.values("spend") == [Decimal(spend)]
        assert shop.values("sum(purchases.net)") == [Decimal(spend)]
        assert shop.values("orders") == [orders]


def test_the_rest_is_spread_over_the_lines_and_their_quantities() -> None:
    with opened([{"name": "A", "purchases": [ORDER, invoice("300")]}]) as (shop, _):
        beans = "where product = beans"
        assert shop.values(f"sum(lines.net {beans})") == [Decimal("420.00")]
        assert shop.values(f"sum(lines.quantity {beans})") == [Decimal(7)]
        assert shop.values("sum(lines.net)") == [Decimal("700.00")]
        assert shop.values("count(purchases where is(counted))") == [2]


def test_costs_are_of_the_share_that_the_net_is_of() -> None:
    deposit = invoice("500", deposit_of="A1", lines=[{"description": "D", "unit_price": "500"}])
    deposit.pop("amount")
    goods = {**invoice("0"), "lines": [{"product": "beans", "quantity": "5", "unit_price": "60"}]}
    goods.pop("amount")
    beans = "where product = beans"
    for invoices, net, units, costed in (
        ([], "600", 10, 10),
        ([deposit], "300", 10, 5),
        ([goods], "600", 10, 10),
        ([invoice("300")], "420", 7, 7),
    ):
        with opened([{"name": "A", "purchases": [ORDER, *invoices]}]) as (shop, _):
            found = [shop.values(f"sum(lines.{key} {beans})")
                     for key in ("net", "units", "costed")]  # fmt: skip
            assert found == [[Decimal(net)], [Decimal(units)], [Decimal(costed)]]


def test_the_lines_of_a_rest_add_up_to_the_cent() -> None:
    lines = [{"product": "cup", "quantity": "1", "unit_price": "3.33"} for _ in range(3)]
    with opened([{"name": "A", "purchases": [ORDER | {"lines": lines}, invoice("5")]}]) as (
        shop,
        _,
    ):
        assert shop.values("sum(lines.net)") == [Decimal("4.99")]
        assert shop.values("spend") == [Decimal("9.99")]


def test_an_order_with_its_invoices_is_one_sale_in_every_figure() -> None:
    deposit = invoice("300", deposit_of="A1")
    rest = [invoice("200", date="2026-03-05"), invoice("500", date="2026-04-05")]
    other = {"date": "2026-04-06", "amount": "500", "lines": []}
    note = {"date": "2026-04-07", "kind": "credit_note", "amount": "30", "lines": []}
    one = {"name": "A", "purchases": [ORDER, deposit, *rest, other, note]}
    with opened([one, {"name": "B", "purchases": [ORDER, invoice("600")]}]) as (shop, _):
        for name in ("orders", "orders@2026"):
            assert shop.values(name) == [2, 1]
        assert shop.values("orders@2026-04") == [2, 0]
        assert shop.values("orders@2026-02..2026-03") == [1, 1]
        for name in ("average_order", "average_order@2026"):
            assert shop.values(name) == [Decimal("735.00"), Decimal("1000.00")]  # (1500 - 30) / 2
        asked = ("orders", "average_order", "known_orders")
        assert grouped(shop, "purchase", (), *asked) == [(3, Decimal("823.33"), 3)]
        assert grouped(shop, "purchase", ("date.month",), "orders") == [
            ("2026-01", 1), ("2026-02", 2), ("2026-03", 1), ("2026-04", 2),
        ]  # fmt: skip


def test_the_lines_of_an_order_and_of_its_invoice_are_of_one_sale() -> None:
    line = {"product": "beans", "quantity": "3", "unit_price": "60"}
    billed = {**invoice("0"), "lines": [line]}
    billed.pop("amount")
    with opened([{"name": "A", "purchases": [ORDER, billed]}]) as (shop, _):
        assert grouped(shop, "line", ("product",), "orders") == [("beans", 1), ("cup", 1)]
        assert grouped(shop, "line", (), "orders", "count") == [(1, 3)]


def test_what_names_no_order_is_a_sale_of_its_own() -> None:
    sale = {**ORDER, "kind": "sale", "number": "A2"}
    lone = [invoice("300", order="A2"), invoice("300", order="A9")]
    with opened([{"name": "A", "purchases": [ORDER, sale, *lone]}]) as (shop, _):
        assert shop.values("orders") == [4]


def grouped(shop: Shop, base: str, by: tuple[str, ...], *figures: str) -> list[tuple[Any, ...]]:
    scope = shop.scope(base)
    return sorted(group(shop.database, GroupQuery(scope.base, by, figures), scope).rows)
