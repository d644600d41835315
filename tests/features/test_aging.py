"""`crm report aging`: by hand for a small shop, and its totals against the balances."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from crm_cli.features.balances import owing
from crm_cli.features.reports import load
from crm_cli.features.reports.context import Asked
from crm_cli.features.reports.running import answer
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.workspace import Workspace, open_workspace
from tests.shares import examples

from ..query.generated import DIRECTORIES
from .reporting import of_files, opened, rows, table

SHOP = {
    "crm.yaml": "currency: EUR\n",
    "rates.yaml": "2026-01-01: {USD: 1.10}\n2026-11-01: {USD: 2.00}\n",
    # Today is 2026-11-20: not due; due today; 1, 30, 31, 90 and 91 days late.
    "customers/ana.yaml": """\
name: Ana
owner: petra
purchases:
  - {kind: invoice, number: A1, date: 2026-11-01, due_date: 2026-11-21, amount: 1}
  - {kind: invoice, number: A2, date: 2026-11-01, due_date: 2026-11-20, amount: 2}
  - {kind: invoice, number: A3, date: 2026-10-01, due_date: 2026-11-19, amount: 4}
  - {kind: invoice, number: A4, date: 2026-10-01, due_date: 2026-10-21, amount: 8}
  - {kind: invoice, number: A5, date: 2026-10-01, due_date: 2026-10-20, amount: 16}
  - {kind: invoice, number: A6, date: 2026-08-01, due_date: 2026-08-22, amount: 32}
  - {kind: invoice, number: A7, date: 2026-08-01, due_date: 2026-08-21, amount: 64}
  - {kind: invoice, number: A8, date: 2026-11-25, due_date: 2026-12-21, amount: 128}
  - {kind: invoice, number: A9, date: 2026-11-01, due_date: 2026-11-02, amount: 256, status: draft}
""",
    # 22 USD at 1.10, converted at the invoice's date, and 7 beyond the other invoice.
    "customers/bor.yaml": """\
name: Bor
owner: miha
purchases:
  - {kind: invoice, number: B1, date: 2026-06-01, amount: 22, currency: USD}
  - {kind: invoice, number: B2, date: 2026-06-02, due_date: 2026-06-20, amount: 10}
payments:
  - {date: 2026-06-10, amount: 10, for: B2}
""",
    "customers/cilka.yaml": """\
name: Cilka
payments:
  - {date: 2026-06-10, amount: 7}
  - {date: 2026-12-10, amount: 9}
""",
    "customers/dora.yaml": "name: Dora\n",
}
KEYS = ("customer", "total", "not_due", "d1_30", "d31_60", "d61_90", "over_90", "on_account")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    with of_files(tmp_path, SHOP) as workspace:
        yield workspace


def test_ranges_count_days_past_due(shop: Workspace) -> None:
    found = table(shop, "aging")
    assert rows(found, *KEYS) == [
        ("ana", "127.00", "3.00", "12.00", "16.00", "32.00", "64.00", "0.00"),
        ("bor", "20.00", "20.00", "0.00", "0.00", "0.00", "0.00", "0.00"),
        ("cilka", "-7.00", "0.00", "0.00", "0.00", "0.00", "0.00", "-7.00"),
    ]
    assert found.total is not None
    assert found.total["total"] == Decimal("140.00")
    by_owner = table(shop, "aging", by="owner")
    assert rows(by_owner, "owner", "total") == [
        ("petra", "127.00"), ("miha", "20.00"), ("", "-7.00"),
    ]  # fmt: skip
    named = table(shop, "aging", terms=["owner:miha"])
    assert rows(named, "customer", "name") == [("bor", "Bor")]


def test_ranges_may_count_from_the_invoices_date(shop: Workspace) -> None:
    options = {"by-date": "issue", "buckets": "20, 60"}
    found = table(shop, "aging", options=options)
    assert rows(found, "customer", "d0_20", "d21_60", "over_60")[:2] == [
        ("ana", "3.00", "28.00", "96.00"),
        ("bor", "0.00", "0.00", "20.00"),
    ]
    assert "not_due" not in [one.key for one in found.columns]


def test_each_invoice_has_its_days(shop: Workspace) -> None:
    found = table(shop, "aging", options={"invoices": "invoices"}, terms=["not:owner:petra"])
    assert rows(found, "customer", "invoice", "date", "due", "days", "total") == [
        ("bor", "B1", "2026-06-01", "", "", "20.00"),
        ("cilka", "", "", "", "", "-7.00"),
    ]
    found = table(shop, "aging", options={"invoices": "invoices"}, terms=["owner:petra"])
    days = {row["invoice"]: row["days"] for row in found.rows}
    assert days == {"A1": -1, "A2": 0, "A3": 1, "A4": 30, "A5": 31, "A6": 90, "A7": 91}


@pytest.mark.parametrize("text", ["", "x", "30,20", "30,30", "0,30", "30,", "-1"])
def test_ranges_that_are_none_are_refused(shop: Workspace, text: str) -> None:
    with pytest.raises(UsageError, match="--buckets"):
        table(shop, "aging", options={"buckets": text})


def test_a_balance_without_a_rate_is_left_out_and_told(tmp_path: Path) -> None:
    (tmp_path / "customers").mkdir()
    (tmp_path / "crm.yaml").write_text("currency: EUR\n")
    (tmp_path / "customers" / "ana.yaml").write_text(
        "name: Ana\npurchases: [{kind: invoice, number: 1, date: 2026-01-01, amount: 5, "
        "currency: USD, due_date: 2026-02-01}]\n"
    )
    environ = {"CRM_CACHE_DIR": str(tmp_path / "cache"), "CRM_TODAY": "2026-11-20"}
    workspace = open_workspace(directory=tmp_path, environ=environ)
    found = answer(workspace, load("aging"), Asked())
    assert found.table.rows == []
    assert [problem.code for problem in found.problems] == ["missing-rate"]
    workspace.close()


@pytest.mark.parametrize("today", [date(2026, 11, 20), date(2025, 6, 30)])
@examples(12, soak=200)
@given(customers=DIRECTORIES)
def test_rows_add_up_to_the_balances_of_the_day(
    today: date, customers: list[dict[str, Any]]
) -> None:
    with opened(customers, today) as (workspace, _):
        selected = workspace.select(CUSTOMER, cols=("id", "balance")).rows
        balances = {id: balance for id, balance in selected if balance}
        for options in ({}, {"by-date": "issue"}, {"buckets": "7"}):
            found = table(workspace, "aging", options=options)
            totals = {row["customer"]: row["total"] for row in found.rows}
            assert {id: total for id, total in totals.items() if total} == balances
            for row in [*found.rows, found.total or {}]:
                parts = [row[one.key] for one in found.columns if one.key != "total"]
                assert sum(parts, Decimal(0)) == row["total"]
                assert row["on_account"] <= 0
        each = table(workspace, "aging", options={"invoices": "invoices"})
        assert each.total is not None
        assert each.total["total"] == sum(balances.values(), Decimal(0))
        owed = sum((one.balance or Decimal(0) for one in owing(workspace)[0]), Decimal(0))
        assert owed == each.total["total"]
