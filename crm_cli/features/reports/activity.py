"""`crm report activity`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_cli.features.reports import keys
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Row, Table
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import shifted
from crm_cli.model.errors import UsageError
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.task import TASK

_OCCURRENCE = BY_NAME["occurrence"]
_TIMES = ("week", "month", "quarter", "year")
_HELD = "status = held and kind != note and at <= today"
_CONTACTS = (
    Figure("calls", "count(where kind = call)", "calls that were held"),
    Figure("meetings", "count(where kind in (meeting, visit))", "meetings and visits"),
    Figure("emails", "count(where kind = email)", "e-mails"),
    Figure("others", "count(where kind not in (call, meeting, visit, email))", "other contacts"),
)
_DONE = (
    Figure("tasks", "count", "tasks that were completed"),
    Figure("due", "count(where due is not none)", "of them with a due date"),
    Figure("in_time", "count(where completed <= due)", ""),
)
_OCCURRED = (
    Figure("tasks", "count", ""),
    Figure("due", "count(where day is not none)", ""),
    Figure("in_time", "count(where at <= day)", ""),
)
_ON_TIME = Figure(
    "on_time", "", "in_time ÷ due: completed on the due day or before", type="rate", cases="due",
    ratio=("in_time", "due"),
)  # fmt: skip
_NOW = (
    Figure("overdue", "count(where is(overdue))", "open tasks that are late now"),
    Figure("next_week", "count(where due = next-week)", "open tasks due next week"),
)
_COLUMNS = tuple(
    one if one.type else one.but(type="integer", start=0)
    for one in (*_CONTACTS, *_DONE[:2], _ON_TIME, *_NOW)
)


def _compute(context: Context) -> Table:
    times = [key for key in context.keys if key.name in _TIMES]
    if len(times) > 1:
        raise UsageError(f"--by {times[0].name} or {times[1].name}, not both")
    rows: dict[tuple[Any, ...], Row] = {}
    total: Row = {}
    asked: Sequence[tuple[Kind, str, str, str, tuple[Figure, ...]]] = (
        (INTERACTION, "at", "owner", _HELD, _CONTACTS),
        (TASK, "completed", "assignee", "status = completed and completed <= today", _DONE),
        (_OCCURRENCE, "at", "by", "outcome = done and at <= today", _OCCURRED),
        (TASK, "", "assignee", "is(open)", _NOW),
    )
    for kind, date, owner, where, figures in asked:
        now = not date
        found = context.groups(
            [_field(key, date, owner) for key in context.keys if not now or key not in times],
            figures,
            kind=kind,
            where=where,
            dated=date or "-",
            totals=False,
        )
        for row in found.rows:
            _add(total, row, figures)
            if now and not any(row[one.key] for one in _NOW):
                continue
            at = {key.name: _present(key.name, context) for key in times} if now else {}
            group = tuple((row | at)[key.name] for key in context.keys)
            names = {name: row.get(name) for name in found.names.values()}
            of = dict(zip((key.name for key in context.keys), group, strict=True))
            _add(rows.setdefault(group, {**of, **names}), row, figures)
    # What is open now is of no week but the present one.
    absent = {one.key: None for one in _NOW} if times else {}
    for row in [*rows.values(), total]:
        for one in (*_CONTACTS, *_DONE, *_NOW):
            row.setdefault(one.key, 0 if row is total else absent.get(one.key, 0))
    table = Table(context.keys, _COLUMNS, rows.values() if context.keys else [total], total)
    table.divide()
    table.sort("" if times else REPORT.sort)
    return table


def _field(key: Key, date: str, owner: str) -> Key:
    if key.name in _TIMES:
        return key.but(field=f"{date}.{key.name}")
    return key.but(field=owner) if key.name == "owner" else key


def _add(row: Row, more: Row, figures: Sequence[Figure]) -> None:
    for figure in figures:
        row[figure.key] = (row.get(figure.key) or 0) + (more.get(figure.key) or 0)


def _present(part: str, context: Context) -> str:
    """The week, month, quarter or year that today lies in."""
    today = context.today
    if part == "week":
        thursday = shifted(today, 3 - today.weekday())
        return f"{thursday:%Y}-w{(int(thursday.strftime('%j')) - 1) // 7 + 1:02}"
    if part == "quarter":
        return f"{today:%Y}-q{(today.month + 2) // 3}"
    return f"{today:%Y-%m}" if part == "month" else f"{today:%Y}"


REPORT = Report(
    name="activity",
    answers="Show what each of us did: calls, meetings, mails, tasks done, and what lies ahead.",
    formula="Contacts are held interactions other than notes, of their owner; tasks are completed "
    "ones and occurrences of recurring ones, of who does them, in the week of completion. On "
    "time is the part of those with a due date that was completed on that day or before. "
    "Overdue and next_week are the open tasks of today, in the row of the present week.",
    example="--period last-4w --owner me",
    group="Selling",
    base=CUSTOMER,
    by=(
        Key("owner", "owner", "who of us"),
        Key("week", "week", "the week (ISO 8601)", timed=True),
        Key("month", "month", "the month", timed=True),
        Key("quarter", "quarter", "the quarter", timed=True),
        Key("year", "year", "the year", timed=True),
        keys.CUSTOMER.but(doc="with whom"),
    ),
    usual=("week", "owner"),
    open=False,
    figures=_COLUMNS,
    period="-",
    sort="overdue-,next_week-",
    chart="calls",
    title="What each of us did",
    compute=_compute,
)
