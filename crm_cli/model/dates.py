"""Dates, instants and partial dates, as written in files.

A date is a day without a time zone; an instant carries an offset. Nothing here
knows what today is: words such as "tomorrow" are read by `periods`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from crm_cli.model.errors import Unreadable
from crm_cli.model.named_tuple import NamedTuple

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

FIRST_YEAR = 1000
"""Years run from 1000 to 9999, so that ISO texts sort as the dates do."""

FIRST_DAY = date(FIRST_YEAR, 1, 1)
LAST_DAY = date.max
"""Where the calendar ends: what is counted past these days is taken for them."""

_FARTHEST = timedelta(hours=15)
"""No time zone is farther from UTC."""

_HINT = "write it as 2026-11-03 or 3.11.2026 (day.month.year)"

# Patterns are texts, compiled by `re` at first use: most runs read only canonical dates.
_ISO = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_DOTTED = r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})"
_WEEK_DATE = r"(\d{4})-?[Ww](\d{2})-?([1-7])"
_SLASHED = r"(\d{1,4})/(\d{1,2})/(\d{1,4})"
_TIMED = (
    r"(?P<date>.+?)(?:T|t|[ \t]+)(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"[ \t]*(?P<offset>[zZ]|[+-]\d{2}(?::?\d{2}(?::\d{2})?)?)?"
)


class PartialDate(NamedTuple):
    """A date of which the year, or the month and the day, may be unknown (vCard 4, RFC 6350)."""

    year: int | None
    month: int | None
    day: int | None

    def __str__(self) -> str:
        """As written in files: 2026-11-22, --11-22, 1984-11 or 1984."""
        year = "-" if self.year is None else f"{self.year:04}"
        parts = [year, *(f"{part:02}" for part in self[1:] if part is not None)]
        return "-".join(parts)

    def in_year(self, year: int) -> date | None:
        """The day on which it comes round in `year`; None where month or day is unknown.

        29 February comes round on 28 February in common years: better a day
        early than not at all.
        """
        if self.month is None or self.day is None:
            return None
        return date(year, self.month, min(self.day, days_in_month(year, self.month)))


def read_date(text: str) -> date:
    """The date written as `2026-11-03`, `2026-11-3`, `3.11.2026`, `3. 11. 2026` or `2026-W45-2`.

    Raises `Unreadable` for anything else; for `3/11/2026` with both readings.
    """
    if len(text) == 10 and text[4] == "-" and text[7] == "-":
        try:
            found = date.fromisoformat(text)
        except ValueError:
            pass
        else:
            if found.year >= FIRST_YEAR:
                return found
    text = text.strip()
    if match := re.fullmatch(_ISO, text, re.ASCII):
        year, month, day = map(int, match.groups())
    elif match := re.fullmatch(_DOTTED, text, re.ASCII):
        day, month, year = map(int, match.groups())
    elif match := re.fullmatch(_WEEK_DATE, text, re.ASCII):
        return _week_date(*map(int, match.groups()))
    else:
        raise _no_date(text)
    return real_date(year, month, day)


def _week_date(year: int, week: int, weekday: int) -> date:
    """The day of a week date (ISO 8601): `2026-W45-2` is a Tuesday."""
    real_date(year, 1, 1)
    try:
        return date.fromisocalendar(year, week, weekday)
    except ValueError:
        raise Unreadable(
            f"{year} has no week {week}",
            "weeks are those of ISO 8601: w1 to w52 or 53",
            code="bad-date",
        ) from None


def real_date(year: int, month: int, day: int) -> date:
    """The date, or `Unreadable` that says which part cannot be."""
    if not FIRST_YEAR <= year <= 9999:
        raise Unreadable(
            f"the year {year} is out of range", "years run from 1000 to 9999", code="bad-date"
        )
    _check_month_and_day(year, month, day)
    return date(year, month, day)


def read_moment(text: str, zone: tzinfo) -> date | datetime:
    """A date, or an instant: `2026-11-03T10:30+01:00`, `2026-11-03 10:30`, `…Z`.

    Seconds are optional. An instant comes back aware, with a fixed offset; one
    written without an offset is in `zone` (the business's). Where clocks are put
    back and a time comes twice, it is the first; where they are put forward and a
    time does not exist, `Unreadable` names the two that are nearest.
    """
    if len(text) == 10:
        return read_date(text)
    if len(text) == 22 and text[10] == "T" and text[13] == ":" and text[16] in "+-":
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            if FIRST_YEAR < found.year < 9999:
                return found
    text = text.strip()
    match = re.fullmatch(_TIMED, text, re.ASCII)
    if match is None:
        return read_date(text)
    day = read_date(match["date"].rstrip("Tt "))
    clock = _read_clock(match)
    if match["offset"] is None:
        return at_time(day, clock, zone)
    return _in_range(datetime.combine(day, clock, _read_offset(match["offset"])))


def at_time(day: date, clock: time, zone: tzinfo) -> datetime:
    """The instant of a wall clock's time on a day, with a fixed offset; see `read_moment`."""
    wall = datetime.combine(day, clock)
    first = wall.replace(tzinfo=zone)
    offset = first.utcoffset() or timedelta()
    if (wall - offset).replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) != wall:
        other = wall.replace(tzinfo=zone, fold=1).utcoffset() or timedelta()
        early, late = sorted((wall, wall + (offset - other), wall + (other - offset)))[::2]
        raise Unreadable(
            f"there is no {wall.isoformat(' ', 'minutes')}: clocks are put forward then",
            f"write {early.isoformat(' ', 'minutes')} or {late.isoformat(' ', 'minutes')}",
            code="bad-date",
        )
    return _in_range(wall.replace(tzinfo=timezone(offset)))


