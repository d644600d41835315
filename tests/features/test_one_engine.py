"""A figure is the same however it is asked for, and the same as the files say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.features.showing import as_object, customer_shown
from crm_cli.features.sql import ask
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.kind import Kind
from crm_cli.model.line import LINE
from crm_cli.model.purchase import PURCHASE
from crm_cli.workspace import Groups, Workspace, open_workspace
from tests.shares import examples

from ..query.conftest import TODAY
from ..query.generated import DIRECTORIES, write
from ..query.naive import Directory, number_of_sales
from ..query.naive import net as worth
from ..query.sums import Figures, by, chosen, sums, wholes
from .sales import KEYS as SALES_KEYS
from .sales import Sums, summarize

ZERO = Decimal(0)
KEYS = {
    "customer": "customer",
    "month": "date.month",
    "quarter": "date.quarter",
    "year": "date.year",
    "city": "city",
    "owner": "owner",
    "tag": "tag",
}
"""What each summary is in a list of purchases."""


@contextmanager
def opened(customers: list[dict[str, Any]]) -> Iterator[tuple[Workspace, Directory]]:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        write(customers, root)
        environ = {"CRM_CACHE_DIR": str(root / "cache"), "CRM_TODAY": TODAY.isoformat()}
        workspace = open_workspace(directory=root, environ=environ)
        yield workspace, Directory(root, TODAY)
        workspace.close()


def rows(
    workspace: Workspace, kind: Kind, *terms: str, cols: str | None = None, **more: Any
) -> list[tuple[Any, ...]]:
    return workspace.select(kind, terms, cols=cols, **more).rows


def told(found: Sums) -> Figures:
    return Figures(found.orders, found.units, found.net, found.first, found.last)


def naught(amount: Decimal | None) -> Decimal:
    """Of one customer a sum of which nothing could be converted is 0."""
    return ZERO if amount is None else amount


@examples(20, soak=320)
@given(customers=DIRECTORIES, everything=st.booleans())
def test_sums_by_anything(customers: list[dict[str, Any]], everything: bool) -> None:
    """`purchase summary --by`, `purchase list --group-by`, and the files."""
    with opened(customers) as (workspace, here):
        held = chosen(here, everything=everything)
        whole = sums(part for one in held for part in wholes(one, here))
        for key in SALES_KEYS:
            wanted = by(here, key, everything=everything)
            found = summarize(workspace, by=key, everything=everything)
            assert {one.group: told(one) for one in found.groups} == wanted, key
            total = told(found.total)
            if key in ("product", "category"):
                # A line without a price has no amount, a purchase of such lines one of 0.
                assert total._replace(net=naught(total.net)) == whole._replace(
                    net=naught(whole.net)
                ), key
            else:
                assert total == whole, key
            if key != "tag":  # which several may have at once
                parts = [one.net for one in found.groups if one.net is not None]
                assert sum(parts, ZERO) == naught(found.total.net), key
            if key not in KEYS:
                continue
            listed = rows(
                workspace,
                PURCHASE,
                groups=Groups(KEYS[key], "orders,units,sum:net,first_purchase,last_purchase,spend"),
                everything=everything,
            )
            assert {row[0]: Figures(*row[1:6]) for row in listed} == wanted, key
            assert [row[3] for row in listed] == [row[6] for row in listed]


@examples(20, soak=320)
@given(customers=DIRECTORIES, everything=st.booleans())
def test_figures_of_each_customer(customers: list[dict[str, Any]], everything: bool) -> None:
    """`list --cols`, aggregates in expressions, conditions, groups of customers, SQL."""
    with opened(customers) as (workspace, here):
        wanted = by(here, "customer", everything=everything)
        none = Figures(0, ZERO, ZERO, None, None)
        figures = {one["id"]: wanted.get(one["id"], none) for one in here.customers}
        cols = (
            "id,spend,orders,average_order,first_purchase,last_purchase,spend@2020..2030,"
            "orders@2020..2030,sum(purchases.net),"
            "sum(purchases.units),sum(lines.units),sum(purchases.net during 2020..2030)"
        )
        found = rows(workspace, CUSTOMER, cols=cols, everything=everything)
        assert len(found) == len(figures)
        for id, spend, orders, average, first, last, *others in found:
            figure = figures[id]
            net = naught(figure.net)
            assert (spend, orders, first, last) == (net, figure.orders, figure.first, figure.last)
            known = _known(here, id, everything=everything)
            mean = (net / known).quantize(Decimal("0.01"), "ROUND_HALF_UP") if known else None
            assert average == mean
            assert others == [
                net, orders, net, figure.units, figure.units, net,
            ]  # fmt: skip
        for id, figure in figures.items():
            where = f"sum(purchases.net) = {naught(figure.net)} and orders = {figure.orders}"
            met = rows(workspace, CUSTOMER, where=where, cols="id", everything=everything)
            assert (id,) in met
        by_kind: dict[Any, Decimal] = {}
        for one in here.customers:
            kind = one.get("kind")
            by_kind[kind] = by_kind.get(kind, ZERO) + naught(figures[one["id"]].net)
        grouped = Groups("kind", "sum:spend,sum:orders")
        together = rows(workspace, CUSTOMER, groups=grouped, everything=everything)
        assert {row[0]: row[1] for row in together} == by_kind
        total = workspace.select(CUSTOMER, cols="id,spend,orders,average_order", total=True,
                                 everything=everything).total  # fmt: skip
        sales = sum(figure.orders for figure in figures.values())
        assert total == (None, sum(by_kind.values(), ZERO), sales, None)


@examples(15, soak=240)
@given(customers=DIRECTORIES)
def test_sql_on_the_views(customers: list[dict[str, Any]]) -> None:
    day = {"today": TODAY.isoformat()}
    with opened(customers) as (workspace, here):
        for view, key, group in (
            ("purchases", "customer", "customer"),
            ("purchases", "substr(date, 1, 7)", "month"),
        ):
            statement = (
                f"SELECT {key}, COUNT(DISTINCT CASE WHEN kind <> 'credit_note' THEN"
                f" customer || '/' || sale END), SUM(units), SUM(net_base)"
                f" FROM {view} WHERE counts AND date <= :today GROUP BY 1"
            )
            wanted = by(here, group)
            found = {row[0]: row[1:] for row in ask(workspace, statement, day).rows}
            assert {key: _rounded(*row) for key, row in found.items()} == {
                key: (one.orders, one.units, one.net) for key, one in wanted.items()
            }
        statement = (
            "SELECT l.product, SUM(l.net_base) FROM lines l JOIN purchases p ON p.id = l.purchase"
            " WHERE l.counts AND p.customer = l.customer AND p.date <= :today GROUP BY 1"
        )
        found = {row[0]: row[1:] for row in ask(workspace, statement, day).rows if row[0]}
        sold = {product: _cents(net or 0) for product, (net,) in found.items()}
        products = by(here, "product")
        assert sold == {key: naught(one.net) for key, one in products.items() if key}
        totals = ask(workspace, "SELECT SUM(spend), SUM(orders) FROM customers").rows[0]
        summary = summarize(workspace).total
        assert (_cents(totals[0]), totals[1]) == (naught(summary.net), summary.orders)


@examples(15, soak=240)
@given(
    customers=DIRECTORIES,
    period=st.sampled_from(
        (("2026", date(2026, 1, 1), date(2026, 12, 31)),
         ("2026-q3", date(2026, 7, 1), date(2026, 9, 30)),
         ("..2026-05", date(1000, 1, 1), date(2026, 5, 31)))
    ),
)  # fmt: skip
def test_figures_within_a_period(
    customers: list[dict[str, Any]], period: tuple[str, date, date]
) -> None:
    """`--period`, a term, `@PERIOD`, `during`, a condition within an aggregate, a pivot."""
    text, start, end = period
    with opened(customers) as (workspace, here):
        wanted = by(here, "customer", when=lambda day: start <= day <= end)
        for found in (
            summarize(workspace, by="customer", period=text),
            summarize(workspace, [f"date:{text}"], by="customer"),
        ):
            assert {one.group: told(one) for one in found.groups} == wanted
        every = rows(workspace, CUSTOMER, cols="id")
        nets = {id: naught(wanted[id].net) if id in wanted else ZERO for (id,) in every}
        for column in (f"spend@{text}", f"sum(purchases.net during {text})"):
            assert dict(rows(workspace, CUSTOMER, cols=f"id,{column}")) == nets, column
        within = Groups("customer", f"sum(net during {text}),count(where kind != credit_note)")
        sold = {row[0]: row[1] for row in rows(workspace, PURCHASE, groups=within)}
        assert {id: naught(net) for id, net in sold.items()} == {id: nets[id] for id in sold}
        pivot = Groups("customer", "sum:net", None, "date.year")
        answer = workspace.select(PURCHASE, [f"date:{text}"], groups=pivot, total=True)
        for row in answer.rows:
            assert naught(row[-1]) == sum(map(naught, row[1:-1]), ZERO) == nets[row[0]]
        assert answer.total is not None
        assert naught(answer.total[-1]) == sum(nets.values(), ZERO)


@examples(15, soak=240)
@given(customers=DIRECTORIES, everything=st.booleans())
def test_the_total_of_a_list(customers: list[dict[str, Any]], everything: bool) -> None:
    """`purchase list --total`, in one currency; what counts, or all with `--all`."""
    with opened(customers) as (workspace, here):
        held = [one for one in chosen(here, everything=everything) if "currency" not in one]
        wanted = sums(part for one in held for part in wholes(one, here))
        answer = workspace.select(
            PURCHASE, ["currency:EUR"], cols="number,net,units", total=True, everything=everything
        )
        assert answer.total is not None
        assert (naught(answer.total[1]), answer.total[2] or ZERO) == (
            naught(wanted.net), wanted.units,
        )  # fmt: skip
        every = [one for one in here.rows("purchase") if "currency" not in one]
        assert len(answer.rows) == len(every), "the list itself shows all"
        assert answer.left_out == len(every) - len(held)


def _rounded(orders: int, units: float, net: float | None) -> tuple[int, Decimal, Decimal | None]:
    return orders, Decimal(str(round(units, 6))), None if net is None else _cents(net)


def _cents(amount: float) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.01"))


SHOP = {
    "name": "A",
    "tags": [],
    "addresses": [],
    "tasks": [],
    "interactions": [],
}


@pytest.mark.parametrize(
    ("agg", "wanted"),
    [
        ("count", 2),
        ("orders", 1),
        ("spend", Decimal("60.00")),
        ("avg:net", Decimal("30.00")),
        ("median:net", Decimal("30.00")),
        ("max:net", Decimal("100.00")),
        ("average_order", Decimal("60.00")),
        ("customers", 1),
        ("rate(where kind = order)", Decimal("0.5000")),
        ("sum(net where kind = credit_note)", Decimal("-40.00")),
        ("count(during 2025)", 0),
        ("one:customer.name", "A"),
    ],
)
def test_aggregates_of_a_group_are_of_what_counts(agg: str, wanted: Any) -> None:
    """An order of 100 and 40 given back; a draft and a cancelled sale count nothing."""
    purchases = [
        {"date": TODAY, "kind": "order", "amount": "100", "lines": []},
        {"date": TODAY, "kind": "credit_note", "amount": "40", "lines": []},
        {"date": TODAY, "status": "draft", "amount": "5", "lines": []},
        {"date": TODAY, "status": "cancelled", "amount": "7", "lines": []},
    ]
    with opened([{**SHOP, "purchases": purchases}]) as (workspace, _):
        answer = workspace.select(PURCHASE, groups=Groups("customer", agg), total=True)
        assert answer.rows == [("c0", wanted)]
        assert answer.total == (None, wanted)
        assert answer.left_out == 2


def test_shares_are_exact_to_the_fourth_decimal() -> None:
    """1 of 8 parts of 0.01 is 0.125; 3 of 16 is 0.1875, 5 of 32 (0.15625) is 0.1563."""
    nets = ["0.05", "0.27"]
    purchases = [
        {"date": TODAY, "number": f"A{place}", "amount": net, "lines": []}
        for place, net in enumerate(nets)
    ]
    with opened([{**SHOP, "purchases": purchases}]) as (workspace, _):
        found = dict(rows(workspace, PURCHASE, groups=Groups("number", "share:net")))
        assert found == {"A0": Decimal("0.1563"), "A1": Decimal("0.8438")}


def test_what_is_dated_after_today_does_not_count_yet() -> None:
    """But it is listed, and counts with --all; the figures of customers are made anew."""
    purchases = [
        {"date": TODAY, "amount": "10", "lines": []},
        {"date": date(2026, 12, 1), "amount": "90", "lines": []},
    ]
    cols = "spend,orders,average_order,last_purchase,sum(purchases.net)"
    ten, day = Decimal("10.00"), TODAY
    with opened([{**SHOP, "purchases": purchases}]) as (workspace, _):
        assert len(rows(workspace, PURCHASE)) == 2
        assert rows(workspace, CUSTOMER, cols=cols) == [(ten, 1, ten, day, ten)]
        assert rows(workspace, CUSTOMER, "spend:100", cols="id") == []
        assert summarize(workspace).total.net == ten
        every = rows(workspace, CUSTOMER, cols=cols, everything=True)
        assert every[0][:2] == (Decimal("100.00"), 2)
        assert rows(workspace, PURCHASE, "is:counted", cols="net") == [(ten,)]
        shown = as_object(customer_shown(workspace, "c0"))["derived"]
        assert (shown["spend"], shown["last_purchase"]) == (ten, day)


def test_lines_are_of_what_counts_too() -> None:
    line = {"product": "cup", "unit_price": "5"}
    purchases = [
        {"date": TODAY, "amount": "0", "lines": [{**line, "quantity": "2"}]},
        {"date": TODAY, "amount": "0", "status": "draft", "lines": [{**line, "quantity": "9"}]},
    ]
    with opened([{**SHOP, "purchases": purchases}]) as (workspace, _):
        agg = Groups("product", "count,units,spend,orders")
        assert rows(workspace, LINE, groups=agg) == [("cup", 1, Decimal(2), Decimal("10.00"), 1)]
        every = rows(workspace, LINE, groups=agg, everything=True)
        assert every == [("cup", 2, Decimal(11), Decimal("55.00"), 2)]


def _known(directory: Directory, id: str, *, everything: bool) -> int:
    """The number of a customer's orders whose amount is known in the base currency."""
    bought = [
        one for one in chosen(directory, everything=everything) if one["customer"]["id"] == id
    ]
    sold = [one for one in bought if one.get("kind") != "credit_note"]
    priced = [
        one
        for one in sold
        if (any("unit_price" in line for line in one["lines"]) if one["lines"] else "amount" in one)
    ]
    return number_of_sales(one for one in priced if worth(one, directory) is not None)
