"""Working hours by weekday, as `working_hours` in crm.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

Hours = tuple[tuple[tuple[int, int], ...], ...]
"""For each weekday from Monday on the spans of work, in minutes from midnight."""

USUAL: Hours = (((480, 960),),) * 5 + ((), ())
"""Monday to Friday, 08:00 to 16:00: where the settings do not say."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = r"(?a)(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})"


def read_hours(value: object) -> Hours:
    """The hours that settings say, else USUAL."""
    return said_hours(value) or USUAL


def said_hours(value: object) -> Hours | None:
    """`{mon: ["08:00-12:00", "13:00-16:00"]}`; days that are not named are free.

    What cannot be read counts as not said (see `faults`); None without any day that can be.
    """
    if not isinstance(value, dict):
        return None
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    for name, spans in value.items():
        read = tuple(sorted(filter(None, map(_span, _texts(spans)))))
        found |= dict.fromkeys(_days(name), read)
    if not found:
        return None
    return tuple(found.get(day, ()) for day in range(7))


def faults(value: object) -> Iterator[str]:
    """What of `working_hours` cannot be read, each in a clause."""
    if value is None:
        return
    if not isinstance(value, dict):
        yield f"'{value}' names no weekdays"
        return
    for name, spans in value.items():
        if not _days(name):
            yield f"'{name}' is neither a weekday nor a span of them, as mon-fri is"
        for text in _texts(spans):
            if _span(text) is None:
                yield f"'{text}' on {name} is no time from one hour to a later one"


def working_day(day: date, hours: Hours) -> bool:
    """Whether people work that day."""
    return bool(hours[day.weekday()])


def days_off_before(day: date, hours: Hours) -> date:
    """The first of the free days that lie directly before a day; the day itself without any.

    On a Monday it is Saturday: what fell on the weekend was not seen by who works.
    """
    first = day
    while (day - first).days < 6 and not working_day(first - timedelta(days=1), hours):
        first -= timedelta(days=1)
    return first


def _days(name: object) -> range:
    """The weekdays that a key names, `mon` or `mon-fri`; none where it names none."""
    first, _, last = str(name).strip().lower().partition("-")
    days = [_DAYS.index(one[:3]) for one in (first, last or first) if one[:3] in _DAYS]
    return range(days[0], days[1] + 1) if len(days) == 2 else range(0)


def _texts(value: object) -> list[str]:
    texts = value if isinstance(value, list) else str(value or "").split(",")
    return [text for one in texts if (text := str(one or "").strip())]


def _span(text: str) -> tuple[int, int] | None:
    """The minutes from midnight of `08:00-16:00`; None where it is no such time."""
    match = re.fullmatch(_SPAN, text)
    if match is None:
        return None
    start = int(match[1]) * 60 + int(match[2])
    end = int(match[3]) * 60 + int(match[4])
    return (start, end) if 0 <= start < end <= 24 * 60 else None
