"""`crm log`: where the text comes from."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from crm_cli.cli import terminal
from crm_cli.cli.session import Session
from tests.conftest import Crm
from tests.mails import mail


def said(crm: Crm) -> list[str]:
    """What is noted of Maja, newest last."""
    return crm("interaction", "list", "customer:maja-kos", "--sort", "at,id", "--cols", "summary",
               "-o", "tsv", "--no-header").lines  # fmt: skip


def test_the_text_may_be_words(crm: Crm, shop: Path) -> None:
    done = crm("log", "maja-kos", "Asked", "for", "towels", "--kind", "call", "--in")
    assert done.code == 0
    assert done.out.startswith("noted call i-")
    assert done.out.endswith(" with Maja Kos (maja-kos)  (customers/maja-kos.yaml)\n")
    assert done.err == "crm undo takes it back\n"
    assert said(crm)[-1] == "Asked for towels"
    before = (shop / "customers" / "maja-kos.yaml").read_text()
    assert "direction: inbound\n    summary: Asked for towels" in before


@pytest.mark.parametrize("words", [[], ["-"]])
def test_the_text_may_come_from_stdin(crm: Crm, words: list[str]) -> None:
    done = crm("log", "maja-kos", *words, "--kind", "email", stdin="Dear all,\n\nyes.\n\n")
    assert done.code == 0
    assert said(crm)[-1] == "Dear all,\\n\\nyes."


def test_a_call_that_failed_needs_no_text_and_leaves_stdin_alone(crm: Crm) -> None:
    done = crm("log", "maja-kos", "--kind", "call", "--outcome", "no_answer", stdin="other\n")
    assert done.code == 0
    assert said(crm)[-1] == ""


def test_nothing_to_note_down_is_refused(crm: Crm) -> None:
    done = crm("log", "maja-kos", stdin="\n")
    assert (done.code, done.out) == (2, "")


def test_the_text_may_be_written_in_an_editor(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "interactive", property(lambda self: True))
    monkeypatch.setattr("crm_cli.cli.log.is_terminal", lambda stream: True)
    shown: list[str] = []

    def edit(text: str, name: str, environ: object, *, line: int = 1) -> str:
        shown.append(text)
        return f"Came by.\n# 2 sheets\n{text}"

    monkeypatch.setattr(terminal, "edit", edit)
    assert crm("log", "maja").code == 0
    assert "maja-kos" in shown[0]
    assert said(crm)[-1] == "Came by.\\n# 2 sheets"


def test_an_empty_text_in_the_editor_notes_nothing(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "interactive", property(lambda self: True))
    monkeypatch.setattr("crm_cli.cli.log.is_terminal", lambda stream: True)
    monkeypatch.setattr(terminal, "edit", lambda text, name, environ: text)
    before = (shop / "customers" / "maja-kos.yaml").read_bytes()
    assert crm("log", "maja-kos").code == 130
    assert (shop / "customers" / "maja-kos.yaml").read_bytes() == before


def test_a_dry_run_writes_nothing(crm: Crm, shop: Path) -> None:
    before = (shop / "customers" / "maja-kos.yaml").read_bytes()
    done = crm("log", "maja-kos", "Asked", "--follow-up", "fri", "--dry-run")
    assert done.code == 0
    assert "+    summary: Asked" in done.lines
    assert "+    due: 2026-11-27" in done.lines
    assert (shop / "customers" / "maja-kos.yaml").read_bytes() == before


def test_both_ways_at_once_are_refused(crm: Crm) -> None:
    assert crm("log", "maja-kos", "x", "--in", "--out").code == 2


def test_a_prefix_is_not_enough_for_a_script(crm: Crm) -> None:
    done = crm("log", "maja", "x")
    assert done.code == 3
    assert "maja-kos" in done.err


def test_undo_takes_it_back_byte_for_byte(crm: Crm, shop: Path) -> None:
    before = (shop / "customers" / "maja-kos.yaml").read_bytes()
    crm("log", "maja-kos", "Asked", "--follow-up", "fri")
    assert crm("undo").code == 0
    assert (shop / "customers" / "maja-kos.yaml").read_bytes() == before


def test_a_pipe_at_a_terminal_is_read_and_the_question_asked(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_cli.cli.prompts.is_terminal", lambda stream: stream is sys.stderr)
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return "2"

    monkeypatch.setattr(terminal, "can_ask", lambda: True)
    monkeypatch.setattr(terminal, "ask_terminal", ask)
    crm("add", "Maja Novak")
    asked.clear()
    done = crm("log", "maja", stdin="Called back\n")
    assert done.code == 0, done.err
    assert len(asked) == 1 and "which one?" in asked[0]
    asked.clear()
    assert crm("task", "add", "hotel", "Ring").code == 0
    assert asked == []
    monkeypatch.setattr(terminal, "can_ask", lambda: False)
    assert crm("log", "hotel", stdin="Called back\n").code == 3


PLANNED = """\
name: Jan Vidmar
interactions:
  - id: i-1111111
    at: 2026-11-19T10:00+01:00  # by the door
    kind: call
    status: planned
    summary: Ask about prices
    owner: marko
  - {id: i-2222222, at: "2026-12-19T10:00+01:00", kind: meeting, status: planned}
  - {id: i-3333333, at: "2026-11-18T10:00+01:00", kind: call}
