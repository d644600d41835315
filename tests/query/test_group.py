"""Reports: one row a group."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.index.sqlite import SQLITE
from crm_cli.model.errors import UsageError
from crm_cli.query.fault import QueryError
from crm_cli.query.group import GroupQuery, group
from crm_cli.query.pivot import pivot
from crm_cli.query.select import Answer, Query, select, total
from crm_cli.query.shape import answer
from crm_cli.query.terms import parse_terms
from crm_cli.workspace import Groups

from .conftest import Shop


def ask(shop: Shop, by: str, agg: str, *terms: str, base: str = "customer", **more: Any) -> Answer:
    scope = shop.scope(base)
    node = parse_terms(terms, scope)
    query = GroupQuery(scope.base, by.split(","), agg.split(","), node, **more)
    return group(shop.database, query, scope)


def test_by_field(shop: Shop) -> None:
    groups = ask(shop, "kind", "count,sum:spend,avg:spend,max:last-purchase")
    assert [column.key for column in groups.columns] == [
        "kind",
        "count",
        "sum_spend",
        "avg_spend",
        "max_last_purchase",
    ]
    assert [row[:4] for row in groups.rows] == [
        ("person", 3, Decimal("1208.50"), Decimal("402.83")),
        ("organization", 2, Decimal("1400.00"), Decimal("700.00")),
        (None, 1, Decimal("0.00"), Decimal("0.00")),
    ]
    assert (groups.total or ())[:3] == (None, 6, Decimal("2608.50"))


def test_by_tag_counts_in_each(shop: Shop) -> None:
    groups = ask(shop, "tag", "count")
    assert groups.rows == [("Čaj", 1), ("cold", 2), ("newsletter", 1), ("vip", 2), (None, 3)]
    assert groups.total == (None, 6)


def test_by_date_parts(shop: Shop) -> None:
    assert ask(shop, "date.quarter", "count", base="purchase").rows == [
        ("2025-q2", 1),
        ("2026-q1", 1),
        ("2026-q3", 3),
        ("2026-q4", 1),
    ]
    assert ask(shop, "last-purchase.year", "count").rows == [("2025", 1), ("2026", 3), (None, 2)]
    assert ask(shop, "due.month", "count", base="task").rows == [("2026-11", 3), ("2026-12", 1)]


@pytest.mark.parametrize("by", ["customer.id,city", "city", "city,kind", "owner"])
def test_records_apart_make_the_same_groups_together(shop: Shop, by: str) -> None:
    usual = ask(shop, by, "count,sum:net", base="purchase").rows
    apart = ask(shop, by, "count,sum:net", base="purchase", apart=True, sort=None, totals=False)
    keys = by.count(",") + 1
    found: dict[tuple[Any, ...], tuple[int, Decimal]] = {}
    for row in apart.rows:
        count, net = found.get(row[:keys], (0, Decimal(0)))
        found[row[:keys]] = (count + row[keys], net + row[keys + 1])
    assert found == {row[:keys]: (row[keys], row[keys + 1]) for row in usual}
    if by == "city" and shop.database.dialect.by_record("t.customer"):
        assert len(apart.rows) == len(ask(shop, "customer.id", "count", base="purchase").rows)


def test_of_items_by_their_customers_fields(shop: Shop) -> None:
    rows = ask(shop, "city,kind", "sum:net", "is:posted", base="purchase", sort="sum:net-").rows
    assert rows[0] == ("Ljubljana", "order", Decimal("1000.00"))


def test_having_sort_and_limit(shop: Shop) -> None:
    rows = ask(shop, "owner", "count,sum:spend", having="count > 1 and sum_spend > 0").rows
    assert rows == [("petra", 3, Decimal("1670.00")), (None, 2, Decimal("900.00"))]
    rows = ask(shop, "owner", "count", sort="count-", limit=1).rows
    assert rows == [("petra", 3)]
    assert ask(shop, "owner", "count", having="owner = miha").rows == [("miha", 1)]


def test_faults(shop: Shop) -> None:
    for by, agg, more in (
        ("ctiy", "count", {}),
        ("city.month", "count", {}),
        ("city", "total:spend", {}),
        ("city", "sum:name", {}),
        ("city", "count", {"sort": "spend"}),
    ):
        with pytest.raises(UsageError):
            ask(shop, by, agg, **more)
    with pytest.raises(QueryError):
        ask(shop, "city", "count", having="spend > 3")


def test_weekdays_are_in_their_order(shop: Shop) -> None:
    assert ask(shop, "due.weekday", "count", base="task").rows == [
        ("tue", 1),
        ("wed", 1),
        ("thu", 1),
        ("sun", 1),
    ]


def test_a_list_puts_a_row_into_each_of_its_values_once(shop: Shop) -> None:
    rows = ask(shop, "lines.product", "count,sum:net", base="purchase", sort="count-").rows
    assert rows[0] == (None, 4, Decimal("2200.00"))
    assert ("beans-1kg", 2, Decimal("408.50")) in rows
    assert ask(shop, "emails.label", "count").rows == [("billing", 1), (None, 5)]
    by_month = ask(shop, "purchases.date.year", "count").rows
    assert by_month == [("2025", 1), ("2026", 3), (None, 2)]


def test_references_are_stepped_through(shop: Shop) -> None:
    rows = ask(shop, "product.category", "count,sum:net", base="line", sort="sum:net-").rows
    assert rows == [("coffee", 2, Decimal("388.50")), ("ware", 1, Decimal("20.00"))]
    by_list = ask(shop, "lines.product.category", "count", base="purchase", sort="count-").rows
    assert by_list == [(None, 4), ("coffee", 2), ("ware", 1)]
    assert ask(shop, "for.date.year", "count", base="payment").rows == [("2026", 1)]


def test_a_first_one_speaks_for_all(shop: Shop) -> None:
    """Bor has two cities; he counts once, in the first."""
    rows = ask(shop, "city", "count").rows
    assert sum(row[1] for row in rows) == 6
    assert ("Maribor", 1) in rows
    assert not [row for row in rows if row[0] == "Koper"]


def test_every_aggregate(shop: Shop) -> None:
    agg = "count,count:owner,sum:spend,avg:spend,min:spend,max:spend,median:spend,share:spend,share"
    groups = ask(shop, "kind", agg)
    assert groups.rows[0][1:] == (
        3,
        3,
        Decimal("1208.50"),
        Decimal("402.83"),
        Decimal("0.00"),
        Decimal("1170.00"),
        Decimal("38.50"),
        Decimal("0.4633"),
        Decimal("0.5000"),
    )
    assert (groups.total or ())[-2:] == (Decimal("1.0000"), Decimal("1.0000"))


def test_nothing_sums_to_nothing(shop: Shop) -> None:
    everybody = ask(shop, "city", "count,sum:spend,avg:spend,share:spend", "name:nobody")
    assert everybody.rows == []
    assert everybody.total == (None, 0, Decimal("0.00"), None, None)


def test_names_and_what_having_asks_for_besides(shop: Shop) -> None:
    groups = ask(shop, "owner as who", "sum:spend as revenue", sort="revenue-", limit=2)
    assert [column.key for column in groups.columns] == ["who", "revenue"]
    assert groups.rows[0] == ("petra", Decimal("1670.00"))
    groups = ask(shop, "owner", "sum:spend as revenue", having="sum(spend) > 1000 and count = 3")
    assert groups.rows == [("petra", Decimal("1670.00"))]
    groups = ask(shop, "owner", "count", sort="sum:spend-", having="sum:spend > 10 ")
    assert [column.key for column in groups.columns] == ["owner", "count"]
    assert [row[0] for row in groups.rows] == ["petra", None, "miha"]


def test_columns_pick_and_order(shop: Shop) -> None:
    groups = ask(shop, "owner", "count", columns=["max:spend as most", "owner"], sort="most-")
    assert [column.key for column in groups.columns] == ["most", "owner"]
    assert groups.rows[0] == (Decimal("1170.00"), "petra")
    assert len(groups.total or ()) == 2


def test_pivot(shop: Shop) -> None:
    scope = shop.scope("purchase")
    node = parse_terms(("is:posted",), scope)
    query = GroupQuery(scope.base, ("owner",), ("sum:net",), node, sort="total-")
    found = pivot(shop.database, query, "date.year", scope)
    assert [column.key for column in found.columns] == ["owner", "2025", "2026", "total"]
    assert found.rows[0] == ("petra", Decimal("0.00"), Decimal("1670.00"), Decimal("1670.00"))
    assert found.rows[-1][1:] == (Decimal("38.50"), Decimal("0.00"), Decimal("38.50"))
    assert (found.total or ())[1:] == (
        Decimal("38.50"),
        Decimal("2570.00"),
        Decimal("2608.50"),
    )
    averages = pivot(shop.database, query._replace(aggregates=("avg:net",)), "date.year", scope)
    assert averages.rows[0][1] is None


def test_pivots_that_make_no_sense(shop: Shop) -> None:
    scope = shop.scope("customer")
    query = GroupQuery(scope.base, ("owner",), ("count", "sum:spend"))
    for wrong in (query, query._replace(aggregates=(), columns=("count",))):
        with pytest.raises(UsageError):
            pivot(shop.database, wrong, "kind", scope)
    with pytest.raises(UsageError, match="sorted"):
        pivot(shop.database, query._replace(aggregates=(), sort="spend"), "kind", scope)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": ""}, "missing"),
        ({"by": "city", "aggregates": "count,"}, "missing"),
        ({"having": "count > 1"}, "--group-by"),
        ({"by": "city", "having": "cuont > 1"}, "did you mean count"),
        ({"by": "city,city"}, "twice"),
        ({"by": "city", "aggregates": "sum:spend,sum(spend)"}, "twice"),
        ({"by": "spend@12m.month"}, ""),
        ({"by": "purchases.net"}, "sum:purchases.net"),
        ({"pivot": "kind"}, "--group-by"),
    ],
)
def test_options_that_are_wrong(shop: Shop, options: dict[str, str], said: str) -> None:
    scope = shop.scope()
    with pytest.raises(UsageError) as refused:
        answer(shop.database, Groups(**options), (parse_terms((), scope), None, "", None), scope)
    assert said in f"{refused.value.message} {refused.value.hint}"


def test_a_list_with_names_for_columns_and_a_total(shop: Shop) -> None:
    scope = shop.scope()
    columns = ("name", "sum(purchases.net where date >= 2026) as revenue", "orders")
    query = Query(scope.base, columns=columns, sort="revenue-", limit=1)
    found = select(shop.database, query, scope)
    assert [column.key for column in found.columns] == ["name", "revenue", "orders"]
    assert found.rows == [("Ana Novak", Decimal("1170.00"), 2)]
    assert total(shop.database, query, scope) == (None, Decimal("2570.00"), 5)


def test_amounts_in_several_currencies_have_no_sum(shop: Shop) -> None:
    scope = shop.scope("purchase")
    query = Query(scope.base, columns=("number", "net", "units"))
    assert total(shop.database, query, scope)[1] is None
    euros = query._replace(node=parse_terms(("currency:EUR",), scope))
    assert total(shop.database, euros, scope)[1] is not None


def test_the_total_of_nothing_and_of_texts(shop: Shop) -> None:
    scope = shop.scope()
    query = Query(scope.base, columns=("name", "city"))
    assert total(shop.database, query, scope) == (None, None)
    nobody = query._replace(node=parse_terms(("name:nobody",), scope))
    assert total(shop.database, nobody, scope) == (None, None)


@given(st.dates(date(1970, 1, 1), date(2099, 12, 31)))
def test_weeks_are_those_of_iso_8601(day: date) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        SQLITE.prepare(connection)
        sql = SQLITE.period(":day", "week")
        (week,) = connection.execute(f"SELECT {sql}", {"day": day.isoformat()}).fetchone()
    year, number, _ = day.isocalendar()
    assert week == f"{year}-w{number:02}"


def test_groups_may_have_the_name_of_any_column(shop: Shop) -> None:
    rows = ask(shop, "customer", "count", base="purchase", having="count > 1").rows
    assert rows and all(row[1] > 1 for row in rows)
    assert ask(shop, "id", "count as parent", base="purchase", having="parent > 1").rows == []
