"""Dates, times, durations and recurrence rules, in iCalendar notation and in ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple

from crm_cli.model.dates import FIRST_YEAR, at_time, local_date, zone_named
from crm_cli.model.errors import Unreadable

MORNING = time(9)
"""When one is reminded of what is due on a day without a time."""

LAST_YEAR = 9998
"""Its last day is before the last one of all, in any time zone."""
CENTURY = 36600
"""Days; no length of time is longer."""

Moment = date | datetime
FindZone = Callable[[str], tzinfo]
"""The time zone of a TZID; raises Unreadable."""

_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?", re.ASCII)
_LENGTH = re.compile(
    r"([+-]?)P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?",
    re.ASCII,
)
_UNTIL = re.compile(r"(?<=UNTIL=)(\d{8})(T\d{6}Z?)?", re.IGNORECASE)


class Trigger(NamedTuple):
    """When an alarm rings: so much after the end (due), or the start; or at an instant."""

    after: timedelta | None = None
    of_end: bool = False
    at: datetime | None = None


# Out


def stamp(value: datetime) -> datetime:
    """An instant in UTC, to the second: what needs no time zone beside it."""
    return value.astimezone(UTC).replace(microsecond=0)


def placed(value: Moment, zone: tzinfo, *, recurring: bool) -> Moment:
    """A day as it is; an instant in UTC, or where it recurs in the business's own time."""
    if not isinstance(value, datetime):
        return value
    return value.astimezone(zone).replace(microsecond=0) if recurring else stamp(value)


def midnight(day: date, zone: tzinfo) -> datetime:
    """The beginning of a day, for a property that has to be of one sort with another."""
    try:
        return at_time(day, time(), zone)
    except Unreadable:  # the clocks are put forward just then
        return datetime.combine(day, time(), zone).astimezone(UTC).astimezone(zone)


def rule_out(rule: str, first: Moment, zone: tzinfo) -> str:
    """A rule with its UNTIL of the sort that the first day or instant is of (3.3.10)."""

    def until(match: re.Match[str]) -> str:
        day, clock = match[1], match[2] or ""
        if not isinstance(first, datetime):
            return day
        if clock.endswith(("Z", "z")):
            return f"{day}{clock.upper()}"
        wall = datetime.strptime(day + (clock or "T235959"), "%Y%m%dT%H%M%S")
        return f"{wall.replace(tzinfo=zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"

    return _UNTIL.sub(until, rule.strip().upper())


def days_ahead(days: int, value: Moment) -> timedelta:
    """The trigger for a reminder so many days before; of a whole day, in the morning."""
    ahead = timedelta(days=-days)
    if isinstance(value, datetime):
        return ahead
    return ahead + timedelta(hours=MORNING.hour)


# In


def read_moment(text: str, tzid: str, business: tzinfo, find: FindZone) -> Moment:
    """A DATE, or a DATE-TIME in the business's time zone. Raises Unreadable.

    A floating time is in the business's zone. What the clocks skip is so much later,
    and of what comes twice the first is meant (3.3.5).
    """
    match = _STAMP.fullmatch(text.strip().upper())
    if match is None:
        raise Unreadable(f"'{text}' is no date", "write it as 20261120 or 20261120T143000Z")
    year, month, day = (int(part) for part in match.groups()[:3])
    try:
        found = date(year, month, day)
    except ValueError:
        raise Unreadable(f"there is no day {year:04}-{month:02}-{day:02}") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unreadable(
            f"the year {year} is out of range", f"years run from {FIRST_YEAR} to {LAST_YEAR}"
        )
    if match[4] is None:
        return found
    hour, minute, second = int(match[4]), int(match[5]), min(int(match[6]), 59)
    if hour > 23 or minute > 59:
        raise Unreadable(f"there is no time {hour:02}:{minute:02}")
    zone: tzinfo = UTC if match[7] else find(tzid) if tzid else business
    wall = datetime.combine(found, time(hour, minute, second), zone)
    try:
        local = wall.astimezone(UTC).astimezone(business)
    except OverflowError:
        raise Unreadable(f"{wall.isoformat()} is out of range") from None
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))


def read_length(text: str) -> timedelta:
    """A DURATION (3.3.6). Raises Unreadable."""
    match = _LENGTH.fullmatch(text.strip().upper())
    if match is None or not any(match.groups()[1:]):
        raise Unreadable(f"'{text}' is no length of time", "write it as PT1H30M or P1D")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    found = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    if found.days > CENTURY:
        raise Unreadable(f"'{text}' is longer than a century")
    return -found if match[1] == "-" else found


def later(start: Moment, length: timedelta) -> Moment:
    """The end of what begins there. Raises Unreadable where no calendar goes so far."""
    try:
        end = start + length
    except OverflowError:
        end = None
    if end is None or not FIRST_YEAR <= end.year <= LAST_YEAR:
        raise Unreadable("the end is out of range", f"years run from {FIRST_YEAR} to {LAST_YEAR}")
    return end


