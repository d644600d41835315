"""Cases: what is promised to whom, and what becomes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crm_cli.index import schema
from crm_cli.model import working_time
from tests.conftest import Crm

SETTINGS = """\
working_hours: {mon-fri: ["08:00-16:00"]}
holidays: [SI, 2026-11-23]
service:
  - {segment: best, priority: urgent, respond: 30min, next: 1h, resolve: 4h}
  - {segment: "@best", respond: 1h, resolve: 1d}
  - {priority: urgent, respond: 2h, resolve: 1d}
  - {segment: gone, respond: 1min}
  - {respond: 4h, next: 1d, resolve: 5d}
"""
SEGMENTS = "best: {query: +vip}\nworst: {query: case/is:overdue}\n"
MAJA, BREG = "maja-kos", "hotel-breg"
PATH = f"customers/{MAJA}.yaml"


@pytest.fixture
def desk(shop: Path) -> Path:
    """The shop with promises of service; Maja Kos is among the best customers."""
    settings = shop / "crm.yaml"
    settings.write_text(settings.read_text() + SETTINGS)
    (shop / "segments.yaml").write_text(SEGMENTS)
    return shop


def rows(crm: Crm, *words: str) -> Any:
    run = crm(*words, "--json")
    assert run.code == 0, run.err
    return json.loads(run.out)


def ok(crm: Crm, *words: str) -> str:
    run = crm(*words)
    assert run.code == 0, run.err
    return run.out + run.err


def opened(crm: Crm, who: str, *words: str, at: str = "2026-11-20 09:00") -> str:
    """A new case, opened at a time of the Friday before a weekend and a holiday."""
    said = ok(crm, "case", "add", who, "Torn sheets", *words, "--opened", at)
    return said.split()[2]


def derived(crm: Crm, id: str, *words: str) -> Any:
    return rows(crm, *words, "case", "show", id)["derived"]


def test_the_first_promise_for_the_priority_and_the_segment_counts(desk: Path, crm: Crm) -> None:
    """The Friday is a working day, the Monday after it a holiday."""
    wanted = {
        (MAJA, "urgent"): ("2026-11-20T09:30+01:00", "2026-11-20T13:00+01:00"),
        (MAJA, "low"): ("2026-11-20T10:00+01:00", "2026-11-24T09:00+01:00"),
        (BREG, "urgent"): ("2026-11-20T11:00+01:00", "2026-11-24T09:00+01:00"),
        (BREG, "normal"): ("2026-11-20T13:00+01:00", "2026-11-30T09:00+01:00"),
    }
    for (who, priority), by in wanted.items():
        made = derived(crm, opened(crm, who, "--priority", priority))
        assert (made["respond_by"], made["resolve_by"]) == by, (who, priority)
        assert made["due"] == by[0]
        assert made["next_by"] is None


def test_who_leaves_the_segment_has_another_promise(desk: Path, crm: Crm) -> None:
    """Nothing of it is stored: a tag, and a setting, change it at once."""
    id = opened(crm, MAJA)
    assert derived(crm, id)["respond_by"] == "2026-11-20T10:00+01:00"
    ok(crm, "tag", "remove", "vip", MAJA)
    assert derived(crm, id)["respond_by"] == "2026-11-20T13:00+01:00"
    text = (desk / "crm.yaml").read_text()
    (desk / "crm.yaml").write_text(text.replace("respond: 4h", "respond: 1h"))
    assert derived(crm, id)["respond_by"] == "2026-11-20T10:00+01:00"
    assert "_by" not in (desk / PATH).read_text()


def test_a_case_that_is_late_is_overdue_and_due(desk: Path, crm: Crm) -> None:
    """At noon 10:00 is past and 13:00 is not; by the first response it is no longer late."""
    late, other = opened(crm, MAJA), opened(crm, BREG)
    assert [row["id"] for row in rows(crm, "case", "list", "is:overdue")] == [late]
    assert [row["id"] for row in rows(crm, "list", "case/is:overdue")] == [MAJA]
    due = rows(crm, "due", "--kind", "case")
    assert [(row["id"], row["when"], row["what"]) for row in due] == [
        (late, "2026-11-20T10:00+01:00", "question: Torn sheets: first response is promised"),
        (other, "2026-11-20T13:00+01:00", "question: Torn sheets: first response is promised"),
    ]
    ok(crm, "case", "reply", late, "Which ones?")
    assert rows(crm, "case", "list", "is:overdue") == []
    assert [row["id"] for row in rows(crm, "case", "list", "is:escalated")] == [late]
    assert derived(crm, late)["response_kept"] is False
    third = opened(crm, BREG)
    for time, found_late in (("12:59", []), ("13:00", []), ("13:01", [other, third])):
        found = rows(crm, "--today", f"2026-11-20T{time}", "case", "list", "is:overdue")
        assert {row["id"] for row in found} == set(found_late), time


def test_a_segment_can_ask_for_late_cases(desk: Path, crm: Crm) -> None:
    opened(crm, MAJA)
    assert [row["id"] for row in rows(crm, "list", "@worst")] == [MAJA]


def test_a_segment_that_asks_for_its_own_promise_is_told(desk: Path, crm: Crm) -> None:
    opened(crm, MAJA)
    (desk / "segments.yaml").write_text("best: {query: case/is:overdue}\n")
    run = crm("case", "list", "is:overdue")
    assert (run.code, "in segment @best: it asks what is promised" in run.err) == (2, True)
    run = crm("list", "@best")
    assert (run.code, "refers to itself: @best → @best" in run.err) == (2, True)


def test_waiting_for_the_customer_pauses(desk: Path, crm: Crm) -> None:
    """Pending from 9:00 to 11:00: the solution is promised two hours later."""
    id = opened(crm, BREG, "--priority", "urgent", at="2026-11-20 08:00")
    assert derived(crm, id)["resolve_by"] == "2026-11-24T08:00+01:00"
    ok(crm, "case", "reply", id, "Which ones?", "--at", "2026-11-20 09:00", "--wait")
    paused = derived(crm, id)
    assert (paused["due"], paused["resolve_by"], paused["waiting"]) == (None, None, True)
    assert rows(crm, "case", "list", "is:waiting")[0]["id"] == id
    ok(crm, "log", BREG, "The blue", "--kind", "call", "--in", "--at", "2026-11-20 11:00",
       "--case", id)  # fmt: skip
    going_on = derived(crm, id)
    assert going_on["resolve_by"] == "2026-11-24T10:00+01:00"
    assert going_on["unanswered_since"] == "2026-11-20T11:00+01:00"
    shown = rows(crm, "case", "show", id)
    assert shown["status"] == "new"
    assert shown["derived"]["waiting"] is False


def test_the_customer_who_speaks_ends_a_pause_even_unnoted(desk: Path, crm: Crm) -> None:
    """A mail that somebody has written into the file, without a word on the status."""
    id = opened(crm, BREG, at="2026-11-20 08:00")
    ok(crm, "case", "reply", id, "Which ones?", "--at", "2026-11-20 09:00", "--wait")
    path = desk / f"customers/{BREG}.yaml"
    line = f"  - {{at: 2026-11-20 10:00, kind: email, direction: inbound, case: {id}}}\n"
    path.write_text(path.read_text().replace("interactions:\n", f"interactions:\n{line}"))
    made = derived(crm, id)
    assert (made["waiting"], made["next_by"]) == (False, "2026-11-24T10:00+01:00")


def test_the_next_response_is_promised_while_the_customer_spoke_last(
    desk: Path, crm: Crm
) -> None:
    id = opened(crm, BREG, at="2026-11-19 09:00")
    ok(crm, "case", "reply", id, "We look", "--at", "2026-11-19 10:00")
    assert derived(crm, id)["next_by"] is None
    said = ("log", BREG, "And?", "--kind", "call", "--in", "--case", id, "--at")
    ok(crm, *said, "2026-11-19 11:00")
    ok(crm, *said, "2026-11-20 08:00")
    made = derived(crm, id)
    assert made["next_by"] == "2026-11-20T11:00+01:00"
    assert (made["next_kept"], made["overdue"], made["broken"]) == (False, True, True)
    ok(crm, "case", "reply", id, "Tomorrow", "--at", "2026-11-20 10:30")
    made = derived(crm, id)
    assert (made["next_by"], made["next_kept"], made["broken"]) == (None, True, False)


def test_a_call_that_nobody_answered_is_no_response(desk: Path, crm: Crm) -> None:
    id = opened(crm, BREG)
    ok(crm, "log", BREG, "--kind", "call", "--out", "--outcome", "no_answer", "--case", id)
    assert derived(crm, id)["responded"] is None


def test_what_is_resolved_is_late_no_more_until_it_is_opened_again(desk: Path, crm: Crm) -> None:
    id = opened(crm, MAJA, "--assignee", "marko")
    ok(crm, "case", "resolve", id, "--resolution", "explanation")
    made = derived(crm, id)
    assert (made["due"], made["resolution_kept"], made["overdue"]) == (None, True, False)
    assert made["resolution_time"] == 180
    ok(crm, "--today", "2026-11-24T08:00", "case", "reopen", id)
    made = derived(crm, id, "--today", "2026-11-24T12:00")
    assert made["reopened"] == 1
    assert made["resolve_by"] == "2026-11-24T13:00+01:00", "5 of 8 hours are left"
    shown = rows(crm, "case", "show", id)
    assert [(one["status"], one.get("at")) for one in shown["status_history"]] == [
        ("assigned", "2026-11-20T09:00+01:00"),
        ("resolved", "2026-11-20T12:00+01:00"),
        ("assigned", "2026-11-24T08:00+01:00"),
    ]


def test_what_is_to_come_does_not_count_yet(desk: Path, crm: Crm) -> None:
    """A response of tomorrow is none today, and a case of tomorrow has no clock."""
    id = opened(crm, MAJA)
    ok(crm, "--today", "2026-11-24", "case", "reply", id, "Sorry")
    assert derived(crm, id)["responded"] is None
    assert derived(crm, id, "--today", "2026-11-24")["responded"] is not None
    assert derived(crm, id)["overdue"] is True
    other = opened(crm, BREG)
    path = desk / f"customers/{BREG}.yaml"
    path.write_text(path.read_text().replace("2026-11-20T09:00", "2026-12-01T09:00"))
    assert derived(crm, other)["due"] is None
    assert derived(crm, other, "--today", "2026-12-01")["due"] is not None


def test_cases_that_are_one(desk: Path, crm: Crm) -> None:
    """What is said in the other counts; its clocks stand still, the first's run from the
    earlier of the two."""
    kept = opened(crm, MAJA, at="2026-11-20 10:00")
    other = opened(crm, MAJA, at="2026-11-20 08:00")
    ok(crm, "case", "merge", kept, other)
    merged = rows(crm, "case", "show", other)
    assert (merged["status"], merged["merged_into"]) == ("duplicate", kept)
    assert merged["derived"]["due"] is None
    assert derived(crm, kept)["respond_by"] == "2026-11-20T09:00+01:00"
    ok(crm, "log", MAJA, "We look", "--kind", "call", "--out", "--case", other)
    assert derived(crm, kept)["responded"] == "2026-11-20T12:00+01:00"
    ok(crm, "case", "reopen", other)
    assert derived(crm, kept)["responded"] is None
    before = (desk / PATH).read_bytes()
    ok(crm, "case", "merge", kept, other)
    ok(crm, "undo")
    assert (desk / PATH).read_bytes() == before


def test_cases_of_two_customers_are_not_merged(desk: Path, crm: Crm) -> None:
    one, other = opened(crm, MAJA), opened(crm, BREG)
    run = crm("case", "merge", one, other)
    assert run.code == 6
    assert f"crm move {other} {MAJA} first" in run.err
    assert crm("case", "merge", one).code == 2
    assert crm("case", "merge", one, one).code == 2


def test_taking_a_case_on(desk: Path, crm: Crm) -> None:
    id = opened(crm, MAJA)
    ok(crm, "--as", "marko", "case", "take", MAJA)
    shown = rows(crm, "case", "show", id)
    assert (shown["assignee"], shown["status"]) == ("marko", "assigned")
    assert "already" in ok(crm, "--as", "marko", "case", "take", id)
    ok(crm, "case", "take", id, "--assignee", "petra")
    assert rows(crm, "case", "list", "--owner", "petra")[0]["id"] == id
    assert crm("case", "take", id, "--assignee", "nobody").code == 3
    ok(crm, "case", "close", id)
    run = crm("case", "take", id, "--assignee", "marko")
    assert (run.code, f"crm case reopen {id}" in run.err) == (6, True)


@pytest.mark.parametrize("verb", ["wait", "resolve", "close"])
def test_undo_says_that_a_case_goes_back_and_not_that_it_is_taken(
    desk: Path, crm: Crm, verb: str
) -> None:
    id = opened(crm, MAJA)
    ok(crm, "--as", "marko", "case", "take", id)
    ok(crm, "case", verb, id)
    became = rows(crm, "case", "show", id)["status"]
    said = ok(crm, "undo")
    assert f"status {became} → assigned" in said
    assert "taken" not in said
    assert "case taken" not in ok(crm, "redo")


def test_a_reply_is_on_the_channel_that_the_case_came_by(desk: Path, crm: Crm) -> None:
    id = opened(crm, MAJA, "--origin", "call")
    before = (desk / PATH).read_bytes()
    ok(crm, "--as", "petra", "case", "reply", id, "Two new ones", "--resolve")
    (said,) = rows(crm, "interaction", "list", f"case:{id}", "--cols", "kind,direction,summary")
    assert said == {"kind": "call", "direction": "outbound", "summary": "Two new ones"}
    shown = rows(crm, "case", "show", id)
    assert (shown["status"], shown["assignee"]) == ("resolved", "petra")
    ok(crm, "undo")
    assert (desk / PATH).read_bytes() == before, "one command, one undo"
    assert crm("case", "reply", id).code == 2
    assert crm("case", "reply", id, "x", "--wait", "--resolve").code == 2
    assert crm("case", "reply", id, "x", "--at", "2026-12-01 10:00").code == 2


def test_word_in_a_closed_case_says_how_to_open_it(desk: Path, crm: Crm) -> None:
    id = opened(crm, MAJA)
    ok(crm, "case", "close", id)
    said = ok(crm, "log", MAJA, "Torn again", "--kind", "call", "--in", "--case", id)
    assert f"crm case reopen {id} opens it again" in said
    assert crm("case", "reply", id, "Sorry").code == 6


def test_without_promises_and_hours_nothing_is_late(shop: Path, crm: Crm) -> None:
    id = opened(crm, MAJA, at="2025-01-01")
    made = derived(crm, id)
    assert (made["due"], made["broken"], made["overdue"]) == (None, None, False)
    assert rows(crm, "due", "--kind", "case") == []
    (shop / "crm.yaml").write_text((shop / "crm.yaml").read_text() + "service: [{respond: 4h}]\n")
    assert derived(crm, id)["respond_by"] == "2025-01-01T04:00+01:00", "all hours count"


def test_times_that_an_import_gives_are_read(desk: Path, crm: Crm) -> None:
    """Where there is no history, the case itself says when it was answered and resolved."""
    path = desk / PATH
    path.write_text(
        path.read_text() + "cases:\n"
        "  - {id: c-1111111, subject: A, status: resolved, opened: 2026-11-20 08:00,"
        " first_response_at: 2026-11-20 08:30, resolved_at: 2026-11-20 10:00}\n"
        "  - {id: c-2222222, subject: B, status: pending, opened: 2026-11-20 08:00,"
        " waiting_since: 2026-11-20 08:30}\n"
        "  - The sheets were torn\n"
    )
    one, other = derived(crm, "c-1111111"), derived(crm, "c-2222222")
    assert (one["response_time"], one["resolution_time"]) == (30, 120)
    assert (one["response_kept"], one["resolution_kept"]) == (True, True)
    assert (other["waiting"], other["due"]) == (True, None)
    run = crm("check")
    assert "case-without-opening" in run.out + crm("check", "--json").out


def test_settings_that_promise_nothing_are_told(shop: Path, crm: Crm) -> None:
    settings = (shop / "crm.yaml").read_text()
    for text, said in (
        ("service: [{respond: 4}]", "'4' has no unit"),
        ("service: [{respond: soon}]", "'soon' is not a length of working time"),
        ("service: [{respond: 0h}]", "'0h' is no time at all"),
        ("service: [{segment: best}]", "this promises nothing"),
        ("service: [{respond: 4h}, {segment: best, respond: 1h}]", "this is never used"),
        ("service: [{priority: huge, respond: 1h}]", "huge"),
        ("holidays: [soon]", "'soon' is neither a day nor a country"),
        ("holidays: ZZ", "the holidays of ZZ are not known"),
    ):
        (shop / "crm.yaml").write_text(f"{settings}{text}\n")
        assert said in crm("check", "--json").out, text


def test_the_timeline_tells_of_a_case_that_is_opened_again(desk: Path, crm: Crm) -> None:
    id = opened(crm, MAJA)
    ok(crm, "case", "resolve", id)
    ok(crm, "case", "reopen", id)
    told = [row["what"] for row in rows(crm, "timeline", MAJA) if row["kind"] == "case"]
    assert told == ["resolved: Torn sheets", "opened again: Torn sheets",
                    "opened: question, Torn sheets"] or told == [
        "opened again: Torn sheets", "resolved: Torn sheets", "opened: question, Torn sheets",
    ]  # fmt: skip


def test_holidays_are_known_once_their_library_is_there(
    desk: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was reckoned without it is reckoned anew: 25 December is no working day in Slovenia."""
    words = ("case", "add", BREG, "Torn", "--opened", "2026-12-24 15:00")
    later = ("--today", "2026-12-24T18:00")
    ok(crm, *later, *words)
    with monkeypatch.context() as without:
        without.setattr(schema, "_among_folders", lambda package: None)
        without.setattr(working_time, "holidays_of", lambda country, year: None)
        said = crm(*later, "case", "list", "--cols", "respond_by", "-o", "csv")
        assert (said.code, "holidays of SI are not known" in said.err) == (4, True)
        assert said.out.splitlines()[1].startswith("2026-12-25")
    said = crm(*later, "case", "list", "--cols", "respond_by", "-o", "csv")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[1].startswith("2026-12-28")


