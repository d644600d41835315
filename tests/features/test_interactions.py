"""Noting down interactions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from crm_cli.features.interactions import log, says_enough
from crm_cli.model.errors import UsageError
from crm_cli.model.item import Item
from crm_cli.workspace import Workspace

Opened = Callable[..., Workspace]


def noted(workspace: Workspace, text: str, **values: Any) -> tuple[Item, list[Item], list[str]]:
    """The new interaction, the tasks that came with it, and the notes."""
    plan = log(workspace, "maja-kos", text, **values)
    workspace.write(plan.change)
    document = workspace.document("maja-kos")
    first, *rest = [document.find(id) for id in plan.made]
    return first, rest, list(plan.notes)


def test_what_was_said_stands_in_the_file(workspace: Opened, shop: Path) -> None:
    opened = workspace(user="petra")
    plan = log(
        opened,
        "maja-kos",
        "Asked for 20 towels: white, #2\n",
        kind="call",
        direction="inbound",
        outcome="reached",
        duration="12",
        subject="Towels",
        follow_up="fri",
    )
    opened.write(plan.change)
    text = (shop / "customers" / "maja-kos.yaml").read_text()
    assert (
        f"""\
  - 2026-11-12 note: Moves in January
  - id: {plan.made[0]}
    at: 2026-11-20T12:00+01:00
    kind: call
    direction: inbound
    outcome: reached
    duration: 12min
    subject: Towels
    summary: "Asked for 20 towels: white, #2"
    owner: petra

tasks:
"""
        in text
    )
    assert (
        f"""\
  - id: {plan.made[1]}
    title: "Follow up: Towels"
    kind: follow_up
    due: 2026-11-27
    assignee: petra

purchases:
"""
        in text
    )
    assert plan.change.subject == "log call with maja-kos"
    assert plan.notes == ["follow-up due Fri 2026-11-27, in 7 days"]


def test_it_is_a_note_of_now_unless_told_otherwise(workspace: Opened) -> None:
    item, tasks, notes = noted(workspace(today="2026-11-20T09:14:31+01:00"), "Likes linen")
    assert item.values == {
        "at": datetime.fromisoformat("2026-11-20T09:14+01:00"),
        "kind": "note",
        "summary": "Likes linen",
    }
    assert (tasks, notes) == ([], [])


def test_a_weekday_is_one_that_was(workspace: Opened) -> None:
    item, _, notes = noted(workspace(), "Met at the fair", at="mon", kind="call")
    assert item.get("at") == date(2026, 11, 16)
    assert item.get("status") == "held"
    assert notes == ["at Mon 2026-11-16, 4 days ago"]


@pytest.mark.parametrize("at", ["tomorrow", "2026-11-24 10:00", "today 13:00"])
def test_what_is_to_come_is_planned(workspace: Opened, at: str) -> None:
    item, _, notes = noted(workspace(), "Show the samples", at=at, kind="meeting")
    assert item.get("status") == "planned"
    assert not notes


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Wants an offer.", "Follow up: Wants an offer"),
        ("First line\nsecond line", "Follow up: First line"),
        ("word " * 30, "Follow up: word word word word word word word word word word word…"),
        ("x" * 90, "Follow up: " + "x" * 59 + "…"),
    ],
)
def test_a_follow_up_says_of_what(workspace: Opened, text: str, title: str) -> None:
    _, tasks, _ = noted(workspace(), text, follow_up="2026-12-01")
    assert [(task.get("title"), task.get("due")) for task in tasks] == [(title, date(2026, 12, 1))]


def test_a_follow_up_without_a_text_says_what_it_was(workspace: Opened) -> None:
    _, tasks, _ = noted(workspace(), "", kind="call", outcome="no_answer", follow_up="tomorrow")
    assert [task.get("title") for task in tasks] == ["Follow up: call"]


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        ("", {}, "nothing to log"),
        (" \n", {"kind": "call"}, "nothing to log"),
        ("x", {"kind": "cal"}, "did you mean call"),
        ("x", {"kind": ""}, "--kind is empty"),
        ("x", {"outcome": "gone"}, "outcome"),
        ("x", {"outcome": ""}, "--outcome is empty"),
        ("x", {"duration": "long"}, "duration"),
        ("x", {"at": "31.2.2026"}, "--at"),
        ("x", {"at": " "}, "--at is empty"),
        ("x", {"follow_up": "yesterday"}, "--follow-up"),
        ("x", {"follow_up": "soon"}, "--follow-up"),
        ("x", {"follow_up": ""}, "--follow-up"),
    ],
)
def test_what_is_refused(
    workspace: Opened, shop: Path, text: str, values: dict[str, str], said: str
) -> None:
    before = (shop / "customers" / "maja-kos.yaml").read_bytes()
    with pytest.raises(UsageError) as caught:
        noted(workspace(), text, **values)
    assert said in f"{caught.value.message} {caught.value.hint}"
    assert (shop / "customers" / "maja-kos.yaml").read_bytes() == before


def test_which_outcomes_need_no_text() -> None:
    assert says_enough("no-answer")
    assert says_enough("Voicemail")
    assert not says_enough("reached")
    assert not says_enough(None)


def test_a_weekday_of_a_meeting_may_be_the_last_or_the_next(workspace: Opened) -> None:
    opened = workspace()
    for text in ("tue 10:00", "tuesday"):
        with pytest.raises(UsageError, match=f"--at {text} is 2026-11-17.* or 2026-11-24"):
            log(opened, "maja-kos", "Tasting", kind="meeting", at=text)
    item, _, notes = noted(opened, "Tasting", kind="meeting", at="tue 10:00", planned=True)
    assert item.values["status"] == "planned"
    assert item.values["at"] == datetime.fromisoformat("2026-11-24T10:00+01:00")
    assert not notes
    held, _, _ = noted(opened, "Tasting", kind="meeting", at="last tue 10:00")
    assert held.values["at"] == datetime.fromisoformat("2026-11-17T10:00+01:00")
    with pytest.raises(UsageError, match="--planned: that is"):
        log(opened, "maja-kos", "Tasting", kind="meeting", at="yesterday", planned=True)
