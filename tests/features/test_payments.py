"""Adding payments: what is settled, what is left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm_cli.features.payments import Wanted, add
from crm_cli.features.plan import Plan
from crm_cli.model.errors import ConflictError, DataError, UsageError
from crm_cli.workspace import Workspace
from tests.conftest import Crm

Opened = Callable[..., Workspace]
INVOICE = "p-2m8ct4h"
"""2026-0007 of maja-kos: 195.20 with tax, 100 of it paid."""
PAYMENT = "y-7d1wz0e"


def planned(workspace: Workspace, who: str = "maja-kos", **given: Any) -> Plan:
    return add(workspace, who, Wanted(**given))


def test_without_an_amount_it_is_what_is_owed(workspace: Opened) -> None:
    opened = workspace()
    plan = planned(opened, purchase=INVOICE)
    opened.write(plan.change)
    made = opened.document("maja-kos").find(plan.made[0])
    assert made.values == {
        "date": date(2026, 11, 20),
        "amount": Decimal("95.20"),
        "for": "2026-0007",
    }
    assert opened.record("maja-kos").derived["balance"] == 0
    assert list(plan.notes) == ["2026-0007 is paid"]
    with pytest.raises(UsageError, match="2026-0007 is paid already"):
        planned(workspace(), purchase=INVOICE)


def test_an_amount_for_several_pays_those_that_owe(crm: Crm, shop: Path) -> None:
    assert crm("invoice", "add", "maja-kos", "--amount", "10", "--number", "N-1").code == 0
    assert crm("payment", "add", "2026-0007").code == 0
    run = crm("payment", "add", "2026-0007", "N-1", "10", "--method", "write_off")
    assert run.code == 0, run.err
    assert "10.00 EUR for N-1" in run.out
    run = crm("payment", "add", "2026-0007", "N-1")
    assert "2026-0007 is paid already" in run.err


def test_a_fraction_of_a_cent_is_no_payment(workspace: Opened) -> None:
    with pytest.raises(DataError, match=r"0.333333 EUR cannot be paid: .* no more than 2 decimals"):
        planned(workspace(), purchase=INVOICE, amount="0.333333")


def test_a_part_leaves_the_rest(workspace: Opened) -> None:
    plan = planned(workspace(), purchase=INVOICE, amount="45,20", method="cash")
    assert list(plan.notes) == ["2026-0007 is partly paid: 50.00 EUR is still owed"]


def test_more_than_is_owed_warns(workspace: Opened) -> None:
    plan = planned(workspace(), purchase=INVOICE, amount="100")
    assert plan.notes[0] == (
        "warning: 2026-0007 owed 95.20 EUR; 4.80 EUR is more than that: 4.80 pays nothing yet"
    )


def test_more_than_is_owed_pays_what_is_due_next(workspace: Opened, shop: Path) -> None:
    path = shop / "customers" / "maja-kos.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "purchases:\n",
        "purchases:\n  - {id: p-zzzzzz1, kind: invoice, date: 2026-11-06, amount: 9}\n",
    )
    path.write_text(text, encoding="utf-8")
    plan = planned(workspace(), purchase=INVOICE, amount="100")
    assert plan.notes[0].endswith("4.80 EUR is more than that: it goes to what is due next")


def test_to_nothing_in_particular(workspace: Opened) -> None:
    plan = planned(workspace(), amount="20", reference="RF18", date="yesterday")
    assert list(plan.notes) == ["date Thu 2026-11-19, yesterday", "they owe 75.20 EUR"]
    assert list(planned(workspace(), "jan-vidmar", amount="20").notes) == ["we owe them 20.00 EUR"]


def test_a_refund(workspace: Opened) -> None:
    opened = workspace()
    plan = planned(opened, amount="30", refund=True, purchase=INVOICE)
    opened.write(plan.change)
    assert opened.document("maja-kos").find(plan.made[0]).get("direction") == "refund"
    assert opened.record("maja-kos").derived["balance"] == Decimal("125.20")


def test_an_invoice_in_another_currency_is_paid_in_it(workspace: Opened, shop: Path) -> None:
    (shop / "rates.yaml").write_text("2026-01-01: {USD: 1.10}\n", encoding="utf-8")
    path = shop / "customers" / "jan-vidmar.yaml"
    with path.open("a", encoding="utf-8") as file:
        file.write("purchases:\n  - kind: invoice\n    date: 2026-11-01\n    amount: 110 USD\n")
    opened = workspace()
    ref = opened.record("jan-vidmar").items("purchases")[0].id
    plan = planned(opened, "jan-vidmar", purchase=ref)
    opened.write(plan.change)
    record = opened.record("jan-vidmar")
    (payment,) = record.items("payments")
    assert (payment.values["currency"], payment.values["amount"]) == ("USD", Decimal(110))
    # It has no number, so its id is what the payment names, and is written down.
    (invoice,) = record.items("purchases")
    assert invoice.written_id
    assert payment.values["for"] == invoice.id == ref
    assert invoice.derived["settlement"] == "paid"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "how much"),
        ({"amount": "0"}, "no payment"),
        ({"amount": "-5"}, "no payment"),
        ({"amount": "5 USD", "currency": "CHF"}, "in USD"),
        ({"amount": "5", "method": "cach"}, "method"),
        ({"amount": "5", "values": [("colour", "red")]}, "no field"),
        ({"refund": True, "purchase": INVOICE}, "how much is refunded"),
    ],
)
def test_what_cannot_be(workspace: Opened, given: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        planned(workspace(), **given)


def test_a_refund_may_be_signed_either_way(workspace: Opened) -> None:
    before = workspace().record("maja-kos").derived["balance"]
    for text in ("5", "-5"):
        made = planned(workspace(), amount=text, refund=True)
        workspace().write(made.change)
    record = workspace().record("maja-kos")
    assert [one.values["amount"] for one in record.items("payments")[-2:]] == [5, 5]
    assert record.derived["balance"] == before + 10


def test_only_invoices_owe(workspace: Opened, shop: Path) -> None:
    with (shop / "customers" / "jan-vidmar.yaml").open("a", encoding="utf-8") as file:
        file.write("purchases:\n  - {id: p-zzzzzz1, number: S1, date: 2026-11-01, amount: 9}\n")
    with pytest.raises(UsageError, match="S1 is a sale: only invoices owe"):
        planned(workspace(), "jan-vidmar", purchase="p-zzzzzz1")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("payment", "add", "2026-0009", "5"), 4, "2026-0009 is cancelled"),
        (("payment", "add", "maja-kos", "5", "--for", "2026-0009"), 4, "2026-0009 is cancelled"),
        (("set", PAYMENT, "for=2026-0009"), 4, "2026-0009 is cancelled"),
        (("set", PAYMENT, "for=S1"), 3, "no purchase S1"),
        (("set", PAYMENT, "for=", "allocations+={purchase: 2026-0007, amount: 101}"), 4,
         "the allocations add up to 101.00 EUR, more than the payment of 100.00"),
        (("set", PAYMENT, "for=", "allocations+={purchase: S1, amount: 1}"), 3, "no purchase S1"),
    ],
)  # fmt: skip
def test_money_is_not_allocated_to_what_cannot_have_it(
    crm: Crm, shop: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    record = shop / "customers" / "maja-kos.yaml"
    cancelled = "  - {kind: invoice, number: 2026-0009, date: 2026-11-01, amount: 9, %s}\n"
    text = record.read_text(encoding="utf-8")
    text = text.replace("\npayments:", cancelled % "status: cancelled" + "\npayments:")
    record.write_text(text, encoding="utf-8")
    with (shop / "customers" / "jan-vidmar.yaml").open("a", encoding="utf-8") as file:
        file.write("purchases:\n  - {id: p-zzzzzz1, number: S1, date: 2026-11-01, amount: 9}\n")
    run = crm(*words)
    assert (run.code, said in run.err) == (code, True), run.err
    assert record.read_text(encoding="utf-8") == text


def test_two_at_once_do_not_pay_twice(workspace: Opened) -> None:
    first, second = workspace(), workspace()
    plans = [planned(one, purchase=INVOICE) for one in (first, second)]
    first.write(plans[0].change)
    with pytest.raises(ConflictError, match="2026-0007 has changed"):
        second.write(plans[1].change)


def test_what_is_written_off_is_not_said_to_be_paid(crm: Crm) -> None:
    run = crm("payment", "add", "2026-0007", "--method", "write_off")
    assert run.code == 0 and "2026-0007 is written off" in run.err, run
