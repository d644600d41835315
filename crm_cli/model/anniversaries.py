"""Yearly dates: birthdays and anniversaries, in two calendars."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from crm_cli.model.dates import PartialDate, read_partial_date
from crm_cli.model.errors import Unreadable
from crm_cli.model.named_tuple import NamedTuple

_PERSIAN = re.compile(r"(?:(\d{4})|-)-(\d{1,2})-(\d{1,2})", re.ASCII)
_AHEAD = 622
"""A Gregorian year is about so much more than the Persian one that begins in it."""


class Round(NamedTuple):
    """A day, and for the how manieth time it comes round; None where the year is not known."""

    day: date
    times: int | None


def read_any_calendar(text: str) -> PartialDate:
    """A partial date of either calendar: `--06-31` is a day of the Persian one only.

    Raises `Unreadable` for what is a day in neither.
    """
    try:
        return read_partial_date(text)
    except Unreadable:
        match = _PERSIAN.fullmatch(text.strip())
        if match is None:
            raise
        year, month, day = match.groups()
        found = PartialDate(int(year) if year else None, int(month), int(day))
        if not is_persian(found):
            raise
        return found


def is_persian(day: PartialDate) -> bool:
    """Whether the Persian calendar has such a day: six months of 31 days, then of 30."""
    if day.month is None or day.day is None:
        return True
    return 1 <= day.month <= 12 and 1 <= day.day <= (31 if day.month <= 6 else 30)


def maybe_persian(day: PartialDate) -> bool:
    """Whether somebody who lives today may have meant a Persian date: of about 1821 to 2122."""
    return is_persian(day) and (day.year is None or 1200 <= day.year <= 1500)


def not_gregorian(day: PartialDate) -> Unreadable | None:
    """Why the Gregorian calendar has no such day here; None where it has."""
    try:
        read_partial_date(str(day))
    except Unreadable as error:
        return error
    return None


def rounds(origin: PartialDate, start: date, end: date, *, persian: bool) -> Iterator[Round]:
    """The days from `start` to `end`, both included, on which a date comes round.

    A day that a year lacks (29 February, 30 Esfand) comes round the day before: better
    early than not at all. Nothing comes round whose month or day is not known, nor
    before the year it happened in.
    """
    if origin.month is None or origin.day is None:
        return
    shift = _AHEAD if persian else 0
    for year in range(start.year - shift - 1, end.year - shift + 2):
        day = _persian(origin, year) if persian else _gregorian(origin, year)
        times = None if origin.year is None else year - origin.year
        if day is not None and start <= day <= end and (times is None or times >= 0):
            yield Round(day, times)


def month_and_day(day: date) -> str:
    """The month and the day that a day is in the Persian calendar: `08-29`."""
    from persiantools.jdatetime import JalaliDate

    try:
        return f"{JalaliDate(day):%m-%d}"
    except ValueError:  # before that calendar begins
        return "01-01"


def _gregorian(origin: PartialDate, year: int) -> date | None:
    return origin.in_year(year) if 1 <= year <= 9999 else None


def _persian(origin: PartialDate, year: int) -> date | None:
    """Through a library: the leap years of the Persian calendar follow the sun."""
    from persiantools.jdatetime import JalaliDate

    assert origin.month is not None and origin.day is not None
    if not 1 <= year <= 9377:
        return None
    last = JalaliDate.days_in_month(origin.month, year)
    found = JalaliDate(year, origin.month, min(origin.day, last)).to_gregorian()
    assert isinstance(found, date)
    return found
