"""`crm report payments` and `tax`: by hand for a small shop, and totals against the purchases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.model.errors import UsageError
from crm_cli.model.purchase import PURCHASE
from crm_cli.workspace import Workspace
from tests.shares import examples

from ..query.conftest import TODAY
from ..query.generated import BOOKED, DIRECTORIES
from .reporting import of_files, opened, rows, table

SHOP = {
    "crm.yaml": "currency: EUR\n",
    "rates.yaml": "2026-01-01: {USD: 1.25}\n",
    # Settled after 10 and 40 days, on time and 10 late; one by a credit note; one in part.
    "customers/ana.yaml": """\
name: Ana
owner: petra
tax_id: SI1
purchases:
  - kind: invoice
    number: A1
    date: 2026-03-01
    due_date: 2026-03-31
    lines:
      - {description: Beans, unit_price: 10.05, tax_category: S, tax_rate: 22}
      - {description: Book, unit_price: 20, tax_category: S, tax_rate: 9.5}
      - {description: Rest, unit_price: 10.05, tax_category: S, tax_rate: 22}
  - {kind: invoice, number: A2, date: 2026-03-01, due_date: 2026-03-31, amount: 50}
  - {kind: invoice, number: A3, date: 2026-04-01, due_date: 2026-04-30, amount: 30}
  - {kind: credit_note, number: A4, date: 2026-04-02, corrects: A3, amount: 30}
  - {kind: invoice, number: A5, date: 2026-04-01, due_date: 2026-04-30, amount: 100}
  - {kind: order, number: A6, date: 2026-03-01, amount: 999}
  - {kind: invoice, number: A7, date: 2026-03-01, amount: 999, status: draft}
payments:
  - {date: 2026-03-11, amount: 46.42, for: A1}
  - {date: 2026-04-10, amount: 50, for: A2}
  - {date: 2026-05-02, amount: 25, for: A5}
""",
    "customers/bor.yaml": """\
name: Bor
purchases:
  - kind: sale
    date: 2026-05-05
    currency: USD
    lines: [{description: Mug, unit_price: 10, tax_category: G, tax_rate: 0}]
  - {kind: invoice, number: B1, date: 2026-05-01, due_date: 2026-05-11, amount: 80}
payments:
  - {date: 2026-05-09, amount: 60}
  - {date: 2026-06-01, amount: 20, method: write_off}
""",
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    with of_files(tmp_path, SHOP) as workspace:
        yield workspace


PAYS = (
    "customer", "settled", "days", "median", "late", "worst", "on_time",
    "written_off", "credited", "open", "owed",
)  # fmt: skip


def test_payments_by_customer(shop: Workspace) -> None:
    found = table(shop, "payments")
    assert rows(found, *PAYS) == [
        ("ana", "2", "25.0", "25.0", "-5.0", "10", "0.5000", "0", "1", "1", "75.00"),
        ("bor", "0", "", "", "", "", "", "1", "0", "", ""),
    ]
    assert found.total is not None
    assert (found.total["settled"], found.total["owed"]) == (2, Decimal("75.00"))


def test_payments_of_a_period_go_by_the_day_of_settlement(shop: Workspace) -> None:
    found = table(shop, "payments", period="2026-04")
    assert rows(found, "customer", "settled", "days", "late", "credited", "open") == [
        ("ana", "1", "40.0", "10.0", "1", "1"),
    ]
    months = table(shop, "payments", by="month")
    assert rows(months, "month", "settled", "written_off", "credited") == [
        ("2026-03", "1", "0", "0"), ("2026-04", "1", "0", "1"), ("2026-06", "0", "1", "0"),
    ]  # fmt: skip
    assert "open" not in [one.key for one in months.columns]


TAX = ("category", "rate", "currency", "net", "tax", "gross", "net_base", "tax_base")


def test_tax_by_category_and_rate(shop: Workspace) -> None:
    # 22 % of 20.10 is 4.42, though that of 10.05 is 2.21; 9.5 % of 20 is 1.90.
    found = table(shop, "tax")
    assert rows(found, *TAX) == [
        ("G", "0", "USD", "10.00", "0.00", "10.00", "8.00", "0.00"),
        ("S", "9.5", "EUR", "20.00", "1.90", "21.90", "20.00", "1.90"),
        ("S", "22", "EUR", "20.10", "4.42", "24.52", "20.10", "4.42"),
        ("", "", "EUR", "230.00", "0.00", "230.00", "230.00", "0.00"),
    ]
    assert found.total is not None
    assert (found.total["gross_base"], found.total.get("gross")) == (Decimal("284.42"), None)


def test_tax_of_a_period_and_by_customer(shop: Workspace) -> None:
    found = table(shop, "tax", period="2026-03", by="customer")
    assert rows(found, "customer", "name", "tax_id", "net", "tax", "gross") == [
        ("ana", "Ana", "SI1", "90.10", "6.32", "96.42"),
    ]
    months = table(shop, "tax", by="month,currency")
    assert rows(months, "month", "currency", "gross") == [
        ("2026-03", "EUR", "96.42"), ("2026-04", "EUR", "100.00"),
        ("2026-05", "EUR", "80.00"), ("2026-05", "USD", "10.00"),
    ]  # fmt: skip


def test_tax_of_what_was_paid(shop: Workspace) -> None:
    # A1 and A2 in full, a quarter of A5, the sale at once, three quarters of B1.
    options = {"basis": "paid"}
    found = table(shop, "tax", by="month", options=options)
    assert rows(found, "month", "gross") == [
        ("2026-03", "96.42"), ("2026-04", "25.00"), ("2026-05", "68.00"),
    ]  # fmt: skip
    april = table(shop, "tax", by="rate", period="2026-04", options=options)
    assert rows(april, "rate", "net") == [("", "50.00")]
    with pytest.raises(UsageError, match="--basis"):
        table(shop, "tax", options={"basis": "cash"})


BOOKS = """\
name: Mlin
purchases:
  - kind: invoice
    number: M1
    date: 2025-01-10
    lines: [{description: Tea, unit_price: 1000, tax_category: S, tax_rate: 22}]
