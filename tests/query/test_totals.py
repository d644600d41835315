"""The row below a list: what adds is added, with its sign, and all else is left blank."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.model.kind import GroupOf, Kind
from crm_cli.model.kinds import KINDS
from crm_cli.model.line import LINE
from crm_cli.query import group as grouping
from crm_cli.query.group import GroupQuery, group
from crm_cli.query.select import Query, total
from crm_cli.query.terms import parse_terms
from tests.shares import examples

from .conftest import Shop
from .generated import DIRECTORIES, opened

ADD = {
    "customer": "employees credit.limit spend orders balance overdue open_tasks overdue_tasks"
    " open_deals pipeline open_cases",
    "bank_line": "amount",
    "campaign": "budget actual_cost",
    "loss": "revenue",
    "deal": "amount value weighted moves",
    "deal_line": "quantity net units value weighted",
    "case": "resolution.amount reopened response_time resolution_time",
    "case_line": "quantity returned",
    "resolution": "amount",
    "credit": "limit",
    "desk": "open_tasks overdue_tasks",
    "interaction": "duration",
    "purchase": "amount net tax gross units paid amount_due past_due billed",
    "instalment": "amount amount_due",
    "line": "quantity net tax units costed",
    "payment": "amount received unallocated bounced.fee",
    "bounce": "fee",
    "allocation": "amount",
}
"""The only fields that add; a new number either stands here or says that it does not."""

CUSTOMERS: list[dict[str, Any]] = [
    {
        "name": "A",
        "custom": {"visits": 3},
        "purchases": [
            {"date": "2026-01-02", "amount": "10", "lines": []},
            {"date": "2026-02-02", "amount": "4", "kind": "credit_note", "lines": []},
            {"date": "2026-03-02", "lines": [{"product": "cup", "quantity": "2",
             "unit_price": "5", "discount": "10"}], "amount": "0"},
            {"date": "2026-03-02", "kind": "credit_note", "amount": "0",
             "lines": [{"product": "cup", "quantity": "1", "unit_price": "5"}]},
        ],
        "payments": [
            {"date": "2026-03-02", "amount": "20"},
            {"date": "2026-03-03", "amount": "7", "direction": "refund"},
        ],
        "tasks": [{"title": "One", "percent_complete": 40}],
    },
    {
        "name": "B",
        "custom": {"visits": 4},
        "purchases": [{"date": "2026-01-02", "amount": "30", "lines": []}],
        "tasks": [{"title": "Two", "percent_complete": 50}],
    },
]  # fmt: skip


@pytest.fixture(scope="module")
def sold() -> Iterator[Shop]:
    with opened(CUSTOMERS) as (shop, _):
        yield shop


def totals(shop: Shop, base: str, *columns: str) -> tuple[Any, ...]:
    scope = shop.scope(base)
    return total(shop.database, Query(scope.base, columns=columns), scope)


def _adding(kind: Kind, within: str = "") -> Iterator[str]:
    for field in kind.fields:
        if isinstance(field.type, GroupOf):
            yield from _adding(field.type.kind, f"{within}{field.key}.")
        elif field.type.adds:
            yield within + field.key
    yield from (within + one.key for one in kind.derived if one.type.adds)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_only_these_fields_add(kind: Kind) -> None:
    assert set(_adding(kind)) == set(ADD.get(kind.name, "").split())


@pytest.mark.parametrize(
    ("base", "column"),
    [
        ("customer", "average_order"),
        ("customer", "average_order@12m"),
        ("customer", "purchase_interval"),
        ("customer", "completeness"),
        ("customer", "avg(purchases.net)"),
        ("customer", "first(purchases.net)"),
        ("customer", "last(purchases.net)"),
        ("task", "percent_complete"),
        ("line", "unit_price"),
        ("line", "discount"),
        ("line", "tax_rate"),
    ],
)
def test_what_does_not_add_has_no_total(sold: Shop, base: str, column: str) -> None:
    assert totals(sold, base, column) == (None,)


def test_what_adds_has_a_total(sold: Shop) -> None:
    found = totals(sold, "customer", "spend", "sum(purchases.net)", "custom.visits", "orders")
    assert found == (Decimal("40.00"), Decimal("40.00"), 7, 3)
    assert totals(sold, "customer", "max(purchases.net)", "min(purchases.net)") == (
        Decimal("30.00"), Decimal("-5.00"),
    )  # fmt: skip


def test_what_an_item_takes_away_is_taken_off_wherever_it_is_summed(sold: Shop) -> None:
    assert totals(sold, "payment", "amount", "date") == (Decimal("13.00"), None)
    assert totals(sold, "purchase", "amount", "net") == (Decimal("36.00"), Decimal("40.00"))
    assert totals(sold, "line", "quantity") == (1,)
    for base, asked, wanted in (
        ("payment", "sum:amount", "13.00"), ("purchase", "sum:amount", "40.00"),
        ("line", "sum:quantity", "1"), ("payment", "sum(amount where is(refund))", "-7.00"),
        ("payment", "count:amount", "2"),
    ):  # fmt: skip
        scope = sold.scope(base)
        (row,) = group(sold.database, GroupQuery(scope.base, (), (asked,)), scope).rows
        assert row == (Decimal(wanted),), asked
    assert sold.values("sum(payments.amount)") == [Decimal("13.00"), Decimal("0.00")]
    assert sold.values("sum(purchases.amount)") == [Decimal("10.00"), Decimal("30.00")]


THIRDS = {"currency": "USD", "lines": [
    {"product": product, "quantity": "1", "unit_price": "5"} for product in ("beans", "cup", "tea")
]}  # fmt: skip


def test_parts_by_product_add_up_to_the_cent_in_several_currencies() -> None:
    """Three times 5 USD at 1.10 are 4.545… EUR each, and 13.64 together."""
    purchases = [{"date": "2026-01-02", "amount": "0", **THIRDS},
                 {"date": "2026-07-02", "amount": "0", **THIRDS, "kind": "credit_note"},
                 {"date": "2026-01-03", "amount": "7", "lines": []}]  # fmt: skip
    with opened([{"name": "A", "purchases": purchases}]) as (shop, _):
        scope = shop.scope("purchase")
        by_line = GroupQuery(
            scope.base, ("product",), ("sum:net",), parse_terms((), scope), parts=LINE
        )
        found = group(shop.database, by_line, scope)
        assert (found.total or ())[1] == shop.values("spend")[0] == Decimal("8.64")
        assert sum(row[1] for row in found.rows) == Decimal("8.64")
        assert {row[1] for row in found.rows} > {Decimal("0.54"), Decimal("7.00")}


GROUPED = {
    "purchase": (("kind", "owner", "date.month", "currency", "customer"),
                 ("sum:net", "sum:amount_due", "min:date", "max:net", "orders", "customers",
                  "unconverted", "share:net", "avg:net", "one:currency")),
    "customer": (("city", "tag", "owner", "kind", "custom.visits"),
                 ("sum:spend", "sum:employees", "max:balance", "min:created", "median:spend",
                  "share:spend", "rate(where vat_registered = yes)")),
    "task": (("status", "priority", "customer", "due.month"),
             ("min:due", "max:percent_complete", "count(where priority = urgent)")),
    "line": (("product", "customer", "purchase.kind"),
             ("sum:net", "sum:quantity", "max:unit_price", "orders", "share:net")),
}  # fmt: skip
LIMITS = st.sampled_from((None, None, 1, 3))


@st.composite
def groupings(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    base = draw(st.sampled_from(sorted(GROUPED)))
    keys, figures = GROUPED[base]
    some = st.sampled_from((*figures, "count"))
    asked = draw(st.lists(some, min_size=1, max_size=4, unique=True))
    asked[0] = f"{asked[0]} as {draw(st.sampled_from(('kept', 's0', 'w', 'much')))}"
    by = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=2, unique=True))
    having = draw(st.sampled_from(("", "", "count > 1", "count > 9")))
    return base, {"by": by, "aggregates": asked, "limit": draw(LIMITS), "having": having,
                  "own": draw(st.booleans())}  # fmt: skip


@examples(12, soak=400, deadline=None)
@given(customers=DIRECTORIES, asked=st.lists(groupings(), min_size=6, max_size=6))
def test_totals_of_groups_are_those_of_a_pass_over_all_rows(
    customers: list[dict[str, Any]], asked: list[tuple[str, dict[str, Any]]]
) -> None:
    with opened(customers) as (shop, _):
        for base, words in asked:
            scope = shop.scope(base)
            query = GroupQuery(scope.base, **words)
            found = group(shop.database, query, scope)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(grouping, "adding", lambda *_: {})
                plain = group(shop.database, query, scope)
            assert (found.total, found.rows) == (plain.total, plain.rows), (base, words)


def test_an_order_counts_once_in_all_though_in_several_groups_of_its_customer(
    sold: Shop,
) -> None:
    """The lines of one purchase are in a group each, by their products."""
    lines = [{"product": product, "quantity": "1"} for product in ("cup", "tea")]
    purchases = [{"date": "2026-01-02", "lines": lines}]
    with opened([{"name": "A", "purchases": purchases}]) as (shop, _):
        scope = shop.scope("line")
        query = GroupQuery(scope.base, ("product", "customer"), ("orders", "customers"))
        assert group(shop.database, query, scope).total == (None, None, 1, 1)
        query = query._replace(by=("customer",))
        assert group(shop.database, query, scope).total == (None, 1, 1)


def test_a_figure_may_have_any_name(sold: Shop) -> None:
    scope = sold.scope("purchase")
    query = GroupQuery(scope.base, ("kind",), ("sum(net where kind = sale) as kept", "count"))
    assert len(group(sold.database, query, scope).rows) == 2