def days_before(trigger: Trigger, begin: Moment | None, end: Moment | None, zone: tzinfo) -> int:
    """How many days before it is due, or is, an alarm rings; 0 for less than one."""
    about = end if trigger.of_end and end is not None else begin if begin is not None else end
    target = end if end is not None else begin
    if target is None or about is None:
        return 0
    if trigger.at is not None:
        return max(0, (local_date(target, zone) - local_date(trigger.at, zone)).days)
    assert trigger.after is not None
    if isinstance(about, datetime):
        return max(0, -trigger.after // timedelta(days=1))
    return max(0, -((trigger.after) // timedelta(days=1)))


def zone_finder(definitions: dict[str, Callable[[], tzinfo | None]]) -> FindZone:
    """Finds zones by IANA names, also at the end of longer names; by those that Windows has;
    else as the file itself defines them."""
    known: dict[str, tzinfo] = {}

    def find(tzid: str) -> tzinfo:
        if tzid not in known:
            known[tzid] = _zone(tzid, definitions)
        return known[tzid]

    return find


def _zone(tzid: str, definitions: dict[str, Callable[[], tzinfo | None]]) -> tzinfo:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    # Older programs write /mozilla.org/20050126_1/Europe/Berlin, and the like.
    parts = tzid.strip().strip('"').strip("/").split("/")
    names = ["/".join(parts[start:]) for start in range(len(parts))]
    for name in (WINDOWS_TO_OLSON.get(tzid.strip(), ""), _shown_name(tzid), *names):
        if not re.fullmatch(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*", name):
            continue
        if (named := zone_named(name)) is not None:
            return named
    defined = definitions.get(tzid)
    found = defined() if defined is not None else None
    if found is None:
        found = _fixed(tzid)
    if found is not None:
        return found
    raise Unreadable(
        f"there is no time zone '{tzid}', and the file does not define it",
        "write one such as Europe/Ljubljana",
    )


def _shown_name(tzid: str) -> str:
    """The IANA name of what Windows shows to people and Exchange writes as a TZID.

    `(UTC-05:00) Eastern Time (US & Canada)` is Eastern Standard Time; those that name cities
    have one of the same name.
    """
    from zoneinfo import available_timezones

    match = re.fullmatch(r"\((?:UTC|GMT)(?:[+-]\d\d:?\d\d)?\) ?(.+)", tzid.strip())
    if match is None:
        return ""
    shown = match[1].replace(" and ", " & ") if "US and" in match[1] else match[1]
    if shown in _SHOWN:
        return _SHOWN[shown]
    cities = [part.strip().replace(" ", "_") for part in match[1].split(",")]
    ends = {name.rpartition("/")[2]: name for name in sorted(available_timezones())}
    return next((ends[city] for city in cities if city in ends), "")


_SHOWN = {
    "Eastern Time (US & Canada)": "America/New_York",
    "Central Time (US & Canada)": "America/Chicago",
    "Mountain Time (US & Canada)": "America/Denver",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Atlantic Time (Canada)": "America/Halifax",
    "Newfoundland": "America/St_Johns",
    "Arizona": "America/Phoenix",
    "Alaska": "America/Anchorage",
    "Hawaii": "Pacific/Honolulu",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "Central America": "America/Guatemala",
    "Saskatchewan": "America/Regina",
    "Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna": "Europe/Berlin",
    "Belgrade, Bratislava, Budapest, Ljubljana, Prague": "Europe/Budapest",
    "Brussels, Copenhagen, Madrid, Paris": "Europe/Paris",
    "Sarajevo, Skopje, Warsaw, Zagreb": "Europe/Warsaw",
    "Dublin, Edinburgh, Lisbon, London": "Europe/London",
    "Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius": "Europe/Kyiv",
    "Chennai, Kolkata, Mumbai, New Delhi": "Asia/Kolkata",
    "Beijing, Chongqing, Hong Kong, Urumqi": "Asia/Shanghai",
    "Osaka, Sapporo, Tokyo": "Asia/Tokyo",
    "Canberra, Melbourne, Sydney": "Australia/Sydney",
    "Auckland, Wellington": "Pacific/Auckland",
    "Coordinated Universal Time": "UTC",
}


def _fixed(tzid: str) -> tzinfo | None:
    """What Windows calls `UTC+01` or `UTC-05:30`: no summer time, by a fixed distance."""
    match = re.fullmatch(r"\(?(?:UTC|GMT)([+-])(\d{1,2})(?::?(\d\d))?\)?", tzid.strip())
    if match is None or int(match[2]) > 14 or int(match[3] or 0) > 59:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(-offset if match[1] == "-" else offset)
