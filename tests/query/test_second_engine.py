"""The compiled SQL against the naive engine, on directories and queries made up at random."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.query.ast import Node
from crm_cli.query.explain import explain
from crm_cli.query.expression import parse_expression
from crm_cli.query.group import GroupQuery, group
from crm_cli.query.own import read_extra_keys
from crm_cli.query.select import Query
from crm_cli.query.terms import parse_terms
from tests.shares import examples

from .conftest import TODAY, Shop
from .generated import (
    DIRECTORIES,
    INTERACTION_KINDS,
    PAYING,
    PRIORITIES,
    PURCHASE_KINDS,
    PURCHASE_STATUSES,
    TASK_STATUSES,
    USERS,
    maybe,
    opened,
)
from .naive import (
    CENT,
    FIELDS,
    Anywhere,
    Compared,
    Condition,
    Has,
    Joined,
    Negated,
    Reckoned,
    Some,
    Windowed,
    balance,
    counts,
    own_net,
    spend,
)

DAYS = st.sampled_from(
    ("2026", "2026-q3", "2026-11", "2026-11-17", "today", "-30d", "last-30d", "last-90d", "2025",
     "this-month")
)  # fmt: skip
WINDOWS = st.sampled_from(("2026", "2026-q3", "last-30d", "last-90d", "this-month", "2025-12"))
NUMBERS = {
    "employees": ("0", "1", "5", "12"),
    "custom.visits": ("0", "-1", "5", "10"),
    "spend": ("0", "10", "99.5", "100", "250"),
    "orders": ("0", "1", "2"),
    "net": ("0", "10", "99.99", "250"),
    "quantity": ("1", "2.5", "3"),
}
WORDS = {
    "tag": ("vip", "čaj", "CAJ", "cold"),
    "owner": USERS,
    "product": ("beans", "cup"),
    "product.category": ("coffee", "bean", "Ware"),
    "referred_by.owner": USERS,
    ("purchase", "order.status"): PURCHASE_STATUSES,
    ("customer", "kind"): ("person", "organization"),
    ("task", "status"): TASK_STATUSES,
    "priority": PRIORITIES,
    ("purchase", "kind"): PURCHASE_KINDS,
    ("purchase", "status"): PURCHASE_STATUSES,
    ("interaction", "kind"): INTERACTION_KINDS,
}
TEXTS = ("novak", "kava", "Novo", "nov", "caj in", "d.o.o.", "Koper", "grossler", "klic")


# Queries


def compared(kind: str, field: str, *, upper: bool = False) -> st.SearchStrategy[Condition]:
    """Any comparison that a field takes."""
    type = FIELDS[kind][field][0]
    values: st.SearchStrategy[str]
    ops: tuple[str, ...] = ("=", "!=", "<", "<=", ">", ">=")
    if type == "date":
        values = DAYS
    elif type == "number":
        values = st.sampled_from(NUMBERS[field])
    else:
        ops = ("=", "!=")
        known = WORDS.get((kind, field)) or WORDS.get(field) or TEXTS
        values = st.sampled_from(known)
    return st.builds(
        Compared, st.just(kind), st.just(field), st.sampled_from(ops), values, st.just(upper)
    )


def of(kind: str) -> st.SearchStrategy[Condition]:
    """A comparison with some field of the kind."""
    return st.sampled_from(sorted(FIELDS[kind])).flatmap(lambda field: compared(kind, field))


def _some(kind: str) -> st.SearchStrategy[Condition]:
    inner = st.one_of(of(kind), of(kind).map(Negated))
    how = st.sampled_from(("any", "all", "none"))
    return st.builds(Some, how, st.just(kind), st.tuples(inner) | st.tuples(inner, inner))


def _reckoned(function: str, kind: str, field: str, values: Any) -> st.SearchStrategy[Condition]:
    ops: tuple[str, ...] = ("=", "!=", "<", "<=", ">", ">=")
    if function in ("min", "max", "first", "last"):
        ops = ("=", "<", "<=", ">", ">=", "none")
    return st.builds(
        Reckoned, st.just(function), st.just(kind), st.just(field), maybe(of(kind)),
        st.one_of(st.just(""), WINDOWS), st.sampled_from(ops), values,
    )  # fmt: skip


SMALL = st.sampled_from(("0", "1", "2"))
RECKONED = st.one_of(
    *(_reckoned("count", kind, "", SMALL) for kind in ("task", "purchase", "interaction", "line")),
    _reckoned("sum", "purchase", "net", st.sampled_from(NUMBERS["net"])),
    _reckoned("max", "purchase", "net", st.sampled_from(NUMBERS["net"])),
    _reckoned("sum", "line", "quantity", st.sampled_from(NUMBERS["quantity"])),
    *(_reckoned(function, "purchase", "net", st.sampled_from(NUMBERS["net"]))
      for function in ("first", "last", "min")),
    *(_reckoned(function, "purchase", "date", DAYS) for function in ("first", "last")),
    _reckoned("last", "interaction", "at", DAYS),
    _reckoned("min", "task", "due", DAYS),
)
WINDOWED = st.builds(
    Windowed,
    st.sampled_from(("spend", "orders", "interactions")),
    WINDOWS,
    st.sampled_from(("=", "!=", "<", "<=", ">", ">=")),
    st.sampled_from(("0", "1", "10", "100")),
)
SIMPLE = st.one_of(
    of("customer"),
    WINDOWED,
    *map(_some, ("task", "purchase", "interaction", "line")),
    st.sampled_from(("owner", "city", "tag", "spend", "orders", "created", "task", "purchase")).map(
        lambda name: Has("customer", name)
    ),
    st.sampled_from(("nov", "kav", "šuš", "klic", "caj", "x")).map(Anywhere),
)
CONDITIONS = st.recursive(
    st.one_of(SIMPLE, RECKONED),
    lambda inner: st.one_of(
        inner.map(Negated),
        st.builds(Joined, st.sampled_from(("and", "or")), st.tuples(inner, inner)),
    ),
    max_leaves=4,
)


@examples(12, soak=200)
@given(customers=DIRECTORIES, conditions=st.lists(CONDITIONS, min_size=3, max_size=6))
def test_expressions(customers: list[dict[str, Any]], conditions: list[Condition]) -> None:
    with opened(customers) as (shop, directory):
        for condition in conditions:
            where = condition.full()
            assert shop.ids(where=where) == directory.met("customer", condition), where


@examples(12, soak=200)
@given(
    customers=DIRECTORIES,
    conditions=st.lists(st.one_of(SIMPLE, SIMPLE.map(Negated)), min_size=1, max_size=5),
)
def test_terms(customers: list[dict[str, Any]], conditions: list[Condition]) -> None:
    """Each alone, and all together; both spellings are one query."""
    with opened(customers) as (shop, directory):
        for condition in conditions:
            term = condition.term()
            assert term is not None
            assert shop.ids(term) == directory.met("customer", condition), term
        terms = [str(condition.term()) for condition in conditions]
        every = Joined("and", tuple(conditions))
        assert shop.ids(*terms) == directory.met("customer", every), terms


@examples(8, soak=120)
@given(
    customers=DIRECTORIES,
    kind=st.sampled_from(("task", "purchase")),
    data=st.data(),
)
def test_items(customers: list[dict[str, Any]], kind: str, data: st.DataObject) -> None:
    """Every kind is a base: its own fields, and its customer's."""
    upper = ("city", "tag", "owner", "spend", "name")
    conditions = data.draw(
        st.lists(
            st.one_of(
                of(kind),
                of(kind).map(Negated),
                WINDOWED,
                st.sampled_from(upper).flatmap(
                    lambda field: compared("customer", field, upper=True)
                ),
            ),
            min_size=1,
            max_size=3,
        )
    )
    label = "title" if kind == "task" else "text"
    with opened(customers) as (shop, directory):
        every = Joined("and", tuple(conditions))
        wanted = sorted(directory.met(kind, every))
        for answer in (
            shop.ask(*(str(one.term()) for one in conditions), base=kind, cols=f"customer,{label}"),
            shop.ask(where=every.full(), base=kind, cols=f"customer,{label}"),
        ):
            assert sorted(answer.rows) == wanted, every.full()


