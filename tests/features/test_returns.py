"""Returns: what is decided makes the credit note, the refund, the order, linked both ways."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Crm

MAJA = "maja-kos"
PATH = f"customers/{MAJA}.yaml"


@pytest.fixture
def bought(shop: Path) -> Path:
    """Maja Kos has bought two sheets at 80 by an invoice, of which 100 of 195.20 are paid."""
    products = shop / "products.yaml"
    products.write_text(products.read_text() + "towel: {name: Towel}\n")
    return shop


def rows(crm: Crm, *words: str) -> Any:
    run = crm(*words, "--json")
    assert run.code == 0, run.err
    return json.loads(run.out)


def ok(crm: Crm, *words: str) -> str:
    run = crm(*words)
    assert run.code == 0, run.err
    return run.out + run.err


def returned(crm: Crm, *words: str) -> str:
    return ok(crm, "case", "add", MAJA, "Torn", "--kind", "return", *words).split()[2]


def balance(crm: Crm) -> str:
    found: str = rows(crm, "list", MAJA, "--cols", "balance")[0]["balance"]
    return found


def test_a_refund_takes_from_what_is_owed_first(bought: Path, crm: Crm) -> None:
    """One sheet is 97.60 with tax; 95.20 are owed, so that 2.40 are paid back."""
    assert balance(crm) == "95.20"
    before = (bought / PATH).read_bytes()
    id = returned(crm, "--line", "linen-sheet:1:torn", "--purchase", "2026-0007")
    opened = (bought / PATH).read_bytes()
    said = ok(crm, "case", "decide", id, "refund", "--received", "2026-11-19", "--resolve")
    assert "credit note CN-2026-0001 of 97.60 EUR, refund" in said
    case = rows(crm, "case", "show", id)
    assert (case["decision"], case["status"], case["credit_note"]) == (
        "refund", "resolved", "CN-2026-0001",
    )  # fmt: skip
    assert case["resolution"] == {"kind": "refund", "amount": "97.60"}
    assert case["lines"][0]["received"] == "2026-11-19"
    (note,) = rows(crm, "purchase", "list", "kind:credit_note", "--cols",
                   "number,net,gross,case,corrects,return_reason")  # fmt: skip
    assert note == {
        "number": "CN-2026-0001", "net": "-80.00", "gross": "-97.60", "case": id,
        "corrects": "2026-0007", "return_reason": "torn",
    }  # fmt: skip
    (paid,) = rows(crm, "payment", "list", "is:refund", "--cols", "id,amount,for,case,method")
    assert case["refund"] == paid.pop("id")
    assert paid == {
        "amount": "2.40", "for": "CN-2026-0001", "case": id, "method": "credit_transfer",
    }  # fmt: skip
    assert balance(crm) == "0.00"
    assert ok(crm, "check").strip() == "no errors found"
    ok(crm, "undo")
    assert (bought / PATH).read_bytes() == opened, "one command, one undo"
    ok(crm, "undo")
    assert (bought / PATH).read_bytes() == before


def test_what_was_sold_and_paid_at_once_is_paid_back_in_whole(bought: Path, crm: Crm) -> None:
    ok(crm, "purchase", "add", MAJA, "--line", "linen-sheet:3:70", "--number", "S-1",
       "--discount", "10")  # fmt: skip
    id = returned(crm, "--line", "linen-sheet:2", "--purchase", "S-1")
    ok(crm, "case", "decide", id, "refund", "--method", "cash")
    note = rows(crm, "purchase", "list", "kind:credit_note", "--cols", "net,corrects")[0]
    assert (note["net"], note["corrects"]) == ("-126.00", None), "2 × 70 less 10 %"
    (paid,) = rows(crm, "payment", "list", "is:refund", "--cols", "amount,method")
    assert (paid["amount"], paid["method"]) == ("153.72", "cash")
    assert balance(crm) == "95.20"


def test_store_credit_stays_with_us(bought: Path, crm: Crm) -> None:
    id = returned(crm, "--line", "linen-sheet:2", "--purchase", "2026-0007")
    ok(crm, "case", "decide", id, "store_credit")
    assert rows(crm, "payment", "list", "is:refund") == []
    assert balance(crm) == "-100.00"
    assert rows(crm, "case", "show", id)["resolution"] == {
        "kind": "store_credit", "amount": "195.20",
    }  # fmt: skip


def test_an_exchange_is_an_order_of_the_same_for_nothing(bought: Path, crm: Crm) -> None:
    id = returned(crm, "--line", "linen-sheet:1:torn", "--purchase", "2026-0007")
    ok(crm, "case", "decide", id, "exchange")
    case = rows(crm, "case", "show", id)
    (order,) = rows(crm, "purchase", "list", "kind:order", "--cols", "id,net,case,units")
    assert order == {"id": case["order"], "net": "0.00", "case": id, "units": "1"}
    assert balance(crm) == "95.20"


def test_a_repair_is_a_task_and_a_refusal_is_nothing(bought: Path, crm: Crm) -> None:
    id = returned(crm, "--line", "linen-sheet:1", "--assignee", "marko")
    ok(crm, "case", "decide", id, "repair")
    (task,) = rows(crm, "task", "list", f"case:{id}", "--cols", "title,assignee,case")
    assert task == {"title": "Repair: Torn", "assignee": "marko", "case": id}
    ok(crm, "case", "decide", id, "refused", "--force", "--resolve")
    case = rows(crm, "case", "show", id)
    assert (case["status"], case["resolution"]) == ("rejected", {"kind": "none"})
    assert rows(crm, "purchase", "list", "kind:credit_note") == []


def test_what_is_said_to_be_wrong(bought: Path, crm: Crm) -> None:
    without = returned(crm)
    for words, code, said in (
        ((without, "refund"), 2, "names no products"),
        ((without, "exchange"), 2, "names no products to exchange"),
        ((without, "repair", "--amount", "5"), 2, "--amount does not go with repair"),
        ((without, "refund", "--amount", "0"), 2, "--amount is above 0"),
        ((without, "lost"), 2, "refund"),
        ((returned(crm, "--line", "linen-sheet:3", "--purchase", "2026-0007"), "refund"), 6,
         "3 linen-sheet come back, and 2 were bought"),
        ((returned(crm, "--line", "towel:1"), "refund"), 2, "it is not known what towel cost"),
    ):  # fmt: skip
        run = crm("case", "decide", *words)
        assert (run.code, said in run.err) == (code, True), (words, run.err)
    ok(crm, "case", "decide", without, "refund", "--amount", "12.50")
    again = crm("case", "decide", without, "refund", "--amount", "12.50")
    assert (again.code, "decided already: refund" in again.err) == (6, True)
    closed = returned(crm, "--line", "linen-sheet:1")
    ok(crm, "case", "close", closed)
    run = crm("case", "decide", closed, "refund")
    assert (run.code, "crm case reopen" in run.err) == (6, True)


def test_what_came_back_counts_once(bought: Path, crm: Crm) -> None:
    """Three returns: one with a credit note, one without, one twice; and two complaints."""
    ok(crm, "purchase", "add", MAJA, "--line", "towel:98:5")
    credited = returned(crm, "--line", "linen-sheet:1", "--purchase", "2026-0007")
    ok(crm, "case", "decide", credited, "refund")
    first, second = (returned(crm, "--line", "towel:2") for _ in "ab")
    ok(crm, "case", "merge", first, second)
    ok(crm, "case", "add", MAJA, "Thin", "--kind", "complaint", "--product", "towel")
    ok(crm, "case", "add", MAJA, "Thin", "--kind", "complaint", "--line", "towel", "--line",
       "linen-sheet", "--line", "linen-sheet:1:both")  # fmt: skip
    found = {row["product"]: row for row in rows(crm, "report", "product-quality")}
    keys = ("sold", "returned", "returned_100", "returns", "complaints", "complaints_100")
    assert [found["linen-sheet"][key] for key in keys] == ["2", "1", "50.00", 1, 1, "50.00"]
    assert [found["towel"][key] for key in keys] == ["98", "2", "2.04", 1, 2, "2.04"]


def test_no_more_comes_back_than_was_bought_in_all_lines_and_cases(bought: Path, crm: Crm) -> None:
    """Two sheets were bought: neither two lines nor two cases bring back three."""
    both = returned(crm, "--line", "linen-sheet:2:torn", "--line", "linen-sheet:1:stained",
                    "--purchase", "2026-0007")  # fmt: skip
    run = crm("case", "decide", both, "refund")
    assert (run.code, "3 linen-sheet come back, and 2 were bought" in run.err) == (6, True)
    whole = returned(crm, "--line", "linen-sheet:2:torn", "--purchase", "2026-0007")
    ok(crm, "case", "decide", whole, "store_credit")
    again = returned(crm, "--line", "linen-sheet:1:torn", "--purchase", "2026-0007")
    run = crm("case", "decide", again, "refund")
    assert (run.code, "3 linen-sheet come back, and 2 were bought" in run.err) == (6, True)
    ok(crm, "undo", "2")
    ok(crm, "case", "decide", both, "refund", "--force")


def test_without_a_purchase_the_latest_price_counts_and_it_is_said(bought: Path, crm: Crm) -> None:
    """Two sheets at 80 by invoice, then one at 70 less 10 %: three were ever bought."""
    ok(crm, "purchase", "add", MAJA, "--line", "linen-sheet:1:70", "--number", "S-1",
       "--discount", "10")  # fmt: skip
    four = returned(crm, "--line", "linen-sheet:4")
    run = crm("case", "decide", four, "store_credit")
    assert (run.code, "4 linen-sheet come back, and 3 were bought" in run.err) == (6, True)
    ok(crm, "case", "close", four)
    three = returned(crm, "--line", "linen-sheet:3:torn")
    said = ok(crm, "case", "decide", three, "store_credit")
    assert "names no purchase: 3 linen-sheet at 70 each, as in sale S-1" in said
    (note,) = rows(crm, "purchase", "list", "kind:credit_note", "--cols", "net,corrects")
    assert note == {"net": "-189.00", "corrects": None}, "3 × 70 less 10 %"
    run = crm("case", "decide", returned(crm, "--line", "linen-sheet"), "exchange")
    assert (run.code, "4 linen-sheet come back, and 3 were bought" in run.err) == (6, True)


def test_what_was_never_bought_goes_by_the_directory_when_forced(bought: Path, crm: Crm) -> None:
    with (bought / "products.yaml").open("a") as file:
        file.write("rug: {name: Rug, price: 40, tax_rate: 22}\n")
    id = returned(crm, "--line", "rug:2")
    run = crm("case", "decide", id, "refund")
    assert (run.code, "2 rug come back, and none were bought" in run.err) == (6, True)
    said = ok(crm, "case", "decide", id, "refund", "--force")
    assert "2 rug at 40 each, as in the product directory" in said
    other = returned(crm, "--line", "rug:1", "--purchase", "2026-0007")
    run = crm("case", "decide", other, "refund")
    assert (run.code, "1 rug come back, and none were bought" in run.err) == (6, True)


def test_prices_with_tax_are_credited_with_tax(bought: Path, crm: Crm) -> None:
    ok(crm, "purchase", "add", MAJA, "--line", "linen-sheet:1:122", "--number", "S-2",
       "tax_included=yes")  # fmt: skip
    id = returned(crm, "--line", "linen-sheet", "--purchase", "S-2")
    ok(crm, "case", "decide", id, "store_credit")
    (note,) = rows(crm, "purchase", "list", "kind:credit_note", "--cols", "net,gross")
    assert note == {"net": "-100.00", "gross": "-122.00"}


def test_only_what_has_something_to_decide_is_decided(bought: Path, crm: Crm) -> None:
    asked = ok(crm, "case", "add", MAJA, "Washable?", "--kind", "question").split()[2]
    run = crm("case", "decide", asked, "refund", "--amount", "5")
    assert (run.code, "is of kind question, which has nothing to decide" in run.err) == (6, True)
    assert crm("case", "decide", "maja@kos.example", "refund").code == 3
    id = returned(crm, "--line", "linen-sheet:1", "--purchase", "2026-0007")
    assert id in ok(crm, "case", "decide", "maja-kos", "refused"), "the one that can be"


def test_nothing_that_cannot_be_is_taken(bought: Path, crm: Crm) -> None:
    for words, code, said in (
        (("case", "add", MAJA, "x", "--line", ""), 2, "--line is empty"),
        (("case", "add", MAJA, "x", "--line", "towel:-1"), 6, "its quantity is -1"),
        (("case", "add", MAJA, "x", "--opened", "2027-01-01"), 2, "opened is to come"),
        (("lose", MAJA, "--date", "2027-01-01"), 2, "--date is to come"),
        (("feedback", "add", MAJA, "--nps", "9", "--at", "2027-01-01"), 2, "at is to come"),
        (("feedback", "add", MAJA, "--review", "4", "--url", "notaurl"), 6, "not a web address"),
    ):
        run = crm(*words)
        assert (run.code, said in run.err) == (code, True), (words, run.err)
    ok(crm, "lose", MAJA)
    run = crm("win-back", MAJA, "--date", "2027-01-01")
    assert (run.code, "--date is to come" in run.err) == (2, True)
    for url in ("https://reviews.example/a?b=ž", "Reviews.example", "http://x.example:80/#z"):
        ok(crm, "feedback", "add", MAJA, "--review", "4", "--url", url)


def note_of(crm: Crm) -> Any:
    """The latest credit note, its lines as (price, tax rate)."""
    note = rows(crm, "purchase", "list", "kind:credit_note", "--sort", "number", "--cols",
                "id,net,tax,gross")[-1]  # fmt: skip
    shown = rows(crm, "purchase", "show", note.pop("id"))
    note["lines"] = [(one["unit_price"], one.get("tax_rate")) for one in shown["lines"]]
    return note


def test_an_amount_given_back_has_the_tax_of_the_invoice(bought: Path, crm: Crm) -> None:
    id = ok(crm, "case", "add", MAJA, "Loud", "--kind", "complaint",
            "--purchase", "2026-0007").split()[2]  # fmt: skip
    said = ok(crm, "case", "decide", id, "refund", "--amount", "50")
    assert "credit note CN-2026-0001 of 50.00 EUR" in said
    assert "the tax in it is at 22 %, as in invoice 2026-0007" in said
    assert note_of(crm) == {
        "net": "-40.98", "tax": "-9.02", "gross": "-50.00", "lines": [("40.98", "22")],
    }  # fmt: skip
    assert rows(crm, "case", "show", id)["resolution"]["amount"] == "50.00"
    assert balance(crm) == "45.20"
    units = rows(crm, "report", "products", "--cols", "product,returned")
    assert {one["returned"] for one in units} == {"0"}, "money alone brings nothing back"
    assert ok(crm, "check").strip() == "no errors found"


@pytest.mark.parametrize("amount", ["0.03", "19.99", "20.00", "33.33"])
def test_an_amount_of_several_rates_comes_to_the_cent(
    bought: Path, crm: Crm, amount: str
) -> None:
    (bought / "products.yaml").open("a").write("book: {price: 10, tax_rate: 5}\n")
    lines = ("--line", "linen-sheet:1", "--line", "book:3")
    ok(crm, "invoice", "add", MAJA, *lines, "--number", "B")
    id = returned(crm, "--purchase", "B")
    ok(crm, "case", "decide", id, "store_credit", "--amount", amount)
    note = note_of(crm)
    assert note["gross"] == f"-{amount}"
    assert {rate for _, rate in note["lines"]} <= {"22", "5"}


def test_an_amount_of_no_purchase_says_that_it_has_no_tax(bought: Path, crm: Crm) -> None:
    said = ok(crm, "case", "decide", returned(crm), "refund", "--amount", "12.50")
    assert "no tax is in it, since the case names no purchase" in said
