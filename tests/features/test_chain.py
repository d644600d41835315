"""From a quote to its credit notes: what is made of what, how much is left, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_cli.features.moves import at
from crm_cli.features.purchases.converting import Asked, convert
from crm_cli.formats.documents.words import LANGUAGES, words_of
from crm_cli.model import chain, remainder
from crm_cli.model.errors import NotFound, Refused, UsageError
from crm_cli.model.item import Item
from crm_cli.workspace import Workspace
from tests.conftest import Crm

Opened = Callable[..., Workspace]

RECORD = """\
name: Jan Vidmar
deals:
  - id: d-0000001
    name: Sheets for the flats
    stage: proposal
    amount: 1500.00
    lines:
      - product: linen-sheet
        quantity: 10
        unit_price: 80.00
        tax_rate: 22
      - description: Sewing
        quantity: 5
        unit_price: 40.00
        tax_rate: 9.5
purchases:
  - id: p-0000001
    kind: quote
    number: "Q-1"
    date: 2026-11-02
    valid_until: 2026-12-15
    deal: d-0000001
    lines:
      - product: linen-sheet
        quantity: 10
        unit_price: 80.00
        discount: 10
        tax_rate: 22
      - description: Sewing
        quantity: 5
        unit_price: 40.00
        tax_rate: 9.5
  - id: p-0000002
    kind: order
    number: "O-1"
    date: 2026-11-03
    payment_terms: By the end of the month
    lines:
      - product: linen-sheet
        quantity: 10
        unit_price: 80.00
        tax_rate: 22
      - product: linen-sheet
        quantity: 2
        unit_price: 70.00
        tax_rate: 22
      - description: Sewing
        quantity: 5
        unit_price: 40.00
        tax_rate: 9.5
  - id: p-0000003
    kind: order
    number: "O-2"
    date: 2026-11-04
    amount: 1000.00
    text: Curtains
