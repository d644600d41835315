"""Tasks: how one is meant, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from crm_cli.features import tasks
from crm_cli.features.moves import move, pick
from crm_cli.features.plan import Plan
from crm_cli.model.errors import Ambiguous, NotFound, Refused, UsageError
from crm_cli.model.item import Item
from crm_cli.model.task import TASK
from crm_cli.workspace import Workspace
from tests.conftest import Crm

(CANCEL,) = (one for one in TASK.moves if one.name == "cancel")

Opened = Callable[..., Workspace]


def task(workspace: Workspace, customer: str, id: str) -> Item:
    return workspace.document(customer).find(id)


def carried_out(workspace: Workspace, plan: Plan) -> Plan:
    workspace.write(plan.change)
    return plan


@pytest.mark.parametrize("text", ["t-9f3kx7d", "t-9f3", "T-9F3", "9f3k", "maja-kos", "Maja Kos"])
def test_a_task_is_meant_by_its_id_or_by_who_has_one_open(workspace: Opened, text: str) -> None:
    found = pick(workspace(), TASK, text)
    assert (found.customer, found.id) == ("maja-kos", "t-9f3kx7d")


def test_a_done_task_is_meant_by_its_id_only(workspace: Opened) -> None:
    assert pick(workspace(), TASK, "t-9fz").item.title == "Ask about the flat"


def test_several_open_tasks_are_listed(workspace: Opened) -> None:
    with pytest.raises(Ambiguous) as caught:
        pick(workspace(), TASK, "hotel-breg")
    assert caught.value.candidates == (
        ("t-3qqqqq1", "Call about the towels, due 2026-11-16"),
        ("t-3qqqqq2", "Renew the contract, due 2026-11-24 14:30"),
    )


def test_an_ambiguous_prefix_is_no_guess(workspace: Opened) -> None:
    with pytest.raises(Ambiguous):
        pick(workspace(), TASK, "t-9f")


@pytest.mark.parametrize("text", ["t-zzz", "i-4k7", "nobody"])
def test_what_is_not_there_is_not_found(workspace: Opened, text: str) -> None:
    with pytest.raises(NotFound):
        pick(workspace(), TASK, text)


def test_a_script_needs_the_letter_or_the_whole_id(workspace: Opened) -> None:
    with pytest.raises(NotFound):
        pick(workspace(), TASK, "9f3k", strict=True)
    assert pick(workspace(), TASK, "9f3kx7d", strict=True).id == "t-9f3kx7d"
    assert pick(workspace(), TASK, "t-9f3", strict=True).id == "t-9f3kx7d"
    with pytest.raises(NotFound):
        pick(workspace(), TASK, "maja", strict=True)


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
    workspace: Opened, title: str, values: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        tasks.add(workspace(), "maja-kos", title, **values)


def test_done_is_completed_now(workspace: Opened) -> None:
    opened = workspace(today="2026-11-20T16:45:59+01:00")
    carried_out(opened, tasks.done(opened, [pick(opened, TASK, "t-9f3")]))
    item = task(opened, "maja-kos", "t-9f3kx7d")
    assert item.get("status") == "completed"
    assert item.get("completed") == datetime.fromisoformat("2026-11-20T16:45+01:00")


def test_a_task_written_in_one_line_gets_its_id_when_it_is_done(
    workspace: Opened, shop: Path
) -> None:
    opened = workspace()
    found = pick(opened, TASK, "jan-vidmar")
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
    plan = tasks.done(opened, [pick(opened, TASK, "t-9fz")])
    assert not opened.write(plan.change).diffs
    assert "done already (2026-11-11)" in plan.notes[0]


def test_several_tasks_of_a_file_are_one_edit(workspace: Opened) -> None:
    opened = workspace()
    found = [pick(opened, TASK, id) for id in ("t-3qqqqq1", "t-3qqqqq2", "t-3qqqqq1", "t-9f3")]
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


RECURRING = """\
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


@pytest.fixture
def recurring(shop: Path) -> Path:
    path = shop / "customers" / "jan-vidmar.yaml"
    path.write_text(RECURRING)
    return path


