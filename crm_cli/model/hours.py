"""Working hours by weekday, as `working_hours` in crm.yaml."""

from __future__ import annotations

import re
from datetime import date, timedelta

Hours = tuple[tuple[tuple[int, int], ...], ...]
"""For each weekday from Monday on the spans of work, in minutes from midnight."""

USUAL: Hours = (((480, 960),),) * 5 + ((), ())
"""Monday to Friday, 08:00 to 16:00: where the settings do not say."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = r"(?a)(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})"


def read_hours(value: object) -> Hours:
    """`{mon: ["08:00-12:00", "13:00-16:00"]}`; days that are not named are free.

    What cannot be read counts as not said; without any day that can be, USUAL.
    """
    if not isinstance(value, dict):
        return USUAL
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    for name, spans in value.items():
        first, _, last = str(name).lower().partition("-")
        if first[:3] not in _DAYS or (last and last[:3] not in _DAYS):
            continue
        begin = _DAYS.index(first[:3])
        end = _DAYS.index(last[:3]) if last else begin
        read = _spans(spans)
        for day in range(begin, end + 1):
            found[day] = read
    if not found:
        return USUAL
    return tuple(found.get(day, ()) for day in range(7))


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


def _spans(value: object) -> tuple[tuple[int, int], ...]:
    texts = value if isinstance(value, list) else str(value or "").split(",")
    spans = []
    for text in texts:
        match = re.fullmatch(_SPAN, str(text).strip())
        if match is None:
            continue
        start = int(match[1]) * 60 + int(match[2])
        end = int(match[3]) * 60 + int(match[4])
        if 0 <= start < end <= 24 * 60:
            spans.append((start, end))
    return tuple(sorted(spans))
