"""Working time between instants: working hours by weekday, without holidays, in a time zone.

Instants are seconds since 1970 (POSIX), so that an hour is an hour also where clocks change: a
span of 08:00–16:00 has eight hours on any day, one from midnight to midnight 23 or 25 on two.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from crm_cli.model.hours import Hours
from crm_cli.model.named_tuple import NamedTuple

ALWAYS: Hours = (((0, 1440),),) * 7
"""All hours of all days: where the settings name no working hours."""

EARLIEST, LATEST = date(1970, 1, 2), date(2199, 12, 31)
"""Working time is counted between these days; what lies outside has none."""

_DAY = 86_400
_SEARCHED = 3660
"""So many days without working time are passed over in search of some."""


class Span(NamedTuple):
    """A stretch of time, its end excluded."""

    start: int
    end: int


class WorkingTime:
    """The working time of a business."""

    def __init__(
        self, hours: Hours, zone: tzinfo, is_holiday: Callable[[date], bool] | None = None
    ) -> None:
        self._hours = hours
        self._zone = zone
        self._is_holiday = is_holiday
        self._days: dict[date, tuple[Span, ...]] = {}

    def works(self, day: date) -> bool:
        """Whether people work on a day at all."""
        return bool(self._hours[day.weekday()]) and not self._off(day)

    def _off(self, day: date) -> bool:
        return self._is_holiday is not None and self._is_holiday(day)

    def day(self, instant: int) -> date:
        """The day on which an instant falls here."""
        return datetime.fromtimestamp(instant, self._zone).date()

    def spans(self, day: date) -> tuple[Span, ...]:
        """The working hours of a day."""
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = tuple(self._made(day)) if self.works(day) else ()
        return found

    def _made(self, day: date) -> Iterator[Span]:
        midnight = (day - date(1970, 1, 1)).days * _DAY
        around = self._offset(midnight)
        early, late = midnight - around - 3 * 3600, midnight - around + _DAY + 3 * 3600
        before, after = self._offset(early), self._offset(late)
        change = late if before == after else self._change(early, late, before)
        for start, end in self._hours[day.weekday()]:
            first, last = midnight + start * 60, midnight + end * 60
            parts = (
                Span(first - before, min(last - before, change)),
                Span(max(first - after, change), last - after),
            )
            # Where clocks are put back in a span, its two parts meet or overlap in no second.
            yield from (part for part in parts if part.start < part.end)

    def _offset(self, instant: int) -> int:
        """The seconds by which clocks here are ahead of UTC."""
        offset = datetime.fromtimestamp(instant, self._zone).utcoffset() or timedelta()
        return int(offset.total_seconds())

    def _change(self, early: int, late: int, before: int) -> int:
        """The first instant by the new clock."""
        return early + bisect_left(
            range(early, late), True, key=lambda instant: self._offset(instant) != before
        )

    def between(self, start: int, end: int) -> int:
        """The working time from one instant to a later one, in seconds; 0 if it is not later."""
        if end <= start:
            return 0
        total = 0
        day, last = max(self.day(start), EARLIEST), min(self.day(end), LATEST)
        while day <= last:
            for span in self.spans(day):
                total += max(0, min(span.end, end) - max(span.start, start))
            day += timedelta(days=1)
        return total

    def after(self, start: int, seconds: int) -> int | None:
        """The first instant at which so much working time has passed; None if that never is."""
        day = max(self.day(start), EARLIEST)
        idle = 0
        while day <= LATEST and idle < _SEARCHED:
            idle += 1
            for span in self.spans(day):
                first = max(span.start, start)
                if first >= span.end:
                    continue
                idle = 0
                if span.end - first >= seconds:
                    return first + seconds
                seconds -= span.end - first
            day += timedelta(days=1)
        return None

    def days_later(self, start: int, days: int) -> int | None:
        """The same time of day so many working days later; None if there is no such day.

        What begins while nobody works begins when work does.
        """
        begun = self.after(start, 0)
        if begun is None:
            return None
        start = begun
        local = datetime.fromtimestamp(start, self._zone)
        day, idle = local.date(), 0
        while days > 0:
            day += timedelta(days=1)
            idle += 1
            if day > LATEST or idle > _SEARCHED:
                return None
            if self.works(day):
                days, idle = days - 1, 0
        wall = datetime.combine(day, local.time(), self._zone)
        return int(wall.timestamp())


class Holidays:
    """The holidays that settings name: days, and countries or parts of them (`SI`, `DE-BY`)."""

    def __init__(self, named: Sequence[str]) -> None:
        self._days = set()
        self._countries = []
        for name in named:
            try:
                self._days.add(date.fromisoformat(name))
            except ValueError:
                self._countries.append(name)
        self._years: dict[int, frozenset[date]] = {}

    def __call__(self, day: date) -> bool:
        """Whether a day is one."""
        if day in self._days:
            return True
        if not self._countries:
            return False
        if day.year not in self._years:
            found = [holidays_of(name, day.year) or () for name in self._countries]
            self._years[day.year] = frozenset(one for days in found for one in days)
        return day in self._years[day.year]


def holidays_of(country: str, year: int) -> frozenset[date] | None:
    """The public holidays of a country (ISO 3166-1), or a part of one (ISO 3166-2), in a year.

    None where the library `holidays` knows no such country, or is not there.
    """
    try:
        from holidays import country_holidays
    except ImportError:
        return None
    code, _, part = country.upper().partition("-")
    try:
        found = country_holidays(code, subdiv=part or None, years=year)
    except NotImplementedError:
        return None
    return frozenset(found)


def instant_of(value: date, zone: tzinfo) -> int:
    """The instant of a moment; of a day without a time the one at which it begins here."""
    if isinstance(value, datetime):
        return int(value.timestamp())
    return int(datetime(value.year, value.month, value.day, tzinfo=zone).timestamp())


def utc_text(instant: int) -> str:
    """An instant as the index keeps it: `2026-11-03T09:30:00Z`."""
    return f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%dT%H:%M:%SZ}"