"""


@pytest.fixture
def jan(shop: Path) -> Path:
    path = shop / "customers" / "jan-vidmar.yaml"
    path.write_text(PLANNED)
    return path


def answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """At a terminal where these are typed; the questions."""
    asked: list[str] = []
    left = list(answers)

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return left.pop(0)

    monkeypatch.setattr(Session, "interactive", property(lambda self: True))
    monkeypatch.setattr(terminal, "ask_terminal", ask)
    return asked


def test_logging_a_planned_call_closes_it(crm: Crm, jan: Path) -> None:
    done = crm("log", "jan-vidmar", "They pay 80", "--held", "i-1111", "--outcome", "reached")
    assert done.code == 0, done.err
    assert "i-1111111" in done.out and "which was planned" in done.out
    text = jan.read_text()
    assert text.count("id: i-") == 3
    assert "at: 2026-11-19T10:00+01:00  # by the door\n" in text
    assert "summary: They pay 80\n    owner: marko" in text
    assert "status: held\n" in text and "outcome: reached\n" in text
    assert "subject: Ask about prices\n" in text
    assert "planned" not in crm("due").out
    assert crm("undo").code == 0
    assert jan.read_text() == PLANNED


def test_one_held_before_its_time_is_of_now(crm: Crm, jan: Path) -> None:
    assert crm("log", "jan-vidmar", "Came by", "--held", "i-2222222").code == 0
    rows = crm("interaction", "list", "id:i-2222222", "--cols", "at,status,kind", "-o", "tsv").lines
    assert rows[1].startswith("2026-11-20") and rows[1].endswith("held\tmeeting")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("jan-vidmar", "x", "--held", "i-3333333"), 6, "not planned"),
        (("maja-kos", "x", "--held", "i-1111111"), 6, "jan-vidmar"),
        (("jan-vidmar", "x", "--held", "i-9999999"), 3, "i-9999999"),
        (("jan-vidmar", "x", "--held", "i-1111111", "--planned", "--at", "mon"), 2, "--planned"),
        (("has:name", "x", "--held", "i-1111111"), 2, "--held"),
    ],
)
def test_what_cannot_be_held(
    crm: Crm, jan: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    done = crm("log", *words)
    assert (done.code, said in done.err) == (code, True), done.err
    assert jan.read_text() == PLANNED


def test_a_terminal_offers_the_planned_one(
    crm: Crm, jan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, "1")
    done = crm("log", "jan-vidmar", "They pay 80", "--kind", "call")
    assert len(asked) == 1
    assert "planned for 2026-11-19 10:00: Ask about prices" in done.err
    text = jan.read_text()
    assert "status: held\n" in text
    assert "summary: They pay 80\n" in text


def test_another_one_is_a_choice_too(crm: Crm, jan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "2")
    crm("log", "jan-vidmar", "They pay 80", "--kind", "call")
    text = jan.read_text()
    assert "status: planned\n    summary: Ask about prices" in text
    assert "They pay 80" in text


def test_nothing_is_offered_where_none_is_near(
    crm: Crm, jan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch)
    assert crm("log", "jan-vidmar", "Photo", "--kind", "letter").code == 0
    assert crm("log", "maja-kos", "Photo").code == 0
    assert asked == []


@pytest.mark.parametrize(
    ("answer", "at", "status"), [("1", "2026-11-17", "held"), ("2", "2026-11-24", "planned")]
)
def test_a_terminal_asks_which_weekday(
    crm: Crm, jan: Path, monkeypatch: pytest.MonkeyPatch, answer: str, at: str, status: str
) -> None:
    asked = answering(monkeypatch, answer)
    done = crm("log", "maja-kos", "Tasting", "--kind", "meeting", "--at", "tue 10:00")
    assert done.code == 0, done.err
    assert len(asked) == 1
    assert "2026-11-17 10:00" in done.err and "2026-11-24 10:00" in done.err
    rows = crm("interaction", "list", "Tasting", "--cols", "at,status", "-o", "tsv").lines
    assert rows[1].startswith(at) and rows[1].endswith(status)


def test_what_was_planned_is_kept_where_it_was_held(crm: Crm, shop: Path) -> None:
    planned = crm("log", "jan-vidmar", "Tasting", "--kind", "meeting", "--at", "2027-01-08 10:00")
    found = re.search(r"i-\w+", planned.out)
    assert found
    assert crm("log", "jan-vidmar", "Takes 20 kg", "--held", found[0]).code == 0
    text = (shop / "customers/jan-vidmar.yaml").read_text()
    assert "subject: Tasting" in text
    assert "summary: Takes 20 kg" in text


TOWELS = (
    "  - {id: i-1111111, at: 2026-11-19T10:00+01:00, kind: meeting, status: planned, "
    "summary: Towels}\n"
)


def test_without_a_terminal_a_planned_one_of_these_days_is_told(crm: Crm, shop: Path) -> None:
    path = shop / "customers" / "vid.yaml"
    path.write_text(f"name: Vid\ninteractions:\n{TOWELS}")
    for words in (["--kind", "meeting"], []):
        told = crm("log", "vid", "Went well", *words).err
        assert "the meeting planned for 2026-11-19 10:00: Towels (i-1111111) stays planned" in told
        assert "crm interaction held i-1111111" in told and "--held i-1111111" in told
    for words in (["--kind", "call"], ["--at", "yesterday"], ["--held", "i-1111111"]):
        assert "stays planned" not in crm("log", "vid", "Went well", *words).err


def test_what_is_planned_is_said_once(crm: Crm) -> None:
    done = crm("log", "maja-kos", "Tasting", "--kind", "meeting", "--at", "tue 10:00", "--planned")
    assert done.err == "crm undo takes it back\n"
    assert done.out.startswith("planned meeting i-")
    assert " with Maja Kos (maja-kos): Tue 2026-11-24 10:00, in 4 days  (" in done.out


@pytest.mark.parametrize(
    "words", [("log", "vid", "Went well", "--held", "i-2222222"), ("interaction", "held", "vid")]
)
def test_what_was_planned_for_later_is_held_now_and_told(
    crm: Crm, shop: Path, words: tuple[str, ...]
) -> None:
    path = shop / "customers" / "vid.yaml"
    path.write_text(
        "name: Vid\ninteractions:\n"
        "  - {id: i-2222222, at: 2026-11-26T10:00+01:00, kind: meeting, status: planned}\n"
    )
    done = crm(*words)
    assert done.code == 0, done.err
    assert "planned for 2026-11-26 10:00" in done.out + done.err
    assert "2026-11-20T12:00+01:00" in path.read_text()
    assert crm("check").out == ""


def test_nothing_planned_is_said_in_plain_words(crm: Crm) -> None:
    crm("log", "maja-kos", "Called")
    done = crm("interaction", "held", "maja-kos")
    assert (done.code, done.err.splitlines()[0]) == (
        3, "crm: Maja Kos (maja-kos) has no planned interaction"
    )  # fmt: skip
    done = crm("purchase", "post", "maja-kos")
    assert (done.code, done.err.splitlines()[0]) == (
        3, "crm: Maja Kos (maja-kos) has no draft purchase"
    )  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [("--kind", "call"), ("--in",), ("--out",), ("--at", "2026-11-19"), ("--planned",),
     ("--outcome", "reached"), ("--duration", "1h"), ("--subject", "x"), ("--follow-up", "fri"),
     ("--with", "jan-vidmar"), ("--deal", "d-1"), ("--case", "c-1"), ("--campaign", "x"),
     ("--held", "i-1"), ("--desk",), ("a text",)],
    ids=" ".join,
)  # fmt: skip
def test_an_e_mail_takes_nothing_beside_it(crm: Crm, tmp_path: Path, given: list[str]) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(mail())
    ran = crm("log", "maja-kos", *given, "--mail", path)
    assert ran.code == 2 and "--mail takes no" in ran.err


@pytest.mark.parametrize("more", [["--planned", "--at", "fri 09:00"], ["--at", "2026-01-05"]])
def test_the_owner_who_is_given_is_written(crm: Crm, shop: Path, more: list[str]) -> None:
    assert [crm("user", "add", one).code for one in ("cene", "nika")] == [0, 0]
    done = crm("--as", "nika", "log", "maja-kos", "Inspection", "--kind", "visit",
               *more, "owner=cene")  # fmt: skip
    assert done.code == 0, done.err
    found = crm("interaction", "list", "customer:maja-kos", "owner:cene", "--cols", "summary",
                "-o", "tsv", "--no-header").lines  # fmt: skip
    assert found == ["Inspection"]


def test_no_field_that_is_given_is_dropped(crm: Crm) -> None:
    twice = crm("log", "maja-kos", "One text", "summary=another")
    assert (twice.code, "summary= is the text, which is given too" in twice.err) == (2, True)
    held = crm("log", "maja-kos", "Visit", "at=2031-01-01", "status=held")
    assert (held.code, "status=held cannot be: it is" in held.err) == (2, True)
    assert crm("log", "maja-kos", "Visit", "at=2031-01-01", "status=planned").code == 0
