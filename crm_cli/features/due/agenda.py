"""The agenda: what is due, what is planned, and free time, day by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from crm_cli.features.due import Due, days_of, due, named_owners
from crm_cli.features.due.deputies import Desks
from crm_cli.model.dates import later, local_date, shifted
from crm_cli.model.errors import Unreadable, UsageError
from crm_cli.model.kinds import KINDS
from crm_cli.model.recurrence import coming
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
_OF_SERIES = (
    "id", "rrule", "repeat_from", "recurrence_id", "due", "start", "exdate", "time_zone",
)  # fmt: skip
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
    days: int | None = None,
    period: str | None = None,
    owner: str | None = None,
    gaps: bool = False,
    where: str | None = None,
) -> list[Entry]:
    """What is overdue, and what the next 7 `days` hold, today first, in the order of the clock.

    With `period` it is what the days of that time hold, and nothing else. With `gaps` the free
    stretches of the working hours as well, from now on. Raises UsageError for a number of days
    that is none.
    """
    today = workspace.clock.today
    first, last = _days(workspace, days, period)
    within = (last - today).days
    ahead = f"{within}d" if within > 0 else None
    rows = due(workspace, terms, within=ahead, owner=owner, where=where, stood_in=True)
    rows += _again(workspace, rows, last)
    # An occurrence may come while its user is away, and the next one after that.
    desks = Desks(workspace, named_owners(workspace, owner))
    lasting = _durations(workspace)
    entries = [_entry(row, lasting) for row in rows if desks.has(row.owner, row.when)]
    if gaps:
        entries += _gaps(workspace, entries, max(first, today), last)
    if period is not None:
        zone = workspace.business.time_zone
        entries = [one for one in entries if first <= local_date(one.when, zone) <= last]
    zone = workspace.business.time_zone

    def order(entry: Entry) -> tuple[date, str, bool, str]:
        clock = ""
        if isinstance(entry.when, datetime):
            clock = entry.when.astimezone(UTC).isoformat()
        return local_date(entry.when, zone), clock, entry.kind == FREE, entry.who or ""

    return sorted(entries, key=order)


def _days(workspace: Workspace, days: int | None, period: str | None) -> tuple[date, date]:
    """The first and the last day that is looked at."""
    today = workspace.clock.today
    found = days_of(workspace, period)
    if found is None:
        ahead = 7 if days is None else days
        if not 1 <= ahead <= _MOST:
            raise UsageError(f"--days {ahead} is not between 1 and {_MOST}")
        return today, shifted(today, ahead - 1)
    if days is not None:
        raise UsageError("--days and --period do not go together", "leave one of them out")
    if (found[1] - today).days > _MOST:
        raise UsageError(f"--period {period} is more than {_MOST} days ahead", "take a shorter one")
    return found


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
        until = later(row.when, timedelta(minutes=minutes))
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
    answer = workspace.select(TASK, ["is:open", "has:rrule"], cols=_OF_SERIES)
    zone = workspace.business.time_zone
    for cells in answer.rows:
        values = dict(zip(_OF_SERIES, cells, strict=True))
        row = shown.get(values["id"])
        if row is None or values["repeat_from"] == "completion":
            continue
        present = values["recurrence_id"] or values["due"]
        try:
            for moment in coming(values, zone):
                day = local_date(moment, zone)
                if day > last:
                    break
                if moment > present and day >= workspace.clock.today:
                    # As clocks show it, also where a change of clocks skips the rule's time.
                    clock = moment.astimezone(zone) if isinstance(moment, datetime) else moment
                    yield row._replace(when=clock)
        except Unreadable:
            continue


def _gaps(
    workspace: Workspace, entries: Sequence[Entry], first: date, last: date
) -> Iterator[Entry]:
    """The working hours from now on, less what takes time."""
    zone = workspace.business.time_zone
    busy = sorted(
        (entry.when, entry.until)
        for entry in entries
        if entry.until is not None and isinstance(entry.when, datetime)
    )
    for day in (shifted(first, ahead) for ahead in range((last - first).days + 1)):
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


def _free(start: datetime, end: datetime) -> Entry:
    zone = start.tzinfo
    end = end.astimezone(zone)
    return Entry(start, end, FREE, None, None, f"until {end:%H:%M}", None, None)


def _at(day: date, minutes: int, zone: tzinfo) -> datetime:
    """The instant of so many minutes after midnight by the clock; one that is skipped is later."""
    wall = later(datetime.combine(day, time()), timedelta(minutes=minutes))
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def _rounded(now: datetime) -> datetime:
    """The next quarter of an hour."""
    whole = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return whole if whole == now else whole + _LEAST