@examples(8, soak=120)
@given(customers=DIRECTORIES, condition=CONDITIONS, by=st.sampled_from(("owner", "tag", "kind")))
def test_groups(customers: list[dict[str, Any]], condition: Condition, by: str) -> None:
    with opened(customers) as (shop, directory):
        chosen = [row for row in directory.customers if condition.holds(row, directory)]
        groups: dict[str | None, list[Decimal]] = {}
        for row in chosen:
            for value in dict.fromkeys(FIELDS["customer"][by][1](row, directory)) or [None]:
                groups.setdefault(value, []).append(spend(row, directory))
        whole = sum((spend(row, directory) for row in chosen), Decimal(0))
        wanted = {
            key: (len(all_), sum(all_), _middle(all_), max(all_), _share(sum(all_), whole))
            for key, all_ in groups.items()
        }
        scope = shop.scope()
        agg = ("count", "sum:spend", "median:spend", "max:spend", "share:spend")
        query = GroupQuery(scope.base, (by,), agg, parse_expression(condition.full(), scope))
        found = group(shop.database, query, scope)
        assert {row[0]: row[1:] for row in found.rows} == wanted, condition.full()
        assert (found.total or ())[1:3] == (len(chosen), whole)


@examples(12, soak=200)
@given(customers=PAYING, days=st.integers(-25, 400))
def test_balances_and_spend_of_a_past_day(customers: list[dict[str, Any]], days: int) -> None:
    """By the clock of any day, in several currencies, some of them without a rate."""
    with opened(customers, TODAY - timedelta(days=days)) as (shop, directory):
        wanted = [(balance(row, directory), spend(row, directory)) for row in directory.customers]
        assert shop.ask(cols="balance,spend", sort="id").rows == wanted