def noon(day: date, zone: tzinfo) -> datetime:
    """Noon of a day in `zone`: the instant that `--today DATE` stands for."""
    if day < LAST_DAY:
        return at_time(day, time(12), zone)
    return datetime.combine(day, time(12), timezone(timedelta()))


def write_moment(value: date | datetime) -> str:
    """Canonical text: `2026-11-03`, `2026-11-03T10:30+01:00`; seconds where they are not zero."""
    if not isinstance(value, datetime):
        return value.isoformat()
    if value.tzinfo is None:
        raise ValueError("an instant without an offset cannot be written")
    if value.microsecond:
        return value.isoformat()
    return value.isoformat(timespec="seconds" if value.second else "minutes")


def local_date(value: date | datetime, zone: tzinfo) -> date:
    """The day on which a date or an instant falls in `zone`."""
    if not isinstance(value, datetime):
        return value
    try:
        return value.astimezone(zone).date()
    except OverflowError:  # an instant by the clock of one zone is past the end by another's
        return value.date()


def shifted(day: date, days: int) -> date:
    """The day so many days later, or earlier; at the ends of the calendar the day there."""
    try:
        return max(FIRST_DAY, day + timedelta(days=days))
    except OverflowError:
        return LAST_DAY if days > 0 else FIRST_DAY


def later(moment: datetime, length: timedelta) -> datetime:
    """The instant so much later; the same where the calendar has none so late, or early."""
    try:
        return moment + length
    except OverflowError:
        return moment


def read_partial_date(text: str) -> PartialDate:
    """A date of which parts may be unknown: `2026-11-22`, `--11-22`, `1984-11`, `1984`.

    `22.11.2026` and `22.11.` are read as well. Raises `Unreadable`.
    """
    text = text.strip()
    if match := re.fullmatch(r"--(\d{1,2})-?(\d{2})|--(\d{1,2})-(\d)", text, re.ASCII):
        month, day = (int(part) for part in match.groups() if part is not None)
    elif match := re.fullmatch(r"(\d{1,2})\. ?(\d{1,2})\.", text, re.ASCII):
        day, month = map(int, match.groups())
    elif match := re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?", text, re.ASCII):
        year, only = int(match[1]), match[2]
        month = int(only or 1)
        real_date(year, month, 1 if month <= 12 else 0)
        return PartialDate(year, int(only) if only else None, None)
    elif re.fullmatch(_SHORT_YEAR, text, re.ASCII):
        raise _short_year(text, past=True)
    else:
        try:
            found = read_date(text)
        except Unreadable as error:
            if error.hint != _HINT:
                raise
            raise Unreadable(
                error.message,
                "write 1984-11-22, --11-22 without the year, 1984-11 or 1984",
                code=error.code,
            ) from None
        return PartialDate(found.year, found.month, found.day)
    _check_month_and_day(None, month, day)
    return PartialDate(None, month, day)


def zone_named(name: str) -> tzinfo | None:
    """The time zone of an IANA name; None where there is none.

    `localtime` is none, though systems have a file of that name: on each it is another.
    """
    from zoneinfo import ZoneInfo

    if name.rpartition("/")[2] in ("localtime", "posixrules"):
        return None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return None


def read_zone(name: str) -> tzinfo:
    """The time zone of an IANA name (`Europe/Ljubljana`); `Unreadable` with the nearest names."""
    found = zone_named(name)
    if found is None:
        from zoneinfo import available_timezones

        from crm_cli.model.text import did_you_mean

        raise Unreadable(
            f"there is no time zone {name!r}",
            did_you_mean(name, available_timezones()) or "write one such as Europe/Ljubljana",
            code="bad-time-zone",
        )
    return found