%s
payments:
  - {date: 2025-02-09, amount: %s}
"""
HALF = """\
  - kind: credit_note
    date: 2025-04-10
    lines: [{description: Tea, unit_price: 500, tax_category: S, tax_rate: 22}]
"""


@pytest.mark.parametrize(
    ("note", "payment", "quarters"),
    [
        ("", "610}\n  - {date: 2025-06-02, direction: refund, amount: 100",
         [("500.00", "110.00"), ("-81.97", "-18.03")]),
        ("", "1220, bounced: {at: 2025-04-10}", [("1000.00", "220.00"), ("-1000.00", "-220.00")]),
        (HALF + "    corrects: M1", "1220", [("1000.00", "220.00"), ("-500.00", "-110.00")]),
        # Credited without naming the invoice: where it is given back, and when.
        (HALF, "1220, for: M1}\n  - {date: 2025-06-02, direction: refund, amount: 610",
         [("1000.00", "220.00"), ("-500.00", "-110.00")]),
        (HALF, "1220, for: M1", [("1000.00", "220.00"), None]),
    ],
)  # fmt: skip
def test_what_is_given_back_later_takes_no_tax_from_a_quarter_that_is_filed(
    note: str, payment: str, quarters: list[tuple[str, str] | None], tmp_path: Path
) -> None:
    files = {"crm.yaml": "currency: EUR\n", "customers/mlin.yaml": BOOKS % (note, payment)}
    with of_files(tmp_path, files) as workspace:
        for number, wanted in enumerate(quarters, 1):
            found = table(workspace, "tax", period=f"2025-q{number}", options={"basis": "paid"})
            assert rows(found, "net", "tax") == ([wanted] if wanted else [])
        year = table(workspace, "tax", period="2025", options={"basis": "paid"})
        whole = sum((Decimal(one[0]) for one in quarters if one), Decimal(0))
        assert sum((row["net"] for row in year.rows), Decimal(0)) == whole


@examples(40, soak=300, deadline=None)
@given(customers=BOOKED, back=st.integers(1, 200))
def test_tax_of_what_was_paid_stays_as_it_was_filed(
    customers: list[dict[str, Any]], back: int
) -> None:
    """Made at the end of a day it is what it is later, and parts of a time add up to all of it."""
    day = TODAY - timedelta(days=back)
    options = {"basis": "paid"}
    by = "rate,currency"
    keys = ("rate", "currency", "net", "tax", "net_base", "tax_base")
    with opened(customers, day) as (workspace, _):
        filed = rows(table(workspace, "tax", by=by, period=f"..{day}", options=options), *keys)
    with opened(customers) as (workspace, _):
        then = table(workspace, "tax", by=by, period=f"..{day}", options=options)
        assert rows(then, *keys) == filed
        since = table(
            workspace, "tax", by=by, options=options, period=f"{day + timedelta(days=1)}.."
        )
        whole = table(workspace, "tax", by=by, options=options, period=f"..{TODAY}")
        for key in keys[2:]:
            sums = [sum((row[key] for row in one.rows), Decimal(0)) for one in (then, since, whole)]
            assert sums[0] + sums[1] == sums[2]


@pytest.mark.parametrize("by", ["category,rate,currency", "customer", "rate", "month,currency"])
@examples(8, soak=120)
@given(customers=DIRECTORIES)
def test_the_tax_of_all_rows_is_that_of_the_purchases(
    by: str, customers: list[dict[str, Any]]
) -> None:
    with opened(customers) as (workspace, _):
        found = table(workspace, "tax", by=by)
        own, base = Decimal(0), Decimal(0)
        rates = workspace.business.rates
        for kind, gross, currency, day in workspace.select(
            PURCHASE, ["is:counted"], cols="kind,gross,currency,date"
        ).rows:
            converted = rates.convert(gross, currency, day or date.max)
            if kind != "order" and converted is not None:
                base += converted
                own += gross
        key = "gross_base" if "currency" in by else "gross"
        assert sum((row[key] for row in found.rows), Decimal(0)) == base
        if "currency" in by:
            assert sum((row["gross"] for row in found.rows), Decimal(0)) == own
        for row in found.rows:
            assert row["net"] + row["tax"] == row["gross"]