def test_a_recurring_task_stays_one_and_logs_what_was_done(
    workspace: Opened, recurring: Path
) -> None:
    opened = workspace()
    plan = carried_out(opened, tasks.done(opened, [pick(opened, TASK, "jan-vidmar")]))
    assert recurring.read_text() == (
        """\
name: Jan Vidmar
tasks:
  - id: t-7777777
    title: Deliver
    start: 2026-11-24
    due: 2026-11-25
    rrule: FREQ=WEEKLY;COUNT=4
    occurrences:
      - 2026-11-18 done 2026-11-20
"""
    )
    assert plan.notes == ["t-7777777 is next due Wed 2026-11-25, in 5 days"]
    for day in ("2026-11-25", "2026-12-02", "2026-12-09", "2026-12-20"):
        opened = workspace(today=day)
        plan = carried_out(opened, tasks.done(opened, [pick(opened, TASK, "t-7777777")]))
    assert plan.notes == ["t-7777777 was the last occurrence: the recurrence ends"]
    item = task(workspace(), "jan-vidmar", "t-7777777")
    assert item.get("status") == "completed"
    assert [one.values["value"] for one in item.items("occurrences")] == [
        "2026-11-18 done 2026-11-20",
        "2026-11-25 done",
        "2026-12-02 done",
        "2026-12-09 done",
        "2026-12-16 done 2026-12-20",
    ]


def test_what_was_missed_is_written_down(workspace: Opened, recurring: Path) -> None:
    opened = workspace(today="2026-12-08")
    plan = carried_out(opened, tasks.done(opened, [pick(opened, TASK, "t-7777777")]))
    assert "missed 2 times: 2026-11-25 to 2026-12-02" in plan.notes[0]
    item = task(workspace(), "jan-vidmar", "t-7777777")
    assert item.get("due") == date(2026, 12, 9)
    assert [one.values["value"] for one in item.items("occurrences")] == [
        "2026-11-18 done 2026-12-08",
        "2026-11-25..2026-12-02 missed",
    ]


def test_one_that_is_put_off_does_not_move_the_next(workspace: Opened, recurring: Path) -> None:
    for text in ("2026-11-22", "2026-11-23"):
        opened = workspace()
        carried_out(opened, tasks.snooze(opened, [pick(opened, TASK, "t-7777777")], text))
    item = task(workspace(), "jan-vidmar", "t-7777777")
    assert item.get("recurrence_id") == date(2026, 11, 18)
    opened = workspace(today="2026-11-23")
    carried_out(opened, tasks.skip(opened, [pick(opened, TASK, "t-7777777")]))
    item = task(workspace(), "jan-vidmar", "t-7777777")
    assert (item.get("due"), item.get("recurrence_id")) == (date(2026, 11, 25), None)
    assert item.items("occurrences")[0].values["value"] == "2026-11-18 skipped"


def test_only_what_recurs_is_skipped(workspace: Opened) -> None:
    opened = workspace()
    with pytest.raises(Refused, match="does not recur"):
        tasks.skip(opened, [pick(opened, TASK, "t-9f3")])


def test_two_who_are_done_at_once_are_done_once(workspace: Opened, recurring: Path) -> None:
    opened = workspace()
    found = [pick(opened, TASK, "t-7777777")]
    first, second = tasks.done(opened, found), tasks.done(opened, found)
    carried_out(opened, first)
    assert not workspace().write(second.change).diffs


@pytest.mark.parametrize(
    ("every", "due", "wanted"),
    [
        ("2 weeks", "fri", ("FREQ=WEEKLY;INTERVAL=2", "2026-11-27")),
        ("every 3rd monday", None, ("FREQ=MONTHLY;BYDAY=3MO", "2026-12-21")),
        ("weekdays", "2026-11-23 9:00", (None, "2026-11-23T09:00:00+01:00")),
    ],
)
def test_a_rhythm_in_words(
    workspace: Opened, every: str, due: str | None, wanted: tuple[str | None, str]
) -> None:
    opened = workspace()
    plan = carried_out(opened, tasks.add(opened, "jan-vidmar", "Deliver", every=every, due=due))
    item = task(workspace(), "jan-vidmar", plan.made[0])
    assert wanted[0] in (None, item.get("rrule"))
    assert item.get("due").isoformat() == wanted[1]
    assert any(note.startswith("recurs: first") for note in plan.notes)


