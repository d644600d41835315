"""Tasks: what to do, for whom, by whom (iCalendar VTODO, RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from crm_cli.model.aspects import CardColumn, CardTable, Exchange, Happening, Reminder, Row
from crm_cli.model.contacts import alone
from crm_cli.model.dates import FIRST_DAY, local_date, read_moment
from crm_cli.model.effect import is_ahead
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Date,
    Every,
    Integer,
    Moment,
    Moments,
    Reference,
    Rhythm,
    Text,
    Texts,
    User,
    Word,
    Zone,
)
from crm_cli.model.kind import NOTES, Derived, Field, Finding, Kind, ListOf, Move, State, Summary
from crm_cli.model.priorities import PRIORITIES

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


TASK_KINDS = ("todo", "call", "email", "meeting", "quote", "follow_up")
"""What there is to do."""

TASK_STATUSES = ("open", "in_progress", "deferred", "completed", "cancelled")
"""How far it is."""

REPEAT_FROM = ("due", "completion", "start")
"""What a recurring task counts from."""

DELEGATION_STATUSES = ("needs_action", "accepted", "declined", "completed")
"""What the delegate said (iCalendar PARTSTAT)."""


CLOSED = frozenset(("completed", "cancelled"))


def _derive_occurrence(occurrence: Item, business: Business) -> None:
    from crm_cli.model.recurrence import log_line

    parts = log_line(str(occurrence.values.get("value", "")))
    parts.setdefault("at", parts.get("day"))
    task = occurrence.parent
    if task is not None and (user := doer(task)):
        parts.setdefault("by", user)
    occurrence.derived.update(parts)


def doer(task: Item) -> str | None:
    """Who is to do a task: its own user, else that of the customer."""
    found = task.values.get("assignee") or task.owner.values.get("owner")
    return str(found) if found else None


def unsigned(task: Item) -> list[Item]:
    """The done occurrences of a task that do not say who did them: whose the task is."""
    return [
        one
        for one in task.items("occurrences")
        if one.derived.get("outcome") == "done" and " by " not in str(one.values.get("value"))
    ]


def _check_occurrence(occurrence: Item, business: Business) -> Iterator[Finding]:
    if "outcome" in occurrence.derived:
        return
    from crm_cli.model.recurrence import odd_line

    yield Finding(
        "value",
        "occurrence-line",
        f"occurrences: {odd_line(str(occurrence.values.get('value', '')))}",
        "write 2026-11-18 done, 2026-11-18 done 2026-11-20, 2026-11-25 skipped "
        "or 2026-11-02..2026-11-16 missed",
    )


OCCURRENCE = Kind(
    name="occurrence",
    key="occurrences",
    doc="a past occurrence of a recurring task",
    fields=(
        Field(
            "value",
            Text(),
            "2026-11-18 done 2026-11-20, 2026-11-25 skipped",
            example="2026-11-18 done 2026-11-20",
            searched=False,
        ),
    ),
    shorthand=alone("value"),
    title="value",
    when="at",
    notes=False,
    derived=(
        Derived("day", Date(), "due date by the recurrence rule"),
        Derived("last", Date(), "last day of a range of missed occurrences"),
        Derived("outcome", Word(), "done, skipped or missed"),
        Derived("at", Date(), "completion date"),
        Derived("by", User(), "who did it: whom its line names, else whose the task is"),
    ),
    derive=_derive_occurrence,
    timeline=(Happening(terms=("outcome:done",), word="task", columns=("title",)),),
    check=_check_occurrence,
)


def _derive_task(task: Item, business: Business) -> None:
    """A rhythm in words is the rule that it means from the task's due date on."""
    rule = task.values.get("rrule")
    if rule is None or "=" in rule:
        return
    from crm_cli.model.rhythm import read_rhythm

    begin = task.values.get("recurrence_id") or task.values.get("due")
    first = FIRST_DAY if begin is None else local_date(begin, business.time_zone)
    kept = begin is not None and task.values.get("repeat_from") != "completion"
    try:
        task.values["rrule"] = read_rhythm(rule, first, kept=kept)
    except Unreadable:  # it ends before it begins
        task.values["rrule"] = read_rhythm(rule, FIRST_DAY, kept=kept)


def _check_task(task: Item, business: Business) -> Iterator[Finding]:
    for text in task.values.get("exdate") or ():
        try:
            read_moment(text, business.time_zone)
        except Unreadable as error:
            yield Finding("exdate", error.code, f"exdate: {error.message}", error.hint)


def is_open(task: Item, business: Business) -> bool:
    """Whether something is still to be done about a task: what is done later than today is."""
    status = task.get("status")
    return status not in CLOSED or (status == "completed" and is_ahead(task, business))


def _derive_customer(customer: Item, business: Business) -> None:
    open_tasks = [task for task in customer.items("tasks") if is_open(task, business)]
    dues: list[date] = [task.values["due"] for task in open_tasks if "due" in task.values]
    customer.derived["open_tasks"] = len(open_tasks)
    customer.derived["next_due"] = min(dues, key=lambda due: _order(due, business), default=None)


def _order(due: date, business: Business) -> tuple[date, str]:
    """By the day here; what has no time of day is first, then by the instant."""
    day = local_date(due, business.time_zone)
    return (day, due.astimezone(UTC).isoformat() if isinstance(due, datetime) else "")


