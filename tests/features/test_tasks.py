"""Tasks: how one is meant, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from crm_cli.features import tasks
from crm_cli.features.plan import Plan
from crm_cli.model.errors import Ambiguous, NotFound, Refused, UsageError
from crm_cli.model.item import Item
from crm_cli.workspace import Workspace

Opened = Callable[..., Workspace]


def task(workspace: Workspace, customer: str, id: str) -> Item:
    return workspace.document(customer).find(id)


def carried_out(workspace: Workspace, plan: Plan) -> Plan:
    workspace.write(plan.change)
    return plan


@pytest.mark.parametrize("text", ["t-9f3kx7d", "t-9f3", "T-9F3", "9f3k", "maja-kos", "Maja Kos"])
def test_a_task_is_meant_by_its_id_or_by_who_has_one_open(workspace: Opened, text: str) -> None:
    found = tasks.pick(workspace(), text)
    assert (found.customer, found.id) == ("maja-kos", "t-9f3kx7d")


def test_a_done_task_is_meant_by_its_id_only(workspace: Opened) -> None:
    assert tasks.pick(workspace(), "t-9fz").item.title == "Ask about the flat"


def test_several_open_tasks_are_listed(workspace: Opened) -> None:
    with pytest.raises(Ambiguous) as caught:
        tasks.pick(workspace(), "hotel-breg")
    assert caught.value.candidates == (
        ("t-3qqqqq1", "Call about the towels, due 2026-11-16"),
        ("t-3qqqqq2", "Renew the contract, due 2026-11-24 14:30"),
    )


def test_an_ambiguous_prefix_is_no_guess(workspace: Opened) -> None:
    with pytest.raises(Ambiguous):
        tasks.pick(workspace(), "t-9f")


@pytest.mark.parametrize("text", ["t-zzz", "i-4k7", "nobody"])
def test_what_is_not_there_is_not_found(workspace: Opened, text: str) -> None:
    with pytest.raises(NotFound):
        tasks.pick(workspace(), text)


def test_a_script_needs_the_letter_or_the_whole_id(workspace: Opened) -> None:
    with pytest.raises(NotFound):
        tasks.pick(workspace(), "9f3k", strict=True)
    assert tasks.pick(workspace(), "9f3kx7d", strict=True).id == "t-9f3kx7d"
    assert tasks.pick(workspace(), "t-9f3", strict=True).id == "t-9f3kx7d"
    with pytest.raises(NotFound):
        tasks.pick(workspace(), "maja", strict=True)


def test_adding_writes_what_was_said(workspace: Opened, shop: Path) -> None:
    opened = workspace(user="marko")
    plan = tasks.add(
        opened,
        "hotel-breg",
        "  Send \n the offer ",
        due="fri 9:30",
        start="tomorrow",
        assignee="me",
        priority="high",
        kind="quote",
        remind="2 days",
    )
    carried_out(opened, plan)
    assert (
        (shop / "customers" / "hotel-breg.yaml")
        .read_text()
        .endswith(
            f"""\
  - id: {plan.made[0]}
    title: Send the offer
    kind: quote
    priority: high
    start: 2026-11-21
    due: 2026-11-27T09:30+01:00
    assignee: marko
    remind_before: 2 days
"""
        )
    )
    assert plan.notes == [
        "start Sat 2026-11-21, tomorrow",
        "due Fri 2026-11-27 09:30, in 7 days",
    ]


@pytest.mark.parametrize(
    ("title", "values", "said"),
    [
        (" ", {}, "what is to be done"),
        ("x", {"due": ""}, "--due is empty"),
        ("x", {"due": "someday"}, "due:"),
        ("x", {"priority": "hgh"}, "priority:"),
        ("x", {"kind": "errand"}, "kind:"),
        ("x", {"remind": "soon"}, "remind_before:"),
        ("x", {"due": "2026-11-20", "start": "2026-11-21"}, "before the start"),
    ],
)
def test_a_wrong_task_is_refused(
    workspace: Opened, title: str, values: dict[str, str], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        tasks.add(workspace(), "maja-kos", title, **values)


def test_an_unknown_assignee_is_told(workspace: Opened) -> None:
    plan = tasks.add(workspace(), "maja-kos", "Call", assignee="petar")
    assert plan.notes == ["petar is none of the users in crm.yaml: marko, petra"]


def test_done_is_completed_now(workspace: Opened) -> None:
    opened = workspace(today="2026-11-20T16:45:59+01:00")
    carried_out(opened, tasks.done(opened, [tasks.pick(opened, "t-9f3")]))
    item = task(opened, "maja-kos", "t-9f3kx7d")
    assert item.get("status") == "completed"
    assert item.get("completed") == datetime.fromisoformat("2026-11-20T16:45+01:00")


def test_a_task_written_in_one_line_gets_its_id_when_it_is_done(
    workspace: Opened, shop: Path
) -> None:
    opened = workspace()
    found = tasks.pick(opened, "jan-vidmar")
    carried_out(opened, tasks.done(opened, [found]))
    assert (shop / "customers" / "jan-vidmar.yaml").read_text() == (
        f"""\
name: Jan Vidmar
phone: 040 123 456
tasks:
  - id: {found.id}
    title: Write to him
    status: completed
    completed: 2026-11-20T12:00+01:00
