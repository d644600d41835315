"""Recurring tasks: the days of a rule (RFC 5545 RRULE), and the next occurrence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

from crm_cli.model.dates import days_in_month, local_date
from crm_cli.model.errors import Unreadable

if TYPE_CHECKING:
    from dateutil.rrule import rrule

    from crm_cli.model.item import Item

_MOST = 100_000
_YEARS = 60
"""A rule is followed so far; the library looks at this end only where it finds a day."""

_SOME_DAY = datetime(2000, 1, 1)
_UNTIL = re.compile(r"UNTIL=(\d{8})(T\d{6}Z?)?", re.IGNORECASE)


_OF_ONE = ("status", "completed", "percent_complete", "recurrence_id")
"""What one occurrence has for itself, and the next has not."""


class Following(NamedTuple):
    """The occurrence that follows one which is done.

    `missed` are the days of the rule that went by meanwhile; `rrule` is what is left of
    the rule from `due` on (COUNT goes down); `start` is as long before `due` as it was.
    """

    due: date | datetime
    start: date | None
    rrule: str
    missed: tuple[date, ...]


def occurrences(rule: str, start: date | datetime, zone: tzinfo) -> Iterator[date | datetime]:
    """The days, or with an instant as `start` the instants, of a rule that begins there.

    Times keep to the wall clock of `zone` when clocks change; one that a change skips is
    so much later, with the offset from before the change, and the rule goes on from it as
    if there had been none. A month without the day is passed over, as RFC 5545 has it. Raises
    Unreadable for a rule that is none.
    """
    timed = isinstance(start, datetime)
    first = _wall(start, zone) if isinstance(start, datetime) else None
    begin = first if first is not None else datetime.combine(start, time())
    text = _UNTIL.sub(lambda match: _until(match, zone, timed=timed), rule.strip())
    if not re.search("UNTIL=|COUNT=", text, re.IGNORECASE) and begin.year < 9999 - _YEARS:
        text += f";UNTIL={begin.year + _YEARS}1231T235959"
    try:
        parsed = _parsed(text, begin)
        if _has_no_day(parsed):
            return
        for number, moment in enumerate(parsed):
            if number >= _MOST:
                return
            yield _instant(moment, zone) if timed else moment.date()
    except _NO_RULE as error:
        raise _no_rule(rule) from error


_NO_RULE = (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError)
"""What the library raises for texts that are no rules."""


def _parsed(text: str, begin: datetime) -> rrule:
    """A rule that begins there, its days not yet sought; raises any of `_NO_RULE`."""
    from dateutil.rrule import rrule, rrulestr

    found = rrulestr(text, dtstart=begin)
    # With an interval of nothing the library never comes to an end (RFC 5545, section 3.3.10).
    if not isinstance(found, rrule) or getattr(found, "_interval", 1) < 1:
        raise ValueError(text)
    return found


def _has_no_day(rule: rrule) -> bool:
    """Whether it asks for a 30 February: the library would look for one until the year 9999."""
    days = [
        *(getattr(rule, "_bymonthday", None) or ()),
        *(getattr(rule, "_bynmonthday", None) or ()),
    ]
    months = getattr(rule, "_bymonth", None) or range(1, 13)
    longest = max((days_in_month(2000, month) for month in months if 1 <= month <= 12), default=31)
    return bool(days) and all(abs(day) > longest for day in days)


def _no_rule(rule: str) -> Unreadable:
    return Unreadable(
        f"'{rule}' is no rule of recurrence",
        "write every 2 weeks, every 3rd monday, or FREQ=WEEKLY;INTERVAL=2",
        code="bad-recurrence",
    )


def following(item: Item, now: datetime) -> Following | None:
    """What follows the present occurrence of a recurring task that is dealt with at `now`.

    It is the first of the rule after the one dealt with (with `repeat_from: completion`,
    or without a due date, after today) that is not in the past. None where the rule has
    ended. Raises Unreadable for a rule that is none.
    """
    zone = now.tzinfo
    assert zone is not None
    today = now.date()
    check_rule(rule := str(item.values["rrule"]))
    due = item.values.get("due")
    present = item.values.get("recurrence_id") or due
    if present is None or item.get("repeat_from") == "completion":
        present = _on(today, due, zone)
    assert present is not None
    missed: list[date] = []
    for passed, moment in enumerate(occurrences(rule, present, zone)):
        if moment <= present:
            continue
        day = local_date(moment, zone)
        if day < today:
            missed.append(day)
            continue
        start = _start(item, due, moment, zone)
        return Following(moment, start, _counted_down(rule, passed), tuple(missed))
    return None


def renewed(item: Item, after: Following) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What the next occurrence says anew, and the keys that it begins without."""
    values: dict[str, Any] = {"due": after.due}
    if after.start is not None:
        values["start"] = after.start
    if after.rrule != item.values.get("rrule"):
        values["rrule"] = after.rrule
    if item.values.get("delegation_status") is not None:
        values["delegation_status"] = "accepted"
    return values, tuple(key for key in _OF_ONE if item.values.get(key) is not None)


