"""Tasks: new ones, and what becomes of them: started, done, snoozed, cancelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from crm_cli.features.items import find, new_id
from crm_cli.features.plan import Plan, counted
from crm_cli.features.tasks import recurring
from crm_cli.features.values import echoed, said, typed, when
from crm_cli.model.dates import local_date
from crm_cli.model.errors import Ambiguous, DataError, NotFound, Refused, UsageError
from crm_cli.model.ids import item_prefix
from crm_cli.model.item import Item
from crm_cli.model.task import CLOSED, TASK
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_FINISHED = {"completed": "done", "cancelled": "cancelled"}


class Task(NamedTuple):
    """A task of a customer, as the file has it now."""

    customer: str
    name: str
    path: str
    item: Item

    @property
    def id(self) -> str:
        """The task's id."""
        return self.item.id

    @property
    def said(self) -> str:
        """How it is spoken of: `Send the quote, t-9f3kx7d of Ana Novak (ana-novak)`."""
        return f"{self.item.title or 'task'}, {self.id} of {self.name} ({self.customer})"


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
) -> Plan:
    """Plan a new task of a customer; the values are texts as people type them.

    `every` is how it recurs, in words or as an RRULE; without `due` it is then due on the
    rule's first day. `depends_on` are the ids of tasks that come first. Raises UsageError
    for an empty title or a wrong value, NotFound and Ambiguous for another task.
    """
    title = " ".join(title.split())
    if not title:
        raise UsageError("what is to be done?", "crm task add ana Send the quote --due fri")
    given = {
        "kind": kind,
        "priority": priority,
        "start": start,
        "due": due,
        "assignee": assignee,
        "remind_before": remind,
        "repeat_from": repeat_from,
    }
    values: dict[str, Any] = {"id": new_id(workspace, TASK), "title": title}
    notes: list[str] = []
    for key, text in given.items():
        if text is None:
            continue
        if not text.strip():
            option = key.partition("_")[0]
            raise UsageError(f"--{option} is empty", "leave it out where there is nothing to say")
        values[key] = typed(workspace, TASK, key, text)
        if isinstance(values[key], date) and not (key == "due" and every is not None):
            notes += echoed(workspace, key, text, values[key])
    if every is not None:
        notes += recurring.ruled(workspace, values, every)
    elif repeat_from is not None:
        raise UsageError("--repeat-from is for what recurs", "say how often with --every")
    if depends_on:
        values["depends_on"] = [
            id for text in depends_on for id in typed(workspace, TASK, "depends_on", text)
        ]
    _in_order(workspace, values.get("start"), values.get("due"))
    name = str(workspace.record(customer).get("name") or customer)
    until = f", due {_shown(workspace, values['due'])}" if "due" in values else ""

    def update(document: Document) -> None:
        document.add("tasks", values)

    edit = Edit(workspace.path_of(customer), update)
    return Plan(
        Change(f"add task {values['id']} of {customer}", (edit,)),
        f"added task {values['id']} of {name} ({customer}): {title}{until}",
        (customer,),
        notes=notes,
        made=(values["id"],),
    )


def pick(workspace: Workspace, text: str, *, strict: bool = False) -> Task:
    """The task that an id means, or a WHO who has one open task.

    Raises Ambiguous with the open tasks of a customer who has several, and NotFound.
    `strict` is for writers without a terminal: see `Workspace.who`.
    """
    lettered = text[1:2] == "-" and not _is_customer(workspace, text)
    if lettered and (found := find(workspace, text, TASK)) is not None:
        return _task(workspace, *found)
    try:
        customer = workspace.who(text, strict=strict)
    except NotFound as error:
        found = None if lettered else find(workspace, text, TASK, strict=strict)
        if found is None:
            if lettered and item_prefix(text) is not None:
                raise NotFound(
                    f"there is no task {text}", "crm task list is:open shows those to be done"
                ) from None
            raise _neither(text, error) from None
        return _task(workspace, *found)
    document = workspace.document(customer)
    record = document.record
    name = str(record.get("name") or customer)
    tasks = [item for item in record.items("tasks") if item.get("status") not in CLOSED]
    if not tasks:
        raise NotFound(
            f"{name} ({customer}) has no open task", f"crm task list customer:{customer} shows all"
        )
    if len(tasks) > 1:
        tasks.sort(key=lambda item: (item.get("due") is None, str(item.get("due") or "")))
        raise Ambiguous(
            f"{name} ({customer}) has {len(tasks)} open tasks",
            "say which one by its id",
            candidates=tuple((item.id, _candidate(workspace, item)) for item in tasks),
        )
    return Task(customer, name, document.path, tasks[0])


def _neither(text: str, error: NotFound) -> NotFound:
    """A word that names no customer might have been meant for a task."""
    if not error.message.startswith("there is no customer"):
        return error
    return NotFound(
        f"there is neither a task nor a customer '{text}'",
        error.hint or "crm task list is:open shows what is to be done",
    )


def done(workspace: Workspace, tasks: Sequence[Task]) -> Plan:
    """Plan to complete tasks, now; one that recurs is open again, due the next time.

    Raises Refused for one whose rule cannot be read.
    """
    now = workspace.clock.now.replace(second=0, microsecond=0)
    left, notes = _left(tasks, ("completed",))
    passed = recurring.passed(workspace, left, "done", notes)

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

    return planned(tasks, left, update, "complete", "done", notes)


