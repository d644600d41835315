"""Quotes: how they are made, sent and answered, and when an answer is due."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Crm

DEAL = """\
name: Jan Vidmar
owner: petra
deals:
  - id: d-0000001
    name: Sheets for the flats
    stage: proposal
    amount: 1500.00
    lines:
      - product: linen-sheet
        quantity: 10
        unit_price: 75.00
        tax_rate: 22
  - id: d-0000002
    name: Curtains
    stage: proposal
    amount: 700.00
"""


@pytest.fixture
def dealing(shop: Path) -> Path:
    path = shop / "customers/jan-vidmar.yaml"
    path.write_text(DEAL, encoding="utf-8")
    return path


def purchases(crm: Crm) -> list[dict[str, Any]]:
    found = crm("purchase", "list", "customer:jan-vidmar", "--cols",
                "kind,number,net,quote_status,status,deal", "--json").out  # fmt: skip
    rows: list[dict[str, Any]] = json.loads(found)
    return rows


def test_a_quote_takes_the_next_number_and_counts_as_nothing(dealing: Path, crm: Crm) -> None:
    assert crm("quote", "add", "jan-vidmar", "--line", "linen-sheet:2").code == 0
    assert crm("quote", "add", "jan-vidmar", "--amount", "5", "--draft").code == 0
    numbers = {(one["number"], one["status"]) for one in purchases(crm)}
    assert numbers == {("Q-2026-0001", "posted"), (None, "draft")}
    listed = crm("list", "id:jan-vidmar", "--cols", "spend,orders,balance", "-o", "csv",
                 "--no-header")  # fmt: skip
    assert listed.out == "0.00,0,0.00\n"
    quotes = json.loads(crm("quote", "list", "--json").out)
    assert {one["number"] for one in quotes} == {"Q-2026-0001", None}
    assert json.loads(crm("order", "list", "--json").out) == []


def test_the_lines_of_a_deal_make_one_else_its_amount(dealing: Path, crm: Crm) -> None:
    assert crm("quote", "add", "jan-vidmar", "--deal", "d-0000001").code == 0
    assert crm("quote", "add", "jan-vidmar", "--deal", "d-0000002").code == 0
    assert {(one["net"], one["deal"]) for one in purchases(crm)} == {
        ("750.00", "d-0000001"), ("700.00", "d-0000002"),
    }  # fmt: skip


def test_a_draft_that_is_sent_gets_its_number(dealing: Path, crm: Crm) -> None:
    crm("quote", "add", "jan-vidmar", "--amount", "5", "--draft")
    assert crm("quote", "sent", "jan-vidmar").code == 0
    (one,) = purchases(crm)
    assert (one["number"], one["status"], one["quote_status"]) == (
        "Q-2026-0001", "posted", "sent",
    )  # fmt: skip
    again = crm("quote", "sent", "Q-2026-0001")
    assert (again.code, "is sent already" in again.err) == (0, True)
    none = crm("quote", "sent", "jan-vidmar")
    assert (none.code, none.err.partition("\n")[0]) == (
        3, "crm: Jan Vidmar (jan-vidmar) has no unsent quote",
    )  # fmt: skip


def test_an_accepted_quote_wins_its_deal(dealing: Path, crm: Crm) -> None:
    crm("quote", "add", "jan-vidmar", "--deal", "d-0000001")
    done = crm("quote", "accept", "jan-vidmar")
    assert (done.code, "deal d-0000001 is won" in done.err) == (0, True)
    deal = json.loads(crm("deal", "show", "d-0000001", "--json").out)
    assert (deal["stage"], deal["derived"]["status"]) == ("won", "won")
    assert deal["closed_at"].startswith("2026-11-20")
    again = crm("quote", "accept", "Q-2026-0001")
    assert (again.code, "is accepted already" in again.err) == (0, True)


def test_a_declined_quote_leaves_its_deal_and_says_so(dealing: Path, crm: Crm) -> None:
    crm("quote", "add", "jan-vidmar", "--deal", "d-0000001")
    done = crm("quote", "decline", "jan-vidmar", "--reason", "Too dear")
    assert "crm deal lose d-0000001 --reason" in done.err
    shown = json.loads(crm("purchase", "show", "Q-2026-0001", "--json").out)
    assert (shown["quote_status"], shown["notes"]) == ("declined", "Too dear")
    refused = crm("quote", "accept", "Q-2026-0001")
    assert (refused.code, "was declined" in refused.err) == (6, True)
    assert crm("quote", "accept", "Q-2026-0001", "--force").code == 0


def test_a_quote_that_became_an_order_is_not_declined(dealing: Path, crm: Crm) -> None:
    crm("quote", "add", "jan-vidmar", "--amount", "5")
    crm("purchase", "convert", "Q-2026-0001", "order", "--number", "77")
    done = crm("quote", "decline", "Q-2026-0001")
    assert (done.code, "was made into order 77" in done.err) == (6, True)
    assert "crm purchase cancel 77" in done.err


def test_other_purchases_are_no_quotes(crm: Crm) -> None:
    for verb in ("sent", "accept", "decline"):
        done = crm("quote", verb, "2026-0007")
        assert (done.code, "is no quote" in done.err) == (2, True)


def test_quotes_without_an_answer_are_due(dealing: Path, crm: Crm) -> None:
    """On their last day, and two weeks after they were made."""
    crm("quote", "add", "jan-vidmar", "--amount", "5", "--date", "2026-11-01")
    crm("quote", "add", "jan-vidmar", "--amount", "6", "--valid", "2026-11-22")
    crm("quote", "add", "jan-vidmar", "--amount", "7")
    crm("quote", "add", "jan-vidmar", "--amount", "8", "--date", "2026-10-01")
    crm("quote", "accept", "Q-2026-0004")
    due = json.loads(crm("due", "customer:jan-vidmar", "--within", "30d", "--json").out)
    assert [(one["when"], one["kind"], one["what"], one["owner"]) for one in due] == [
        ("2026-11-15", "quote", "Q-2026-0001: 5.00 EUR, no answer", "petra"),
        ("2026-11-22", "quote", "Q-2026-0002: 6.00 EUR, holds until 2026-11-22, no answer",
         "petra"),
        ("2026-12-04", "quote", "Q-2026-0003: 7.00 EUR, no answer", "petra"),
    ]  # fmt: skip
    assert json.loads(crm("due", "--kind", "quote", "--owner", "marko", "--json").out) == []
    numbers = [
        one["number"] for one in json.loads(crm("quote", "list", "is:unanswered", "--json").out)
    ]
    assert sorted(numbers) == ["Q-2026-0001", "Q-2026-0002", "Q-2026-0003"]
    later = crm("--today", "2026-11-23", "quote", "list", "is:expired", "--json").out
    assert [one["number"] for one in json.loads(later)] == ["Q-2026-0002"]


def test_only_a_quote_is_valid_until_a_day(crm: Crm) -> None:
    done = crm("purchase", "add", "jan-vidmar", "--amount", "5", "--valid", "+30d")
    assert (done.code, "only a quote is valid until a day" in done.err) == (2, True)
    done = crm("quote", "add", "jan-vidmar", "--amount", "5", "--valid", "2026-01-01")
    assert (done.code, "before the purchase's date" in done.err) == (2, True)


def test_a_deal_is_won_with_the_invoice_of_its_quote(dealing: Path, crm: Crm) -> None:
    crm("quote", "add", "jan-vidmar", "--deal", "d-0000001")
    done = crm("deal", "win", "d-0000001", "--invoice", "--date", "2026-11-19")
    assert done.code == 0, done.err
    assert {(one["kind"], one["net"]) for one in purchases(crm)} == {
        ("invoice", "750.00"), ("quote", "750.00"),
    }  # fmt: skip
    deal = json.loads(crm("deal", "show", "d-0000001", "--json").out)
    assert (deal["stage"], deal["closed_at"][:10]) == ("won", "2026-11-19")
    again = crm("deal", "win", "d-0000001", "--invoice")
    assert (again.code, "is billed already: invoice 2026-0008" in again.err) == (6, True)


@pytest.mark.parametrize(("deal", "net"), [("d-0000001", "750.00"), ("d-0000002", "700.00")])
def test_a_deal_is_won_with_the_invoice_of_its_lines_or_amount(
    dealing: Path, crm: Crm, deal: str, net: str
) -> None:
    assert crm("deal", "win", deal, "--invoice").code == 0
    assert [(one["kind"], one["number"], one["net"]) for one in purchases(crm)] == [
        ("invoice", "2026-0008", net)
    ]


def test_a_deal_of_nothing_has_no_invoice(dealing: Path, crm: Crm) -> None:
    crm("deal", "add", "jan-vidmar", "Towels")
    done = crm("deal", "win", "jan-vidmar", "name:Towels", "--invoice")
    assert (done.code, "an invoice is of one deal" in done.err) == (2, True)
    id = json.loads(crm("deal", "list", "name:Towels", "--json").out)[0]["id"]
    done = crm("deal", "win", id, "--invoice")
    assert (done.code, "neither lines nor an amount" in done.err) == (2, True)
    assert crm("deal", "win", id, "--invoice", "--amount", "90").code == 0
    assert purchases(crm)[0]["net"] == "90.00"