def days_in_month(year: int, month: int) -> int:
    """28 to 31. (The standard library's `calendar` costs every run an import of `locale`.)"""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def in_words(day: date) -> str:
    """`3 November 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _check_month_and_day(year: int | None, month: int, day: int) -> None:
    if not 1 <= month <= 12:
        hint = "dates are year-month-day or day.month.year"
        if 1 <= day <= 12 < month <= 31:
            swapped = f"{year:04}-{day:02}-{month:02}" if year else f"--{day:02}-{month:02}"
            hint += f"; write {swapped} if {MONTHS[day - 1]} is meant"
        raise Unreadable(f"there is no month {month}", hint, code="bad-date")
    days = days_in_month(year or 2000, month)  # without a year, 29 February is a day
    if not 1 <= day <= days:
        name = f"{MONTHS[month - 1]} {year}" if year else MONTHS[month - 1]
        raise Unreadable(
            f"there is no day {day}: {name} has {days} days",
            "dates are year-month-day or day.month.year",
            code="bad-date",
        )


def _read_clock(match: re.Match[str]) -> time:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        clock = f"{match['hour']}:{match['minute']}"
        clock += f":{match['second']}" if match["second"] else ""
        raise Unreadable(
            f"there is no time {clock}", "times run from 00:00 to 23:59", code="bad-date"
        )
    micro = int((match["fraction"] or "").ljust(6, "0")[:6])
    return time(hour, minute, second, micro)


def _read_offset(text: str) -> timezone:
    if text in "zZ":
        return UTC
    digits = text[1:].replace(":", "").ljust(6, "0")
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if hours > 23 or minutes > 59 or seconds > 59:
        raise Unreadable(
            f"there is no offset {text}", "write it as +01:00, or Z for UTC", code="bad-date"
        )
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timezone(-offset if text[0] == "-" else offset)


def _in_range(value: datetime) -> datetime:
    """The instant, if it has a year of four digits by the clocks of all time zones."""
    try:
        if (value.astimezone(UTC) - _FARTHEST).year >= FIRST_YEAR:
            value.astimezone(UTC) + _FARTHEST
            return value
    except OverflowError:
        pass
    raise Unreadable(
        f"{value.isoformat()} is out of range", "write the day without a time", code="bad-date"
    )


_SHORT_YEAR = r"\d{1,2}\. ?\d{1,2}\. ?\d{2}"
_FIRST_OF_1900S = 69
"""Years of two digits from here on are of the last century, as POSIX has it."""


def _short_year(text: str, *, past: bool = False) -> Unreadable:
    """The refusal of a year of two digits, with the likeliest year; of the `past` with both."""
    head, year = text[:-2], text[-2:]
    likely = f"{head}20{year}"
    if int(year) >= _FIRST_OF_1900S:
        likely = f"{head}19{year}"
    elif past:
        likely = f"{head}19{year} or {likely}"
    return Unreadable(f"{text!r} has a year of two digits", f"write {likely}", code="bad-date")


def _no_date(text: str) -> Unreadable:
    """Why a text is no date, with the likeliest cure."""
    if match := re.fullmatch(_SLASHED, text, re.ASCII):
        return _slashed(text, *map(int, match.groups()))
    if match := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text, re.ASCII):
        return Unreadable(
            f"{text!r} is not a date", f"write {'-'.join(match.groups())}", code="bad-date"
        )
    if re.fullmatch(_SHORT_YEAR, text, re.ASCII):
        return _short_year(text)
    if re.fullmatch(r"\d{5,}-\d{1,2}-\d{1,2}|\d{1,3}-\d{1,2}-\d{1,2}", text, re.ASCII):
        return Unreadable(f"{text!r} is not a date: years have four digits", _HINT, code="bad-date")
    return Unreadable(f"{text!r} is not a date", _HINT, code="bad-date")


def _slashed(text: str, first: int, second: int, third: int) -> Unreadable:
    """A date with slashes: never read, since half the world swaps day and month."""
    orders = (
        [(first, second, third)] if first > 31 else [(third, second, first), (third, first, second)]
    )
    readings = []
    for year, month, day in orders:
        try:
            readings.append(real_date(year, month, day))
        except Unreadable:
            continue
    readings = sorted(set(readings))
    if len(readings) == 2:
        one, two = readings
        return Unreadable(
            f"{text} is {in_words(one)} or {in_words(two)}",
            f"write {one.isoformat()} or {two.isoformat()}",
            code="ambiguous-date",
        )
    if readings:
        return Unreadable(
            f"{text}: dates with slashes are not read",
            f"write {readings[0].isoformat()}",
            code="bad-date",
        )
    return Unreadable(f"{text!r} is not a date", _HINT, code="bad-date")