def skip(workspace: Workspace, tasks: Sequence[Task]) -> Plan:
    """Plan to leave out the present occurrence of tasks that recur.

    Raises Refused for one that does not recur, that is closed, or whose rule cannot be read.
    """
    none_of(tasks)
    for task in tasks:
        if not task.item.values.get("rrule"):
            raise Refused(f"{task.said} does not recur", f"crm task cancel {task.id} gives it up")
    notes: list[str] = []
    passed = recurring.passed(workspace, tasks, "skipped", notes)

    def update(document: Document, id: str) -> None:
        if not recurring.move_on(document, id, passed[id]):
            document.set(id, "status", "cancelled")

    return planned(tasks, tasks, update, "skip", "skipped", notes)


def start(workspace: Workspace, tasks: Sequence[Task], *, percent: int | None = None) -> Plan:
    """Plan to take tasks up; one that was done or cancelled is open again.

    `percent` says how much of it is done, 0 to 99.
    """
    if percent is not None and not 0 <= percent <= 99:
        raise UsageError(
            f"--percent {percent} is not between 0 and 99", "crm task done says that all is done"
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

    return planned(tasks, left, update, "start", "started", notes)


def cancel(workspace: Workspace, tasks: Sequence[Task]) -> Plan:
    """Plan to give tasks up; raises Refused for one that is done."""
    none_of(tasks, ("completed",))
    left, notes = _left(tasks, ("cancelled",))

    def update(document: Document, id: str) -> None:
        document.set(id, "status", "cancelled")

    return planned(tasks, left, update, "cancel", "cancelled", notes)


def snooze(workspace: Workspace, tasks: Sequence[Task], text: str) -> Plan:
    """Plan to put tasks off to a day, or a time, to come; raises Refused for closed ones."""
    if not text.strip():
        raise UsageError("until when?", "crm task snooze t-9f3 mon")
    value = when(workspace, text, ahead=True)
    if local_date(value, workspace.business.time_zone) < workspace.clock.today:
        raise UsageError(f"{said(workspace, 'that is', value)}", "give a day that is still to come")
    none_of(tasks)
    for task in tasks:
        _in_order(workspace, task.item.get("start"), value)

    def update(document: Document, id: str) -> None:
        recurring.keep_place(document, id)
        document.set(id, "due", value)

    notes = echoed(workspace, "due", text, value)
    did = f"put off to {_shown(workspace, value)}"
    return planned(tasks, tasks, update, "snooze", did, notes)


def planned(
    tasks: Sequence[Task],
    left: Sequence[Task],
    update: Callable[[Document, str], None],
    verb: str,
    did: str,
    notes: Sequence[str],
) -> Plan:
    """One edit for each file, with what is done to those of its tasks that are left."""
    by_path: dict[str, list[str]] = {task.path: [] for task in tasks}
    for task in left:
        if task.id not in by_path[task.path]:
            by_path[task.path].append(task.id)
    customers = list(dict.fromkeys(task.customer for task in left))
    count = sum(len(ids) for ids in by_path.values())
    if count == 1:
        subject, shown = f"{left[0].id} of {left[0].customer}", left[0].said
    else:
        of = customers[0] if len(customers) == 1 else counted(len(customers), "customer")
        subject = shown = f"{counted(count, 'task')} of {of}"
    return Plan(
        Change(
            f"{verb} {subject}",
            tuple(Edit(path, _each(ids, update)) for path, ids in by_path.items()),
        ),
        f"{did}: {shown}",
        customers,
        f"{verb.capitalize()} {subject}?",
        notes,
    )


def _each(
    ids: Sequence[str], update: Callable[[Document, str], None]
) -> Callable[[Document], None]:
    def updates(document: Document) -> None:
        for id in ids:
            update(document, id)

    return updates


def _task(workspace: Workspace, customer: str, id: str) -> Task:
    document = workspace.document(customer)
    name = str(document.record.get("name") or customer)
    return Task(customer, name, document.path, document.find(id))


def _is_customer(workspace: Workspace, text: str) -> bool:
    try:
        workspace.path_of(text)
    except NotFound:
        return False
    except DataError:
        return True
    return True


def _left(tasks: Sequence[Task], statuses: Sequence[str]) -> tuple[list[Task], list[str]]:
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


def none_of(tasks: Sequence[Task], statuses: Sequence[str] = tuple(_FINISHED)) -> None:
    """Refuse tasks of these statuses: closed ones, unless told otherwise."""
    for task in tasks:
        status = task.item.get("status")
        if status in statuses:
            raise Refused(
                f"{task.said} is {_FINISHED[status]}", f"crm task start {task.id} takes it up again"
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
            f"due {_shown(workspace, due)} is before the start, {_shown(workspace, start)}",
            "change one of the two days",
        )


def _shown(workspace: Workspace, value: date | datetime) -> str:
    """A day or a time of the business's clock: `2026-11-27`, `2026-11-27 14:30`."""
    if isinstance(value, datetime):
        return f"{value.astimezone(workspace.business.time_zone):%Y-%m-%d %H:%M}"
    return value.isoformat()


def _candidate(workspace: Workspace, item: Item) -> str:
    due = item.get("due")
    return f"{item.title}, due {_shown(workspace, due)}" if due else item.title
