"""Recurring tasks: the days of a rule (RFC 5545 RRULE), and the next occurrence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any

from crm_cli.model.dates import LAST_DAY, local_date, read_moment, shifted, zone_named
from crm_cli.model.duration import add_months
from crm_cli.model.errors import Unreadable
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.recurrence_rule import check_rule, rule_parts

if TYPE_CHECKING:
    from dateutil.rrule import rrule

    from crm_cli.model.item import Item

_MOST = 100_000
_YEARS = 60
"""A rule is followed so far."""
_CYCLE = 400
"""Years after which days, weekdays and leap years come again as they were."""

_COUNT = re.compile(r"COUNT=(\d+)", re.IGNORECASE)
_ENDS = re.compile(r";?(?:UNTIL|COUNT)=[^;]*", re.IGNORECASE)
_OF_ONE = ("status", "completed", "percent_complete", "recurrence_id")
"""What one occurrence has for itself, and the next has not."""


class Following(NamedTuple):
    """The occurrence that follows one which is done.

    `missed` are the days of the rule that went by meanwhile; `rrule` is what is left of
    the rule from `due` on (COUNT goes down); `start` is as long before `due` as it was.
    """

    due: date | datetime
    start: date | datetime | None
    rrule: str
    missed: tuple[date, ...]


def occurrences(rule: str, start: date | datetime, zone: tzinfo) -> Iterator[date | datetime]:
    """The days, or with an instant as `start` the instants, of a rule that begins there.

    Times keep to the wall clock of `zone` when clocks change; one that a change skips is
    so much later, with the offset from before the change, and the rule goes on from it as
    if there had been none. A month without the day is passed over, as RFC 5545 has it. Raises
    Unreadable for a rule that is none.
    """
    rule_parts(rule)
    timed = isinstance(start, datetime)
    first = _wall(start, zone) if isinstance(start, datetime) else None
    begin = first if first is not None else datetime.combine(start, time())
    last = _last(rule, zone, timed=timed)
    # The library seeks a day until the year 9999: of a rule that has none, for long. In the
    # last centuries, where the calendar is the same, it comes to the end soon.
    ahead = max(0, LAST_DAY.year - _YEARS - begin.year) // _CYCLE * _CYCLE
    for number, moment in enumerate(_parsed(rule, begin.replace(year=begin.year + ahead))):
        found = moment.replace(year=moment.year - ahead)
        if number >= _MOST or found > last or found.year > begin.year + _YEARS:
            return
        try:
            yield _instant(found, zone) if timed else found.date()
        except OverflowError:  # in its own zone it is past the last day of all
            return


def _parsed(rule: str, begin: datetime) -> rrule:
    """A rule, checked before, that begins there and has no UNTIL; its days not yet sought."""
    from dateutil.rrule import rrule, rrulestr

    text = re.sub(r";?UNTIL=[^;]*", "", rule.strip().upper().removeprefix("RRULE:"))
    try:
        found = rrulestr(text.strip(";"), dtstart=begin)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"'{rule}' has no day", code="bad-recurrence") from error
    assert isinstance(found, rrule)
    return found


def _last(rule: str, zone: tzinfo, *, timed: bool) -> datetime:
    """The last wall-clock time that a rule allows, by its UNTIL."""
    until = rule_parts(rule).get("UNTIL")
    if until is None:
        return datetime.max
    day, clock = datetime.strptime(until[:8], "%Y%m%d"), until[9:]
    if not timed or not clock:
        return datetime.combine(day, time.max)
    found = datetime.combine(day, time(int(clock[:2]), int(clock[2:4]), min(int(clock[4:6]), 59)))
    if not clock.endswith("Z"):
        return found
    try:
        return found.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return found


def rule_zone(values: Mapping[str, Any], zone: tzinfo) -> tzinfo:
    """The time zone that a task's rule belongs to: its own, else the business's, `zone`."""
    return (zone_named(str(values["time_zone"])) if values.get("time_zone") else None) or zone


def left_out_days(values: Mapping[str, Any], zone: tzinfo) -> frozenset[date]:
    """The days, by the clock of the rule's zone, on which a task does not recur (EXDATE)."""
    found = set()
    for text in values.get("exdate") or ():
        try:
            found.add(local_date(read_moment(text, zone), zone))
        except Unreadable:
            continue  # `crm check` tells of it.
    return frozenset(found)


