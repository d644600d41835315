"""SQLite's plans: what is asked of each customer goes through an index, never through a scan.

A scan within a condition on customers would be as many as there are customers: with
100,000 of them the difference between a second and a day.
"""

from __future__ import annotations

import re

import pytest

from crm_cli.model.kinds import BY_NAME
from crm_cli.model.line import LINE
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.text import split_names
from crm_cli.query.database import Database
from crm_cli.query.group import GroupQuery, group
from crm_cli.query.select import Query, compile_query

from .conftest import Shop


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    """These tests are of what SQLite is asked."""


def plan(
    shop: Shop,
    *terms: str,
    where: str = "",
    base: str = "customer",
    cols: str = "",
    sort: str = "",
) -> list[str]:
    """The lines of the plan; one that is carried out once for each row has `EACH ` before."""
    columns = split_names(cols) if cols else None
    query = Query(BY_NAME[base], shop.node(terms, where, base), columns, sort)
    statement = compile_query(query, shop.scope(base))
    rows = shop.connection.execute(
        f"EXPLAIN QUERY PLAN {statement.sql}", statement.parameters
    ).fetchall()
    each: set[int] = set()
    lines = []
    for id, parent, _, line in rows:
        if parent in each or line.startswith("CORRELATED"):
            each.add(id)
        lines.append(f"EACH {line}" if parent in each else str(line))
    return lines


def scanned(lines: list[str]) -> set[str]:
    """The tables that are read as a whole for each row: all of them, or all of an index."""
    found = (re.match(r"EACH SCAN (\w+)(?! VIRTUAL)\b", line) for line in lines)
    return {match[1] for match in found if match} - {"CONSTANT"}


def first(lines: list[str]) -> set[str]:
    """The tables that are read as a whole, once, outside of any condition."""
    found = []
    for line in lines:
        if "SUBQUERY" in line:
            break
        found.append(re.match(r"SCAN (\w+)(?! VIRTUAL)\b", line))
    return {match[1] for match in found if match}


@pytest.mark.parametrize(
    "terms",
    [
        ("+vip",),
        ("city:Koper",),
        ("email.ends:@acme.example",),
        ("has:email", "no:phone"),
        ("task/status:open/due:..today",),
        ("not:task/status:open",),
        ("purchase.all/status:posted",),
        ("line/product:beans-1kg/date:2026",),
        ("line/product.category:coffee",),
        ("payment/for.kind:invoice",),
        ("referred-by.city:Koper",),
        ("interaction/text.has:renewal/at:-30d..",),
        ("orders:1", "spend:100..", "last-contact.before:-90d"),
        ("is:overdue",),
        ("+386 40 123 456",),
        ("custom.shoe.over:37",),
        ("has:custom.colour",),
        ("custom.colour.has:ip",),
    ],
)
def test_conditions_on_items_go_by_an_index(shop: Shop, terms: tuple[str, ...]) -> None:
    lines = plan(shop, *terms)
    assert scanned(lines) == set() and first(lines) <= {"c"}, lines


@pytest.mark.parametrize(
    "where",
    [
        "sum(purchases.net where date >= today - 12m) > 1000 and (city = Ljubljana or tag = vip)",
        "any(tasks, status = open and due <= today) and not any(purchases, date >= today - 12m)",
        "last(purchases.date) < today - 90d or last(purchases.date) is none",
        "count(interactions during last-30d) > 1",
        "count(lines where product = cup) > 1",
    ],
)
def test_aggregates_go_by_an_index(shop: Shop, where: str) -> None:
    lines = plan(shop, where=where)
    assert scanned(lines) == set() and first(lines) <= {"c"}, lines


@pytest.mark.parametrize("base", ["customer", "task", "purchase", "line", "payment"])
@pytest.mark.parametrize("use", ["terms", "where", "cols", "sort"])
def test_own_fields_are_sought_by_their_item(shop: Shop, base: str, use: str) -> None:
    """Not by the key alone: that would read the field of everybody for each of them."""
    name = "custom.shoe" if base == "customer" else "customer.custom.shoe"
    lines = {
        "terms": lambda: plan(shop, f"{name.replace('customer.', 'customer/')}:38", base=base),
        "where": lambda: plan(shop, where=f"{name} > 37", base=base),
        "cols": lambda: plan(shop, cols=f"{name},custom.colour", base=base),
        "sort": lambda: plan(shop, cols="id", sort=name, base=base),
    }[use]()
    sought = [line for line in lines if re.search(r"SEARCH \w+ USING .*extra\.", line)]
    assert sought, lines
    assert all("item=? AND kind=? AND key=?" in line for line in sought), lines
    assert scanned(lines) == set(), lines


def test_windows_that_are_shown_read_the_items_once(shop: Shop) -> None:
    """Grouped and joined, not once for each customer."""
    lines = plan(shop, cols="id,spend@12m,orders@90d", sort="spend@12m-")
    assert not [line for line in lines if "CORRELATED" in line]
    assert any("USING AUTOMATIC" in line or "USING INDEX" in line for line in lines)


def test_windows_in_conditions_look_at_no_item(shop: Shop) -> None:
    """The index has all that is needed of a customer's items in the window."""
    lines = plan(shop, "spend@12m:1000..", "orders@90d:0")
    asked = [line for line in lines if "SEARCH p" in line]
    assert len(asked) == 2
    for line in asked:
        assert "USING COVERING INDEX purchase.customer (customer=? AND date>?" in line, lines


def test_sums_over_lines_look_at_no_line(shop: Shop) -> None:
    """The index by which a purchase has its lines has what is summed of them."""
    query = GroupQuery(PURCHASE, ["product", "date.month"], ["spend", "units"], parts=LINE)
    asked: list[str] = []
    shop.connection.set_trace_callback(asked.append)
    group(Database(shop.connection), query, shop.scope("purchase"))
    shop.connection.set_trace_callback(None)
    (sql,) = (one for one in asked if "GROUP BY" in one)
    lines = [str(row[3]) for row in shop.connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert any("USING COVERING INDEX line.parent (parent=?" in line for line in lines), lines


def test_items_find_their_customer_by_its_key(shop: Shop) -> None:
    for base in ("task", "purchase", "line", "payment", "interaction"):
        lines = plan(shop, "+vip", base=base)
        assert scanned(lines) == set() and len(first(lines)) <= 1, lines


def test_what_is_asked_most_is_sought_in_an_index(shop: Shop) -> None:
    def used(sql: str) -> str:
        return " ".join(str(row[3]) for row in shop.connection.execute(f"EXPLAIN QUERY PLAN {sql}"))

    for table, column in (
        ("customer", "id"),
        ("customer", "name__f"),
        ("email", "value__f"),
        ("phone", "e164"),
        ("tag", "value"),
        ("address", "city__f"),
        ("task", "due__d"),
        ("purchase", "date"),
        ("purchase", "number__f"),
        ("line", "product"),
        ("interaction", "at__d"),
    ):
        assert "USING" in used(f'SELECT 1 FROM "{table}" WHERE "{column}" = \'x\'')


def test_a_list_in_the_order_of_ids_is_not_sorted(shop: Shop) -> None:
    assert not [line for line in plan(shop, cols="id,name") if "TEMP B-TREE" in line]
