"""`crm timeline`: all that happened, newest first."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Crm


def told(crm: Crm, *words: str) -> list[tuple[str, str, str]]:
    done = crm("timeline", *words, "--json")
    assert done.code == 0, done.err
    return [(row["when"], row["kind"], row["what"]) for row in json.loads(done.out)]


CONTACT = ("2026-11-03T10:30+01:00", "call", "Asked about sheets for the flat.")
INVOICE = ("2026-11-05", "invoice", "2026-0007: linen-sheet, 195.20 EUR")
DONE = ("2026-11-11T09:15+01:00", "task", "Ask about the flat")
NOTE = ("2026-11-12", "note", "Moves in January")
PAYMENT = ("2026-11-15", "payment", "100.00 EUR, credit_transfer, for 2026-0007")


def test_of_one_customer(crm: Crm) -> None:
    assert told(crm, "maja") == [PAYMENT, NOTE, DONE, INVOICE, CONTACT]
    assert told(crm, "hotel") == []


def test_rows_name_the_customer_and_the_item(crm: Crm) -> None:
    rows = json.loads(crm("timeline", "-n", "1", "--json").out)
    assert rows == [
        {
            "when": "2026-11-15",
            "kind": "payment",
            "who": "maja-kos",
            "name": "Maja Kos",
            "what": "100.00 EUR, credit_transfer, for 2026-0007",
            "id": "y-7d1wz0e",
        }
    ]


def test_of_all(crm: Crm) -> None:
    crm("log", "hotel-breg", "Ordered", "towels", "--kind", "call", "--at", "2026-11-12 08:00")
    assert told(crm)[1] == ("2026-11-12T08:00+01:00", "call", "Ordered towels")
    assert told(crm)[2] == NOTE


def test_kind_since_and_limit(crm: Crm) -> None:
    assert told(crm, "--kind", "task,payment") == [PAYMENT, DONE]
    assert told(crm, "--since", "2026-11-11") == [PAYMENT, NOTE, DONE]
    assert told(crm, "-n", "2") == [PAYMENT, NOTE]


def test_a_kind_of_item_stands_for_all_its_events(crm: Crm) -> None:
    assert told(crm, "--kind", "interaction") == [NOTE, CONTACT]
    assert told(crm, "--kind", "purchases,Task") == [DONE, INVOICE]
    crm("payment", "add", "maja-kos", "10", "--refund", "--date", "2026-11-16")
    assert [kind for _, kind, _ in told(crm, "--kind", "refund")] == ["refund"]
    assert told(crm, "--kind", "payment") == [PAYMENT]


def test_an_unknown_kind_is_an_error_with_the_nearest(crm: Crm) -> None:
    done = crm("timeline", "--kind", "nonsense")
    assert (done.code, done.out) == (2, "")
    assert "--kind: there is no kind of event 'nonsense'" in done.err
    assert "one of: " in done.err
    assert "refund" in done.err
    assert "did you mean invoice?" in crm("timeline", "--kind", "call,invioce").err


def test_terms_are_about_the_items_or_their_customer(crm: Crm) -> None:
    assert len(told(crm, "+vip")) == 5
    assert told(crm, "city:Bled") == []
    assert told(crm, "maja", "flat") == [DONE, CONTACT]
    assert told(crm, "date:2026-11-03") == [CONTACT]


def test_a_term_that_a_kind_cannot_answer_leaves_it_out(crm: Crm) -> None:
    assert told(crm, "outcome:reached") == [CONTACT]
    assert told(crm, "number:2026-0007") == [INVOICE]


def test_a_full_expression(crm: Crm) -> None:
    assert told(crm, "-w", "gross > 100") == [INVOICE]
    assert crm("timeline", "-w", "colour = red").code == 2


def test_negated_it_changes_nothing_there(crm: Crm) -> None:
    assert told(crm, "not:outcome:reached") == [PAYMENT, NOTE, DONE, INVOICE]


def test_a_term_that_no_kind_can_answer_is_an_error(crm: Crm) -> None:
    done = crm("timeline", "colour:red")
    assert (done.code, done.out) == (2, "")
    assert "colour" in done.err


def test_planned_and_drafts_have_not_happened(crm: Crm) -> None:
    crm("log", "hotel-breg", "Show samples", "--kind", "meeting", "--at", "tomorrow")
    assert told(crm, "hotel") == []


def test_nobody(crm: Crm) -> None:
    assert crm("timeline", "nobody-here").code == 3
    assert crm("timeline", "--kind", "").code == 2
    assert crm("timeline", "--since", "").code == 2


def test_columns_and_formats(crm: Crm) -> None:
    assert crm("timeline", "maja", "-o", "ids", "-n", "2").lines[0] == "y-7d1wz0e"
    assert crm("timeline", "maja", "-o", "paths", "-n", "1").out == "customers/maja-kos.yaml\n"
    assert (
        crm("timeline", "maja", "--cols", "kind", "-o", "tsv", "-n", "1").out == "kind\npayment\n"
    )
    assert crm("timeline", "maja", "--cols", "knd").code == 2


def test_occurrences_that_were_done_are_told(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "jan-vidmar.yaml").write_text(
        """\
