"""Adding purchases: what is copied, numbered, refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm_cli.features.moves import at
from crm_cli.features.numbers import NumberTaken, by_number
from crm_cli.features.purchases.adding import Wanted, add
from crm_cli.features.purchases.posting import post
from crm_cli.model.errors import Ambiguous, DataError, NotFound, Refused, UsageError
from crm_cli.model.item import Item
from crm_cli.workspace import Workspace
from tests.rights import held_up_by_modes

Opened = Callable[..., Workspace]


def added(
    workspace: Workspace, who: str = "maja-kos", *, force: bool = False, **given: Any
) -> Item:
    plan = add(workspace, who, Wanted(**given), force=force)
    workspace.write(plan.change)
    return workspace.document(who).find(plan.made[0])


def test_a_line_takes_price_unit_and_tax_from_the_product(workspace: Opened) -> None:
    made = added(workspace(), lines=["linen-sheet:3"])
    (line,) = made.items("lines")
    assert line.values == {
        "product": "linen-sheet",
        "quantity": Decimal(3),
        "unit_price": Decimal("80.00"),
        "tax_rate": Decimal(22),
    }
    assert made.values["date"] == date(2026, 11, 20)
    assert "kind" not in made.values
    assert "currency" not in made.values
    assert made.derived["gross"] == Decimal("292.80")


def test_a_price_of_its_own_and_a_discount(workspace: Opened) -> None:
    made = added(workspace(), lines=["LINEN-SHEET:2:75,50"], discount="10%")
    (line,) = made.items("lines")
    assert (line.values["unit_price"], line.values["discount"]) == (Decimal("75.50"), Decimal(10))
    assert made.derived["net"] == Decimal("135.90")


@pytest.mark.parametrize("what", ["tax", "discount"])
def test_a_share_in_place_of_a_percentage_is_told(workspace: Opened, what: str) -> None:
    def notes(rate: str) -> Sequence[str]:
        given: dict[str, Any] = {"lines": ["Rent:1:100"], what: rate}
        return add(workspace(), "maja-kos", Wanted(**given)).notes

    told = f"a {what} of 0.19 is less than one percent; 19 percent is 19"
    assert told in notes("0.19")
    assert not any("percent" in note for note in notes("19"))


def test_what_was_bought_keeps_its_price(workspace: Opened, shop: Path) -> None:
    made = added(workspace(), lines=["linen-sheet"])
    path = shop / "products.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("80.00", "95.00"), encoding="utf-8")
    assert workspace().document("maja-kos").find(made.id).derived["net"] == Decimal("80.00")


def test_an_amount_with_its_currency(workspace: Opened) -> None:
    made = added(workspace(), amount="1200,50 USD", text="Rent", date="yesterday")
    assert made.values["amount"] == Decimal("1200.50")
    assert made.values["currency"] == "USD"
    assert made.values["date"] == date(2026, 11, 19)


def test_next_is_after_the_highest_of_all_customers(workspace: Opened) -> None:
    first = added(workspace(), "jan-vidmar", amount="1", kind="invoice", number="next")
    second = added(workspace(), "hotel-breg", amount="1", kind="invoice", number="next")
    old = added(workspace(), amount="1", kind="invoice", number="next", date="2025-03-01")
    assert [one.values["number"] for one in (first, second, old)] == [
        "2026-0008", "2026-0009", "2025-0001",
    ]  # fmt: skip


def test_next_goes_by_the_settings(workspace: Opened, shop: Path) -> None:
    with (shop / "crm.yaml").open("a", encoding="utf-8") as file:
        file.write('invoice_number: "R{year}/{seq:3}"\n')
    made = added(workspace(), amount="1", kind="invoice")
    assert made.values["number"] == "R2026/001"


def test_a_number_that_is_taken_meanwhile_is_planned_anew(workspace: Opened) -> None:
    mine = workspace()
    plan = add(mine, "maja-kos", Wanted(amount="5", kind="invoice", number="next"))
    added(workspace(), "jan-vidmar", amount="1", kind="invoice", number="next")
    with pytest.raises(NumberTaken):
        mine.write(plan.change)
    again = add(mine, "maja-kos", Wanted(amount="5", kind="invoice", number="next"))
    mine.write(again.change)
    assert by_number(workspace(), "2026-0009")[0] == "maja-kos"


@pytest.mark.parametrize(
    ("who", "given"),
    [
        ("jan-vidmar", {"kind": "invoice", "number": "2026-0007"}),
        ("maja-kos", {"kind": "order", "number": "2026-0007"}),
    ],
)
def test_a_number_is_given_once(workspace: Opened, who: str, given: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="maja-kos has invoice 2026-0007 already"):
        add(workspace(), who, Wanted(amount="1", **given))
    assert added(workspace(), who, amount="1", **given, force=True).values["number"] == "2026-0007"


def test_customers_have_order_numbers_of_their_own(workspace: Opened) -> None:
    added(workspace(), "maja-kos", amount="1", kind="order", number="77")
    added(workspace(), "jan-vidmar", amount="1", kind="order", number="77")
    with pytest.raises(Ambiguous):
        by_number(workspace(), "77")
    assert by_number(workspace(), "77", "jan-vidmar")[0] == "jan-vidmar"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("kind: invoice, number: '2026-0008'}]", ""),
        ("kind: invoice, number: 2026-0011, amount: 1}]", ""),
        ("kind: invoice, number: '2026-0006'}]", "2026-0008"),
        ("kind: order, number: X2026-0099-A}]", "2026-0008"),
    ],
)
def test_a_file_that_cannot_be_read_may_hold_the_next_number(
    workspace: Opened, shop: Path, written: str, number: str
) -> None:
    """No number is given twice, and none is skipped for what is no number."""
    broken = shop / "customers/eva-hren.yaml"
    broken.write_text(f"name: Eva\npurchases: [{{date: 2026-11-19, {written}\nphone: [\n")
    wanted = Wanted(amount="5", kind="invoice", number="next")
    if number:
        assert number in add(workspace(), "maja-kos", wanted).done
        return
    with pytest.raises(DataError, match=r"eva-hren\.yaml .* may hold 2026-0008, or a later number"):
        add(workspace(), "maja-kos", wanted)
    assert added(workspace(), amount="5", kind="invoice", number="2026-0012").values["number"]


def test_a_folder_that_cannot_be_read_may_hold_the_next_number(
    workspace: Opened, shop: Path
) -> None:
    hidden = shop / "customers/north"
    hidden.mkdir()
    hidden.chmod(0)
    try:
        with held_up_by_modes(), pytest.raises(DataError, match=r"north .* may hold 2026-0008"):
            add(workspace(), "maja-kos", Wanted(amount="5", kind="invoice", number="next"))
    finally:
        hidden.chmod(0o700)


def credited(shop: Path, *lines: str) -> None:
    """Give maja-kos, who owes 95.20, terms of credit."""
    with (shop / "customers" / "maja-kos.yaml").open("a", encoding="utf-8") as file:
        file.write("\ncredit:\n" + "".join(f"  {line}\n" for line in lines))


def test_an_invoice_over_the_limit_is_refused(workspace: Opened, shop: Path) -> None:
    credited(shop, "limit: 200.00")
    assert added(workspace(), amount="104.80", kind="invoice").derived["amount_due"] > 0
    with pytest.raises(Refused, match=r"would owe 200\.01 EUR, more than the credit limit of 200"):
        add(workspace(), "maja-kos", Wanted(amount="0.01", kind="invoice"))
    added(workspace(), amount="0.01", kind="invoice", force=True)
    added(workspace(), amount="5000")
    added(workspace(), amount="5000", kind="order")
    added(workspace(), amount="5000", kind="invoice", draft=True)


def test_a_limit_in_another_currency(workspace: Opened, shop: Path) -> None:
    (shop / "rates.yaml").write_text("2026-01-01: {USD: 2.00}\n", encoding="utf-8")
    credited(shop, "limit: 220", "currency: USD")
    added(workspace(), amount="14.80", kind="invoice")
    with pytest.raises(Refused, match="220"):
        add(workspace(), "maja-kos", Wanted(amount="1", kind="invoice"))
    (shop / "rates.yaml").unlink()
    with pytest.raises(Refused, match="a rate is missing"):
        add(workspace(), "maja-kos", Wanted(amount="1", kind="invoice"))


def test_on_hold_nothing_more_on_credit(workspace: Opened, shop: Path) -> None:
    credited(shop, "hold: yes")
    with pytest.raises(Refused, match="on hold"):
        add(workspace(), "maja-kos", Wanted(amount="1", kind="invoice"))
    added(workspace(), amount="1")


def test_an_order_is_told_of_the_credit(workspace: Opened, shop: Path) -> None:
    credited(shop, "limit: 200.00")
    told = "more than the credit limit of 200.00 EUR: an invoice of it is refused"

    def notes(amount: str, kind: str = "order", *, draft: bool = False) -> str:
        wanted = Wanted(amount=amount, kind=kind, draft=draft)
        return "; ".join(add(workspace(), "maja-kos", wanted).notes)

    assert told not in notes("104.80")
    assert told in notes("104.81")
    assert told not in notes("5000", "quote") + notes("5000", draft=True)
    path = shop / "customers/maja-kos.yaml"
    path.write_text(path.read_text().replace("limit: 200.00", "hold: yes"))
    assert "is on hold: no further sales on credit" in notes("1")


def test_due_dates_are_told(workspace: Opened) -> None:
    plan = add(workspace(), "maja-kos", Wanted(amount="1", kind="invoice", due="+2w"))
    assert "due Fri 2026-12-04, in 14 days" in plan.notes
    plan = add(workspace(), "maja-kos", Wanted(amount="1", kind="invoice"))
    assert "due Sun 2026-12-20, in 30 days, by the terms of payment" in plan.notes


def test_a_credit_note_names_the_invoice(workspace: Opened) -> None:
    made = added(
        workspace(), amount="95.20", kind="credit_note", values=[("corrects", "p-2m8ct4h")]
    )
    assert made.values["corrects"] == "2026-0007"
    assert workspace().record("maja-kos").derived["balance"] == 0
    with pytest.raises(NotFound, match="has no purchase 2026-0009"):
        add(workspace(), "maja-kos", Wanted(amount="1", values=[("corrects", "2026-0009")]))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "what was bought"),
        ({"lines": ["linen-sheet"], "amount": "3"}, "lines, or an amount"),
        ({"lines": [":3"]}, "needs a price"),
        ({"lines": ["linen-sheet:1:2:3"]}, "not a purchase line"),
        ({"lines": ["linen-sheet:x"]}, "quantity"),
        ({"lines": ["linen-sheet:0"]}, "quantity is 0"),
        ({"lines": ["linen-sheet:1,234"]}, "parts? thousands|may part"),
        ({"lines": ["linen-sheet"], "discount": "101"}, "discount"),
        ({"lines": ["linen-sheet"], "currency": "USD"}, "the price of linen-sheet is in EUR"),
        ({"amount": "-3"}, "not negative"),
        ({"amount": "3", "discount": "5"}, "for lines"),
        ({"amount": "3 USD", "currency": "CHF"}, "in USD"),
        ({"amount": "3", "currency": "XXZ"}, "no currency 'XXZ'"),
        ({"amount": "3", "kind": "invoise"}, "kind"),
        ({"amount": "3", "number": " "}, "--number is empty"),
        ({"amount": "3", "due": "2026-11-01"}, "before the purchase's date"),
        ({"amount": "3", "values": [("ownr", "petra")]}, "no field"),
        ({"amount": "3", "values": [("lines", "x")]}, "given by an option"),
    ],
)
def test_what_cannot_be(workspace: Opened, given: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        add(workspace(), "maja-kos", Wanted(**given))


@pytest.mark.parametrize(
    "given",
    [
        {"amount": "-3"},
        {"amount": "3"},
        {"lines": ["linen-sheet:-1:3"]},
        {"lines": ["linen-sheet:1:3"]},
    ],
)
def test_a_credit_note_may_be_signed_either_way(workspace: Opened, given: dict[str, Any]) -> None:
    made = added(workspace(), kind="credit_note", **given)
    assert made.derived["net"] == -3
    assert made.values.get("amount", 3) == 3


def test_a_product_that_is_not_there_is_not_guessed(workspace: Opened) -> None:
    with pytest.raises(NotFound, match="no product linen-shet") as caught:
        add(workspace(), "maja-kos", Wanted(lines=["linen-shet"]))
    assert "linen-sheet" in caught.value.hint


def test_each_kind_counts_its_own_numbers(workspace: Opened, shop: Path) -> None:
    kinds = ("invoice", "credit_note", "order", "credit_note", "invoice")
    numbers = [added(workspace(), amount="1", kind=one, number="next") for one in kinds]
    assert [one.values["number"] for one in numbers] == [
        "2026-0008", "CN-2026-0001", "O-2026-0001", "CN-2026-0002", "2026-0009",
    ]  # fmt: skip
    with (shop / "crm.yaml").open("a", encoding="utf-8") as file:
        file.write('numbers: {invoice: "R-{seq}", credit_note: "R-{seq}"}\n')
    assert added(workspace(), amount="1", kind="invoice").values["number"] == "R-1"
    assert added(workspace(), amount="1", kind="credit_note").values["number"] == "R-2"


def test_an_invoice_has_the_next_number_unless_it_is_a_draft(workspace: Opened) -> None:
    assert added(workspace(), amount="1", kind="invoice").values["number"] == "2026-0008"
    assert added(workspace(), amount="1", kind="credit_note").values["number"] == "CN-2026-0001"
    for given in ({"draft": True}, {"number": "none"}):
        assert "number" not in added(workspace(), amount="1", kind="invoice", **given).values
    assert "number" not in added(workspace(), amount="1").values


def test_an_invoice_keeps_its_due_date_when_terms_change(workspace: Opened, shop: Path) -> None:
    made = added(workspace(), amount="1", kind="invoice", date="2026-11-01")
    assert made.values["due_date"] == date(2026, 12, 1)
    credited(shop, "terms_days: 8")
    assert workspace().document("maja-kos").find(made.id).derived["due"] == date(2026, 12, 1)
    own = added(workspace(), amount="1", kind="invoice", date="2026-11-01")
    assert own.values["due_date"] == date(2026, 11, 9)
    for given in ({"kind": "invoice", "draft": True}, {"kind": "credit_note"}, {}):
        assert "due_date" not in added(workspace(), amount="1", **given).values


def test_posting_drafts_gives_numbers_and_due_dates(workspace: Opened) -> None:
    given: dict[str, Any] = {"amount": "1", "kind": "invoice", "draft": True}
    drafts = {who: added(workspace(), who, **given).id for who in ("maja-kos", "jan-vidmar")}
    opened = workspace()
    found = [at(opened, who, id) for who, id in drafts.items()]
    plan = post(opened, found, "2026-11-02")
    assert any("2026-0008" in note for note in plan.notes)
    opened.write(plan.change)
    for number, (who, id) in zip(("2026-0008", "2026-0009"), drafts.items(), strict=True):
        made = workspace().document(who).find(id)
        assert made.get("status") == "posted"
        assert made.values["number"] == number
        assert made.values["due_date"] == date(2026, 12, 2)


def test_a_posted_number_that_is_taken_meanwhile_is_not_given_twice(workspace: Opened) -> None:
    draft = added(workspace(), amount="1", kind="invoice", draft=True)
    mine = workspace()
    plan = post(mine, [at(mine, "maja-kos", draft.id)])
    added(workspace(), "jan-vidmar", amount="1", kind="invoice")
    with pytest.raises(NumberTaken):
        mine.write(plan.change)


def test_posting_goes_by_the_credit_limit(workspace: Opened, shop: Path) -> None:
    credited(shop, "limit: 100.00")
    draft = added(workspace(), amount="50", kind="invoice", draft=True)
    opened = workspace()
    plan = post(opened, [at(opened, "maja-kos", draft.id)])
    with pytest.raises(Refused, match="credit limit"):
        opened.write(plan.change)
    forced = post(workspace(), [at(workspace(), "maja-kos", draft.id)], force=True)
    workspace().write(forced.change)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"lines": ["linen-sheet:-2"], "kind": "invoice"}, "less than nothing"),
        (
            {"amount": "500", "kind": "credit_note", "values": [("corrects", "2026-0007")]},
            "195.20 EUR, and 500.00 of it is credited",
        ),
    ],
)
def test_what_check_warns_of_is_refused_unless_forced(
    workspace: Opened, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(Refused, match=said) as refusal:
        add(workspace(), "maja-kos", Wanted(**given))
    assert "--force" in refusal.value.hint
    added(workspace(), force=True, **given)


def test_a_line_may_be_negative(workspace: Opened) -> None:
    made = added(workspace(), lines=["linen-sheet:2", "linen-sheet:-1:40"], kind="invoice")
    assert made.derived["net"] == Decimal("120.00")


@pytest.mark.parametrize(
    ("due", "day"),
    [
        ("+14d", date(2026, 10, 15)),
        ("2 weeks", date(2026, 10, 15)),
        ("2026-10-20", date(2026, 10, 20)),
        ("tomorrow", date(2026, 11, 21)),
    ],
)
def test_a_length_of_time_until_it_is_due_counts_from_its_date(
    workspace: Opened, due: str, day: date
) -> None:
    made = added(workspace(), amount="1", kind="invoice", date="2026-10-01", due=due)
    assert made.values["due_date"] == day