"""


@pytest.fixture
def sold(shop: Path) -> Path:
    path = shop / "customers/jan-vidmar.yaml"
    path.write_text(RECORD, encoding="utf-8")
    return path


def made_of(
    workspace: Workspace, id: str, target: str, *, force: bool = False, **asked: Any
) -> Item:
    """What was made of a purchase, as the file has it."""
    found = at(workspace, "jan-vidmar", id)
    plan = convert(workspace, found, target, Asked(**asked), force=force)
    workspace.write(plan.change)
    return workspace.document("jan-vidmar").find(plan.made[0])


def notes_of(workspace: Workspace, id: str, target: str, **asked: Any) -> list[str]:
    return list(convert(workspace, at(workspace, "jan-vidmar", id), target, Asked(**asked)).notes)


def lines(item: Item) -> list[tuple[str, Decimal, Decimal]]:
    return [
        (chain.title(line), remainder.quantity_of(line), line.values["unit_price"])
        for line in item.items("lines")
    ]


def test_an_order_of_a_quote_carries_all_on(sold: Path, workspace: Opened) -> None:
    order = made_of(workspace(), "p-0000001", "order")
    assert order.values["quote"] == "Q-1"
    assert order.values["deal"] == "d-0000001"
    assert "number" not in order.values
    assert lines(order) == [
        ("linen-sheet", Decimal(10), Decimal("80.00")), ("Sewing", Decimal(5), Decimal("40.00")),
    ]  # fmt: skip
    assert order.items("lines")[0].values["discount"] == Decimal(10)
    assert order.derived["net"] == Decimal("920.00")


def test_a_quote_that_is_converted_is_accepted_and_wins_its_deal(
    sold: Path, workspace: Opened
) -> None:
    here = workspace()
    assert notes_of(here, "p-0000001", "order")[:2] == [
        "quote Q-1 is accepted", "deal d-0000001 is won: Sheets for the flats",
    ]  # fmt: skip
    made_of(here, "p-0000001", "order")
    record = workspace().document("jan-vidmar").record
    assert record.items("purchases")[0].values["quote_status"] == "accepted"
    (deal,) = record.items("deals")
    assert (deal.values["stage"], len(deal.items("stage_history"))) == ("won", 2)


def test_a_quote_counts_as_nothing_and_a_sale_once(sold: Path, crm: Crm) -> None:
    spent = ("list", "id:jan-vidmar", "--cols", "spend,balance", "-o", "csv", "--no-header")
    before = crm(*spent).out
    assert before == "2140.00,0.00\n"  # the two orders: 1140 and 1000
    assert crm("purchase", "convert", "O-1", "invoice", "--percent", "30").code == 0
    assert crm(*spent).out.startswith("2140.00,")
    assert crm("purchase", "convert", "O-1", "invoice", "-l", "linen-sheet:4").code == 0
    assert crm(*spent).out.startswith("2140.00,")
    assert crm("purchase", "convert", "O-1", "invoice").code == 0
    assert crm(*spent).out.startswith("2140.00,")
    assert crm("purchase", "convert", "2026-0009", "credit_note", "-l", "linen-sheet:1").code == 0
    assert crm(*spent).out.startswith("2060.00,")


def test_a_deposit_has_a_line_for_each_rate_and_is_taken_off(sold: Path, workspace: Opened) -> None:
    deposit = made_of(workspace(), "p-0000002", "invoice", percent="30")
    assert (deposit.values["deposit_of"], deposit.values["order"]) == ("O-1", "O-1")
    assert deposit.values["payment_terms"] == "By the end of the month"
    assert [line.values["unit_price"] for line in deposit.items("lines")] == [
        Decimal("282.00"), Decimal("60.00"),
    ]  # 30 % of 940 and of 200 # fmt: skip
    part = made_of(workspace(), "p-0000002", "invoice", lines=["linen-sheet:4"])
    assert lines(part) == [("linen-sheet", Decimal(4), Decimal("80.00"))]
    last = made_of(workspace(), "p-0000002", "invoice")
    assert lines(last) == [
        ("linen-sheet", Decimal(6), Decimal("80.00")),
        ("linen-sheet", Decimal(2), Decimal("70.00")),
        ("Sewing", Decimal(5), Decimal("40.00")),
        ("Deposit 2026-0008", Decimal(-1), Decimal("282.00")),
        ("Deposit 2026-0008", Decimal(-1), Decimal("60.00")),
    ]
    nets = [one.derived["net"] for one in (deposit, part, last)]
    assert nets == [Decimal("342.00"), Decimal("320.00"), Decimal("478.00")]
    assert sum(nets) == Decimal("1140.00")


@pytest.mark.parametrize(
    ("language", "deposit", "off"),
    [
        ("en", "Deposit of 30% for order O-1", "Deposit 2026-0008"),
        ("de", "Anzahlung von 30\u00a0% für Auftrag O-1", "Anzahlung 2026-0008"),
        ("sl", "Predplačilo 30\u00a0% za naročilo O-1", "Predplačilo 2026-0008"),
        ("bg", "Аванс 30\u00a0% по поръчка O-1", "Аванс 2026-0008"),
        ("sr", "Аванс 30\u00a0% за поруџбину O-1", "Аванс 2026-0008"),
        ("sr-Latn", "Avans 30\u00a0% za porudžbinu O-1", "Avans 2026-0008"),
        ("ka", "ავანსი 30\u00a0% შეკვეთაზე O-1", "ავანსი 2026-0008"),
        ("fa", "پیش‌پرداخت ۳۰٪ برای سفارش O-1", "پیش‌پرداخت 2026-0008"),
    ],
)
def test_the_lines_of_deposits_are_in_the_language_of_the_document(
    sold: Path, workspace: Opened, language: str, deposit: str, off: str
) -> None:
    sold.write_text(RECORD.replace("deals:", f"language: {language}\ndeals:", 1))
    billed = made_of(workspace(), "p-0000002", "invoice", percent="30")
    assert {chain.title(line) for line in billed.items("lines")} == {deposit}
    assert chain.title(made_of(workspace(), "p-0000002", "invoice").items("lines")[-1]) == off


def test_every_language_of_documents_has_the_lines_of_deposits() -> None:
    english = words_of("en").sections["line"]
    for language in LANGUAGES[1:]:
        own = words_of(language).sections["line"]
        assert own.keys() == english.keys()
        assert not any(own[key] == english[key] for key in own), language


def test_a_deposit_is_money_and_has_no_units(shop: Path, crm: Crm) -> None:
    """Whatever of an order is billed, as many are sold as were ordered."""

    def sold() -> tuple[Decimal | int, ...]:
        """(units of the report of sales, those of the product, net)."""
        months = json.loads(crm("report", "sales", "ana-novak", "--by", "month", "--json").out)
        rows = json.loads(crm("report", "products", "ana-novak", "--json").out)
        whole, net = (sum(Decimal(row[key]) for row in months) for key in ("units", "net"))
        return whole, sum(Decimal(row["units"]) for row in rows if row["product"]), net

    (shop / "customers/ana-novak.yaml").write_text(
        "name: Ana Novak\npurchases:\n  - {id: p-0000001, kind: order, number: O-1,"
        " date: 2026-11-02, lines: [{product: bike, quantity: 4, unit_price: 100}]}\n"
    )
    steps = (("--percent", "30"), ("--line", "bike:2"), ())
    for step in steps:
        assert crm("purchase", "convert", "O-1", "invoice", *step).code == 0
        assert sold() == (4, 4, 400), step
    shown = crm("invoice", "list", "ana-novak", "--cols", "units", "-o", "csv", "--sort", "number")
    assert shown.lines[1:] == ["0", "2", "2"]
    deposit = crm("invoice", "list", "ana-novak", "--sort", "number", "-o", "ids").lines[0]
    assert crm("purchase", "convert", deposit, "credit_note").code == 0
    assert sold() == (4, 4, 280)


def test_an_invoice_never_comes_to_less_than_nothing(sold: Path, workspace: Opened) -> None:
    """A deposit of 80 %: the last sheet alone could not hold it, so the first invoice does."""
    made_of(workspace(), "p-0000002", "invoice", percent="80")
    part = made_of(workspace(), "p-0000002", "invoice", lines=["linen-sheet:10"])
    assert part.derived["net"] == Decimal("188.00")  # 800 - (752 - 140)
    last = made_of(workspace(), "p-0000002", "invoice")
    assert last.derived["net"] == Decimal("40.00")  # 340 - 140 - 160


def test_what_is_left_is_said(sold: Path, workspace: Opened) -> None:
    assert notes_of(workspace(), "p-0000002", "invoice", lines=["Sewing:2", "linen-sheet:11"])[
        -1
    ] == ("left of order O-1: linen-sheet 1 of 2, Sewing 3 of 5")
    assert notes_of(workspace(), "p-0000002", "invoice")[-1] == "nothing is left of order O-1"
    assert notes_of(workspace(), "p-0000002", "invoice", percent="50")[-1].endswith(
        "less a deposit of 570.00 EUR"
    )
    assert notes_of(workspace(), "p-0000003", "invoice", amount="400")[-1] == (
        "left of order O-2: 600.00 EUR"
    )


def test_an_order_without_lines_is_billed_by_amounts(sold: Path, workspace: Opened) -> None:
    deposit = made_of(workspace(), "p-0000003", "invoice", percent="30")
    assert (deposit.values["amount"], deposit.values["deposit_of"]) == (Decimal("300.00"), "O-2")
    part = made_of(workspace(), "p-0000003", "invoice", amount="150")
    last = made_of(workspace(), "p-0000003", "invoice")
    assert [one.values["amount"] for one in (part, last)] == [Decimal("150"), Decimal("550.00")]
    assert last.values["text"] == "Curtains"
    with pytest.raises(Refused, match="nothing is left of order O-2"):
        made_of(workspace(), "p-0000003", "invoice")
    with pytest.raises(Refused, match=r"0.00 EUR of order O-2 is not billed yet"):
        made_of(workspace(), "p-0000003", "invoice", amount="1")


def test_nothing_is_converted_twice(sold: Path, workspace: Opened) -> None:
    made_of(workspace(), "p-0000001", "invoice")
    with pytest.raises(Refused, match="nothing is left of quote Q-1: invoice 2026-0008") as told:
        made_of(workspace(), "p-0000001", "order")
    assert "crm invoice correct 2026-0008" in told.value.hint
    again = made_of(workspace(), "p-0000001", "order", force=True)
    assert again.derived["net"] == Decimal("920.00")


def test_no_more_than_was_ordered(sold: Path, workspace: Opened) -> None:
    made_of(workspace(), "p-0000002", "invoice", lines=["linen-sheet:5"])
    with pytest.raises(Refused, match="7 of 12 linen-sheet are left of order O-1") as told:
        made_of(workspace(), "p-0000002", "invoice", lines=["linen-sheet:8"])
    assert told.value.hint.startswith("write linen-sheet:7 at most")
    more = made_of(workspace(), "p-0000002", "invoice", lines=["linen-sheet:8"], force=True)
    assert sum(remainder.quantity_of(line) for line in more.items("lines")) == 8


def test_no_more_than_was_billed_is_credited(sold: Path, workspace: Opened) -> None:
    made_of(workspace(), "p-0000002", "invoice")
    document = workspace().document("jan-vidmar")
    invoice = next(one for one in document.record.items("purchases") if "due_date" in one.values)
    note = made_of(workspace(), invoice.id, "credit_note", lines=["Sewing:2"], reason="Torn")
    assert note.values["corrects"] == invoice.values["number"]
    assert note.values["return_reason"] == "Torn"
    assert note.derived["gross"] == Decimal("-87.60")
    with pytest.raises(Refused, match="3 of 5 Sewing are left of invoice"):
        made_of(workspace(), invoice.id, "credit_note", lines=["Sewing:4"])
    rebate = made_of(workspace(), invoice.id, "credit_note", percent="10")
    assert rebate.derived["net"] == Decimal("-114.00")
    rest = at(workspace(), "jan-vidmar", invoice.id).item
    assert rest.derived["amount_due"] == rest.derived["gross"] - Decimal("87.60") - Decimal(
        "136.58"
    )


BILLED = """\
name: Jan
purchases:
  - id: p-0000001
    kind: invoice
    number: "I-1"
    date: 2026-11-02
    lines:
      - {description: Tea, quantity: %s, unit_price: %s, tax_rate: 22}
      - {description: Cup, quantity: 1, unit_price: 3.35, tax_rate: 9.5}