def test_a_case_shows_what_was_said_and_is_to_be_done(desk: Path, crm: Crm) -> None:
    case = opened(crm, MAJA, "--kind", "complaint")
    assert "course" not in rows(crm, "case", "show", case)
    ok(crm, "case", "reply", case, "Bring the sheets", "--kind", "call", "--at", "2026-11-20 09:10")
    ok(crm, "log", MAJA, "Still torn", "--kind", "call", "--in", "--case", case, "--at",
       "2026-11-20 10:00")  # fmt: skip
    ok(crm, "log", MAJA, "Of another matter", "--kind", "call")
    ok(crm, "case", "decide", case, "repair")
    listed = rows(crm, "case", "show", case)["course"]
    assert [(row["when"], row["what"], row["state"]) for row in listed] == [
        ("2026-11-20", "task", "open"),
        ("2026-11-20 09:10", "call", "outbound"),
        ("2026-11-20 10:00", "call", "inbound"),
    ]
    assert [row["text"] for row in listed[1:]] == ["Bring the sheets", "Still torn"]
    task = next(row["id"] for row in listed if row["what"] == "task")
    ok(crm, "--today", "2026-12-01", "task", "done", task)
    after = rows(crm, "case", "show", case)["course"]
    assert (after[-1]["what"], after[-1]["when"][:10]) == ("task", "2026-12-01")
    shown = ok(crm, "case", "show", case)
    assert "Course" in shown and "Still torn" in shown and "Of another matter" not in shown


def test_a_promise_may_count_all_hours(desk: Path, crm: Crm) -> None:
    ok(crm, "config", "set", 'working_hours={mon: ["07:00-15:00"], sat: []}', "holidays=2026-07-04",
       "service=[{priority: urgent, hours: all, respond: 2h}, {respond: 8h}]")  # fmt: skip
    later = ("--today", "2026-07-06")
    for priority in ("urgent", "normal"):
        ok(crm, *later, "case", "add", MAJA, "No heating", "--kind", "incident", "--priority",
           priority, "--opened", "2026-07-04 10:00")  # fmt: skip
    said = ok(crm, *later, "case", "list", "opened:2026-07-04", "--cols", "priority,respond_by",
              "--sort", "priority-", "-o", "csv").splitlines()[1:]  # fmt: skip
    assert [line[:23] for line in said] == ["urgent,2026-07-04T12:00", "normal,2026-07-06T15:00"]