def following(item: Item, now: datetime) -> Following | None:
    """What follows the present occurrence of a recurring task that is dealt with at `now`.

    It is the first of the rule after the one dealt with (with `repeat_from: completion`,
    or without a due date, so long after today) that is not in the past. None where the
    rule has ended. Raises Unreadable for a rule that is none.
    """
    zone = now.tzinfo
    assert zone is not None
    values = item.values
    check_rule(rule := str(values["rrule"]))
    own = rule_zone(values, zone)
    present = values.get("recurrence_id") or values.get("due")
    if present is None or item.get("repeat_from") == "completion":
        return _after_completion(item, rule, present, now, own)
    missed = []
    for passed, (moment, next_due) in enumerate(_coming(values, own)):
        if next_due is None or moment <= _anchor(values):
            continue
        if (day := local_date(next_due, zone)) < now.date():
            missed.append(day)
            continue
        start, due = values.get("start"), values.get("due")
        next_start = moment if _from_start(values) else _as_far(start, due, moment, own)
        left = _counted_down(rule, passed)
        return Following(_in(next_due, own, zone), _in(next_start, own, zone), left, tuple(missed))
    return None


def coming(values: Mapping[str, Any], zone: tzinfo) -> Iterator[date | datetime]:
    """When a recurring task is due, from its present occurrence on, by the clock of `zone`."""
    own = rule_zone(values, zone)
    for _, due in _coming(values, own):
        if due is not None:
            yield _in(due, own, zone)


def present_and_next(
    values: Mapping[str, Any], own: tzinfo
) -> Iterator[tuple[date | datetime, date | datetime | None]]:
    """(due, start) of each occurrence that is not left out, from the present one on.

    The start is None of what counts from its due date.
    """
    for moment, due in _coming(values, own):
        if due is not None and moment >= _anchor(values):
            yield due, moment if _from_start(values) else None


def _coming(
    values: Mapping[str, Any], own: tzinfo
) -> Iterator[tuple[date | datetime, date | datetime | None]]:
    """The days of a task's rule, and when it is due then: never on a day that is left out."""
    anchor, present = _anchor(values), values.get("recurrence_id") or values.get("due")
    without = left_out_days(values, own)
    for moment in occurrences(str(values["rrule"]), anchor, own):
        due = _as_far(present, anchor, moment, own) if _from_start(values) else moment
        yield moment, None if local_date(moment, own) in without else due


def _from_start(values: Mapping[str, Any]) -> bool:
    """Whether the days of a rule are those on which a task begins, not those it is due on."""
    return values.get("repeat_from") == "start" and values.get("start") is not None


def _anchor(values: Mapping[str, Any]) -> Any:
    """The rule's own day, or instant, of the present occurrence."""
    return values["start"] if _from_start(values) else values.get("recurrence_id") or values["due"]


def _after_completion(
    item: Item, rule: str, present: date | datetime | None, now: datetime, own: tzinfo
) -> Following | None:
    """What comes so long after today; never on the day that was dealt with.

    An interval is counted from today, and ends in a shorter month on its last day. A rule
    that names days comes on the first of them, in another week, month or year where it
    leaves some out.
    """
    zone, today = now.tzinfo, now.astimezone(own).date()
    assert zone is not None
    parts = rule_parts(rule)
    if parts.get("COUNT") == "1":
        return None
    due, without = item.values.get("due"), left_out_days(item.values, own)
    begin = at_clock_of(today, due, own)
    over = today if present is None else max(today, local_date(present, own))
    bare = _bare_interval(parts)
    times = int(parts.get("INTERVAL", 1))
    endless = _ENDS.sub("", rule)
    for moment in _intervals(begin, *bare, own) if bare else occurrences(endless, begin, own):
        day = local_date(moment, own)
        if day <= (today if bare else over) or day in without:
            continue
        if not bare and times > 1 and _span(day, parts) == _span(today, parts):
            continue
        last = _last(rule, own, timed=isinstance(moment, datetime))
        if _naive(moment, own) > last:
            return None
        next_start = _as_far(item.values.get("start"), due, moment, own)
        left = _counted_down(rule, 1)
        return Following(_in(moment, own, zone), _in(next_start, own, zone), left, ())
    return None


def _bare_interval(parts: Mapping[str, str]) -> tuple[str, int] | None:
    """(FREQ, times) of a rule that is an interval and nothing more.

    So is one that keeps to a day of the month, else to its last: that is how an interval
    from the 29th to the 31st is written where it counts from the due date.
    """
    days = {key: value for key, value in parts.items() if key[:2] == "BY"}
    kept = days.get("BYSETPOS") == "-1" and days.get("BYMONTHDAY") in ("28,29", "28,29,30")
    if kept and (parts["FREQ"] == "MONTHLY" or days.get("BYMONTH") == "2"):
        days = {key: days[key] for key in days.keys() - {"BYSETPOS", "BYMONTHDAY", "BYMONTH"}}
    return None if days else (parts["FREQ"], int(parts.get("INTERVAL", 1)))


