"""Customers not contacted for longer than `contact_every` allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from crm_cli.features.due import Asked, Due, Source
from crm_cli.features.due.deferrals import NEVER
from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import local_date
from crm_cli.model.duration import Interval, read_interval
from crm_cli.model.errors import Unreadable
from crm_cli.query.lookups import different
from crm_cli.workspace import Workspace

KIND = "keep_in_touch"
_COLUMNS = ("id", "name", "contact_every", "last_contact", "created", "owner")
_MARGIN = timedelta(days=3)
"""Months have 28 to 31 days: going back and forth by some is off by as many at most."""


def _kinds(business: Business) -> tuple[str, ...]:
    return (KIND,)


def _find(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    """Due so long after the last contact in which somebody was reached.

    Who was never reached counts from the day the record was made; without that, today.
    """
    today, zone = workspace.clock.today, workspace.business.time_zone
    intervals = _intervals(workspace)
    for id, name, every, last, created, owner in _candidates(workspace, asked, intervals):
        interval = intervals.get(every)
        if interval is None:
            continue
        since = last or created
        try:
            day = today if since is None else interval.after(local_date(since, zone))
        except Unreadable:
            continue
        if day > asked.through:
            continue
        told = NEVER if last is None else f"last reached {last.isoformat()}"
        yield Due(day, KIND, id, name or id, f"{told}, {_said(every)}", None, owner)


def _intervals(workspace: Workspace) -> dict[str, Interval]:
    """The intervals that records name, by their text; there are few different ones."""
    found: dict[str, Interval] = {}
    for text in different(workspace.database, CUSTOMER, "contact_every"):
        try:
            found[text] = read_interval(text)
        except Unreadable:
            continue
    return found


def _candidates(
    workspace: Workspace, asked: Asked, intervals: dict[str, Interval]
) -> Iterator[Sequence[Any]]:
    """Those who can be due at all: the index leaves out who was reached lately."""
    if not intervals:
        return
    terms = [*asked.terms, "has:contact_every"]
    if asked.owner is not None:
        terms.append(f"owner.is:{asked.owners}")
    latest = max(_cutoff(interval, asked.through) for interval in intervals.values())
    for more in (f"last_contact:..{latest}", "no:last_contact"):
        answer = workspace.select(CUSTOMER, [*terms, more], where=asked.where, cols=_COLUMNS)
        yield from answer.rows


def _cutoff(interval: Interval, through: date) -> date:
    try:
        return interval.before(through) + _MARGIN
    except (Unreadable, OverflowError):
        return date(1000, 1, 1)


def _said(every: str) -> str:
    """`every 30 days`, `monthly`, as it was written."""
    text = " ".join(every.split())
    return f"every {text}" if text[:1].isdigit() else text


SOURCES = (Source("keeping_in_touch", CUSTOMER, _kinds, _find),)
