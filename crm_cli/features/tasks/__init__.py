"""Tasks: new ones, and those that are started, done, skipped or put off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.items import new_id
from crm_cli.features.moves import Found, planned
from crm_cli.features.plan import Plan
from crm_cli.features.tasks import recurring
from crm_cli.features.values import assigned, echoed, said, shown, typed, typed_all, when
from crm_cli.model.dates import local_date
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.places import labelled
from crm_cli.model.recurrence import at_clock_of
from crm_cli.model.task import TASK
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_FINISHED = {"completed": "done", "cancelled": "cancelled"}


def add(
    workspace: Workspace,
    customer: str,
    title: str,
    *,
    due: str | None = None,
    start: str | None = None,
    assignee: str | None = None,
    priority: str | None = None,
    kind: str | None = None,
    remind: str | None = None,
    every: str | None = None,
    repeat_from: str | None = None,
    depends_on: Sequence[str] = (),
    further: Sequence[tuple[str, str]] = (),
) -> Plan:
    """Plan a new task of a customer; the values are texts as people type them.

    `every` is how it recurs, in words or as an RRULE; without `due` it is then due on the
    rule's first day. `depends_on` are the ids of tasks that come first, `further` KEY=VALUE.
    Raises UsageError for an empty title or a wrong value, NotFound and Ambiguous for another
    task, and while it is written for what check would report.
    """
    title = " ".join(title.split())
    if title in ("", "-"):
        raise UsageError("what is to be done?", "crm task add ana Send the quote --due fri")
    given = {
        "kind": kind,
        "priority": priority,
        "start": start,
        "assignee": assignee,
        "remind_before": remind,
        "repeat_from": repeat_from,
    }
    values: dict[str, Any] = {"id": new_id(workspace, TASK), "title": title}
    notes: list[str] = []
    values |= typed_all(workspace, TASK, given, notes)
    # Of a task that recurs, the note on its rule says when it is due first.
    values |= typed_all(workspace, TASK, {"due": due}, [] if every is not None else notes)
    values |= assigned(workspace, TASK, further, customer=customer)
    if every is not None:
        notes += recurring.ruled(workspace, values, every)
    elif repeat_from is not None:
        raise UsageError("--repeat-from is for recurring tasks", "add --every")
    if depends_on:
        values["depends_on"] = [
            id for text in depends_on for id in typed(workspace, TASK, "depends_on", text)
        ]
    _in_order(workspace, values.get("start"), values.get("due"))
    name = str(workspace.record(customer).get("name") or customer)
    until = f", due {shown(workspace, values['due'])}" if "due" in values else ""

    def update(document: Document) -> None:
        document.add("tasks", values)

    edit = Edit(workspace.path_of(customer), entered(update))
    return Plan(
        Change(f"add task {values['id']} of {customer}", (edit,)),
        f"added task {values['id']} of {labelled(name, customer)}: {title}{until}",
        (customer,),
        notes=notes,
        made=(values["id"],),
    )


def done(workspace: Workspace, tasks: Sequence[Found]) -> Plan:
    """Plan to complete tasks, now; one that recurs is open again, due the next time.

    Raises Refused for one whose rule cannot be read.
    """
    now = workspace.clock.now.replace(second=0, microsecond=0)
    left, notes = _left(tasks, ("completed",))
    passed = recurring.passed(workspace, left, "done", notes)
    notes += _before_others(workspace, left)

    def update(document: Document, id: str) -> None:
        item = document.find(id)
        if item.get("status") == "completed":
            return
        if id in passed and recurring.move_on(document, id, passed[id]):
            return
        document.set(id, "status", "completed")
        document.set(id, "completed", now)
        if item.values.get("percent_complete") is not None:
            document.set(id, "percent_complete", 100)
        if item.values.get("delegation_status") is not None:
            document.set(id, "delegation_status", "completed")

    return planned(TASK, tasks, left, update, "complete", "done", notes)


def _before_others(workspace: Workspace, tasks: Sequence[Found]) -> list[str]:
    """A note on each task that one of these waits for, and that stays open."""
    ids = {task.id for task in tasks}
    first = {task.id: task.item.values.get("depends_on") or () for task in tasks}
    wanted = sorted({id for named in first.values() for id in named} - ids)
    if not wanted:
        return []
    terms = ["is:open", f"id:{','.join(wanted)}"]
    rows = workspace.select(TASK, terms, cols=("id", "title")).rows
    titles = {str(id): title for id, title in rows}
    return [
        f"{task.said} comes after {id}, which is open: {titles[id]}"
        for task in tasks
        for id in first[task.id]
        if id in titles
    ]


def skip(workspace: Workspace, tasks: Sequence[Found]) -> Plan:
    """Plan to leave out the present occurrence of tasks that recur.

    Raises Refused for one that does not recur, that is closed, or whose rule cannot be read.
    """
    none_of(tasks)
    for task in tasks:
        if not recurring.recurs(task):
            raise Refused(f"{task.said} does not recur", f"crm task cancel {task.id} cancels it")
    notes: list[str] = []
    passed = recurring.passed(workspace, tasks, "skipped", notes)

    def update(document: Document, id: str) -> None:
        if not recurring.move_on(document, id, passed[id]):
            document.set(id, "status", "cancelled")

    return planned(TASK, tasks, tasks, update, "skip", "skipped", notes)


def start(workspace: Workspace, tasks: Sequence[Found], *, percent: int | None = None) -> Plan:
    """Plan to take tasks up; one that was done or cancelled is open again.

    `percent` says how much of it is done, 0 to 99.
    """
    if percent is not None and not 0 <= percent <= 99:
        raise UsageError(
            f"--percent {percent} is not between 0 and 99", "use crm task done to complete it"
        )
    left, notes = _left(tasks, ("in_progress",) if percent is None else ())

    def update(document: Document, id: str) -> None:
        item = document.find(id)
        document.set(id, "status", "in_progress")
        document.remove(id, "completed")
        if percent is not None:
            document.set(id, "percent_complete", percent)
        elif item.values.get("percent_complete") == 100:
            document.remove(id, "percent_complete")
        if item.values.get("delegation_status") == "completed":
            document.set(id, "delegation_status", "accepted")

    return planned(TASK, tasks, left, update, "start", "started", notes)


def snooze(workspace: Workspace, tasks: Sequence[Found], text: str) -> Plan:
    """Plan to put tasks off to a day, or a time, to come; raises Refused for closed ones."""
    if not text.strip():
        raise UsageError("until when?", "crm task snooze t-9f3 mon")
    value = when(workspace, text, ahead=True)
    if local_date(value, workspace.business.time_zone) < workspace.clock.today:
        raise UsageError(f"{said(workspace, 'that is', value)}", "give a future date")
    none_of(tasks)
    timed = {task.id: _at_its_time(workspace, task.item.get("due"), value) for task in tasks}
    for task in tasks:
        _in_order(workspace, task.item.get("start"), timed[task.id])

    def update(document: Document, id: str) -> None:
        recurring.keep_place(document, id)
        document.set(id, "due", timed[id])

    notes = echoed(workspace, "due", text, value)
    times = set(timed.values())
    did = f"postponed to {shown(workspace, times.pop() if len(times) == 1 else value)}"
    return planned(TASK, tasks, tasks, update, "snooze", did, notes)


def _at_its_time(
    workspace: Workspace, due: date | datetime | None, to: date | datetime
) -> date | datetime:
    """The new due date; a day alone keeps the time of day that the task is due at."""
    if isinstance(to, datetime) or not isinstance(due, datetime):
        return to
    return at_clock_of(to, due, workspace.business.time_zone)


def _left(tasks: Sequence[Found], statuses: Sequence[str]) -> tuple[list[Found], list[str]]:
    """The tasks that are not so already, and notes about those that are."""
    left, notes = [], []
    for task in tasks:
        status = task.item.get("status")
        if status in statuses:
            since = task.item.get("completed")
            day = f" ({since.isoformat()[:10]})" if status == "completed" and since else ""
            notes.append(f"{task.said} is {_FINISHED.get(status, 'started')} already{day}")
        else:
            left.append(task)
    return left, notes


def none_of(tasks: Sequence[Found], statuses: Sequence[str] = tuple(_FINISHED)) -> None:
    """Refuse tasks of these statuses: closed ones, unless told otherwise."""
    for task in tasks:
        status = task.item.get("status")
        if status in statuses:
            raise Refused(
                f"{task.said} is {_FINISHED[status]}", f"crm task start {task.id} reopens it"
            )


def _in_order(
    workspace: Workspace, start: date | datetime | None, due: date | datetime | None
) -> None:
    """Refuse a task that is due before it may begin."""
    if start is None or due is None:
        return
    zone = workspace.business.time_zone
    if local_date(due, zone) < local_date(start, zone):
        raise UsageError(
            f"due {shown(workspace, due)} is before the start, {shown(workspace, start)}",
            "change one of the two days",
        )
