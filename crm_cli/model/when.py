"""A date or time as typed into an option, and as it is printed back."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

from crm_cli.model.dates import WEEKDAYS, at_time, in_words, read_moment
from crm_cli.model.errors import Unreadable
from crm_cli.model.periods import Days, Lean, Period, read_days

_CLOCK = r"(?:at )?(?:(\d{1,2}):(\d{2})(?: ?([ap])m)?|(\d{1,2}) ?([ap])m)"
_NAMED = r"(?:this|next|last|past|previous|prev)[\s_-]+(?:week|month|quarter|year)"


def read_when(
    text: str, today: date, zone: tzinfo, lean: Lean, *, now: datetime | None = None
) -> date | datetime:
    """The day or instant of an option's value.

    Whatever stands in files (`2026-11-03`, `3.11.2026`, `2026-11-03 10:30`) and
    whatever `periods.read_days` knows that is one day (`tomorrow`, `fri`, `eom-3d`,
    `in 3 days`, `3 days ago`), alone or with a time (`fri 14:30`, `tomorrow 9am`);
    a time alone is today's. `next-week` and the like are their first day that is
    still to come where `lean` is FUTURE, their last that has been where it is PAST.
    With `now` also `now`, `in 2h`, `30min ago`. Raises `Unreadable`.
    """
    word = " ".join(text.lower().replace("_", " ").split())
    if now is not None and (found := _from_now(word, now)):
        return found
    _unambiguous(word, today, lean)
    if re.match(r"\d{4}-\d{1,2}-\d{1,2}[t ]|\d{1,2}\. ?\d{1,2}\. ?\d{4}[t ]", word):
        try:
            return read_moment(text, zone)
        except Unreadable:
            if not re.search(r"[ap]m$| at ", word):
                raise
    match = re.fullmatch(rf"(?:(.*?\S)[ -])?{_CLOCK}", word, re.ASCII)
    if match is None:
        return _one_day(text, today, lean)
    day = _one_day(match[1], today, lean) if match[1] else today
    return at_time(day, _clock(match), zone)


def describe(
    value: date | datetime | Days | Period, today: date, zone: tzinfo | None = None
) -> str:
    """`Fri 2026-11-27 14:30, in 5 days`: a date as it was understood, for people.

    An instant is shown in `zone`, else with its own offset's clock; a period by its
    first and last day.
    """
    if isinstance(value, (Days, Period)):
        if value.start == value.end and value.start is not None:
            return describe(value.start, today)
        start, end = (_named(day) if day else "" for day in value)
        return f"{start} – {end}" if start and end else f"from {start}" if start else f"to {end}"
    if not isinstance(value, datetime):
        return f"{_named(value)}, {distance(value, today)}"
    shown = value.astimezone(zone) if zone else value
    return f"{_named(shown.date())} {shown:%H:%M}, {distance(shown.date(), today)}"


def distance(day: date, today: date) -> str:
    """`today`, `tomorrow`, `in 5 days`, `3 days ago`; in months from two months on, then years."""
    days = (day - today).days
    if abs(days) <= 1:
        return ("yesterday", "today", "tomorrow")[days + 1]
    count, unit = abs(days), "days"
    if count > 60:
        early, late = sorted((day, today))
        months = (late.year - early.year) * 12 + late.month - early.month - (late.day < early.day)
        count, unit = (months, "months") if months < 24 else (months // 12, "years")
    return f"in {count} {unit}" if days > 0 else f"{count} {unit} ago"


def _unambiguous(word: str, today: date, lean: Lean) -> None:
    """Refuse `3/4` and `03-04-2026`, which are read day first here and month first there."""
    match = re.match(r"(\d{1,2})([/-])(\d{1,2})(?:\2(\d{4}))?(?=$| )", word, re.ASCII)
    if match is None or (match[2] == "/" and match[4]):
        return  # With slashes and a year it is what files may hold: `read_date` refuses it.
    first, second = int(match[1]), int(match[3])
    readings = {}
    for day, month in ((first, second), (second, first)):
        try:
            found = _one_day(f"{day}.{month}.{match[4] or ''}", today, lean)
        except Unreadable:
            continue
        readings[found] = in_words(found)
    if readings:
        raise Unreadable(
            f"{match[0]} is {' or '.join(readings.values())}",
            f"write {' or '.join(day.isoformat() for day in readings)}",
            code="ambiguous-date",
        )


def _one_day(text: str, today: date, lean: Lean) -> date:
    days = read_days(text, today, lean=lean)
    if days.start == days.end:
        return days.start
    if not re.fullmatch(_NAMED, text.strip().lower()):
        raise Unreadable(
            f"{text!r} is more than one day",
            f"write {days.start} or {days.end}, or a day between",
            code="bad-date",
        )
    if lean is Lean.FUTURE:
        return days.start if days.start >= today else days.end
    return days.end if days.end <= today else days.start


def _clock(match: re.Match[str]) -> time:
    hour, minute = int(match[2] or match[5]), int(match[3] or 0)
    half = match[4] or match[6]
    if hour > 23 or minute > 59 or (half and not 1 <= hour <= 12):
        raise Unreadable(
            f"there is no time {match[0][match.start(2 if match[2] else 5) :]}",
            "times run from 00:00 to 23:59, or from 1am to 12pm",
            code="bad-date",
        )
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute)


def _from_now(word: str, now: datetime) -> datetime | None:
    if word == "now":
        return now.replace(second=0, microsecond=0)
    unit = r"(h|hours?|min|minutes?)"
    match = re.fullmatch(rf"(in |\+)?(\d{{1,4}}) ?{unit}( ago)?", word, re.ASCII)
    if match is None or bool(match[1]) == bool(match[4]):
        return None
    minutes = int(match[2]) * (60 if match[3][0] == "h" else 1)
    moved = now + timedelta(minutes=-minutes if match[4] else minutes)
    return moved.replace(second=0, microsecond=0)


def _named(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()][:3]} {day.isoformat()}"