@examples(8, soak=120)
@given(customers=DIRECTORIES)
def test_groups_by_currency(customers: list[dict[str, Any]]) -> None:
    """Each in its own currency, with no total over several, though some have no rate."""
    with opened(customers) as (shop, directory):
        groups: dict[str, list[Decimal]] = {}
        for row in directory.rows("purchase"):
            if counts(row):
                groups.setdefault(row.get("currency", "EUR"), []).append(own_net(row))
        wanted = {
            key: (len(all_), sum(all_), min(all_), max(all_)) for key, all_ in groups.items()
        }
        scope = shop.scope("purchase")
        agg = ("count", "sum:net", "min:net", "max:net")
        found = group(shop.database, GroupQuery(scope.base, ("currency",), agg), scope)
        assert {row[0]: row[1:] for row in found.rows} == wanted
        sums = [sum(all_, Decimal(0)) for all_ in groups.values()]
        assert (found.total or ())[2] == (None if len(sums) > 1 else sum(sums, Decimal(0)))


def _middle(amounts: list[Decimal]) -> Decimal:
    exact = Decimal(median(amounts))
    return exact.quantize(CENT, ROUND_HALF_UP)


def _share(part: Decimal | int, whole: Decimal) -> Decimal | None:
    return Decimal(f"{float(part) / float(whole):.4f}") if whole else None


@examples(12, soak=200)
@given(condition=CONDITIONS)
def test_what_is_explained_parses_back(shop: Shop, condition: Condition) -> None:
    own = read_extra_keys(shop.database, {"visits": "integer"})
    scope = shop.scope()._replace(extra_keys=own)
    nodes: list[Node] = [parse_expression(condition.full(), scope)]
    term = condition.term()
    if term is not None:
        nodes.append(parse_terms((term,), scope))
    for node in nodes:
        said = explain(Query(scope.base, node), scope).expression
        assert parse_expression(said, scope) == node, said


MISSING = [{"name": "A"}, {"name": "B", "owner": "petra"}, {"name": "C", "owner": "miha"}]


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("owner = petra", ["c1"]),
        ("owner != petra", ["c2"]),
        ("not owner = petra", ["c0", "c2"]),
        ("owner is none", ["c0"]),
        ("all(tasks, status = open)", ["c0", "c1", "c2"]),
        ("sum(purchases.net) = 0", ["c0", "c1", "c2"]),
        ("max(purchases.net) < 5", []),
        ("max(purchases.net) is none", ["c0", "c1", "c2"]),
    ],
)
def test_what_is_missing(where: str, wanted: list[str]) -> None:
    """A missing value is never equal and never unequal; `not` is the complement."""
    with opened([dict(one) for one in MISSING]) as (shop, _):
        assert shop.ids(where=where) == wanted


def test_an_amount_without_a_rate_is_missing() -> None:
    yen = {
        "name": "A",
        "purchases": [{"date": TODAY, "currency": "JPY", "amount": "100", "lines": []}],
    }
    with opened([yen]) as (shop, _):
        assert shop.ids(where="spend = 0") == ["c0"]
        assert shop.ids(where="any(purchases, net < 1000000)") == []
        assert shop.ids(where="any(purchases, net != 5)") == []
        assert shop.ids("purchase/net:100JPY") == ["c0"]