name: Jan
tasks:
  - id: t-7777777
    title: Deliver
    due: 2026-11-25
    rrule: FREQ=WEEKLY
    occurrences:
      - 2026-11-11 done 2026-11-12
      - 2026-11-18 skipped
"""
    )
    rows = json.loads(crm("timeline", "jan-vidmar", "--json").out)
    assert [(row["when"], row["kind"], row["what"], row["id"]) for row in rows] == [
        ("2026-11-12", "task", "Deliver", "t-7777777")
    ]


def test_what_is_dated_after_today_has_not_happened(crm: Crm) -> None:
    assert told(crm, "maja", "--today", "2026-11-11") == [DONE, INVOICE, CONTACT]
    assert told(crm, "maja", "--today", "2026-11-10") == [INVOICE, CONTACT]
    assert told(crm, "maja", "--today", "2026-11-04") == [CONTACT]


def test_a_task_that_is_done_later_is_still_open(crm: Crm) -> None:
    def ids(*words: str) -> list[str]:
        return crm(*words, "-o", "ids").out.split()

    done = "t-9fzzzz1"
    for day, is_done in (("2026-11-10", False), ("2026-11-11", True)):
        at = ("--today", day)
        for state in ("is:done", "is:completed", "not:is:open", "closed:yes"):
            assert (done in ids("task", "list", state, *at)) is is_done, (state, day)
        figure = "1" if is_done else "2"
        assert crm("list", "maja", "--cols", "open_tasks", *at, "-o", "tsv").lines[1] == figure
        assert ("Ask about the flat" in crm("due", *at).out) is not is_done


def test_columns_and_conditions_find_what_is_there_today_whatever_its_status(crm: Crm) -> None:
    shown = ("--cols", "purchases.number,interactions", "-o", "tsv", "--no-header")
    planned = ("log", "maja-kos", "Fitting", "--at", "2026-11-25 10:00", "--planned")
    assert crm(*planned).code == 0
    said = "Asked about sheets for the flat.; "
    assert crm("list", "maja", *shown).lines == [f"2026-0007\t{said}Moves in January; Fitting"]
    past = ("--today", "2026-11-04")
    assert crm("list", "maja", *shown, *past).lines == [f"\t{said}Fitting"]
    assert "Moves in January" in crm("list", "maja", *shown, *past, "--all").out
    for term in ("purchases.number:2026-0007", "has:purchase", "purchase/number:2026-0007"):
        assert crm("list", term, "-o", "ids").out == "maja-kos\n"
        assert crm("list", term, *past, "-o", "ids").out == ""
        assert crm("list", term, *past, "--all", "-o", "ids").out == "maja-kos\n"
    assert crm("rm", "y-7d1wz0e", "--yes").code == 0
    assert crm("purchase", "cancel", "p-2m8ct4h").code == 0
    for term in ("purchases.number:2026-0007", "has:purchase", "purchase/is:cancelled"):
        assert crm("list", term, "-o", "ids").out == "maja-kos\n"
    assert crm("list", "purchase/is:counted", "maja", "-o", "ids").out == ""
    assert crm("list", "maja", *shown).lines == [f"2026-0007\t{said}Moves in January; Fitting"]
    # The list of purchases shows them, whatever their day.
    assert crm("purchase", "list", *past, "-o", "ids").out == "p-2m8ct4h\n"
