"""Reports: one row a group."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from crm_cli.model.errors import UsageError
from crm_cli.query.fault import QueryError
from crm_cli.query.group import GroupQuery, Groups, group
from crm_cli.query.terms import parse_terms

from .conftest import Shop


def ask(shop: Shop, by: str, agg: str, *terms: str, base: str = "customer", **more: Any) -> Groups:
    scope = shop.scope(base)
    node = parse_terms(terms, scope)
    query = GroupQuery(scope.base, by.split(","), agg.split(","), node, **more)
    return group(shop.connection, query, scope)


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
        ("organization", 2, Decimal("1400.00"), Decimal("700.00")),
        ("person", 3, Decimal("1208.50"), Decimal("402.83")),
        (None, 1, Decimal("0.00"), Decimal("0.00")),
    ]
    assert groups.total[:3] == (None, 6, Decimal("2608.50"))


def test_by_tag_counts_in_each(shop: Shop) -> None:
    groups = ask(shop, "tag", "count")
    assert groups.rows == [("Čaj", 1), ("cold", 2), ("newsletter", 1), ("vip", 2), (None, 3)]
    assert groups.total == (None, 6)


def test_by_date_parts(shop: Shop) -> None:
    assert ask(shop, "date.quarter", "count", base="purchase").rows == [
        ("2025-q2", 1),
        ("2026-q1", 1),
        ("2026-q3", 4),
        ("2026-q4", 1),
    ]
    assert ask(shop, "last-purchase.year", "count").rows == [("2025", 1), ("2026", 3), (None, 2)]
    assert ask(shop, "due.month", "count", base="task").rows == [("2026-11", 3), ("2026-12", 1)]


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
