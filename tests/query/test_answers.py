"""Columns, order and typed values of answers; the same query in both spellings."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from crm_cli.model.kinds import BY_NAME, KINDS
from crm_cli.model.text import split_names
from crm_cli.query.columns import valid_columns
from crm_cli.query.explain import explain, expression, fields
from crm_cli.query.expression import parse_expression
from crm_cli.query.owners import of_customer
from crm_cli.query.select import Query, compile_query, count, select_ids
from crm_cli.query.terms import parse_terms

from .conftest import EVERYBODY, Shop
from .test_meaning import MEANINGS


def test_values_are_typed(shop: Shop) -> None:
    answer = shop.ask("ana", cols="id,spend,last_purchase,tags,vat-registered,orders,phone,emails")
    assert answer.rows == [
        (
            "ana-novak",
            Decimal("1170.00"),
            date(2026, 11, 10),
            ["vip", "newsletter"],
            True,
            2,
            "040 123 456",
            ["ana@novak.example", "racuni@acme.example"],
        )
    ]
    assert [column.key for column in answer.columns][4] == "vat_registered"


def test_money_is_in_its_own_currency(shop: Shop) -> None:
    answer = shop.ask("customer:sustar", base="purchase", cols="net,currency,amount,kind")
    assert answer.rows == [
        (Decimal("1100.00"), "USD", Decimal("1100.00"), "order"),
        (Decimal("-100.00"), "EUR", Decimal("100.00"), "credit_note"),
        (Decimal("5000.00"), "EUR", Decimal("5000.00"), "sale"),
    ]


def test_moments_are_in_the_time_zone_of_the_business(shop: Shop) -> None:
    (moment,) = shop.values("at", "at:2026-11-10", base="interaction")
    assert moment == datetime(2026, 11, 10, 10, 30, tzinfo=ZoneInfo("Europe/Ljubljana"))
    assert moment.utcoffset().total_seconds() == 3600


def test_missing_is_none(shop: Shop) -> None:
    answer = shop.ask("id:zora", cols="last_purchase,city,tags,average_order,birthday,loyalty")
    assert answer.rows == [(None,) * 6]


def test_aggregates_are_columns(shop: Shop) -> None:
    cols = "spend@12m|count(lines where quantity > 3)|last(purchases.number)|avg(lines.quantity)"
    answer = shop.ask("not:@coast", cols=cols, sort="id", limit=1)
    assert answer.rows == [(Decimal("1170.00"), 1, "2026-0042", Decimal("20"))]
    keys = [column.key for column in answer.columns]
    assert keys == cols.split("|")


def test_columns_of_items(shop: Shop) -> None:
    answer = shop.ask(
        "quote", base="task", cols="customer,name,city,spend,due,loyalty,path,assignee"
    )
    assert answer.rows == [
        (
            "ana-novak",
            "Ana Novak",
            "Ljubljana",
            Decimal("1170.00"),
            date(2026, 11, 17),
            "gold",
            "customers/ana-novak.yaml",
            "petra",
        )
    ]


def test_own_columns_of_every_kind(shop: Shop) -> None:
    """What a kind declares as its list can be asked for, and every name that is offered."""
    for kind in KINDS:
        if kind.columns:
            assert [column.key for column in shop.ask(base=kind.name).columns] == list(kind.columns)
    for base in ("customer", "task", "purchase", "line", "product"):
        names = valid_columns(BY_NAME[base], shop.scope().extra_keys if base != "product" else ())
        for name in names:
            if "purchases" not in name:
                shop.ask(base=base, cols=name, limit=1)


@pytest.mark.parametrize(
    ("sort", "wanted"),
    [
        ("spend-,name", ["ana-novak", "sustar-caj", "late", "bor-kos", "georgi", "zora"]),
        ("-spend,name", ["ana-novak", "sustar-caj", "late", "bor-kos", "georgi", "zora"]),
        ("spend", ["georgi", "zora", "bor-kos", "late", "sustar-caj", "ana-novak"]),
        ("name", ["ana-novak", "bor-kos", "georgi", "late", "sustar-caj", "zora"]),
        ("last-contact", ["bor-kos", "sustar-caj", "ana-novak", "georgi", "late", "zora"]),
        ("last-contact-", ["ana-novak", "sustar-caj", "bor-kos", "georgi", "late", "zora"]),
        ("kind", ["ana-novak", "bor-kos", "georgi", "late", "sustar-caj", "zora"]),
        ("kind-,id-", ["sustar-caj", "late", "georgi", "bor-kos", "ana-novak", "zora"]),
        ("count(lines)-", ["bor-kos", "ana-novak", "georgi", "late", "sustar-caj", "zora"]),
        ("spend@2026-q3-", ["sustar-caj", "late", "ana-novak", "bor-kos", "georgi", "zora"]),
    ],
)
def test_order(shop: Shop, sort: str, wanted: list[str]) -> None:
    assert shop.ids(sort=sort) == wanted


def test_choices_are_ordered_as_declared(shop: Shop) -> None:
    assert shop.values("priority", base="task", sort="priority-")[0] == "high"


def test_limit_and_count(shop: Shop) -> None:
    assert len(shop.ask(limit=2).rows) == 2
    assert shop.ask(limit=0).rows == []
    scope = shop.scope()
    assert count(shop.database, Query(scope.base), scope) == len(EVERYBODY)
    assert select_ids(shop.database, Query(scope.base, limit=1), scope) == ["ana-novak"]


def test_split_names() -> None:
    assert split_names("name,sum(lines.net where product in (a, b)),x") == [
        "name",
        "sum(lines.net where product in (a, b))",
        "x",
    ]


@pytest.mark.parametrize("terms", [terms for terms, _ in MEANINGS])
def test_terms_in_the_other_spelling(shop: Shop, terms: str) -> None:
    """The canonical expression of terms is read back as an equal tree."""
    scope = shop.scope()
    args = [terms] if '"' in terms else terms.split()
    node = parse_terms(args, scope)
    assert parse_expression(expression(node), scope) == node


def test_values_are_bound(shop: Shop) -> None:
    """No value is pasted into SQL."""
    scope = shop.scope()
    for term in (
        "name:x'y",
        "tag.has:x'y",
        "loyalty:x'y",
        "x'y",
        "customer.name:x'y",
        "name.re:x'y",
    ):
        statement = compile_query(Query(scope.base, parse_terms([term], scope)), scope)
        assert "'y" not in statement.sql
        assert shop.ids(term) == []


def test_explain(shop: Shop) -> None:
    scope = shop.scope()
    node = parse_terms(["spend@12m:1000..", "birthday:next-7d", "last-contact:-30d.."], scope)
    explained = explain(Query(scope.base, node), scope)
    assert explained.expression == (
        "spend@12m >= 1000 and birth_date = next-7d and last_contact >= -30d"
    )
    assert explained.dates == (
        ("12m", "2025-11-19..2026-11-18"),
        ("next-7d", "11-18..11-24 of any year"),
        ("-30d", "2026-10-19"),
    )
    assert set(explained.parameters) and ":p1" in explained.sql


def test_every_field_can_be_asked_for(shop: Shop) -> None:
    """The generated reference tells no lies: each name it lists is understood."""
    for kind in KINDS:
        rows = fields(kind)
        assert len({row.name for row in rows}) == len(rows)
        for row in rows:
            if row.type == "items":
                where = f"{row.name[:-1]} is none"
            elif row.type == "state":
                where = f"is({row.name[3:]})"
            else:
                where = f"has({row.name})"
            node = parse_expression(where, shop.scope(kind.name))
            query = Query(kind, node, ("id",) if kind.letter else ("name",))
            if of_customer(kind):
                made = compile_query(query, shop.scope(kind.name), shop.database.dialect)
                shop.database.rows(*made[:2])
