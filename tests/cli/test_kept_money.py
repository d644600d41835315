"""Money for an invoice that no rate leads to stays with it; credit in money brings nothing back."""

from __future__ import annotations

import json

from tests.conftest import Crm


def _rows(crm: Crm, *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(crm(*words, "-o", "json").out)
    return found


def test_money_for_an_invoice_without_a_rate_pays_no_other(crm: Crm) -> None:
    crm("add", "K GmbH")
    crm("invoice", "add", "k-gmbh", "--line", ":A:1:120", "--due", "+14d", "--number", "A1")
    crm("invoice", "add", "k-gmbh", "--line", ":B:1:100", "--currency", "GBP", "--due", "+14d",
        "--number", "B1")  # fmt: skip
    run = crm("payment", "add", "B1", "10EUR")
    assert run.code == 0
    assert "10.00 EUR is kept for B1 until rates.yaml has a rate for GBP" in run.err
    crm("purchase", "add", "k-gmbh", "--kind", "credit_note", "--amount", "5", "corrects=B1")
    (first,) = _rows(crm, "purchase", "list", "number:A1", "--cols", "settlement,amount_due")
    assert first == {"settlement": "unpaid", "amount_due": "120.00"}
    (payment,) = _rows(crm, "payment", "list", "for:B1", "--cols", "unallocated")
    assert payment["unallocated"] == "10.00"


def test_a_share_that_is_credited_brings_no_units_back(crm: Crm) -> None:
    crm("add", "K GmbH")
    crm("invoice", "add", "k-gmbh", "--line", ":Work:4:1000", "--number", "A1")
    assert crm("purchase", "convert", "A1", "credit_note", "--percent", "10").code == 0
    both = _rows(crm, "purchase", "list", "customer:k-gmbh", "--cols", "kind,units,net")
    found = sorted((str(one["units"]), str(one["net"])) for one in both)
    assert found == [("0", "-400.00"), ("4", "4000.00")]
    assert crm("purchase", "convert", "A1", "credit_note", "--line", "Work:1").code == 0
    both = _rows(crm, "purchase", "list", "customer:k-gmbh", "--cols", "units")
    assert sorted(str(one["units"]) for one in both) == ["-1", "0", "4"]