def _intervals(
    begin: date | datetime, freq: str, times: int, zone: tzinfo
) -> Iterator[date | datetime]:
    """What comes after so many days, weeks, months or years, again and again."""
    first = local_date(begin, zone)
    for number in range(1, _MOST):
        count = number * times
        try:
            if freq in ("DAILY", "WEEKLY"):
                day = first + timedelta(days=count * (7 if freq == "WEEKLY" else 1))
            else:
                day = add_months(first, count * (12 if freq == "YEARLY" else 1))
            yield at_clock_of(day, begin, zone)
        except (ValueError, OverflowError):
            return


def _span(day: date, parts: Mapping[str, str]) -> tuple[int, ...]:
    """The week, month or year that a day lies in, as a rule counts them."""
    if parts["FREQ"] == "YEARLY":
        return (day.year,)
    if parts["FREQ"] == "MONTHLY":
        return day.year, day.month
    if parts["FREQ"] == "WEEKLY":
        first = ("MO", "TU", "WE", "TH", "FR", "SA", "SU").index(parts.get("WKST", "MO"))
        return ((day.toordinal() - 1 - first) // 7,)
    return (day.toordinal(),)


def renewed(item: Item, after: Following) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What the next occurrence says anew, and the keys that it begins without.

    The rule is among it also where it is the same: a file may have it in words, which count
    from a due date that is past by then.
    """
    values: dict[str, Any] = {"due": after.due, "rrule": after.rrule}
    if after.start is not None:
        values["start"] = after.start
    if item.values.get("delegation_status") is not None:
        values["delegation_status"] = "accepted"
    return values, tuple(key for key in _OF_ONE if item.values.get(key) is not None)


def first(rule: str, today: date, zone: tzinfo) -> date:
    """The first day of a rule from today on; raises Unreadable where there is none."""
    for day in occurrences(rule, today, zone):
        return day
    raise Unreadable(f"'{rule}' has no day from {today} on", code="bad-recurrence")


def at_clock_of(day: date, like: date | datetime | None, zone: tzinfo) -> date | datetime:
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


def _as_far(
    value: date | datetime | None,
    anchor: date | datetime | None,
    moment: date | datetime,
    zone: tzinfo,
) -> date | datetime | None:
    """`value`, as many days from `moment` as it is from `anchor`, at its own time of day."""
    if value is None or anchor is None:
        return None
    days = (local_date(value, zone) - local_date(anchor, zone)).days
    day = shifted(local_date(moment, zone), days)
    try:
        return at_clock_of(day, value, zone)
    except OverflowError:
        return day


def _in(moment: Any, own: tzinfo, zone: tzinfo) -> Any:
    """A moment of a rule's own zone by the clock of the business."""
    return moment.astimezone(zone) if own != zone and isinstance(moment, datetime) else moment


def _naive(moment: date | datetime, zone: tzinfo) -> datetime:
    """The wall-clock time of a moment, midnight of a day."""
    if isinstance(moment, datetime):
        return _wall(moment, zone)
    return datetime.combine(moment, time())


def _counted_down(rule: str, passed: int) -> str:
    """The rule for what is left: COUNT is lowered by the occurrences that have been."""

    def lowered(match: re.Match[str]) -> str:
        return f"COUNT={max(1, int(match[1]) - passed)}"

    return re.sub(r"COUNT=(\d+)", lowered, rule, flags=re.IGNORECASE)


def log_line(text: str) -> dict[str, Any]:
    """One line of a task's log of occurrences, as its parts: day, outcome, last or at.

    `2026-11-18 done 2026-11-20 by ana`, `2026-11-18 skipped`, `2026-11-09..2026-11-16 missed`.
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
    by = {"by": match["by"]} if match["by"] else {}
    return {**days, "outcome": match["outcome"], **by}


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
    rf"(?P<outcome>done|skipped|missed)(?: (?P<at>{_DAY}))?(?: by (?P<by>\S+))?"
)


def logged(day: date, outcome: str, *, at: date | None = None, last: date | None = None) -> str:
    """A line of the log; `at` is the day it was done where that is another."""
    span = f"{day}..{last}" if last is not None and last != day else f"{day}"
    return f"{span} {outcome}" + (f" {at}" if at is not None and at != day else "")