def test_wrong_rhythms_are_refused(workspace: Opened) -> None:
    wrong: tuple[dict[str, Any], ...]
    wrong = ({"every": "now and then"}, {"every": " "}, {"repeat_from": "due"})
    for values in wrong:
        with pytest.raises(UsageError, match=r"--every|--repeat-from"):
            tasks.add(workspace(), "jan-vidmar", "Deliver", **values)


def test_what_comes_first(workspace: Opened) -> None:
    opened = workspace()
    plan = tasks.add(opened, "hotel-breg", "Then", depends_on=["t-3qqqqq1"], due="today")
    carried_out(opened, plan)
    assert task(workspace(), "hotel-breg", plan.made[0]).get("depends_on") == ["t-3qqqqq1"]
    with pytest.raises(NotFound):
        tasks.add(workspace(), "hotel-breg", "Then", depends_on=["t-zzz"])


def test_how_much_is_done(workspace: Opened) -> None:
    opened = workspace()
    carried_out(opened, tasks.start(opened, [pick(opened, TASK, "t-9f3")], percent=40))
    item = task(workspace(), "maja-kos", "t-9f3kx7d")
    assert (item.get("status"), item.get("percent_complete")) == ("in_progress", 40)
    with pytest.raises(UsageError):
        tasks.start(workspace(), [pick(opened, TASK, "t-9f3")], percent=100)


def test_a_rule_that_is_none_is_told_and_ends_nothing(workspace: Opened, shop: Path) -> None:
    """A slip in the rule would end what was meant to go on."""
    path = shop / "customers" / "jan-vidmar.yaml"
    path.write_text("name: Jan\ntasks:\n  - title: Deliver\n    id: t-1\n    rrule: sometimes\n")
    opened = workspace()
    for way in (tasks.done, tasks.skip):
        with pytest.raises(Refused, match="t-1: its rule cannot be read: 'sometimes' is no rhythm"):
            way(opened, [pick(opened, TASK, "jan-vidmar")])
    carried_out(opened, move(opened, TASK, CANCEL, [pick(opened, TASK, "jan-vidmar")], {}))
    assert "status: cancelled" in path.read_text()


def test_starting_a_done_task_opens_it_again(workspace: Opened) -> None:
    opened = workspace()
    carried_out(opened, tasks.start(opened, [pick(opened, TASK, "t-9fz")]))
    item = task(opened, "maja-kos", "t-9fzzzz1")
    assert (item.get("status"), item.get("completed")) == ("in_progress", None)


def test_a_done_task_is_neither_cancelled_nor_put_off(workspace: Opened) -> None:
    opened = workspace()
    found = [pick(opened, TASK, "t-9fz")]
    with pytest.raises(Refused):
        move(opened, TASK, CANCEL, found, {})
    with pytest.raises(Refused):
        tasks.snooze(opened, found, "mon")


def test_cancelled(workspace: Opened) -> None:
    opened = workspace()
    carried_out(opened, move(opened, TASK, CANCEL, [pick(opened, TASK, "t-9f3")], {}))
    assert task(opened, "maja-kos", "t-9f3kx7d").get("status") == "cancelled"


def test_put_off(workspace: Opened) -> None:
    opened = workspace()
    plan = carried_out(opened, tasks.snooze(opened, [pick(opened, TASK, "t-9f3")], "mon"))
    assert task(opened, "maja-kos", "t-9f3kx7d").get("due") == date(2026, 11, 23)
    assert plan.notes == ["due Mon 2026-11-23, in 3 days"]
    for text in ("yesterday", "2026-11-19", "", "someday"):
        with pytest.raises(UsageError):
            tasks.snooze(opened, [pick(opened, TASK, "t-9f3")], text)


def test_everything_else_keeps_its_bytes(workspace: Opened, shop: Path) -> None:
    path = shop / "customers" / "maja-kos.yaml"
    before = path.read_text()
    opened = workspace()
    carried_out(opened, tasks.snooze(opened, [pick(opened, TASK, "t-9f3")], "2026-12-01"))
    assert path.read_text() == before.replace("due: 2026-11-20", "due: 2026-12-01")


