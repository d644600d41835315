"""Subscriptions: their days, what is still to be made of them, what they come to in a month."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import islice, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.duration import add_months
from crm_cli.model.item import Item
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.reading import Reader
from crm_cli.model.recurring_revenue import Span, a_month, lines_on, net_on, settle, span_of
from crm_cli.model.subscription import in_words, occasions, rule_of, to_come
from crm_cli.model.writing import new_item
from crm_cli.store.compose import compose
from tests.shares import examples

BUSINESS = Business()
FIRSTS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def pattern(first: str | date, every: str, **values: Any) -> Item:
    day = first if isinstance(first, date) else date.fromisoformat(first)
    given = {"id": "p-0000001", "date": day, "every": every, "amount": Decimal(120), **values}
    return new_item(PURCHASE, given, BUSINESS)


def made(day: str, **values: Any) -> Item:
    given = {"subscription": "p-0000001", "recurrence_id": date.fromisoformat(day), **values}
    return new_item(PURCHASE, {"id": f"p-{day[2:4]}{day[5:7]}{day[8:]}", **given}, BUSINESS)


def days(item: Item, count: int = 4) -> list[str]:
    return [one.isoformat() for one in islice(occasions(item), count)]


UNITS = {"month": 1, "quarter": 3, "year": 12}


@examples(60, soak=2000)
@given(FIRSTS, st.sampled_from(sorted(UNITS)), st.integers(1, 5))
def test_each_day_is_counted_from_the_first(first: date, unit: str, times: int) -> None:
    """The 31st is the last of a shorter month, and the 31st again after it; so is 29 February."""
    every = unit if times == 1 else f"{times} {unit}s"
    found = list(islice(occasions(pattern(first, every)), 11))
    assert found == [add_months(first, UNITS[unit] * times * n) for n in range(1, 12)]


@examples(30, soak=500)
@given(FIRSTS, st.integers(1, 8))
def test_weeks_keep_to_the_weekday(first: date, times: int) -> None:
    found = [first, *islice(occasions(pattern(first, f"{times} weeks")), 9)]
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(weeks=times)}


@pytest.mark.parametrize(
    ("first", "every", "expected"),
    [
        ("2026-01-31", "month", "2026-02-28 2026-03-31 2026-04-30 2026-05-31"),
        ("2028-01-30", "monthly", "2028-02-29 2028-03-30 2028-04-30 2028-05-30"),
        ("2028-02-29", "every year", "2029-02-28 2030-02-28 2031-02-28 2032-02-29"),
        ("2026-11-30", "quarter", "2027-02-28 2027-05-30 2027-08-30 2027-11-30"),
        ("2026-11-20", "2 months", "2027-01-20 2027-03-20 2027-05-20 2027-07-20"),
        ("2026-11-20", "month on 1", "2026-12-01 2027-01-01 2027-02-01 2027-03-01"),
        ("2026-11-20", "FREQ=MONTHLY;BYMONTHDAY=31", "2026-12-31 2027-01-31 2027-03-31 2027-05-31"),
    ],
)
def test_days(first: str, every: str, expected: str) -> None:
    assert days(pattern(first, every)) == expected.split()


def test_it_ends_and_leaves_days_out() -> None:
    item = pattern("2026-01-31", "month", until=date(2026, 4, 30), exdate=["2026-03-31"])
    assert days(item) == ["2026-02-28", "2026-04-30"]
    assert days(pattern("2026-01-31", "month until 2026-03-30")) == ["2026-02-28"]
    assert days(pattern("2026-01-01", "month 3 times")) == ["2026-02-01", "2026-03-01"]


def test_what_is_later_than_all_that_was_made_is_to_come() -> None:
    item = pattern("2026-01-15", "month", until=date(2026, 5, 31))
    assert [one.month for one in to_come(item, [])] == [2, 3, 4, 5]
    some = [made("2026-03-15"), made("2026-02-15", status="cancelled")]
    assert [one.month for one in to_come(item, some)] == [4, 5]
    item.values["every"] = "month on 1"
    assert [one.isoformat() for one in to_come(item, some)] == ["2026-04-01", "2026-05-01"]
    item.values["status"] = "cancelled"
    assert list(to_come(item, some)) == []


def test_a_price_holds_from_its_day_on() -> None:
    lines = [
        {"description": "Seat", "quantity": Decimal(2), "unit_price": Decimal(10)},
        {"description": "Setup", "unit_price": Decimal(99), "once": True},
    ]
    changes = [
        {"start": date(2026, 6, 1), "unit_price": Decimal(15)},
        {"start": date(2026, 3, 15), "unit_price": Decimal(12)},
    ]
    item = pattern("2026-01-15", "month", amount=None, lines=lines, price_changes=changes)
    prices = [lines_on(item, date(2026, month, 15))[0]["unit_price"] for month in range(1, 8)]
    assert prices == [10, 10, 12, 12, 12, 15, 15]
    assert len(lines_on(item, date(2026, 2, 15))) == 1
    assert net_on(item, date(2026, 6, 15), BUSINESS) == Decimal(30)


def test_a_price_with_tax_is_counted_without() -> None:
    lines = [{"description": "Seat", "unit_price": Decimal("12.20"), "tax_rate": Decimal(22)}]
    item = pattern("2026-01-15", "month", amount=None, lines=lines, tax_included=True)
    assert net_on(item, date(2026, 2, 15), BUSINESS) == Decimal("10.00")


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("month", "120.00"),
        ("2 months", "60.00"),
        ("quarter", "40.00"),
        ("year", "10.00"),
        ("2 years", "5.00"),
        ("week", "520.00"),
        ("2 weeks", "260.00"),
        ("monday and friday", "1040.00"),
        ("day", "3650.00"),
        ("month on 1 and 15", "240.00"),
        ("3rd monday", "120.00"),
        ("last workday", "120.00"),
        ("yearly on 24.12.", "10.00"),
        ("FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1", "20.00"),
    ],
)
def test_what_it_comes_to_in_a_month(every: str, expected: str) -> None:
    item = pattern("2026-01-01", every)
    assert a_month(Decimal(120), rule_of(item), date(2026, 1, 1), "EUR") == Decimal(expected)


def test_its_last_period_is_paid_to_the_end() -> None:
    item = pattern("2026-01-31", "month")
    assert span_of(item, []) == Span(date(2026, 1, 31), None)
    item.values["until"] = date(2026, 3, 10)
    assert span_of(item, []) == Span(date(2026, 1, 31), date(2026, 3, 30))
    item.values["until"] = date(2026, 1, 1)
    assert span_of(item, []) == Span(date(2026, 1, 31), date(2026, 2, 27))
    times = pattern("2026-01-01", "year 2 times")
    assert span_of(times, []) == Span(date(2026, 1, 1), date(2027, 12, 31))


def test_of_a_cancelled_one_what_was_made_counts() -> None:
    item = pattern("2026-01-15", "month", status="cancelled")
    assert span_of(item, []) is None
    some = [made("2026-02-15"), made("2026-03-15"), made("2026-04-15", status="draft")]
    assert span_of(item, some) == Span(date(2026, 2, 15), date(2026, 4, 14))


def test_what_is_derived() -> None:
    item = pattern("2026-01-15", "year", price_changes=[
        {"start": date(2026, 6, 1), "unit_price": Decimal(240)},
    ])  # fmt: skip
    settle([item], BUSINESS)
    assert item.derived["next_occurrence"] == date(2027, 1, 15)
    assert item.derived["mrr"] == Decimal("10.00")
    (change,) = item.items("price_changes")
    assert change.derived["takes_effect"] == date(2027, 1, 15)
    assert change.derived["mrr"] == Decimal("20.00")


def test_how_often_in_words() -> None:
    shown = {"month": "every month", "2 weeks": "every 2 weeks", "monthly": "monthly",
             "every 3rd monday": "every 3rd monday", "FREQ=DAILY": "FREQ=DAILY"}  # fmt: skip
    for text, expected in shown.items():
        assert in_words(text) == expected


WRONG = [
    ("every: sometimes", "bad-recurrence"),
    ("every: month until 2026-01-01", "bad-recurrence"),
    ("until: 2027-01-01", "no-subscription"),
    ("every: month, until: 2026-01-01", "no-subscription"),
    ("every: month, kind: quote", "no-subscription"),
    ("every: month, price_changes: [{from: 2027-01-01}]", "price-change-in-part"),
    ("every: month, price_changes: [{unit_price: 5}]", "price-change-in-part"),
    ("every: month, price_changes: [{from: 2027-01-01, unit_price: 5, product: mug}]",
     "price-change-of-no-line"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "code"), WRONG)
def test_what_cannot_be_followed_is_told(words: str, code: str) -> None:
    assert codes(f"{{date: 2026-11-01, amount: 5, {words}}}") == [code]


def test_what_is_right_is_not_told() -> None:
    good = "every: month, until: 2027-01-01, price_changes: [{from: 2027-01-01, price: 6}]"
    assert codes(f"{{date: 2026-11-01, amount: 5, {good}}}") == []


def test_a_day_is_billed_once() -> None:
    one = "{date: 2026-11-01, amount: 5, subscription: p-0000001, recurrence_id: 2026-11-01"
    first = "{id: p-0000001, date: 2026-10-01, amount: 5, every: month}"
    assert codes(first, f"{one}}}", f"{one}}}") == ["occasion-twice"]
    assert codes(first, f"{one}}}", f"{one}, status: cancelled}}") == []
    assert codes(first, f"{one}, number: A1}}", f"{one}, corrects: A1}}") == []


def codes(*purchases: str) -> list[str]:
    text = "name: A\npurchases:\n" + "".join(f"  - {one}\n" for one in purchases)
    composed = compose(text, "a.yaml")
    assert composed.root is not None
    reader = Reader("a.yaml", BUSINESS)
    reader.record(composed.root, CUSTOMER, "a")
    return [one.code for one in reader.problems]
