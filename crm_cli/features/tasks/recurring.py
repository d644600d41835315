"""Tasks that recur: how a rhythm is entered, and how a task goes on to its next occurrence.

One task stays in the file. What was done, skipped or missed is a line each in its log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from crm_cli.features.moves import Found
from crm_cli.features.values import said
from crm_cli.model.absences import stand_in
from crm_cli.model.dates import FIRST_DAY, local_date
from crm_cli.model.errors import Refused, Unreadable, UsageError
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.node import Scalar
from crm_cli.model.recurrence import Following, first, following, logged, occurrences, renewed
from crm_cli.model.rhythm import read_rhythm
from crm_cli.model.written import value_node
from crm_cli.store.document import Document
from crm_cli.workspace import Workspace

_SHOWN = 3


class Passed(NamedTuple):
    """An occurrence that is over: the lines for the log, and what follows (None: the end).

    `due` is when it was due: a task that is due another time by now is another occurrence.
    """

    due: date | datetime | None
    lines: Sequence[str]
    following: Following | None


def ruled(workspace: Workspace, values: dict[str, Any], every: str) -> list[str]:
    """Set the rule of a new task, and its due date where none was given; what is said of it."""
    if not every.strip():
        raise UsageError("--every is empty", "crm task add ana Water the plants --every 2 weeks")
    today, zone = workspace.clock.today, workspace.business.time_zone
    due = values.get("due")
    try:
        begin = today if due is None else local_date(due, zone)
        completed = values.get("repeat_from") == "completion"
        values["rrule"] = read_rhythm(every, begin, kept=not completed)
        if due is None:
            values["due"] = first(values["rrule"], today, zone)
        if completed:
            return [f"{said(workspace, 'recurs: first', values['due'])}, then after its completion"]
        coming = _coming(values["rrule"], values["due"], workspace)
    except Unreadable as error:
        raise UsageError(f"--every: {error.message}", error.hint) from error
    after = f", then {', '.join(coming)}" if coming else ", and then no more"
    return [f"{said(workspace, 'recurs: first', values['due'])}{after}"]


def recurs(task: Found) -> bool:
    """Whether a task has a rule, also one that cannot be read."""
    return bool(_written(task))


def _written(task: Found) -> str:
    """The rule as it stands in the file."""
    node = value_node(task.item, "rrule")
    return node.text if isinstance(node, Scalar) and not node.absent else ""


def passed(
    workspace: Workspace, tasks: Iterable[Found], outcome: str, notes: list[str]
) -> dict[str, Passed]:
    """What becomes of those of the tasks that recur, by their ids; what is said goes to notes.

    Raises Refused where a rule cannot be read: a task that goes on would be at its end.
    """
    now = workspace.clock.now.replace(second=0, microsecond=0)
    zone = workspace.business.time_zone
    found: dict[str, Passed] = {}
    for task in tasks:
        values = task.item.values
        if not recurs(task) or task.id in found:
            continue
        try:
            if "rrule" not in values:
                read_rhythm(_written(task), FIRST_DAY)
            after = following(task.item, now.astimezone(zone))
        except Unreadable as error:
            raise Refused(
                f"{task.id}: its rule cannot be read: {error.message}",
                f"crm set {task.id} rrule=… corrects it; an empty value ends the recurrence",
            ) from error
        present = values.get("recurrence_id") or values.get("due")
        day = now.date() if present is None else local_date(present, zone)
        lines = [logged(day, outcome, at=now.date() if outcome == "done" else None)]
        if after is None:
            notes.append(f"{task.id} was the last occurrence: the recurrence ends")
        else:
            if after.missed:
                lines.append(logged(after.missed[0], "missed", last=after.missed[-1]))
                notes.append(_told_missed(task.id, after.missed))
            notes.append(f"{said(workspace, f'{task.id} is next due', after.due)}")
            notes += _stood_in(workspace, task, after.due)
        found[task.id] = Passed(values.get("due"), lines, after)
    return found


def move_on(document: Document, id: str, passed: Passed) -> bool:
    """Write down what is over and go on to the next; False where there is none to come."""
    item = document.find(id)
    if item.values.get("due") != passed.due:
        return True  # Somebody else was quicker.
    for line in passed.lines:
        document.add("occurrences", {"value": line}, ref=id)
    after = passed.following
    if after is None:
        return False
    values, ended = renewed(item, after)
    for key, value in values.items():
        document.set(id, key, value)
    for key in ended:
        document.remove(id, key)
    return True


def keep_place(document: Document, id: str) -> None:
    """Remember the rule's own day of an occurrence that is put off, so that the next keeps
    to the rule."""
    item = document.find(id)
    due = item.values.get("due")
    if item.values.get("rrule") and due is not None and "recurrence_id" not in item.values:
        document.set(id, "recurrence_id", due)


def _coming(rule: str, due: date | datetime, workspace: Workspace) -> list[str]:
    """The days after the first, in short."""
    zone = workspace.business.time_zone
    days: list[str] = []
    for moment in occurrences(rule, due, zone):
        if moment > due:
            days.append(f"{local_date(moment, zone):%a %Y-%m-%d}")
        if len(days) == _SHOWN:
            return [*days, "…"]
    return days


def _stood_in(workspace: Workspace, task: Found, due: date) -> list[str]:
    """A line where the next occurrence comes while its user is away, and another one does it."""
    user = str(task.item.values.get("assignee") or task.item.owner.values.get("owner") or "")
    business = workspace.business
    does = stand_in(business.absences, user, local_date(due, business.time_zone))
    return [f"{user} is away then; {does} stands in"] if does != user else []


def _told_missed(id: str, missed: Sequence[date]) -> str:
    span = f"{missed[0]}" if len(missed) == 1 else f"{missed[0]} to {missed[-1]}"
    many = "once" if len(missed) == 1 else f"{len(missed)} times"
    return f"{id} was missed {many}: {span}"
