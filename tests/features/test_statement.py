"""`crm report statement`: the account of one customer, which closes with the balance."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import NotFound
from crm_cli.workspace import open_workspace
from tests.shares import examples

from ..query.generated import DIRECTORIES, PAYING_IN_EUROS
from .reporting import opened, rows, table
from .test_money_reports import SHOP

KEYS = ("date", "what", "charged", "settled", "balance", "open")


def test_an_account_line_by_line(tmp_path: Path) -> None:
    for name, text in SHOP.items():
        path = tmp_path / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with (tmp_path / "shop/customers/bor.yaml").open("a") as file:
        file.write("  - {date: 2026-05-02, amount: 80, bounced: {at: 2026-05-04}}\n")
    environ = {"CRM_CACHE_DIR": str(tmp_path / "cache"), "CRM_TODAY": "2026-11-20"}
    workspace = open_workspace(directory=tmp_path / "shop", environ=environ)
    found = table(workspace, "statement", terms=["bor"])
    assert rows(found, *KEYS) == [
        ("2026-05-01", "invoice B1", "80.00", "", "80.00", ""),
        ("2026-05-02", "payment", "", "80.00", "0.00", ""),
        ("2026-05-04", "returned payment", "80.00", "", "80.00", ""),
        ("2026-05-09", "payment", "", "60.00", "20.00", ""),
        ("2026-06-01", "written off", "", "20.00", "0.00", ""),
        ("2026-11-20", "closing balance", "", "", "0.00", ""),
    ]
    found = table(workspace, "statement", terms=["ana"], period="2026-04")
    assert rows(found, *KEYS) == [
        ("2026-04-01", "opening balance", "", "", "50.00", ""),
        ("2026-04-01", "invoice A3", "30.00", "", "80.00", ""),
        ("2026-04-01", "invoice A5", "100.00", "", "180.00", "75.00"),
        ("2026-04-02", "credit note A4", "", "30.00", "150.00", ""),
        ("2026-04-10", "payment A2", "", "50.00", "100.00", ""),
        ("2026-04-30", "closing balance", "", "", "100.00", ""),
    ]
    with pytest.raises(NotFound):
        table(workspace, "statement", terms=["nobody"])
    every = table(workspace, "statement").rows
    assert list(dict.fromkeys(row["customer"] for row in every)) == ["ana", "bor"]
    assert table(workspace, "statement", terms=["city:nowhere"]).rows == []
    workspace.close()


@examples(20, soak=320)
@given(customers=PAYING_IN_EUROS)
def test_an_account_closes_with_the_balance(customers: list[dict[str, Any]]) -> None:
    with opened(customers) as (workspace, _):
        for id, balance in workspace.select(CUSTOMER, cols="id,balance").rows:
            for period in (None, "2026-06-01.."):
                found = table(workspace, "statement", terms=[id], period=period).rows
                assert (found[-1]["balance"] if found else 0) == balance


@examples(12, soak=200)
@given(customers=DIRECTORIES)
def test_each_line_is_the_one_before_and_its_amount(customers: list[dict[str, Any]]) -> None:
    with opened(customers) as (workspace, _):
        for (id,) in workspace.select(CUSTOMER, cols="id").rows:
            balances: dict[str, Decimal] = {}
            for row in table(workspace, "statement", terms=[id]).rows:
                before = balances.get(row["currency"], Decimal(0))
                moved = (row.get("charged") or 0) - (row.get("settled") or 0)
                assert row["balance"] == before + moved
                balances[row["currency"]] = row["balance"]
