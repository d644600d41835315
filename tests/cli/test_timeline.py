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