def check_rule(rule: str) -> None:
    """Raises Unreadable for what is no rule, and for what comes more than once a day."""
    if match := re.search(r"FREQ=(HOURLY|MINUTELY|SECONDLY)", rule, re.IGNORECASE):
        raise Unreadable(
            f"a task that comes {match[1].lower()} is none to be done by hand",
            "the shortest is every day",
            code="bad-recurrence",
        )
    try:
        # Its first day is not sought: of a rule that has none that takes ten seconds.
        _parsed(_UNTIL.sub(lambda match: _until(match, UTC, timed=False), rule.strip()), _SOME_DAY)
    except _NO_RULE as error:
        raise _no_rule(rule) from error


def first(rule: str, today: date, zone: tzinfo) -> date:
    """The first day of a rule from today on; raises Unreadable where there is none."""
    for day in occurrences(rule, today, zone):
        return day
    raise Unreadable(f"'{rule}' has no day from {today} on", code="bad-recurrence")


def _on(day: date, like: date | datetime | None, zone: tzinfo) -> date | datetime:
    """A day, at the wall-clock time that `like` has, if it has one."""
    if isinstance(like, datetime):
        return _instant(datetime.combine(day, _wall(like, zone).time()), zone)
    return day


def _instant(wall: datetime, zone: tzinfo) -> datetime:
    """The instant of a wall-clock time; of one that is there twice it is the first.

    One that a change of clocks skips has the offset from before it (RFC 5545, section
    3.3.5): 02:30+01:00, which clocks show as 03:30. So it stands in the file, and what
    follows is at 02:30 again.
    """
    first = wall.replace(tzinfo=zone, fold=0)
    found = first.astimezone(UTC).astimezone(zone)
    if found.replace(tzinfo=None) == wall:
        return found
    return wall.replace(tzinfo=timezone(first.utcoffset() or timedelta()))


def _wall(moment: datetime, zone: tzinfo) -> datetime:
    """The wall-clock time in `zone`, without an offset; the inverse of `_instant`."""
    written = moment.replace(tzinfo=None, fold=0)
    if _instant(written, zone) == moment:
        return written
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _start(
    item: Item, due: date | datetime | None, moment: date | datetime, zone: tzinfo
) -> date | None:
    """The day before which the next one is not begun."""
    start = item.values.get("start")
    if start is None or due is None:
        return None
    ahead: timedelta = local_date(due, zone) - local_date(start, zone)
    return local_date(moment, zone) - ahead


def _until(match: re.Match[str], zone: tzinfo, *, timed: bool) -> str:
    """The limit as the library compares it: without a zone, by the wall clock."""
    day, clock = match[1], match[2] or ""
    if not timed:
        return f"UNTIL={day}"
    if not clock:
        return f"UNTIL={day}T235959"
    if not clock.endswith("Z"):
        return f"UNTIL={day}{clock}"
    instant = datetime.strptime(f"{day}{clock}", "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return f"UNTIL={instant.astimezone(zone):%Y%m%dT%H%M%S}"


def _counted_down(rule: str, passed: int) -> str:
    """The rule for what is left: COUNT is lowered by the occurrences that have been."""

    def lowered(match: re.Match[str]) -> str:
        return f"COUNT={max(1, int(match[1]) - passed)}"

    return re.sub(r"COUNT=(\d+)", lowered, rule, flags=re.IGNORECASE)


def log_line(text: str) -> dict[str, Any]:
    """One line of a task's log of occurrences, as its parts: day, outcome, last or at.

    `2026-11-18 done 2026-11-20`, `2026-11-18 skipped`, `2026-11-09..2026-11-16 missed`.
    What is written otherwise has no parts.
    """
    match = _LOGGED.fullmatch(" ".join(text.split()))
    if match is None:
        return {}
    try:
        days = {key: date.fromisoformat(match[key]) for key in ("day", "last", "at") if match[key]}
    except ValueError:
        return {}
    if days.get("last", days["day"]) < days["day"]:
        return {}
    return {**days, "outcome": match["outcome"]}


def odd_line(text: str) -> str:
    """What is wrong with a line of the log that `log_line` finds no parts in."""
    line = " ".join(text.split())
    for day in re.findall(_DAY, line):
        try:
            date.fromisoformat(day)
        except ValueError:
            return f"there is no day {day}"
    if match := _LOGGED.fullmatch(line):
        return f"{match['last']} is before {match['day']}"
    return f"'{line}' is no occurrence: a day, then done, skipped or missed"


_DAY = r"\d{4}-\d{2}-\d{2}"
_LOGGED = re.compile(
    rf"(?P<day>{_DAY})(?:\.\.(?P<last>{_DAY}))? "
    rf"(?P<outcome>done|skipped|missed)(?: (?P<at>{_DAY}))?"
)


def logged(day: date, outcome: str, *, at: date | None = None, last: date | None = None) -> str:
    """A line of the log; `at` is the day it was done where that is another."""
    span = f"{day}..{last}" if last is not None and last != day else f"{day}"
    return f"{span} {outcome}" + (f" {at}" if at is not None and at != day else "")
