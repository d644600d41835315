"""`crm invoice add --every`, `crm purchase recur` and `crm purchase reprice` as they are typed."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Crm

MONTHLY = ("invoice", "add", "maja-kos", "--line", "linen-sheet:2", "--every", "month")


def test_a_subscription_from_the_first_to_a_new_price(crm: Crm) -> None:
    run = crm(*MONTHLY, "--date", "2026-09-30", "--until", "2027-12-31")
    assert run.code == 0
    assert "comes again on Fri 2026-10-30, Mon 2026-11-30, Wed 2026-12-30 …" in run.err
    shown = crm("purchase", "recur", "--dry-run")
    assert "+    subscription: p-" in shown.out and "nothing was written" in shown.err
    done = crm("purchase", "recur")
    assert done.code == 0, done.err
    assert done.out == (
        "made 1 purchase for subscriptions of 1 customer  (customers/maja-kos.yaml)\n"
    )
    assert done.err.startswith(
        "2026-10-30: invoice 2026-0009 of Maja Kos (maja-kos): 160.00 EUR, with tax 195.20, p-"
    )
    priced = crm("purchase", "reprice", "maja-kos", "90", "--from", "2027-01-01")
    assert priced.code == 0, priced.err
    assert "costs 90.00 EUR from 2027-01-01 on" in priced.out
    assert "first billed Sat 2027-01-30" in priced.err
    listed = crm(
        "purchase", "list", "is:recurring", "--cols", "every,until,next_occurrence,mrr", "-o", "tsv"
    )
    assert listed.lines[1] == "month\t2027-12-31\t2026-11-30\t160.00"
    assert crm("undo").code == 0
    assert crm("undo").code == 0
    assert crm("purchase", "list", "has:subscription", "-o", "ids").out == ""


def test_nothing_due_is_not_one_byte(crm: Crm) -> None:
    assert crm(*MONTHLY).code == 0
    assert tuple(crm("purchase", "recur")) == (0, "", "")


def test_many_customers_are_never_asked_about(crm: Crm) -> None:
    for who in ("maja-kos", "hotel-breg", "jan-vidmar"):
        words = ("order", "add", who, "--amount", "5", "--every", "week", "--date", "2026-11-13")
        assert crm(*words).code == 0
    run = crm("purchase", "recur")
    assert (run.code, run.lines[0].partition("  (")[0]) == (
        0,
        "made 3 purchases for subscriptions of 3 customers",
    )
    assert crm("undo").code == 0
    assert crm("purchase", "list", "has:subscription", "-o", "ids").out == ""


def test_what_is_left_out_makes_it_partial(crm: Crm, shop: Path) -> None:
    assert crm(*MONTHLY, "--date", "2026-10-01").code == 0
    with (shop / "customers/maja-kos.yaml").open("a") as file:
        file.write("credit: {hold: yes}\n")
    run = crm("purchase", "recur")
    assert (run.code, run.out) == (4, "")
    assert "is not made: Maja Kos (maja-kos) is on hold" in run.err


def test_slips(crm: Crm) -> None:
    assert crm("purchase", "recur", "--posted", "--draft").code == 2
    assert crm("purchase", "recur", "jan-vidmar").code == 3
    assert crm("purchase", "reprice", "maja-kos", "90", "--from", "2027-01-01").code == 3
    assert crm("quote", "add", "maja-kos", "--amount", "5", "--every", "month").code == 2
    assert crm(*MONTHLY, "--until", "tomorow").code == 2


def test_who_is_lost_may_still_have_one(crm: Crm) -> None:
    assert crm(*MONTHLY).code == 0
    run = crm("lose", "maja-kos", "--reason", "price")
    assert run.code == 0
    assert "of Maja Kos (maja-kos) goes on: crm set p-" in run.err
    assert "until=2026-11-20 ends it" in run.err


def test_a_price_that_is_never_billed_is_refused(crm: Crm) -> None:
    assert crm(*MONTHLY, "--date", "2026-11-07").code == 0
    assert crm("purchase", "reprice", "maja-kos", "97", "--from", "2026-11-10").code == 0
    run = crm("purchase", "reprice", "maja-kos", "105", "--from", "2025-04-01")
    assert (run.code, run.out) == (6, "")
    assert "that is never billed: 97.00 from 2026-11-10 on goes before it" in run.err
    again = crm("purchase", "reprice", "maja-kos", "98", "--from", "2026-11-10")
    assert (again.code, "first billed Mon 2026-12-07" in again.err) == (0, True), again.err
    id = crm("purchase", "list", "is:recurring", "-o", "ids").out.strip()
    assert crm("set", id, "price_changes.1=").code == 0
    early = crm("purchase", "reprice", "maja-kos", "99", "--from", "2025-04-01")
    assert "2025-04-01 is before it began, on 2026-11-07" in early.err