def _marks(row: Row) -> str:
    marks = [row["status"]] if row["status"] != "open" else []
    marks += [row["priority"]] if row["priority"] != "normal" else []
    return ", ".join([*marks, *(["overdue"] if row["overdue"] else [])])


TASK = Kind(
    name="task",
    key="tasks",
    doc="something to do",
    fields=(
        Field(
            "title",
            Text(),
            "what to do",
            headings="task subject name to_do todo what naslov opravilo aufgabe",
        ),
        Field("kind", Choice(TASK_KINDS, vocabulary="task_kind"), "what it is", default="todo"),
        Field("status", Choice(TASK_STATUSES), "status", default="open"),
        Field("priority", Choice(PRIORITIES), "priority", default="normal"),
        Field("percent_complete", Integer(0, 100, adds=False), "how much is done, 0 to 100"),
        Field("start", Moment(), "not before", to_come=True),
        Field(
            "due",
            Moment(),
            "due date",
            aliases=("date", "due_date"),
            to_come=True,
            headings="due_date deadline date rok frist",
        ),
        Field("completed", Moment(), "when it was completed"),
        Field(
            "rrule",
            Rhythm(),
            "how it recurs: every 2 weeks, or an RRULE (RFC 5545)",
            aliases=("every",),
            searched=False,
        ),
        Field("exdate", Moments(), "days on which it does not recur"),
        Field("time_zone", Zone(), "time zone of the rule; else that of the business"),
        Field("repeat_from", Choice(REPEAT_FROM), "what the next due date is computed from"),
        Field("recurrence_id", Moment(), "original date of a postponed occurrence"),
        Field("occurrences", ListOf(OCCURRENCE), "past occurrences"),
        Field("organizer", User(), "user who requested it"),
        Field(
            "assignee",
            User(),
            "user who does it",
            aliases=("owner",),
            inherits="owner",
            headings="assigned_to owner responsible izvajalec",
        ),
        Field("delegated_from", User(), "user who delegated it"),
        Field("delegation_status", Choice(DELEGATION_STATUSES), "the delegate's answer"),
        Field("remind_before", Every(), "how long before to remind"),
        Field(
            "depends_on", Texts("task", anywhere=True), "tasks that come first", acyclic=True
        ),
        Field("deal", Reference("deal"), "the deal it is about"),
        Field("case", Reference("case"), "the case it is about"),
        Field("purchase", Reference("purchase"), "the purchase it is about"),
        Field("uid", Word(), "UID in the calendar it was imported from"),
        Field("by", Word(), "the rule that made it: rule/welcome", searched=False),
        Field("notes", Text(), "anything else", headings=f"{NOTES} description opis"),
    ),
    letter="t",
    exchange=Exchange(needed=("title",)),
    calendar="is:open",
    shorthand=alone("title"),
    title="title",
    when="due",
    sort="closed,due",
    summed=("status", "completed"),
    effective="completed",
    card=CardTable(
        heading="Open tasks",
        terms=("is:open",),
        sort="due",
        columns=(
            "due",
            "title",
            CardColumn("status", ("status", "priority", "overdue"), _marks),
            "assignee",
            "id",
        ),
        alert="overdue",
        most=0,
        leading=True,
    ),
    timeline=(
        Happening(when="completed", terms=("is:done", "has:completed")),
        # Nobody wrote down when it was done: about when it was due.
        Happening(when="due", terms=("is:done", "no:completed")),
    ),
    columns=("due", "customer", "title", "status", "priority", "assignee", "id"),
    ranked=("due", "title", "id", "customer", "status", "priority", "assignee"),
    due=Reminder(
        when="due",
        state="open",
        word_from="kind",
        after="depends_on",
        # The others are deadlines, and take no time of the day.
        minutes={"meeting": 60, "call": 30},
    ),
    derived=(
        Derived(
            "overdue",
            Boolean(),
            "open, and its due date, or time, is past",
            terms="is:overdue",
        ),
        Derived("closed", Boolean(), "completed or cancelled", terms="not:is:open"),
    ),
    derive=_derive_task,
    check=_check_task,
    live=lambda task: task.get("status") not in CLOSED,
    moves=(
        Move(
            "done",
            "Mark tasks as done; one that recurs goes on to its next day.",
            done="done",
            sets={"status": "completed", "percent_complete": "100"},
            stamps=("completed",),
            own=True,
        ),
        Move(
            "cancel",
            "Cancel tasks; they stay in the record.",
            done="cancelled",
            sets={"status": "cancelled"},
            of=("open", "in_progress", "deferred"),
        ),
    ),
    summary=Summary(
        derive=_derive_customer,
        derived=(
            Derived("next_due", Moment(), "when the next open task is due", to_come=True),
            Derived("open_tasks", Integer(), "number of open tasks"),
            Derived(
                "overdue_tasks",
                Integer(),
                "number of late tasks",
                of="tasks",
                terms="is:overdue",
            ),
        ),
    ),
    states=(
        State("open", "not:is:done not:is:cancelled", "neither completed nor cancelled"),
        State("done", "status.is:completed not:completed.after:today", "completed up to today"),
        State("completed", "is:done", "completed up to today"),
        State("cancelled", "status.is:cancelled", "cancelled"),
        State("overdue", "is:open due.before:now", "open, and its day, or time, is past"),
        State("due", "is:open due:..today", "open, and due through today"),
    ),
)
