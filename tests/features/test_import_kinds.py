"""Of which kind rows of purchases are that do not say it."""

from __future__ import annotations

import pytest

from crm_cli.formats.mapping import Map
from tests.features.test_import_amounts import WHO, bought, imported
from tests.features.test_importing import Opened, counts


@pytest.mark.parametrize(
    "headings",
    [
        "Invoice Number,Date",
        "No,Invoice Date",
        "Rechnungsnummer,Rechnungsdatum",
        "Številka računa,Datum",
        "Фактура №,Дата",
        "شماره فاکتور,تاریخ",
    ],
)
def test_a_table_of_invoices_is_taken_for_invoices_and_that_is_told(
    workspace: Opened, headings: str
) -> None:
    text = f"{headings},Customer,Amount\nRE-1,2026-10-01,{WHO},100.00\n"
    made = imported(workspace(), "purchases", text)
    assert counts(made) == (1, 0, 0, 0)
    assert any("taken for invoices" in one for one in made.drafts.doubts)
    assert ("kind", "invoice") in made.drafts.map.constants
    invoice = bought(workspace(), "RE-1")
    assert invoice.get("kind") == "invoice"
    assert invoice.derived["amount_due"] == 100
    assert counts(imported(workspace(), "purchases", text)) == (0, 0, 1, 0)


def test_what_has_a_due_date_is_an_invoice(workspace: Opened) -> None:
    text = f"No,Date,Due Date,Customer,Amount\n7,2026-10-01,2026-10-31,{WHO},100.00\n"
    made = imported(workspace(), "purchases", text)
    assert bought(workspace(), "7").get("kind") == "invoice"
    assert any("Due Date is when they are due" in one for one in made.drafts.doubts)


def test_what_shows_no_kind_is_a_sale_and_that_is_told(workspace: Opened) -> None:
    text = f"Order No.,Date,Customer,Amount\n7,2026-10-01,{WHO},100.00\n"
    made = imported(workspace(), "purchases", text)
    assert any("taken for sales, which are paid" in one for one in made.drafts.doubts)
    assert bought(workspace(), "7").get("kind") == "sale"


def test_rows_without_a_kind_beside_others_are_told(workspace: Opened) -> None:
    text = (
        f"number,kind,date,customer,amount\n7,invoice,2026-10-01,{WHO},100.00\n"
        f"8,,2026-10-01,{WHO},100.00\n"
    )
    made = imported(workspace(), "purchases", text)
    assert any("1 row says no kind: taken for a sale" in one for one in made.drafts.doubts)


def test_a_kind_that_is_said_is_not_doubted(workspace: Opened) -> None:
    text = f"Invoice Number,Date,Customer,Amount\n7,2026-10-01,{WHO},100.00\n"
    made = imported(workspace(), "purchases", text, Map(constants=(("kind", "sale"),)))
    assert bought(workspace(), "7").get("kind") == "sale"
    assert not any("taken for" in one for one in made.drafts.doubts)


def test_a_kind_that_no_cell_says_changes_nothing_that_is_there(workspace: Opened) -> None:
    head = "Invoice Number,Date,Customer,Amount\n"
    order = Map(constants=(("kind", "order"),))
    imported(workspace(), "purchases", f"{head}7,2026-10-01,{WHO},100.00\n", order)
    again = imported(workspace(), "purchases", f"{head}7,2026-10-01,{WHO},120.00\n")
    assert counts(again) == (0, 1, 0, 0)
    assert bought(workspace(), "7").get("kind") == "order"
    assert bought(workspace(), "7").get("amount") == 120