"""
    )


def test_done_again_changes_nothing(workspace: Opened) -> None:
    opened = workspace()
    plan = tasks.done(opened, [tasks.pick(opened, "t-9fz")])
    assert not opened.write(plan.change).diffs
    assert "done already (2026-11-11)" in plan.notes[0]


def test_several_tasks_of_a_file_are_one_edit(workspace: Opened) -> None:
    opened = workspace()
    found = [tasks.pick(opened, id) for id in ("t-3qqqqq1", "t-3qqqqq2", "t-3qqqqq1", "t-9f3")]
    plan = tasks.done(opened, found)
    assert [step.path for step in plan.change.steps] == [
        "customers/hotel-breg.yaml",
        "customers/maja-kos.yaml",
    ]
    assert plan.question == "Complete 3 tasks of 2 customers?"
    assert plan.change.subject == "complete 3 tasks of 2 customers"
    carried_out(opened, plan)
    assert not [
        one for one in opened.record("hotel-breg").items("tasks") if one.get("status") == "open"
    ]


def test_of_a_recurring_task_the_next_is_added(workspace: Opened, shop: Path) -> None:
    path = shop / "customers" / "jan-vidmar.yaml"
    path.write_text(
        """\
name: Jan Vidmar
tasks:
  - id: t-7777777
    title: Deliver
    status: in_progress
    percent_complete: 40
    start: 2026-11-17
    due: 2026-11-18
    rrule: FREQ=WEEKLY;COUNT=5
"""
    )
    opened = workspace()
    plan = carried_out(opened, tasks.done(opened, [tasks.pick(opened, "jan-vidmar")]))
    first, second = opened.record("jan-vidmar").items("tasks")
    assert (first.get("status"), first.get("percent_complete")) == ("completed", 100)
    assert second.id == plan.made[0]
    assert second.values == {
        "title": "Deliver",
        "start": date(2026, 11, 24),
        "due": date(2026, 11, 25),
        "rrule": "FREQ=WEEKLY;COUNT=4",
    }
    assert plan.notes == ["the next one is due Wed 2026-11-25, in 5 days"]


def test_a_rule_that_is_none_is_told_and_the_task_is_done(workspace: Opened, shop: Path) -> None:
    path = shop / "customers" / "jan-vidmar.yaml"
    path.write_text("name: Jan\ntasks:\n  - title: Deliver\n    rrule: sometimes\n")
    opened = workspace()
    plan = carried_out(opened, tasks.done(opened, [tasks.pick(opened, "jan-vidmar")]))
    assert plan.notes == ["no task follows it: 'sometimes' is no rule of recurrence"]
    assert [one.get("status") for one in opened.record("jan-vidmar").items("tasks")] == [
        "completed"
    ]


def test_starting_a_done_task_opens_it_again(workspace: Opened) -> None:
    opened = workspace()
    carried_out(opened, tasks.start(opened, [tasks.pick(opened, "t-9fz")]))
    item = task(opened, "maja-kos", "t-9fzzzz1")
    assert (item.get("status"), item.get("completed")) == ("in_progress", None)


def test_a_done_task_is_neither_cancelled_nor_put_off(workspace: Opened) -> None:
    opened = workspace()
    found = [tasks.pick(opened, "t-9fz")]
    with pytest.raises(Refused):
        tasks.cancel(opened, found)
    with pytest.raises(Refused):
        tasks.snooze(opened, found, "mon")


def test_cancelled(workspace: Opened) -> None:
    opened = workspace()
    carried_out(opened, tasks.cancel(opened, [tasks.pick(opened, "t-9f3")]))
    assert task(opened, "maja-kos", "t-9f3kx7d").get("status") == "cancelled"


def test_put_off(workspace: Opened) -> None:
    opened = workspace()
    plan = carried_out(opened, tasks.snooze(opened, [tasks.pick(opened, "t-9f3")], "mon"))
    assert task(opened, "maja-kos", "t-9f3kx7d").get("due") == date(2026, 11, 23)
    assert plan.notes == ["due Mon 2026-11-23, in 3 days"]
    for text in ("yesterday", "2026-11-19", "", "someday"):
        with pytest.raises(UsageError):
            tasks.snooze(opened, [tasks.pick(opened, "t-9f3")], text)


def test_everything_else_keeps_its_bytes(workspace: Opened, shop: Path) -> None:
    path = shop / "customers" / "maja-kos.yaml"
    before = path.read_text()
    opened = workspace()
    carried_out(opened, tasks.snooze(opened, [tasks.pick(opened, "t-9f3")], "2026-12-01"))
    assert path.read_text() == before.replace("due: 2026-11-20", "due: 2026-12-01")


def test_tasks_that_say_the_same_keep_their_ids(workspace: Opened, shop: Path) -> None:
    path = shop / "customers" / "jan-vidmar.yaml"
    path.write_text("name: Jan\ntasks:\n  - Call\n  - Call\n  - Call\n")
    ids = [item.id for item in workspace().record("jan-vidmar").items("tasks")]
    assert len(set(ids)) == 3
    for id in ids:
        opened = workspace()
        carried_out(opened, tasks.done(opened, [tasks.pick(opened, id)]))
        assert [item.id for item in workspace().record("jan-vidmar").items("tasks")] == ids
    path.write_text("name: Jan\ntasks:\n  - Call\n  - Call\n  - Call\n")
    opened = workspace()
    carried_out(opened, tasks.done(opened, [tasks.pick(opened, id) for id in reversed(ids)]))
    items = workspace().record("jan-vidmar").items("tasks")
    assert [(item.id, item.get("status")) for item in items] == [(id, "completed") for id in ids]
