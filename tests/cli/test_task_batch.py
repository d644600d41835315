"""Tasks from stdin, one a line; and dates that could be two."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from crm_cli.cli import terminal
from tests.conftest import Crm

LINES = """\
# for next week
maja-kos Send the "linen" samples --due fri --assignee petra

"Hotel Breg" Don't forget the towels --priority=high
jan@nowhere.example x
"""


def test_a_task_a_line(crm: Crm) -> None:
    good = LINES.rsplit("\n", 2)[0]
    done = crm("task", "add", "-", "--assignee", "marko", "--yes", stdin=good)
    assert (done.code, done.out.partition("  (")[0]) == (0, "added 2 tasks of 2 customers")
    assert "due Fri 2026-11-27" in done.err
    rows = json.loads(crm("task", "list", "is:open", "due:2026-11-27", "--json").out)
    assert [(row["title"], row["assignee"]) for row in rows] == [
        ("Send the linen samples", "petra")
    ]
    (towels,) = json.loads(crm("task", "list", "forget", "--json").out)
    assert (towels["title"], towels["priority"]) == ("Don't forget the towels", "high")
    assert towels["assignee"] == "marko"


def test_all_or_nothing_with_each_wrong_line(crm: Crm, shop: Path) -> None:
    before = (shop / "customers" / "maja-kos.yaml").read_bytes()
    wrong = LINES + 'maja-kos y --dew fri\nmaja-kos\nmaja-kos z --due\nmaja-kos "z\n'
    done = crm("task", "add", "-", "--yes", stdin=wrong)
    assert (done.code, done.out) == (2, "")
    for number in (5, 6, 7, 8, 9):
        assert f"line {number}:" in done.err
    assert (shop / "customers" / "maja-kos.yaml").read_bytes() == before


def test_several_customers_are_asked_for(crm: Crm) -> None:
    two = "maja-kos one\njan-vidmar two\n"
    assert crm("task", "add", "-", stdin=two).code == 2
    assert crm("task", "add", "-", stdin="maja-kos one\nmaja-kos two\n").code == 0
    assert crm("task", "add", "-", stdin="").code == 0
    assert crm("task", "add", "-", "title", stdin=two).code == 2
    assert crm("task", "add", "maja-kos").code == 2


def test_at_a_terminal_lines_name_customers_as_words_do(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_cli.cli.prompts.is_terminal", lambda stream: stream is sys.stderr)
    monkeypatch.setattr(terminal, "can_ask", lambda: True)
    answers = ["2", "y", ""]
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return answers.pop(0)

    monkeypatch.setattr(terminal, "ask_terminal", ask)
    assert crm("add", "Maja Novak", "--force").code == 0
    done = crm("task", "add", "-", stdin="maja Call\nhotel Ring --due fri\n")
    assert done.code == 0, done.err
    assert [question.partition("?")[0] for question in asked] == [
        "maja: which one", "Add 2 tasks of 2 customers"
    ]  # fmt: skip
    assert crm("task", "list", "customer:maja-novak", "-o", "ids").lines
    done = crm("task", "add", "-", stdin="maja Call again\n")
    assert (done.code, done.out) == (130, "")
    monkeypatch.setattr(terminal, "can_ask", lambda: False)
    done = crm("task", "add", "-", stdin="hotel Ring\n")
    assert done.code == 2 and "line 1" in done.err


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("3/4/2027", ("2027-03-04", "2027-04-03")),
        ("03-04-2027", ("2027-03-04", "2027-04-03")),
        ("3/4", ("2027-03-04", "2027-04-03")),
        ("3/4 14:30", ("2027-03-04", "2027-04-03")),
        ("15/4", ("2027-04-15",)),
    ],
)
def test_a_date_that_could_be_two_is_refused_with_both(
    crm: Crm, text: str, readings: tuple[str, ...]
) -> None:
    done = crm("task", "add", "maja-kos", "Call", "--due", text)
    assert (done.code, done.out) == (2, "")
    assert all(day in done.err for day in readings)
