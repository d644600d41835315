"""The agenda: what is due, what is planned, and free time, day by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from crm_cli.features.due import Due, due
from crm_cli.model.dates import local_date
from crm_cli.model.errors import Unreadable, UsageError
from crm_cli.model.kinds import KINDS
from crm_cli.model.recurrence import occurrences
from crm_cli.model.task import TASK
from crm_cli.workspace import Workspace

FREE = "free"
_MOST = 366
_USUAL = {
    word: minutes
    for kind in KINDS
    if kind.due is not None
    for word, minutes in kind.due.minutes.items()
}
"""The minutes that entries with a time of day take, by their kind."""
_LEAST = timedelta(minutes=15)
"""Less time than this between two appointments is not free."""


class Entry(NamedTuple):
    """Something on a day; `until` is the end of what takes time.

    Of a `free` stretch of the working hours `who`, `name`, `id` and `owner` are None.
    """

    when: date | datetime
    until: datetime | None
    kind: str
    who: str | None
    name: str | None
    what: str
    id: str | None
    owner: str | None


def agenda(
    workspace: Workspace,
    terms: Sequence[str] = (),
    *,
    days: int = 7,
    owner: str | None = None,
    gaps: bool = False,
    where: str | None = None,
) -> list[Entry]:
    """What is overdue, and what the next days hold, today first, in the order of the clock.

    With `gaps` the free stretches of the working hours as well, from now on. Raises
    UsageError for a number of days that is none.
    """
    if not 1 <= days <= _MOST:
        raise UsageError(f"--days {days} is not between 1 and {_MOST}")
    last = workspace.clock.today + timedelta(days=days - 1)
    rows = due(
        workspace, terms, within=f"{days - 1}d" if days > 1 else None, owner=owner, where=where
    )
    lasting = _durations(workspace)
    entries = [_entry(row, lasting) for row in (*rows, *_again(workspace, rows, last))]
    if gaps:
        entries += _gaps(workspace, entries, last)
    zone = workspace.business.time_zone

    def order(entry: Entry) -> tuple[date, str, bool, str]:
        clock = ""
        if isinstance(entry.when, datetime):
            clock = entry.when.astimezone(zone).isoformat()
        return local_date(entry.when, zone), clock, entry.kind == FREE, entry.who or ""

    return sorted(entries, key=order)


def heading(entry: Entry, workspace: Workspace) -> str:
    """The day that an entry stands under: `Fri 2026-11-20, today`; `overdue` before it."""
    today = workspace.clock.today
    day = local_date(entry.when, workspace.business.time_zone)
    if day < today:
        return "overdue"
    name = {0: ", today", 1: ", tomorrow"}.get((day - today).days, "")
    return f"{day:%a %Y-%m-%d}{name}"


def _entry(row: Due, lasting: dict[str, int]) -> Entry:
    minutes = lasting.get(row.id or "", _USUAL.get(row.kind, 0))
    until = None
    if minutes and isinstance(row.when, datetime):
        until = row.when + timedelta(minutes=minutes)
    return Entry(row.when, until, row.kind, row.who, row.name, row.what, row.id, row.owner)


def _durations(workspace: Workspace) -> dict[str, int]:
    """The minutes that items take, where somebody wrote them down."""
    found: dict[str, int] = {}
    for kind in KINDS:
        if kind.due is None or not kind.due.duration:
            continue
        terms = [f"has:{kind.due.duration}"]
        terms += [f"is:{kind.due.state}"] if kind.due.state else []
        answer = workspace.select(kind, terms, cols=("id", kind.due.duration))
        found |= {str(id): int(minutes) for id, minutes in answer.rows}
    return found


def _again(workspace: Workspace, rows: Sequence[Due], last: date) -> Iterator[Due]:
    """The further occurrences of recurring tasks: those that do not wait for being done."""
    shown = {row.id: row for row in rows if row.id is not None}
    answer = workspace.select(
        TASK, ["is:open", "has:rrule"], cols=("id", "rrule", "repeat_from", "recurrence_id", "due")
    )
    zone = workspace.business.time_zone
    for id, rule, repeat_from, recurrence_id, when in answer.rows:
        row = shown.get(id)
        if row is None or repeat_from == "completion":
            continue
        present = recurrence_id or when
        try:
            for moment in occurrences(rule, present, zone):
                day = local_date(moment, zone)
                if day > last:
                    break
                if moment > present and day >= workspace.clock.today:
                    # As clocks show it, also where a change of clocks skips the rule's time.
                    clock = moment.astimezone(zone) if isinstance(moment, datetime) else moment
                    yield row._replace(when=clock)
        except Unreadable:
            continue


def _gaps(workspace: Workspace, entries: Sequence[Entry], last: date) -> Iterator[Entry]:
    """The working hours from now on, less what takes time."""
    zone = workspace.business.time_zone
    busy = sorted(
        (entry.when, entry.until)
        for entry in entries
        if entry.until is not None and isinstance(entry.when, datetime)
    )
    day = workspace.clock.today
    while day <= last:
        for begin, end in workspace.business.working_hours[day.weekday()]:
            free = max(_at(day, begin, zone), _rounded(workspace.clock.now))
            close = _at(day, end, zone)
            for start, until in busy:
                if until <= free or start >= close:
                    continue
                if start - free >= _LEAST:
                    yield _free(free, start)
                free = until
            if close - free >= _LEAST:
                yield _free(free, close)
        day += timedelta(days=1)


def _free(start: datetime, end: datetime) -> Entry:
    zone = start.tzinfo
    end = end.astimezone(zone)
    return Entry(start, end, FREE, None, None, f"until {end:%H:%M}", None, None)


def _at(day: date, minutes: int, zone: tzinfo) -> datetime:
    """The instant of so many minutes after midnight by the clock; one that is skipped is later."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def _rounded(now: datetime) -> datetime:
    """The next quarter of an hour."""
    whole = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return whole if whole == now else whole + _LEAST
