"""Dates and periods as the user types them: by calendar, or in words.

`2026`, `2026-q3`, `2026-03`, `9.3.2026`, `today`, `last-month`, `next-fri`, `eom-3d`,
`last-30d`, `90d-ago`. Weeks begin on Monday (ISO 8601). Hyphens, underscores and
spaces are the same. Everything is a pure function of the text and of today.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum

from crm_cli.model.dates import (
    FIRST_YEAR,
    WEEKDAYS,
    days_in_month,
    read_date,
    read_moment,
    real_date,
)
from crm_cli.model.duration import add_months
from crm_cli.model.errors import Unreadable
from crm_cli.model.named_tuple import NamedTuple

_EXAMPLES = "write a date like 2026-03-09, or today, last-month, next-fri, last-30d, 90d-ago, eom"
_UNIT = r"(days?|d|weeks?|w|months?|mo?|quarters?|q|years?|y)"
_WEEKDAY = {
    short: number
    for number, name in enumerate(WEEKDAYS)
    for short in (name.lower(), name[:3].lower())
} | {"tues": 1, "wednes": 2, "thur": 3, "thurs": 3}
_UNITS = ("day", "week", "month", "quarter", "year")
_LETTERS = {"w": "week", "m": "month", "q": "quarter", "y": "year"}
_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_BACK = ("last", "past", "previous", "prev")
_RELATION = {"this": 0, "next": 1} | dict.fromkeys(_BACK, -1)


class Lean(Enum):
    """Which way a text leans that names no direction: a weekday, `90d`, `9.3.`"""

    PAST = -1
    FUTURE = 1


class Period(NamedTuple):
    """Days from `start` to `end`, both included; None is open."""

    start: date | None
    end: date | None

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class Instant(NamedTuple):
    """The minute or second that a time names: from `start` up to, not including, `end`."""

    start: datetime
    end: datetime


class Days(NamedTuple):
    """A period whose ends are both known."""

    start: date
    end: date


def read_period(text: str, today: date, *, lean: Lean, zone: tzinfo) -> Period | Instant:
    """The period that a text names; for a text with a time (`2026-11-03T10:30`) the instant.

    `zone` is that of a time without an offset. Raises `Unreadable`.
    """
    if re.search(r"\d[T ]\s*\d{1,2}:\d", text, re.IGNORECASE):
        start = read_moment(text, zone)
        if isinstance(start, datetime):
            seconds = 1 if re.search(r":\d{2}:\d{2}", text) else 60
            try:
                return Instant(start, start + timedelta(seconds=seconds))
            except OverflowError:
                raise _out_of_range(text) from None
    return Period(*read_days(text, today, lean=lean))


def read_window(text: str, today: date) -> Period:
    """The period that an aggregate looks at: `12m` is `last-12m`; else any period or `a..b`."""
    if ".." in text:
        first, _, last = text.partition("..")
        start = read_days(first, today, lean=Lean.PAST).start if first.strip() else None
        end = read_days(last, today, lean=Lean.PAST).end if last.strip() else None
        if start and end and start > end:
            raise Unreadable(
                f"{text!r} ends before it begins", f"write {last}..{first}", code="bad-date"
            )
        return Period(start, end)
    if re.fullmatch(rf"\d{{1,5}}[\s_-]*{_UNIT}", text.strip().lower(), re.ASCII):
        text = f"last-{text.strip()}"
    return Period(*read_days(text, today, lean=Lean.PAST))


def read_days(text: str, today: date, *, lean: Lean) -> Days:
    """The days that a text names.

    A bare weekday is the next one after today where `lean` is FUTURE, the latest up
    to today where it is PAST; `next-fri` is the first Friday after today, `last-fri`
    the last one before, `this-fri` that of this Monday-to-Sunday week. `90d` is 90
    days from today, the way that `lean` says. `last-30d` ends today and holds 30
    days, `next-7d` begins today. Raises `Unreadable`.
    """
    word = _normal(text)
    try:
        found = _find(word, today, lean)
    except (ValueError, OverflowError) as error:
        if isinstance(error, Unreadable):
            raise
        raise _out_of_range(text) from None
    if found is None:
        raise _unknown(text, word)
    if found.start.year < FIRST_YEAR:
        raise _out_of_range(text)
    return found


def _find(word: str, today: date, lean: Lean) -> Days | None:
    """The days, or None for a word that is not known; lengths at its end are added to it."""
    found = _calendar(word) or _relative(word, today, lean)
    if found is None:
        match = re.fullmatch(rf"(.+)([+-])(\d{{1,5}}){_UNIT}", word, re.ASCII)
        base = _find(match[1], today, lean) if match else None
        if match and base:
            found = _moved(base, int(f"{match[2]}{match[3]}"), match[4])
    return found


def _normal(text: str) -> str:
    """In lower case, with single hyphens for spaces and underscores, none around a sign."""
    word = re.sub(r"[\s_]+", " ", text.strip().lower())
    word = re.sub(r"(?<=\d\.) (?=\d)", "", word)
    word = re.sub(r" ?([+-]) ?", r"\1", word)
    return word.replace(" ", "-")


def _calendar(word: str) -> Days | None:
    """A date, month, quarter, week or year of the calendar."""
    if re.fullmatch(
        r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-?w\d\d-?[1-7]", word, re.ASCII
    ):
        day = read_date(word)
        return Days(day, day)
    match = re.fullmatch(r"(\d{4})(?:-?q(\d)|-?w(\d{1,2})|-(\d{1,2}))?", word, re.ASCII)
    if match is None:
        if "/" in word or re.fullmatch(r"\d{8}|[\d.]+\.\d+|\d+-\d+-\d+", word, re.ASCII):
            read_date(word)  # raises, with the cure
        return None
    year = int(match[1])
    real_date(year, 1, 1)
    if match[2]:
        quarter = int(match[2])
        if not 1 <= quarter <= 4:
            raise Unreadable(
                f"there is no quarter {quarter}", "quarters are q1 to q4", code="bad-date"
            )
        return _months(date(year, quarter * 3 - 2, 1), 3)
    if match[3]:
        try:
            monday = date.fromisocalendar(year, int(match[3]), 1)
        except ValueError:
            raise Unreadable(
                f"{year} has no week {int(match[3])}",
                "weeks are those of ISO 8601: w1 to w52 or 53",
                code="bad-date",
            ) from None
        return Days(monday, monday + timedelta(days=6))
    if match[4]:
        month = int(match[4])
        return _months(real_date(year, month, 1 if month <= 12 else 0), 1)
    return Days(date(year, 1, 1), date(year, 12, 31))


def _relative(word: str, today: date, lean: Lean) -> Days | None:
    """What is counted from today."""
    if word in _DAYS:
        return _day(_on(today, _DAYS[word]))
    if word in _WEEKDAY:
        return _day(_weekday(today, _WEEKDAY[word], lean.value, including=lean is Lean.PAST))
    if match := re.fullmatch(r"([se])o([wmqy])", word):
        around = _around(today, _LETTERS[match[2]])
        return _day(around.start if match[1] == "s" else around.end)
    if match := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.?", word, re.ASCII):
        return _day(_unwritten_year(int(match[2]), int(match[1]), today, lean))
    relation, _, rest = word.partition("-")
    if relation in _RELATION:
        return _related(_RELATION[relation], rest, today)
    match = re.fullmatch(rf"(in-)?([+-]?)(\d{{1,5}})-?{_UNIT}(-ago|-from-now)?", word, re.ASCII)
    if match is None or (match[5] and (match[1] or match[2])):
        return None
    ahead, sign, number, unit, ago = match.groups()
    back = sign == "-" or ago == "-ago" or (not (sign or ahead or ago) and lean is Lean.PAST)
    return _moved(_day(today), -int(number) if back else int(number), unit)


def _related(step: int, rest: str, today: date) -> Days | None:
    """`this-`, `next-` (step 1) or `last-` (step -1) with a unit, a weekday or a length."""
    if rest in _UNITS:
        return _around(_within(today, step, rest), rest)
    if rest in _WEEKDAY:
        if step:
            return _day(_weekday(today, _WEEKDAY[rest], step, including=False))
        return _day(_on(_around(today, "week").start, _WEEKDAY[rest]))
    match = re.fullmatch(rf"(\d{{1,5}})-?{_UNIT}", rest, re.ASCII)
    if match is None or not step:
        return None
    if not int(match[1]):
        raise Unreadable(f"{rest!r} holds no days", "write a length of 1 or more", code="bad-date")
    edge = _on(_within(today, step * int(match[1]), match[2]), -step)
    return Days(today, max(today, edge)) if step > 0 else Days(edge, today)


def is_length(text: str) -> bool:
    """True if a text is a bare length of time: `+14d`, `2 weeks`."""
    return re.fullmatch(rf"\+?\d{{1,5}}-?{_UNIT}", _normal(text), re.ASCII) is not None


def _step(day: date, count: int, unit: str) -> date:
    """A day, `count` units on; months end at their last day."""
    if unit[0] in "dw":
        return day + timedelta(days=count * (7 if unit[0] == "w" else 1))
    return add_months(day, count * {"m": 1, "q": 3, "y": 12}[unit[0]])


def _within(day: date, count: int, unit: str) -> date:
    """A day, `count` units on; the end of the calendar for what would lie beyond it."""
    try:
        return _step(day, count, unit)
    except (OverflowError, ValueError):
        return date.max if count > 0 else date.min


def _on(day: date, days: int) -> date:
    """A day, so many days on, within the calendar."""
    return _within(day, days, "d")


def _moved(days: Days, count: int, unit: str) -> Days:
    """All of a period moved on; whole months stay whole months."""
    if days.start == days.end:
        return _day(_step(days.start, count, unit))
    one = timedelta(days=1)
    return Days(_step(days.start, count, unit), _step(days.end + one, count, unit) - one)


def _around(day: date, unit: str) -> Days:
    """The day, week, month, quarter or year that a day lies in."""
    if unit == "day":
        return _day(day)
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return Days(monday, _on(monday, 6))
    if unit == "year":
        return Days(date(day.year, 1, 1), date(day.year, 12, 31))
    if unit == "quarter":
        return _months(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), 3)
    return _months(day.replace(day=1), 1)


def _months(first: date, count: int) -> Days:
    last = add_months(first, count - 1)
    return Days(first, last.replace(day=days_in_month(last.year, last.month)))


def _weekday(today: date, weekday: int, way: int, *, including: bool) -> date:
    """The nearest such weekday on one side of today, or today itself where `including`."""
    distance = way * (weekday - today.weekday()) % 7
    return _on(today, way * (distance or (0 if including else 7)))


def _unwritten_year(month: int, day: int, today: date, lean: Lean) -> date:
    """The nearest such day from today on, or up to today."""
    real_date(2000, month, day)
    for ahead in range(9):  # 29 February can be eight years away
        year = today.year + ahead * lean.value
        if day <= days_in_month(year, month):
            found = date(year, month, day)
            if (found >= today) if lean is Lean.FUTURE else (found <= today):
                return found
    raise ValueError("no such day")


def _day(day: date) -> Days:
    return Days(day, day)


def _out_of_range(text: str) -> Unreadable:
    return Unreadable(f"{text!r} is out of range", "years run from 1000 to 9999", code="bad-date")


def _unknown(text: str, word: str) -> Unreadable:
    from crm_cli.model.text import did_you_mean

    words = [*_DAYS, *(name.lower() for name in WEEKDAYS)]
    words += [f"{edge}o{unit}" for unit in "wmqy" for edge in "se"]
    words += [f"{relation}-{unit}" for relation in ("this", "last", "next") for unit in _UNITS]
    words += [
        f"{relation}-{name[:3].lower()}"
        for relation in ("this", "last", "next")
        for name in WEEKDAYS
    ]
    near = did_you_mean(word, words) if len(word) > 2 else ""
    hint = f"{near} {_EXAMPLES}".strip()
    return Unreadable(f"{text!r} is not a date or period", hint, code="bad-date")
