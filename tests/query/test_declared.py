"""What kinds declare as queries: states, values that depend on today, what counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import Boolean
from crm_cli.model.kind import Derived, Kind, State
from crm_cli.model.kinds import BY_NAME, KINDS
from crm_cli.query.compile import Compiler
from crm_cli.query.declared import declared, total_of
from crm_cli.query.explain import expression
from crm_cli.query.expression import parse_expression

from .conftest import TODAY, Shop
from .generated import CUSTOMER as GENERATED
from .generated import opened

NOW = datetime.combine(TODAY, time(12), ZoneInfo("Europe/Ljubljana"))
Row = dict[str, Any]
Holds = Callable[[Row], bool]


def _day(row: Row) -> date:
    found = row["due"]
    return date.max if found is None else date.fromisoformat(str(found)[:10])


def _owing(row: Row) -> bool:
    return row["settlement"] in ("unpaid", "partly_paid")


def _done(row: Row) -> bool:
    """What was completed by today: what is done later is open still."""
    done = row["completed"]
    return row["status"] == "completed" and (done is None or _local(done) <= TODAY)


def _open(row: Row) -> bool:
    return row["status"] != "cancelled" and not _done(row)


def _ships(row: Row) -> bool:
    return row["kind"] == "order" or row["delivery"] is not None or row["required"] is not None


def _up_to(day: date | None) -> bool:
    return day is None or day <= TODAY


def _unanswered(row: Row) -> bool:
    posted = row["kind"] == "quote" and row["status"] == "posted"
    return bool(posted and row["quote_status"] not in ("accepted", "declined"))


def _reached(day: date | None, today: date) -> bool:
    return day is not None and day <= today


def _overdue_case(row: Row) -> bool:
    return (
        row["status"] in ("new", "assigned", "pending")
        and row["due"] is not None
        and row["due"] < NOW
    )


STATES: dict[str, dict[str, Holds]] = {
    "bank_line": {
        "open": lambda row: row["status"] == "open",
        "booked": lambda row: row["status"] == "booked",
        "ignored": lambda row: row["status"] == "ignored",
    },
    "customer": {
        "person": lambda row: row["kind"] == "person",
        "organization": lambda row: row["kind"] == "organization",
        "lead": lambda row: row["lifecycle_stage"] == "lead",
        "qualified": lambda row: row["lifecycle_stage"] == "qualified",
        "customer": lambda row: row["lifecycle_stage"] == "customer",
        "former": lambda row: row["lifecycle_stage"] == "former",
        "supplier": lambda row: bool(row["supplier"]),
        "owing": lambda row: row["balance"] is not None and row["balance"] > 0,
        "overdue": lambda row: bool(row["overdue"] > 0),
        "in_play": lambda row: row["open_deals"] > 0,
        "in_service": lambda row: row["open_cases"] > 0,
        "lost": lambda row: row["lost_on"] is not None,
        "promoter": lambda row: row["nps"] is not None and row["nps"] >= 9,
        "detractor": lambda row: row["nps"] is not None and row["nps"] <= 6,
        "forgotten": lambda row: row["forgotten"] is not None,
    },
    "address": {
        "current": lambda row: (
            not (row["start"] is not None and row["start"] > TODAY) and not _is_before(row["end"])
        ),
        "past": lambda row: _is_before(row["end"]),
        "coming": lambda row: row["start"] is not None and row["start"] > TODAY,
    },
    "contact": {
        "current": lambda row: _there(row),
        "past": lambda row: _reached(row["end"], TODAY),
    },
    "organization": {
        "current": lambda row: _there(row),
        "past": lambda row: _reached(row["end"], TODAY),
    },
    "consent": {
        "in_force": lambda row: _up_to(row["at"]) and not _is_before(row["expires"]),
    },
    "agreement": {
        "in_force": lambda row: (
            row["binding"] and _up_to(row["start"]) and not _is_before(row["end"])
        ),
        "over": lambda row: row["binding"] and _is_before(row["end"]),
        "running_out": lambda row: (
            row["binding"]
            and row["end"] is not None
            and not row["followed"]
            and row["status"] != "cancelled"
        ),
    },
    "campaign_response": {
        "counted_now": lambda row: bool(row["counts"]),
        "answer": lambda row: row["status"] in ("clicked", "responded", "converted"),
    },
    "campaign": {
        "planned": lambda row: row["status"] == "planning",
        "active": lambda row: row["status"] == "active",
        "over": lambda row: row["status"] in ("inactive", "complete"),
    },
    "feedback": {
        "counted_now": lambda row: row["at"] is None or _local(row["at"]) <= TODAY,
        "promoter": lambda row: row["group"] == "promoter",
        "detractor": lambda row: row["group"] == "detractor",
        "unsatisfied": lambda row: row["group"] in ("detractor", "unsatisfied"),
    },
    "case": {
        "open": lambda row: row["status"] in ("new", "assigned", "pending"),
        "done": lambda row: row["status"] not in ("new", "assigned", "pending"),
        "waiting": lambda row: bool(row["waiting"]),
        "unanswered": lambda row: (
            row["status"] in ("new", "assigned", "pending") and row["unanswered_since"] is not None
        ),
        "overdue": lambda row: _overdue_case(row),
        "escalated": lambda row: (
            row["status"] in ("new", "assigned", "pending")
            and (row["response_kept"] is False or row["next_kept"] is False or _overdue_case(row))
        ),
        "returned": lambda row: row["kind"] in ("return", "warranty"),
    },
    "deal": {
        "open": lambda row: row["status"] == "open",
        "on_hold": lambda row: row["status"] == "on_hold",
        "won": lambda row: row["status"] == "won",
        "lost": lambda row: row["status"] == "lost",
        "closed": lambda row: row["status"] in ("won", "lost"),
        "rotting": lambda row: row["status"] == "open" and _reached(row["rots_on"], TODAY),
        "slipped": lambda row: (
            row["status"] == "open" and _reached(row["expected_close"], TODAY - timedelta(days=1))
        ),
        "stuck": lambda row: row["status"] == "open" and row["has_next_step"] is False,
    },
    "task": {
        "open": _open,
        "done": _done,
        "completed": _done,
        "cancelled": lambda row: row["status"] == "cancelled",
        "overdue": lambda row: _open(row) and _day(row) < TODAY,
        "due": lambda row: _open(row) and _day(row) <= TODAY,
    },
    "purchase": {
        "counted": lambda row: row["counts"] and _up_to(row["date"]),
        "recurring": lambda row: (
            row["every"] is not None
            and row["kind"] in ("sale", "order", "invoice")
            and row["status"] != "cancelled"
        ),
        "credit_note": lambda row: row["kind"] == "credit_note",
        "quote": lambda row: row["kind"] == "quote",
        "order": lambda row: row["kind"] == "order",
        "unbilled": lambda row: row["kind"] == "order" and row["counts"] and _up_to(row["date"]),
        "unanswered": _unanswered,
        "accepted": lambda row: row["kind"] == "quote" and row["quote_status"] == "accepted",
        "declined": lambda row: row["kind"] == "quote" and row["quote_status"] == "declined",
        "expired": lambda row: (
            _unanswered(row) and row["valid_until"] is not None and row["valid_until"] < TODAY
        ),
        "unpriced": lambda row: not row["priced"],
        "posted": lambda row: row["status"] == "posted",
        "draft": lambda row: row["status"] == "draft",
        "cancelled": lambda row: row["status"] == "cancelled",
        "invoice": lambda row: row["kind"] == "invoice",
        "unpaid": lambda row: row["settlement"] == "unpaid",
        "partly_paid": lambda row: row["settlement"] == "partly_paid",
        "paid": lambda row: row["settlement"] == "paid",
        "credited": lambda row: row["settlement"] == "credited",
        "written_off": lambda row: row["settlement"] == "written_off",
        "disputed": lambda row: _owing(row) and row["disputed"] is not None,
        "owing": _owing,
        "overdue": lambda row: _owing(row) and _day(row) < TODAY,
        "no_shipping": lambda row: not _ships(row),
        "unshipped": lambda row: (
            row["status"] == "posted"
            and _ships(row)
            and row["shipped"] is None
            and row["delivery"] in (None, "processing")
        ),
    },
    "interaction": {
        "planned": lambda row: row["status"] == "planned",
        "held": lambda row: row["status"] == "held",
        "ahead": lambda row: (
            row["status"] != "planned" and row["at"] is not None and _local(row["at"]) > TODAY
        ),
    },
    "payment": {
        "refund": lambda row: row["direction"] == "refund",
        "bounced": lambda row: row["bounced.at"] is not None,
        "write_off": lambda row: row["method"] == "write_off",
    },
    "product": {
        "disabled": lambda row: bool(row["disabled"]),
        "active": lambda row: not row["disabled"],
    },
}
"""Every state once more, by the values of a row."""
COLUMNS = {
    "customer": (
        "id", "kind", "lifecycle_stage", "supplier", "balance", "overdue", "open_deals",
        "open_cases", "lost_on", "nps", "forgotten",
    ),
    "address": ("customer", "city", "start", "end"),
    "contact": ("customer", "name", "start", "end"),
    "organization": ("customer", "name", "start", "end"),
    "consent": ("customer", "at", "expires"),
    "agreement": ("customer", "binding", "start", "end", "followed", "status"),
    "campaign_response": ("customer", "counts", "status"),
    "campaign": ("id", "status"),
    "feedback": ("customer", "id", "at", "group"),
    "case": (
        "customer", "id", "kind", "status", "waiting", "unanswered_since", "due", "response_kept",
        "next_kept",
    ),
    "deal": ("customer", "id", "status", "rots_on", "expected_close", "has_next_step"),
    "task": ("customer", "id", "status", "due", "completed"),
    "purchase": (
        "customer", "id", "status", "kind", "settlement", "due", "shipped", "currency", "counts",
        "priced", "every", "date", "delivery", "required", "disputed", "amount_due", "quote_status",
        "valid_until",
    ),
    "interaction": ("customer", "id", "status", "at"),
    "payment": ("customer", "id", "direction", "bounced.at", "method"),
    "product": ("id", "disabled"),
    "bank_line": ("id", "status"),
}  # fmt: skip


def rows(shop: Shop, base: str, *terms: str) -> list[Row]:
    found = shop.ask(*terms, base=base, cols=",".join(COLUMNS[base]))
    return [dict(zip(COLUMNS[base], row, strict=True)) for row in found.rows]


def _local(at: Any) -> Any:
    return at.date() if isinstance(at, datetime) else at


def _there(row: Row) -> bool:
    return _up_to(row["start"]) and not _reached(row["end"], TODAY)


def _is_before(day: Any) -> bool:
    return day is not None and bool(_local(day) < TODAY)


def check_states(shop: Shop) -> None:
    """Each state holds for the rows whose values say so, and for no others."""
    for base, known in STATES.items():
        every = rows(shop, base)
        for name, holds in known.items():
            assert rows(shop, base, f"is:{name}") == [row for row in every if holds(row)], name
            others = [row for row in every if not holds(row)]
            assert rows(shop, base, f"not:is:{name}") == others, name


def test_each_state_is_known_here() -> None:
    declared = {kind.name: {state.name for state in kind.states} for kind in KINDS if kind.states}
    assert declared == {base: set(known) for base, known in STATES.items()}


def test_states_of_the_shop(shop: Shop) -> None:
    check_states(shop)


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Row]:
    made = st.fixed_dictionaries(fields)
    return made.map(lambda item: {key: held for key, held in item.items() if held is not None})


DAY = st.integers(-5, 60).map(lambda days: TODAY - timedelta(days=days))
OWING = st.builds(
    lambda customer, more: {**customer, **more},
    GENERATED,
    _some(
        lifecycle_stage=st.sampled_from((None, "lead", "qualified", "customer", "former")),
        supplier=st.sampled_from((None, True, False)),
        deals=st.lists(
            _some(
                name=st.just("Beans"),
                stage=st.sampled_from((None, "proposal", "negotiation", "won", "lost")),
                created=DAY,
                expected_close=st.one_of(st.none(), DAY),
            ),
            max_size=2,
        ),
        feedback=st.lists(
            _some(
                kind=st.sampled_from(("nps", "csat", "review")),
                score=st.sampled_from((1, 3, 5, 7, 9)),
                at=st.one_of(st.none(), DAY),
            ),
            max_size=3,
        ),
        losses=st.lists(
            _some(at=DAY, won_back=st.one_of(st.none(), DAY), reason=st.just("price")),
            max_size=2,
        ),
        cases=st.lists(
            _some(
                subject=st.just("Torn"),
                kind=st.sampled_from((None, "complaint", "return")),
                priority=st.sampled_from((None, "urgent", "low")),
                status=st.sampled_from((None, "assigned", "pending", "resolved", "duplicate")),
                opened=DAY,
                first_response_at=st.one_of(st.none(), DAY),
                waiting_since=st.one_of(st.none(), DAY),
                resolved_at=st.one_of(st.none(), DAY),
            ),
            max_size=2,
        ),
        payments=st.lists(
            _some(
                date=DAY,
                amount=st.sampled_from(("5", "99.5", "250")),
                direction=st.sampled_from((None, "refund")),
            ),
            max_size=2,
        ),
    ),
)


def _billed(customer: Row) -> Row:
    """With some of the purchases shipped, and invoices that are due sooner or later, some even
    before the day that they are dated."""
    for place, purchase in enumerate(customer.get("purchases", ())):
        if place % 2:
            purchase["shipped"] = purchase["date"]
        if purchase.get("kind") == "invoice":
            purchase["due_date"] = purchase["date"] + timedelta(days=10 * place - 15)
    return customer


@settings(max_examples=25, deadline=None)
@given(customers=st.lists(OWING.map(_billed), min_size=1, max_size=5))
def test_states_and_values_of_generated_directories(customers: list[Row]) -> None:
    with opened(customers) as (shop, _):
        check_states(shop)
        late = [row for row in rows(shop, "purchase") if STATES["purchase"]["overdue"](row)]
        tasks = [row for row in rows(shop, "task") if STATES["task"]["overdue"](row)]
        for id, overdue, number in shop.ask(cols="id,overdue,overdue_tasks").rows:
            assert number == sum(task["customer"] == id for task in tasks)
            # Of yen, and of dollars before 2026, there is no rate here.
            owed = (row for row in late if row["amount_due"])  # of some nobody knows how much
            theirs = [row["currency"] for row in owed if row["customer"] == id]
            assert bool(theirs) >= (overdue > 0) >= ("EUR" in theirs)
        assert shop.ids("task/is:overdue") == sorted({task["customer"] for task in tasks})
        assert shop.ids("overdue-tasks:1..") == sorted({task["customer"] for task in tasks})
        cols = "customer,id,payment_status,overdue,settlement,kind,status"
        for customer, id, shown, overdue, settlement, *of in shop.ask(
            base="purchase", cols=cols
        ).rows:
            is_late = any((row["customer"], row["id"]) == (customer, id) for row in late)
            known = "cancelled" if of == ["invoice", "cancelled"] else settlement
            assert (shown, bool(overdue)) == ("overdue" if is_late else known, is_late)
        for closed, overdue, task in zip(
            shop.values("closed", base="task"),
            shop.values("overdue", base="task"),
            rows(shop, "task"),
            strict=True,
        ):
            assert closed == (not _open(task))
            assert bool(overdue) == STATES["task"]["overdue"](task)


def test_an_invoice_that_is_dated_tomorrow_owes_nothing_today() -> None:
    invoice = {
        "date": TODAY + timedelta(days=1),
        "due_date": TODAY - timedelta(days=1),
        "kind": "invoice",
        "amount": "10",
        "lines": [],
    }
    with opened([{"name": "A", "purchases": [invoice]}]) as (shop, _):
        assert shop.ask(cols="overdue,spend").rows == [(Decimal(0), Decimal(0))]


def _asked(kind: Kind) -> list[str]:
    """All terms that a kind declares for its own rows."""
    found = [state.terms for state in kind.states]
    for derived in kind.derived:
        found += derived.unless
        found += [derived.terms] if derived.terms and not derived.of else []
    return [*found, kind.counted] if kind.counted else found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_all_that_is_declared_compiles(shop: Shop, kind: Kind) -> None:
    """By declarations alone, in both spellings, and into SQL with a value for each row."""
    scope = shop.scope(kind.name)
    for terms in _asked(kind):
        node = declared(terms, kind, scope)
        assert parse_expression(expression(node), scope) == node
    for state in kind.states:
        compiler = Compiler(scope, shop.database.dialect)
        node = shop.node((f"is:{state.name}",), base=kind.name)
        row = compiler.frame.base
        sql = f"SELECT {compiler.condition(node, row)} {row.source()}"
        every = shop.database.column(sql, compiler.frame.parameters)
        assert set(every) <= {0, 1}, "never missing"
    for derived in kind.derived:
        if derived.kept:
            continue
        if derived.of and not derived.unless:
            assert total_of(derived, kind, scope).type is derived.type
        assert len(shop.ask(base=kind.name, cols=derived.key).rows) == len(
            shop.ask(base=kind.name, cols="id").rows
        )


def test_a_state_is_asked_like_its_terms(shop: Shop) -> None:
    for base, name, terms in (
        ("task", "overdue", ("not:status.is:completed,cancelled", "due.before:today")),
        ("purchase", "owing", ("settlement.is:unpaid,partly_paid",)),
    ):
        assert shop.ids(f"is:{name}", base=base) == shop.ids(*terms, base=base)


def test_states_are_taken_from_what_an_item_belongs_to(shop: Shop) -> None:
    assert set(shop.values("customer", "is:person", base="task")) == {"ana-novak", "bor-kos"}
    assert set(shop.values("date", "is:posted", base="line")) == set(
        shop.values("date", base="line")
    )


@pytest.mark.parametrize(
    ("states", "derived"),
    [
        ((State("a", "is:b", ""), State("b", "is:a", "")), ()),
        ((State("a", "not:is:a", ""),), ()),
        ((State("a", "x:yes", ""),), (Derived("x", Boolean(), "", terms="is:a"),)),
    ],
)
def test_what_asks_for_itself_is_at_fault(
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
    states: tuple[State, ...],
    derived: tuple[Derived, ...],
) -> None:
    monkeypatch.setattr(CUSTOMER, "states", states)
    monkeypatch.setattr(CUSTOMER, "derived", (*CUSTOMER.derived, *derived))
    with pytest.raises(ValueError, match="asks for itself"):
        shop.ids("is:a")


def test_keys_and_segments_of_ones_own_are_none_to_a_declaration(shop: Shop) -> None:
    """A key `status` of a customer's own changes no state."""
    scope = shop.scope("task")._replace(extra_keys=frozenset(("status", "due")))
    node = declared("is:open due.before:today", BY_NAME["task"], scope)
    assert node == declared("is:open due.before:today", BY_NAME["task"], shop.scope("task"))
