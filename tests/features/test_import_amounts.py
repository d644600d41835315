"""Importing amounts: signs, totals of lines, discounts and shipping, contradictions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crm_cli.features import importing
from crm_cli.features.importing import Import
from crm_cli.formats.mapping import Map
from crm_cli.model.item import Item
from crm_cli.workspace import Workspace
from tests.features.test_importing import Opened, counts, reasons

WHO = "maja-kos"


def imported(workspace: Workspace, kind: str, text: str, map: Map | None = None) -> Import:
    drafts = importing.read_file(workspace, kind, text.encode(), path="file.csv", map=map)
    made = importing.plan_import(workspace, drafts)
    workspace.write(made.change)
    return made


def bought(workspace: Workspace, number: str) -> Item:
    """The purchase of a number."""
    items = workspace.record(WHO).items("purchases")
    return next(one for one in items if one.values.get("number") == number)


def lines_of(purchase: Item) -> list[tuple[Any, ...]]:
    return [
        (
            str(line.get("product") or line.get("description")),
            line.get("quantity"),
            line.get("unit_price"),
        )
        for line in purchase.items("lines")
    ]


HEAD = "number,customer,date,description,quantity"


def test_a_line_total_gives_the_price(workspace: Opened) -> None:
    text = (
        f"{HEAD},discount,line_total\n"
        f"7,{WHO},2026-04-26,Paint,2,,432.32\n7,{WHO},2026-04-26,Brush,3,,100.00\n"
        f"7,{WHO},2026-04-26,Tape,2,10,18.00\n7,{WHO},2026-04-26,Sample,0,,0.00\n"
    )
    assert counts(imported(workspace(), "purchases", text)) == (1, 0, 0, 0)
    made = bought(workspace(), "7")
    assert lines_of(made) == [
        ("Paint", 2, Decimal("216.16")),
        ("Brush", 3, Decimal("33.333333")),
        ("Tape", 2, 10),
        ("Sample", 0, 0),
    ]
    assert made.derived["net"] == Decimal("550.32")
    assert counts(imported(workspace(), "purchases", text)) == (0, 0, 1, 0)


def test_an_amount_of_a_row_alone_is_that_of_its_line(workspace: Opened) -> None:
    text = f"{HEAD},amount\n7,{WHO},2026-04-26,Paint,2,432.32\n"
    assert counts(imported(workspace(), "purchases", text)) == (1, 0, 0, 0)
    assert lines_of(bought(workspace(), "7")) == [("Paint", 2, Decimal("216.16"))]


def test_amounts_of_rows_that_differ_are_those_of_their_lines(workspace: Opened) -> None:
    row = f"{WHO},2026-04-26"
    text = (
        f"{HEAD},amount\n7,{row},Paint,2,432.32\n7,{row},Brush,1,5\n"
        f"8,{row},Paint,2,9\n8,{row},Brush,1,9\n"
    )
    made = imported(workspace(), "purchases", text, Map(decimal="."))
    assert counts(made) == (1, 0, 0, 2)
    assert made.rejected[0].line == 4
    assert "map the column to line_total" in made.rejected[0].reason
    assert bought(workspace(), "7").derived["net"] == Decimal("437.32")


def test_discount_and_shipping_of_the_whole_become_lines(workspace: Opened) -> None:
    row = f"{WHO},2026-04-06"
    text = (
        "number,customer,date,amount,Discount Amount,Shipping,quantity,description,price\n"
        f"#1001,{row},2500.00,400.00,100.00,1,Vinegar,1400.00\n"
        f"#1001,{row},,,,1,Oil,1400.00\n"
    )
    assert counts(imported(workspace(), "purchases", text)) == (1, 0, 0, 0)
    made = bought(workspace(), "#1001")
    assert made.derived["net"] == 2500
    assert "amount" not in made.values
    assert lines_of(made)[2:] == [("Discount", 1, -400), ("Shipping", 1, 100)]
    assert counts(imported(workspace(), "purchases", text)) == (0, 0, 1, 0)
    signed = text.replace(",400.00,", ",-400.00,")
    assert counts(imported(workspace(), "purchases", signed)) == (0, 0, 1, 0)


def test_an_amount_that_lines_do_not_come_to_is_rejected(workspace: Opened) -> None:
    text = (
        f"{HEAD},price,amount\n7,{WHO},2026-04-06,Vinegar,1,1400.00,2500.00\n"
        f"7,{WHO},2026-04-06,Oil,1,1400.00,\n"
    )
    made = imported(workspace(), "purchases", text)
    assert counts(made) == (0, 0, 0, 2)
    assert "the lines come to 2800.00, and amount says 2500.00" in made.rejected[0].reason
    assert "order_discount" in made.rejected[0].reason


@pytest.mark.parametrize("amount", ["24.40", "20.00"])
def test_an_amount_may_be_with_tax_or_without(workspace: Opened, amount: str) -> None:
    text = f"{HEAD},price,vat,amount\n7,{WHO},2026-04-06,Tea,2,10.00,22,{amount}\n"
    assert counts(imported(workspace(), "purchases", text)) == (1, 0, 0, 0)
    assert bought(workspace(), "7").derived["gross"] == Decimal("24.40")


def test_a_price_that_contradicts_the_total_of_its_line_is_rejected(workspace: Opened) -> None:
    text = (
        f"{HEAD},price,line_total\n7,{WHO},2026-04-06,Tea,2,10.00,20.00\n"
        f"8,{WHO},2026-04-06,Tea,2,10.00,21.00\n9,{WHO},2026-04-06,Tea,0,,5\n"
    )
    made = imported(workspace(), "purchases", text)
    assert [line for line, _ in reasons(made)] == [3, 4]
    assert "quantity and price come to 20.00, and line_total says 21.00" in made.rejected[0].reason


@pytest.mark.parametrize("quantity", ["1", "-1"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_a_credit_note_may_be_signed_either_way(
    workspace: Opened, quantity: str, sign: str
) -> None:
    text = (
        f"kind,{HEAD},line_total,shipping,amount\n"
        f"credit_note,C2,{WHO},2026-11-05,Chair,{quantity},{sign}50.00,{sign}5.00,{sign}55.00\n"
    )
    assert counts(imported(workspace(), "purchases", text)) == (1, 0, 0, 0)
    made = bought(workspace(), "C2")
    assert (made.derived["net"], made.items("lines")[0].derived["units"]) == (-55, -1)
    assert counts(imported(workspace(), "purchases", text)) == (0, 0, 1, 0)


def test_an_invoice_below_nothing_is_told(workspace: Opened) -> None:
    text = f"kind,{HEAD},price\ninvoice,7,{WHO},2026-11-05,Chair,-1,50.00\n"
    made = imported(workspace(), "purchases", text)
    assert counts(made) == (1, 0, 0, 0)
    assert [(one.line, one.note.message.split(";")[0]) for one in made.told] == [
        (2, "this invoice comes to less than nothing")
    ]
    assert imported(workspace(), "purchases", text.replace("-1", "1")).told == ()


def test_a_payment_with_a_minus_sign_is_a_refund(workspace: Opened) -> None:
    before = workspace().record(WHO).derived["balance"]
    text = f"customer,date,amount,direction\n{WHO},2026-11-05,-20,\n{WHO},2026-11-06,-5,refund\n"
    made = imported(workspace(), "payments", text)
    assert [one.line for one in made.told] == [2]
    record = workspace().record(WHO)
    refunds = [one for one in record.items("payments") if one.get("direction") == "refund"]
    assert [one.values["amount"] for one in refunds] == [20, 5]
    assert record.derived["balance"] == before + 25
    assert counts(imported(workspace(), "payments", text)) == (0, 0, 2, 0)


def test_a_purchase_without_any_amount_is_rejected(workspace: Opened) -> None:
    text = f"customer,number,kind,date\n{WHO},99,invoice,2026-01-02\n"
    made = imported(workspace(), "purchases", text)
    assert counts(made) == (0, 0, 0, 1)
    assert "there is neither amount nor lines" in made.rejected[0].reason


def test_a_known_purchase_needs_no_amount(workspace: Opened) -> None:
    text = f"customer,number,kind,shipped\n{WHO},2026-0007,invoice,2026-11-19\n"
    assert counts(imported(workspace(), "purchases", text)) == (0, 1, 0, 0)
    assert bought(workspace(), "2026-0007").values["shipped"] == date(2026, 11, 19)
