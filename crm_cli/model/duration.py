"""Durations in minutes, and intervals of days, months and years."""

from __future__ import annotations

import re
from datetime import date

from crm_cli.model.dates import FIRST_DAY, LAST_DAY, days_in_month, shifted
from crm_cli.model.errors import Unreadable
from crm_cli.model.named_tuple import NamedTuple

_DURATION_HINT = "write it as 45min, 1h30min or PT45M"
_INTERVAL_HINT = "write it as 30 days, 2 weeks, 1 month or P30D"
_ISO_DURATION = r"p(?:(\d{1,3})d)?(?:t(?:(\d{1,4})h)?(?:(\d{1,6})m)?(?:(\d{1,7})s)?)?"
_ISO_INTERVAL = r"p(?:(\d{1,4})y)?(?:(\d{1,5})m)?(?:(\d{1,5})w)?(?:(\d{1,6})d)?"
_HOURS = r"(?:(\d{1,4})(?:[.,](\d{1,2}))?\s*h(?:ours?|rs?)?)?\s*(?:(\d{1,6})\s*m(?:in(?:ute)?s?)?)?"
_PART = r"(\d{1,6})\s*(days?|d|weeks?|w|months?|mo?|quarters?|q|years?|y)"
_RHYTHMS = {"daily": (0, 0, 1), "weekly": (0, 0, 7), "monthly": (0, 1, 0)} | {
    "quarterly": (0, 3, 0),
    "yearly": (1, 0, 0),
    "annually": (1, 0, 0),
}


class Interval(NamedTuple):
    """Calendar time: years, months and days, all zero or more."""

    years: int = 0
    months: int = 0
    days: int = 0

    def __str__(self) -> str:
        """ISO 8601: `P30D`, `P1Y2M`."""
        parts = [f"{n}{unit}" for n, unit in zip(self, "YMD", strict=True) if n]
        return f"P{''.join(parts) or '0D'}"

    def after(self, day: date) -> date:
        """The day this much later; at the end of a shorter month it is the month's last day.

        Past the end of the calendar it is the calendar's last day.
        """
        return self._shifted(day, 1)

    def before(self, day: date) -> date:
        """The day this much earlier, as `after`."""
        return self._shifted(day, -1)

    def reaches(self, day: date) -> date:
        """The last day that this much before it is `day` or earlier: what `after` makes, or a
        later day of a longer month, since a month before 31 March is 28 February."""
        found = self.after(day)
        for _ in range(3):
            later = shifted(found, 1)
            if self.before(later) > day:
                break
            found = later
        return found

    def _shifted(self, day: date, sign: int) -> date:
        try:
            moved = add_months(day, sign * (self.years * 12 + self.months))
        except (ValueError, OverflowError):
            return LAST_DAY if sign > 0 else FIRST_DAY
        return shifted(moved, sign * self.days)


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last: 31 January + 1 is 28 February.

    Raises `ValueError` outside the years that dates have.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(f"year {year} is out of range")
    return date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


def read_duration(text: str) -> int:
    """Minutes, from `45min`, `1h30min`, `1.5h`, `1:30`, `PT45M`, or `45` (minutes).

    Seconds are rounded to the minute, and to one at least. Raises `Unreadable`.
    """
    wanted = text.strip().lower()
    if match := re.fullmatch(r"(\d{1,6})|(\d{1,4})[:h]([0-5]\d)", wanted, re.ASCII):
        minutes, hours, rest = match.groups()
        return int(minutes) if minutes else int(hours) * 60 + int(rest)
    if (match := re.fullmatch(_ISO_DURATION, wanted, re.ASCII)) and any(match.groups()):
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        total = (days * 24 + hours) * 3600 + minutes * 60 + seconds
        return max(1, (total + 30) // 60) if total else 0
    if (match := re.fullmatch(_HOURS, wanted, re.ASCII)) and wanted:
        whole, part, minutes = match.groups()
        hundredths = int((part or "0").ljust(2, "0"))
        return int(whole or 0) * 60 + (hundredths * 60 + 50) // 100 + int(minutes or 0)
    raise Unreadable(f"{text!r} is not a duration", _DURATION_HINT, code="bad-duration")


def write_duration(minutes: int) -> str:
    """Canonical text, which `read_duration` reads back: `45min`, `1h`, `1h30min`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}min"
    return f"{hours}h{rest}min" if rest else f"{hours}h"


def read_interval(text: str) -> Interval:
    """An interval: `30 days`, `2w`, `1 month`, `1 year 6 months`, `weekly`, `P30D`.

    A quarter is three months, a week seven days. Raises `Unreadable`, also for an
    interval of nothing.
    """
    wanted = text.strip().lower()
    found: Interval | None = None
    if (match := re.fullmatch(_ISO_INTERVAL, wanted, re.ASCII)) and any(match.groups()):
        years, months, weeks, days = (int(part or 0) for part in match.groups())
        found = Interval(years, months, weeks * 7 + days)
    elif wanted in _RHYTHMS:
        found = Interval(*_RHYTHMS[wanted])
    elif re.fullmatch(rf"(?:every\s+)?{_PART}(?:(?:\s*,?\s*|\s+and\s+){_PART})*", wanted, re.ASCII):
        totals = dict.fromkeys("dwmqy", 0)
        for number, unit in re.findall(_PART, wanted):
            totals[unit[0]] += int(number)
        months = totals["m"] + totals["q"] * 3
        found = Interval(totals["y"], months, totals["d"] + totals["w"] * 7)
    elif match := re.fullmatch(r"(?:every\s+|an?\s+)(day|week|month|quarter|year)", wanted):
        found = read_interval(f"1 {match[1]}")
    if found is None:
        hint = f"write {wanted} days, if you mean days" if wanted.isdigit() else _INTERVAL_HINT
        raise Unreadable(f"{text!r} is not an interval", hint, code="bad-interval")
    if not any(found):
        raise Unreadable(f"{text!r} is an interval of nothing", _INTERVAL_HINT, code="bad-interval")
    return found