def test_tasks_that_say_the_same_keep_their_ids(workspace: Opened, shop: Path) -> None:
    path = shop / "customers" / "jan-vidmar.yaml"
    path.write_text("name: Jan\ntasks:\n  - Call\n  - Call\n  - Call\n")
    ids = [item.id for item in workspace().record("jan-vidmar").items("tasks")]
    assert len(set(ids)) == 3
    for id in ids:
        opened = workspace()
        carried_out(opened, tasks.done(opened, [pick(opened, TASK, id)]))
        assert [item.id for item in workspace().record("jan-vidmar").items("tasks")] == ids
    path.write_text("name: Jan\ntasks:\n  - Call\n  - Call\n  - Call\n")
    opened = workspace()
    carried_out(opened, tasks.done(opened, [pick(opened, TASK, id) for id in reversed(ids)]))
    items = workspace().record("jan-vidmar").items("tasks")
    assert [(item.id, item.get("status")) for item in items] == [(id, "completed") for id in ids]


def test_a_task_that_is_put_off_to_a_day_keeps_its_time(workspace: Opened, shop: Path) -> None:
    path = shop / "customers" / "jan-vidmar.yaml"
    path.write_text("name: Jan\ntasks:\n  - {title: A, id: t-1, due: 2026-10-23T14:30+02:00}\n")
    opened = workspace()
    found = [pick(opened, TASK, "t-1")]
    plan = carried_out(opened, tasks.snooze(opened, found, "2026-12-01"))
    assert "postponed to 2026-12-01 14:30" in plan.done
    assert "2026-12-01T14:30+01:00" in path.read_text()


def _two(crm: Crm) -> list[str]:
    """Two tasks, the second after the first."""
    for title, words in (("First", ()), ("Second", ("--depends-on", "First"))):
        after = [crm("task", "list", "First", "-o", "ids").out.strip()] if words else []
        run = crm("task", "add", "jan-vidmar", title, "--due", "2026-11-19", *words[:1], *after)
        assert run.code == 0, run
    return [crm("task", "list", name, "-o", "ids").out.strip() for name in ("First", "Second")]


def test_tasks_that_wait_for_each_other_are_refused_and_reported(crm: Crm, shop: Path) -> None:
    """They would never be due again; the ring is named, and check finds one made by hand."""
    first, second = _two(crm)
    before = (shop / "customers/jan-vidmar.yaml").read_text("utf-8")
    for named, said in (
        (second, f"leads back to {first}: {first} → {second} → {first}"),
        (first, f"leads back to {first}: {first} → {first}"),
    ):
        run = crm("set", first, f"depends_on={named}")
        assert run.code == 6 and said.replace("leads", "would lead") in run.err, run
        by_hand = before.replace("title: First", f"title: First\n    depends_on: [{named}]")
        (shop / "customers/jan-vidmar.yaml").write_text(by_hand, "utf-8")
        found = crm("check")
        assert found.code == 1 and said in found.out + found.err, found
        (shop / "customers/jan-vidmar.yaml").write_text(before, "utf-8")
    assert crm("check").code == 0
    assert crm("set", second, f"depends_on+={first}").code == 0


@pytest.mark.parametrize("key", ["parent", "referred_by"])
def test_organizations_and_referrals_lead_back_to_nobody(crm: Crm, shop: Path, key: str) -> None:
    assert crm("set", "jan-vidmar", f"{key}=maja-kos").code == 0
    assert "jan-vidmar → maja-kos → jan-vidmar" not in crm("check").err
    run = crm("set", "maja-kos", f"{key}=jan-vidmar")
    assert run.code == 6 and "maja-kos → jan-vidmar → maja-kos" in run.err, run
    assert crm("set", "maja-kos", f"{key}=maja-kos").code == 6
    path = shop / "customers/maja-kos.yaml"
    path.write_text(path.read_text("utf-8").replace("name:", f"{key}: jan-vidmar\nname:", 1))
    found = crm("check")
    assert found.code == 1 and "jan-vidmar → maja-kos → jan-vidmar" in found.out + found.err, found


def test_done_says_what_should_come_first(crm: Crm, shop: Path) -> None:
    first, second = _two(crm)
    run = crm("task", "done", second)
    assert run.code == 0 and f"comes after {first}, which is open: First" in run.err, run
    assert crm("undo").code == 0
    assert "comes after" not in crm("task", "done", first, second, "--yes").err
