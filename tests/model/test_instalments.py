"""Instalments, returned payments and write-offs: what is owed, what is late, what settled it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.item import Item
from crm_cli.model.reading import Reader
from crm_cli.store.compose import compose

from .test_receivables import SHOP


def customer(text: str, today: date | None = date(2026, 6, 15)) -> Item:
    composed = compose("name: A\n" + text, "a.yaml")
    assert composed.root is not None
    reader = Reader("a.yaml", SHOP._replace(today=today))
    return reader.record(composed.root, CUSTOMER, "a")


def problems(text: str) -> list[str]:
    composed = compose("name: A\n" + text, "a.yaml")
    assert composed.root is not None
    reader = Reader("a.yaml", SHOP._replace(today=date(2026, 6, 15)))
    reader.record(composed.root, CUSTOMER, "a")
    return [problem.code for problem in reader.problems]


THIRDS = """\
purchases:
  - kind: invoice
    number: "1"
    date: 2026-05-01
    amount: 100
    instalments:
      - {due_date: 2026-07-01, percent: 33.3}
      - {due_date: 2026-06-01, percent: 33.3}
      - {due_date: 2026-08-01, percent: 33.4}
"""


def owed(record: Item) -> list[tuple[str, str]]:
    (invoice,) = record.items("purchases")
    return [
        (str(part.values["due_date"]), str(part.derived["amount_due"]))
        for part in invoice.items("instalments")
    ]


def test_payments_fill_the_earliest_instalment_first() -> None:
    record = customer(THIRDS + "payments: [{date: 2026-06-10, amount: 40}]\n")
    assert owed(record) == [
        ("2026-07-01", "26.60"), ("2026-06-01", "0"), ("2026-08-01", "33.40"),
    ]  # fmt: skip
    (invoice,) = record.items("purchases")
    assert invoice.derived["due"] == date(2026, 7, 1)
    assert invoice.derived["past_due"] == 0


def test_only_instalments_past_their_day_are_late() -> None:
    (invoice,) = customer(THIRDS).items("purchases")
    assert invoice.derived["due"] == date(2026, 6, 1)
    assert (invoice.derived["amount_due"], invoice.derived["past_due"]) == (
        Decimal("100.00"), Decimal("33.30"),
    )  # fmt: skip
    (invoice,) = customer(THIRDS, today=date(2026, 6, 1)).items("purchases")
    assert invoice.derived["past_due"] == 0, "due today is not late"
    (invoice,) = customer(THIRDS, today=date(2026, 8, 2)).items("purchases")
    assert invoice.derived["past_due"] == Decimal("100.00")


WHOLE = """\
purchases:
  - {kind: invoice, date: 2026-05-01, due_date: 2026-06-01, amount: 100}
payments: [{date: 2026-05-10, amount: 40}]
"""


@pytest.mark.parametrize(
    ("day", "late"),
    [(date(2026, 5, 20), "0"), (date(2026, 6, 1), "0"), (date(2026, 6, 2), "60.00")],
)
def test_of_an_invoice_without_instalments_nothing_is_late_before_its_day(
    day: date, late: str
) -> None:
    (invoice,) = customer(WHOLE, today=day).items("purchases")
    assert invoice.derived["past_due"] == Decimal(late)
    assert invoice.derived["amount_due"] == Decimal("60.00")


def test_what_is_missing_is_due_with_the_last_one() -> None:
    text = THIRDS.replace("33.4}", "10}")
    assert owed(customer(text))[2] == ("2026-08-01", "33.40")
    assert problems(text) == ["instalments-not-the-whole"]
    assert problems(THIRDS) == []


@pytest.mark.parametrize(
    ("instalment", "code"),
    [
        ("{due_date: 2026-06-01}", "instalment-of-how-much"),
        ("{due_date: 2026-06-01, amount: 100, percent: 100}", "instalment-of-how-much"),
        ("{amount: 100}", "instalment-never-due"),
    ],
)
def test_an_instalment_says_when_and_how_much(instalment: str, code: str) -> None:
    text = (
        "purchases:\n  - {kind: invoice, number: 1, date: 2026-05-01, amount: 100, "
        f"instalments: [{instalment}]}}\n"
    )
    assert code in problems(text)


@given(
    st.lists(st.tuples(st.integers(1, 28), st.integers(0, 200)), min_size=1, max_size=4),
    st.integers(0, 150),
)
def test_instalments_add_up_to_what_is_owed(parts: list[tuple[int, int]], paid: int) -> None:
    lines = "".join(
        f"      - {{due_date: 2026-06-{day:02}, percent: {percent}}}\n" for day, percent in parts
    )
    head = THIRDS[: THIRDS.index("      - ")]
    record = customer(
        head + lines + (f"payments: [{{date: 2026-05-02, amount: {paid}}}]\n" if paid else "")
    )
    (invoice,) = record.items("purchases")
    left = sum((one.derived["amount_due"] for one in invoice.items("instalments")), Decimal(0))
    assert left == invoice.derived["amount_due"] == max(100 - paid, 0)
    assert 0 <= invoice.derived["past_due"] <= left


INVOICE = """\
purchases:
  - {kind: invoice, number: "1", date: 2026-05-01, amount: 100}
payments:
"""


def test_a_returned_payment_counts_until_it_is_returned() -> None:
    text = INVOICE + "  - {date: 2026-05-10, amount: 100, bounced: {at: 2026-06-15, fee: 5}}\n"
    before, after = customer(text, date(2026, 6, 14)), customer(text, date(2026, 6, 15))
    assert before.derived["balance"] == 0
    assert after.derived["balance"] == Decimal("100.00"), "the bank's fee is not owed"
    assert before.items("payments")[0].derived["received"] == 100
    assert after.items("payments")[0].derived["received"] == 0
    assert after.items("purchases")[0].derived["settlement"] == "unpaid"


@pytest.mark.parametrize(
    ("payments", "settlement", "by", "day"),
    [
        ("  - {date: 2026-05-10, amount: 100}\n", "paid", "money", date(2026, 5, 10)),
        (
            "  - {date: 2026-05-10, amount: 60}\n"
            "  - {date: 2026-06-01, amount: 40, method: write_off}\n",
            "written_off", "write_off", date(2026, 6, 1),
        ),
        ("  - {date: 2026-04-10, amount: 120}\n", "paid", "money", date(2026, 5, 1)),
        ("  - {date: 2026-05-10, amount: 60}\n", "partly_paid", None, None),
    ],
)  # fmt: skip
def test_what_settled_an_invoice_and_when(
    payments: str, settlement: str, by: str | None, day: date | None
) -> None:
    record = customer(INVOICE + payments)
    derived = record.items("purchases")[0].derived
    assert derived["settlement"] == settlement
    assert (derived.get("settled_by"), derived.get("settled")) == (by, day)


def test_what_is_written_off_was_not_received() -> None:
    record = customer(INVOICE + "  - {date: 2026-06-01, amount: 100, method: write_off}\n")
    assert record.items("payments")[0].derived["received"] == 0
    assert record.derived["balance"] == 0
