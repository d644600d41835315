"""`crm payment bounce` and `promise`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Crm


def test_a_returned_payment_is_owed_again(crm: Crm, shop: Path) -> None:
    path = shop / "customers" / "maja-kos.yaml"
    before = path.read_bytes()
    owed = json.loads(crm("balance", "maja-kos", "--json").out)["balance"]
    done = crm("payment", "bounce", "maja-kos", "--date", "yesterday", "--fee", "5")
    assert done.code == 0, done.err
    assert done.out.startswith("returned: ")
    (bounced,) = json.loads(crm("payment", "list", "is:bounced", "--json").out)
    assert bounced["amount"] == "100.00"
    now = json.loads(crm("balance", "maja-kos", "--json").out)["balance"]
    assert (owed, now) == ("95.20", "195.20")
    assert crm("payment", "bounce", "maja-kos").code == 3
    assert crm("undo").code == 0
    assert path.read_bytes() == before


def test_what_cannot_be_returned_is_refused(crm: Crm) -> None:
    early = crm("payment", "bounce", "maja-kos", "--date", "2020-01-01")
    assert early.code == 6
    assert "is of 2026-" in early.err
    assert crm("payment", "bounce", "maja-kos", "--fee", "5 USD").code == 2
    crm("payment", "add", "maja-kos", "5", "--refund")
    (refund,) = json.loads(crm("payment", "list", "is:refund", "--json").out)
    assert crm("payment", "bounce", refund["id"]).code == 6


def test_a_promise_is_a_day_to_come_for_what_is_owed(crm: Crm) -> None:
    done = crm("payment", "promise", "2026-0007", "--date", "fri")
    assert done.code == 0, done.err
    assert "promised for Fri 2026-11-27, in 7 days" in done.err
    assert "2026-0007: 95.20 EUR is owed" in done.err
    shown = json.loads(crm("purchase", "show", "2026-0007", "--json").out)
    assert shown["promised"] == "2026-11-27"
    assert crm("payment", "promise", "2026-0007", "--date", "2026-11-01").code == 2
    crm("payment", "add", "2026-0007")
    assert crm("payment", "promise", "2026-0007", "--date", "fri").code == 6


def test_what_is_given_up_is_no_money(crm: Crm) -> None:
    assert crm("payment", "add", "2026-0007", "--method", "write_off").code == 0
    shown = json.loads(crm("purchase", "show", "2026-0007", "--json").out)
    assert shown["derived"]["settlement"] == "written_off"
    (row,) = json.loads(crm("payment", "list", "is:write_off", "--json").out)
    assert row["amount"] == "95.20"


def test_a_cancelled_invoice_says_so_in_the_list(crm: Crm, shop: Path) -> None:
    assert crm("payment", "list", "-o", "ids").code == 0
    assert crm("set", "y-7d1wz0e", "for=").code == 0
    assert crm("invoice", "cancel", "2026-0007", "--yes").code == 0
    (row,) = [
        one for one in json.loads(crm("invoice", "list", "--all", "--json").out)
        if one["number"] == "2026-0007"
    ]  # fmt: skip
    assert row["payment_status"] == "cancelled"
    assert crm("invoice", "list", "payment_status:cancelled", "-o", "ids").out.strip() == row["id"]


def test_what_holds_a_reminder_up_is_shown_before_what_is_the_same_for_all() -> None:
    from crm_cli.cli.dun import _RANKED

    held = max(_RANKED.index("paused"), _RANKED.index("when"))
    assert held < min(map(_RANKED.index, ("currency", "customer", "due", "last", "sent", "fee")))


def test_missing_numbers_are_found_on_demand(crm: Crm, shop: Path) -> None:
    billed = ("invoice", "add", "maja-kos", "--amount", "5", "--date")
    assert crm(*billed, "2026-11-18").code == 0  # 2026-0008
    run = crm(*billed, "2026-11-18", "--number", "2026-0012")
    assert "2026-0009 to 2026-0011 are missing before 2026-0012" in run.err
    run = crm(*billed, "2026-11-18", "--number", "2025-0010")
    assert "2025-0010 is no number of 2026-11-18: these are 2026-…" in run.err
    assert crm(*billed, "2026-11-19", "--number", "X1").err.count("number") == 0
    assert crm(*billed, "2026-11-19").code == 0  # 2026-0013
    assert crm(*billed, "2026-11-19").code == 0  # 2026-0014
    id = crm("purchase", "list", "number:2026-0013", "-o", "ids").out.strip()
    assert "missing" not in crm("report", "audit", "-o", "csv").out
    assert crm("rm", id, "--yes").code == 0
    asked = ("report", "audit", "--numbers", "--cols", "finding,what,since", "-o", "csv")
    found = [row for row in crm(*asked).out.splitlines() if row.startswith("number")]
    assert sorted(found) == [
        "number,2025-0010 is no number of its date,2026-11-18",
        "number,2026-0009 to 2026-0011 are missing before 2026-0012,2026-11-18",
        "number,2026-0013 is missing before 2026-0014,2026-11-19",
    ]
    # A cancelled one keeps its number.
    assert crm("invoice", "cancel", "2026-0012").code == 0
    assert "2026-0013 is missing before" in crm(*asked).out