"""


def _billed(shop: Path, quantity: str, price: str) -> None:
    path = shop / "customers/jan-vidmar.yaml"
    path.write_text(BILLED % (quantity, price), encoding="utf-8")


def test_after_a_share_the_rest_is_credited(shop: Path, workspace: Opened) -> None:
    _billed(shop, "10", "10")
    found = at(workspace(), "jan-vidmar", "p-0000001")
    plan = convert(workspace(), found, "credit_note", Asked(percent="10"))
    assert plan.notes[-1] == (
        "left of invoice I-1: Tea 10 of 10, Cup 1 of 1, less 10.34 EUR that is credited"
    )
    made_of(workspace(), "p-0000001", "credit_note", percent="10")
    rest = made_of(workspace(), "p-0000001", "credit_note")
    assert rest.derived["net"] == Decimal("-93.01")
    assert rest.derived["units"] == -11
    invoice = at(workspace(), "jan-vidmar", "p-0000001").item
    assert invoice.derived["amount_due"] == 0
    with pytest.raises(Refused, match="nothing is left of invoice I-1"):
        made_of(workspace(), "p-0000001", "credit_note")


def test_after_a_share_an_invoice_is_corrected(shop: Path, crm: Crm) -> None:
    _billed(shop, "10", "10")
    assert crm("purchase", "convert", "I-1", "credit_note", "--percent", "10").code == 0
    run = crm("invoice", "correct", "I-1")
    assert run.code == 0, run.err
    assert "93.01 EUR, with tax 113.10, and draft invoice" in run.out


def test_two_halves_are_all(shop: Path, workspace: Opened) -> None:
    _billed(shop, "1", "10.05")
    notes = [made_of(workspace(), "p-0000001", "credit_note", percent="50") for _ in range(2)]
    assert sum(one.derived["net"] for one in notes) == Decimal("-13.40")
    with pytest.raises(Refused, match=r"0\.00 EUR of invoice I-1 is not credited yet"):
        made_of(workspace(), "p-0000001", "credit_note", percent="1")


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(st.sampled_from(("5", "33.3", "50", "Tea:1", "Tea:3", "Cup")), max_size=4),
    price=st.sampled_from(("0.33", "7.15", "80")),
)
def test_whatever_was_credited_the_rest_can_be(
    shop: Path, workspace: Opened, steps: list[str], price: str
) -> None:
    _billed(shop, "9", price)
    whole = at(workspace(), "jan-vidmar", "p-0000001").item.derived["net"]
    made = []
    for step in (*steps, ""):
        share = step[:1].isdigit()
        asked = {"percent": step} if share else {"lines": [step]} if step else {}
        try:
            made.append(made_of(workspace(), "p-0000001", "credit_note", **asked))
        except Refused:
            continue
    assert -sum(one.derived["net"] for one in made) == whole


@pytest.mark.parametrize(
    ("id", "target", "asked", "error", "said"),
    [
        ("p-0000001", "credit_note", {}, UsageError, "no credit note is made of quote Q-1"),
        ("p-0000002", "order", {}, UsageError, "no order is made of order O-1"),
        ("p-0000002", "invoice", {"lines": ["towel:1"]}, NotFound, "order O-1 has no line towel"),
        ("p-0000002", "invoice", {"lines": ["Sewing:0"]}, UsageError, "of nothing"),
        ("p-0000002", "invoice", {"lines": ["Sewing:x"]}, UsageError, "quantity"),
        ("p-0000002", "invoice", {"lines": ["Sewing:2:3"]}, UsageError, "not PRODUCT:QUANTITY"),
        ("p-0000002", "invoice", {"lines": ["Sewing"], "percent": "3"}, UsageError, "together"),
        ("p-0000002", "invoice", {"percent": "130"}, UsageError, "130 percent cannot be"),
        ("p-0000002", "invoice", {"percent": "x"}, UsageError, "discount|not a number"),
        ("p-0000002", "invoice", {"amount": "3"}, UsageError, "has lines"),
        ("p-0000003", "invoice", {"lines": ["a"]}, UsageError, "has no lines"),
        ("p-0000003", "invoice", {"amount": "0"}, UsageError, "more than nothing"),
        ("p-0000003", "invoice", {"amount": "3 USD"}, UsageError, "in USD"),
        ("p-0000001", "invoice", {"percent": "30"}, UsageError, "a deposit is for an order"),
        ("p-0000001", "order", {"due": "+30d"}, UsageError, "only an invoice is due"),
        ("p-0000002", "invoice", {"reason": "x"}, UsageError, "returned"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(
    sold: Path,
    workspace: Opened,
    id: str,
    target: str,
    asked: dict[str, Any],
    error: type[Exception],
    said: str,
) -> None:
    with pytest.raises(error, match=said):
        made_of(workspace(), id, target, **asked)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("status: draft", "is a draft"),
        ("status: cancelled", "is cancelled"),
        ("quote_status: declined", "was declined"),
        ("valid_until: 2026-11-10", "held until 2026-11-10"),
    ],
)
def test_a_quote_that_does_not_hold_is_refused(
    sold: Path, workspace: Opened, line: str, said: str
) -> None:
    text = sold.read_text(encoding="utf-8").replace("valid_until: 2026-12-15", line)
    sold.write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match=said):
        made_of(workspace(), "p-0000001", "order")


def test_each_step_is_taken_back_by_one_undo(sold: Path, crm: Crm) -> None:
    for words in (
        ("purchase", "convert", "Q-1", "order"),
        ("purchase", "convert", "O-1", "invoice", "--percent", "30"),
        ("purchase", "convert", "O-1", "invoice"),
        ("quote", "accept", "Q-1"),
        ("quote", "decline", "Q-1"),
        ("quote", "sent", "Q-1"),
        ("deal", "win", "d-0000001", "--invoice"),
    ):
        before = sold.read_bytes()
        assert crm(*words).code == 0, words
        assert sold.read_bytes() != before
        assert crm("undo").code == 0
        assert sold.read_bytes() == before, words


def test_an_invoice_is_corrected(sold: Path, crm: Crm) -> None:
    """The order counts as billed once, and what was paid pays the new invoice."""
    assert crm("purchase", "convert", "O-1", "invoice", "-l", "linen-sheet:10").code == 0
    assert crm("payment", "add", "2026-0008", "100").code == 0
    before = sold.read_bytes()
    done = crm("invoice", "correct", "2026-0008", "--reason", "Wrong name")
    assert (done.code, "100.00 EUR that was paid for it" in done.err) == (0, True)
    found = json.loads(crm("purchase", "show", "2026-0008", "--json").out)["chain"]
    assert [(one["kind"], one["number"], one["state"]) for one in found] == [
        ("order", "O-1", "partly_billed"),
        ("invoice", "2026-0008", "credited"),
        ("invoice", None, "draft"),
        ("credit_note", "CN-2026-0001", None),
    ]
    assert crm("purchase", "post", "jan-vidmar").code == 0
    listed = crm("list", "id:jan-vidmar", "--cols", "spend,balance", "-o", "csv", "--no-header")
    assert listed.out == "2140.00,876.00\n"  # 976 with tax, less 100
    assert crm("purchase", "convert", "O-1", "invoice").code == 0
    assert "nothing is left" in crm("purchase", "convert", "O-1", "invoice").err
    again = crm("invoice", "correct", "2026-0008")
    assert (again.code, "nothing is left of invoice 2026-0008" in again.err) == (6, True)
    for _ in range(3):
        assert crm("undo").code == 0
    assert sold.read_bytes() == before


def test_the_chain_is_shown_from_every_link(sold: Path, crm: Crm) -> None:
    crm("purchase", "convert", "Q-1", "order", "--number", "O-9")
    crm("purchase", "convert", "O-9", "invoice", "-l", "Sewing")
    crm("purchase", "convert", "2026-0008", "credit_note", "-l", "Sewing:1")
    shown = [
        json.loads(crm("purchase", "show", name, "--json").out)["chain"]
        for name in ("Q-1", "O-9", "2026-0008", "CN-2026-0001")
    ]
    assert all(one == shown[0] for one in shown)
    assert [one["number"] for one in shown[0]] == ["Q-1", "O-9", "2026-0008", "CN-2026-0001"]
    assert [one["left"] for one in shown[0]] == ["nothing", "linen-sheet 10 of 10", None, None]
    assert "chain" not in json.loads(crm("purchase", "show", "O-2", "--json").out)
    assert "linen-sheet 10 of 10" in crm("order", "show", "O-9").out


def test_a_cancelled_invoice_is_billed_again(sold: Path, crm: Crm) -> None:
    assert crm("purchase", "convert", "O-1", "invoice").code == 0
    assert crm("invoice", "cancel", "2026-0008").code == 0
    assert crm("purchase", "convert", "O-1", "invoice").code == 0
    assert json.loads(crm("invoice", "list", "number:2026-0008", "--json").out)


QUANTITIES = st.lists(st.integers(1, 6), max_size=4)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    percent=st.integers(0, 90), parts=QUANTITIES, price=st.sampled_from(("0.33", "7.10", "80")),
    rates=st.sampled_from((("22", "22"), ("22", "9.5"), ("0", "22"))),
)  # fmt: skip
def test_whatever_the_parts_the_invoices_come_to_the_order(
    shop: Path,
    workspace: Opened,
    percent: int,
    parts: list[int],
    price: str,
    rates: tuple[str, str],
) -> None:
    path = shop / "customers/jan-vidmar.yaml"
    path.write_text(
        "name: Jan\npurchases:\n  - id: p-0000009\n    kind: order\n    date: 2026-11-03\n"
        f"    lines:\n      - {{description: a, quantity: 9, unit_price: {price}, tax_rate: "
        f"{rates[0]}}}\n      - {{description: b, quantity: 3, unit_price: 12.15, tax_rate: "
        f"{rates[1]}}}\n",
        encoding="utf-8",
    )
    whole = at(workspace(), "jan-vidmar", "p-0000009").item.derived["net"]
    made = []
    if percent:
        made.append(made_of(workspace(), "p-0000009", "invoice", percent=str(percent)))
    for count in parts:
        try:
            made.append(made_of(workspace(), "p-0000009", "invoice", lines=[f"a:{count}"]))
        except Refused:
            continue
    made.append(made_of(workspace(), "p-0000009", "invoice"))
    assert sum(one.derived["net"] for one in made) == whole
    assert all(one.derived["net"] >= 0 for one in made)
    record = workspace().document("jan-vidmar").record
    assert record.derived["spend"] == whole


def test_what_has_no_price_is_not_billed(shop: Path, workspace: Opened) -> None:
    (shop / "customers/jan-vidmar.yaml").write_text(
        "name: Jan\npurchases:\n  - {id: p-0000001, kind: order, date: 2026-11-01, "
        "lines: [{description: a, quantity: 2}]}\n",
        encoding="utf-8",
    )
    with pytest.raises(Refused, match="a has no price"):
        made_of(workspace(), "p-0000001", "invoice")
    with pytest.raises(UsageError, match="comes to nothing"):
        made_of(workspace(), "p-0000001", "invoice", percent="30")


def test_a_cent_that_the_taxes_of_parts_differ_by_is_said(shop: Path, crm: Crm) -> None:
    lines = ("--line", "a:4:1884.43", "--line", "b:4:32.79", "--line", ":D:1:25.50")
    (shop / "products.yaml").write_text("a: {name: A}\nb: {name: B}\n")
    (shop / "customers/ana-novak.yaml").write_text("name: Ana Novak\n")
    assert crm("order", "add", "ana-novak", *lines, "--tax", "22", "--number", "O-1").code == 0
    for step in (("--percent", "30"), ("--line", "a:2"), ()):
        done = crm("purchase", "convert", "O-1", "invoice", *step)
        assert done.code == 0
        assert ("its invoices come to" in done.err) is (step == ()), done.err
    assert "invoices come to 9,387.15 EUR, the order to 9,387.14 EUR" in done.err


def test_the_margin_of_an_order_is_the_same_however_much_of_it_is_billed(
    shop: Path, crm: Crm
) -> None:
    """A deposit leaves the units, and half of the net: half of their cost counts then."""
    (shop / "products.yaml").write_text(
        "bike: {price: 100, cost: 60}\nhour: {price: 50, cost: 20}\n"
    )
    (shop / "customers/ana-novak.yaml").write_text(
        "name: Ana Novak\npurchases:\n  - {id: p-0000001, kind: order, number: O-1,"
        " date: 2026-11-02, lines: [{product: bike, quantity: 2, unit_price: 100},"
        " {product: hour, quantity: 2, unit_price: 50}]}\n"
    )
    for words in (None, ("--percent", "50"), ("--line", "bike:1"), ()):
        if words is not None:
            assert crm("purchase", "convert", "O-1", "invoice", *words).code == 0
        rows = json.loads(crm("report", "products", "ana-novak", "--json").out)
        assert sum(Decimal(row["net"]) for row in rows) == 300, words
        assert sum(Decimal(row["units"]) for row in rows) == 4, words
        margins = {row["product"]: row["margin"] for row in rows if row["product"]}
        assert margins == {"bike": "0.4000", "hour": "0.6000"}, words
