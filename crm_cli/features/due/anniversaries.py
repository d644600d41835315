"""Birthdays and anniversaries as a source of due items.

With `remind_before` so long ahead as well. What fell on the free days directly before
today (the weekend, on a Monday) is told too, since nobody was there to see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from crm_cli.features.due import Asked, Due, Source
from crm_cli.model.anniversaries import Round, read_any_calendar, rounds
from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.duration import read_interval
from crm_cli.model.errors import Unreadable
from crm_cli.model.hours import days_off_before
from crm_cli.model.people import ANNIVERSARY as DAY
from crm_cli.model.people import is_after
from crm_cli.workspace import Workspace

BIRTHDAY, ANNIVERSARY = "birthday", "anniversary"
_DAY = len("--11-22")
"""A year alone never comes round."""
_LISTED = (
    "date", "calendar", "kind", "label", "remind_before",
    "customer", "customer.name", "customer.owner",
)  # fmt: skip


def kinds(business: Business) -> tuple[str, ...]:
    """The words for what is due that tell a date of somebody's life."""
    return (BIRTHDAY, ANNIVERSARY)


def _find(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    """Of a person whose birthday is written down twice it is told once."""
    wanted = asked.kinds or (BIRTHDAY, ANNIVERSARY)
    first = _free_days(workspace)
    told = set()
    for due in (*_birthdays(workspace, asked), *_anniversaries(workspace, asked)):
        if due.kind not in wanted or _over(due, first, asked):
            continue
        if due.kind == BIRTHDAY:
            if (due.who, due.when) in told:
                continue
            told.add((due.who, due.when))
        yield due


def _birthdays(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    first, last = _since(workspace, asked), asked.through
    terms = [*asked.terms, *_owned(asked), _window(first, last)]
    columns = ("birth_date", "id", "name", "owner")
    answer = workspace.select(CUSTOMER, terms, where=asked.where, cols=columns)
    died = _deaths(workspace) if answer.rows else {}
    for text, id, name, owner in answer.rows:
        for found in _rounds(text, first, last, persian=False):
            if not _has_died(died, id, found.day):
                yield Due(found.day, BIRTHDAY, id, name or id, _birthday(found), None, owner)


def _has_died(died: dict[str, date | None], id: str, day: date) -> bool:
    return id in died and is_after(day, died[id])


def _deaths(workspace: Workspace) -> dict[str, date | None]:
    """The customers who have died, each with the day, as far as it is known as a whole."""
    found: dict[str, date | None] = {}
    rows = workspace.select(DAY, ["kind.is:death"], cols=("customer", "date", "calendar")).rows
    for id, text, calendar in rows:
        try:
            day = read_any_calendar(str(text)) if calendar != "persian" else None
        except Unreadable:
            day = None
        whole = day is not None and None not in day
        found[str(id)] = day.in_year(day.year or 1) if day is not None and whole else None
    return found


def _anniversaries(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    first = _since(workspace, asked)
    meant: frozenset[str] | None = None
    rows = workspace.select(DAY, ["has:date"], cols=_LISTED).rows
    died = _deaths(workspace) if rows else {}
    if rows and (asked.terms or asked.where or asked.owner is not None):
        terms = [*asked.terms, *_owned(asked)]
        answer = workspace.select(CUSTOMER, terms, where=asked.where, cols=("id",), ordered=False)
        meant = frozenset(str(row[0]) for row in answer.rows)
    for text, calendar, kind, label, remind, id, name, owner in rows:
        if len(text) < _DAY or (meant is not None and id not in meant):
            continue
        last = _reminded(remind, workspace.clock.today, asked.through)
        for found in _rounds(text, first, last, persian=calendar == "persian"):
            # One with a label may be that of a child.
            if kind != "birth" or label or not _has_died(died, id, found.day):
                what, about = _told(kind, label, found)
                yield Due(found.day, what, id, name or id, about, None, owner)


def _over(due: Due, first: date, asked: Asked) -> bool:
    """Whether its day is past, and so is the day it was put off to."""
    if due.when >= first:
        return False
    one = asked.deferrals.of(due) if asked.deferrals is not None else None
    return one is None or one.until is None or one.until < first


def _since(workspace: Workspace, asked: Asked) -> date:
    """The first day to look at: earlier where one that is past was put off to one to come."""
    first = _free_days(workspace)
    return first if asked.deferrals is None else asked.deferrals.back(first, BIRTHDAY, ANNIVERSARY)


def _free_days(workspace: Workspace) -> date:
    """The first of the free days directly before today, or today."""
    return days_off_before(workspace.clock.today, workspace.business.working_hours)


def _owned(asked: Asked) -> Sequence[str]:
    return () if asked.owner is None else (f"owner.is:{asked.owners}",)


def _window(first: date, last: date) -> str:
    """The term for birthdays in these days; whoever has one where they are a year."""
    if (last - first).days >= 364:
        return "has:birth_date"
    # Who was born on 29 February is told on the 28th in common years.
    end = "02-29" if f"{last:%m-%d}" == "02-28" else f"{last:%m-%d}"
    return f"birth_date.is:--{first:%m-%d}..--{end}"


def _reminded(remind: str | None, today: date, through: date) -> date:
    """The last day to look at: what is reminded of so long before."""
    if not remind:
        return through
    try:
        return max(through, read_interval(remind).reaches(today))
    except Unreadable:
        return through


def _rounds(text: Any, first: date, last: date, *, persian: bool) -> Iterator[Round]:
    try:
        origin = read_any_calendar(str(text))
    except Unreadable:
        return
    yield from rounds(origin, first, last, persian=persian)


def _birthday(found: Round) -> str:
    return f"birthday, turns {found.times}" if found.times else "birthday"


def _told(kind: str | None, label: str | None, found: Round) -> tuple[str, str]:
    """(kind of what is due, what it is)."""
    named = " ".join((label or "").split())
    if kind == "birth":
        text = _birthday(found)
        return BIRTHDAY, f"{named}: {text}" if named else text
    what = named or {"wedding": "wedding anniversary", "death": "day of death"}.get(
        kind or "", ANNIVERSARY
    )
    if found.times:
        what += f", {found.times} year{'s' if found.times > 1 else ''}"
    return ANNIVERSARY, what


SOURCES = (Source("anniversaries", CUSTOMER, kinds, _find),)
