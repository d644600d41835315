"""Dates in queries: days, instants, and days whose year may be unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeGuard

from crm_cli.index.dialect import Dialect
from crm_cli.model.dates import days_in_month
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import FieldType
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.periods import Instant, Lean, Period, read_period
from crm_cli.query.ast import Between, Literal, Op, Operand
from crm_cli.query.lexer import Piece
from crm_cli.query.ref import Ref
from crm_cli.query.rows import Frame, Value
from crm_cli.query.scope import Scope
from crm_cli.query.storages.base import SAME, Converter, Operators


class Recurring(NamedTuple):
    """Days of any year: from month and day to month and day (`11-22`), over new year too.

    `leap` says whether the day that some years lack (`odd`, 29 February) is among them; it
    comes round the day before in the others. `start` and `end` are the next days that are meant.
    """

    first: str
    last: str
    leap: bool
    start: date
    end: date
    odd: str = "02-29"


class DateOperators(Operators):
    """Calendar days: what is asked for is a period."""

    ranged = True
    has_order = True

    def read(self, text: str, operand: Operand, op: Op, scope: Scope, *, quoted: bool) -> Any:
        """The period that a date is, in figures or words."""
        period = read_period(text, scope.today, lean=self.lean(operand), zone=_zone(text, scope))
        if isinstance(period, Instant):
            raise Unreadable(f"'{text}' has a time, and this is a date", "write the date alone")
        return period

    def lean(self, operand: Operand) -> Lean:
        """Which way a bare weekday lies."""
        return Lean.FUTURE if isinstance(operand, Ref) and operand.to_come else Lean.PAST

    def after(self, low: Any, high: Any) -> bool:
        """Periods by their ends; a day and an instant have no order."""
        if isinstance(low, Period) and isinstance(high, Period):
            return bool(low.start and high.end and low.start > high.end)
        if isinstance(low, Instant) and isinstance(high, Instant):
            return low.start >= high.end
        return False

    def example(self, type: FieldType) -> str:
        """In figures or words."""
        return "2026-11-03 or last-30d"

    def test(self, value: Value, op: Op, wanted: Any, frame: Frame) -> str:
        """A date names a period: inside, before its start, after its end, up to its end."""
        day = value.day or value.sql
        start = frame.bind(wanted.start.isoformat()) if wanted.start else ""
        end = frame.bind(wanted.end.isoformat()) if wanted.end else ""
        if op is Op.LT:
            return f"{day} < {start}" if start else frame.dialect.truth(False)
        if op is Op.GT:
            return f"{day} > {end}" if end else frame.dialect.truth(False)
        ends = []
        if start and op is not Op.LE:
            ends.append(f"{day} >= {start}")
        if end and op is not Op.GE:
            ends.append(f"{day} <= {end}")
        return f"({' AND '.join(ends)})" if ends else f"{day} IS NOT NULL"

    def converter(self, type: FieldType, scope: Scope) -> Converter | None:
        """A day."""
        return date.fromisoformat


class MomentOperators(DateOperators):
    """Days, or instants in UTC with the day that they are here."""

    by_day = True

    def read(self, text: str, operand: Operand, op: Op, scope: Scope, *, quoted: bool) -> Any:
        """A period, or an instant; `now` is the present minute."""
        if text.strip().lower() == "now":
            return Instant(scope.instant, scope.instant + timedelta(minutes=1))
        return read_period(text, scope.today, lean=self.lean(operand), zone=_zone(text, scope))

    def test(self, value: Value, op: Op, wanted: Any, frame: Frame) -> str:
        """Instants are compared in UTC, days without a time with the instant's day."""
        if not isinstance(wanted, Instant):
            return super().test(value, op, wanted, frame)
        sql, zone = value.sql, frame.business.time_zone
        start, end = frame.bind(_utc(wanted.start)), frame.bind(_utc(wanted.end))
        day = frame.bind(wanted.start.astimezone(zone).date().isoformat())
        if op in SAME:
            return f"({sql} >= {start} AND {sql} < {end})"
        timed, sign = {
            Op.LT: (f"{sql} < {start}", "<"),
            Op.LE: (f"{sql} < {end}", "<="),
            Op.GT: (f"{sql} >= {end}", ">"),
            Op.GE: (f"{sql} >= {start}", ">="),
        }[op]
        return f"CASE WHEN length({sql}) = 10 THEN {sql} {sign} {day} ELSE {timed} END"

    def comparable(self, value: Value, dialect: Dialect) -> str:
        """The day."""
        return value.day

    def order(self, value: Value, frame: Frame) -> tuple[str, ...]:
        """By the day, then by the time."""
        return (value.day or value.sql, value.sql)

    def converter(self, type: FieldType, scope: Scope) -> Converter | None:
        """A day, or an instant in the business's time zone."""
        return _Moments(scope)


class PartialDateOperators(DateOperators):
    """Days whose year, or month and day, may be unknown: they come round each year."""

    has_order = False
    gathered = True

    def read(self, text: str, operand: Operand, op: Op, scope: Scope, *, quoted: bool) -> Any:
        """A period, or days of any year: those without one, or in words."""
        if found := _yearless(text, scope.today):
            if op not in SAME:
                raise Unreadable(f"'{text}' comes every year", "write the year as well")
            return found
        period = super().read(text, operand, op, scope, quoted=quoted)
        if op not in SAME or not period.start or not period.end:
            return period
        if not re.match(r"\s*\d{4}|.*\d{4}\s*$", text):  # in words: the year does not matter
            return _round(period.start, period.end)
        return period

    def lean(self, operand: Operand) -> Lean:
        """What comes round is to come."""
        return Lean.FUTURE

    def between(
        self, piece: Piece, op: Op, low: Piece, high: Piece, read: Callable[[Piece, Op], Literal]
    ) -> Literal | Between:
        """Days of any year, where both ends are; else of real years, since one of them is."""
        first, last = (read(end, op) if end.chars else None for end in (low, high))
        recurring = [end and isinstance(end.value, Recurring) for end in (first, last)]
        if first and last and all(recurring):
            return Literal(_joined(first.value, last.value), piece.chars, piece.span)
        return super().between(piece, Op.LE if any(recurring) else op, low, high, read)

    def example(self, type: FieldType) -> str:
        """A day of any year."""
        return type.example

    def test(self, value: Value, op: Op, wanted: Any, frame: Frame) -> str:
        """What of a date is unknown may be any day: only what is sure counts."""
        sql = value.sql
        if isinstance(wanted, Recurring):
            return _comes_round(sql, wanted, frame)
        low, high = (
            f"CASE length({sql}) WHEN 4 THEN {sql} || '{of_year}' WHEN 7 THEN {sql} || '{of_month}'"
            f" ELSE {sql} END"
            for of_year, of_month in (("-01-01", "-01"), ("-12-31", "-31"))
        )
        start = frame.bind(wanted.start.isoformat()) if wanted.start else ""
        end = frame.bind(_to_month_end(wanted.end)) if wanted.end else ""
        ends = [f"substr({sql}, 1, 2) <> '--'"]
        if op is Op.LT:
            ends.append(f"{high} < {start}" if start else frame.dialect.truth(False))
        elif op is Op.GT:
            ends.append(f"{low} > {end}" if end else frame.dialect.truth(False))
        else:
            if start and op is not Op.LE:
                ends.append(f"{low} >= {start}")
            if end and op is not Op.GE:
                ends.append(f"{high} <= {end}")
        return f"({' AND '.join(ends)})"

    def converter(self, type: FieldType, scope: Scope) -> Converter | None:
        """The text, as it is written."""
        return None


class _Moments:
    """Reads moments of the index; the time zone is looked up when the first instant comes."""

    __slots__ = ("scope",)

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __call__(self, text: str) -> date | datetime:
        if len(text) == 10:
            return date.fromisoformat(text)
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        return instant.astimezone(self.scope.business.time_zone)


def _zone(text: str, scope: Scope) -> Any:
    """The business's time zone, which takes time to look up, where there is a time of day."""
    return scope.business.time_zone if ":" in text else UTC


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def comes_round(wanted: Literal | Between) -> TypeGuard[Literal]:
    """Whether the days that are wanted are those of any year."""
    return isinstance(wanted, Literal) and isinstance(wanted.value, Recurring)


def in_persian(wanted: Sequence[Literal | Between]) -> tuple[Literal | Between, ...]:
    """Days of any year as days of the Persian calendar, as far as they come next."""
    return tuple(
        Literal(_persian(one.value), one.text, one.span) if comes_round(one) else one
        for one in wanted
    )


def _persian(days: Recurring) -> Recurring:
    from crm_cli.model.anniversaries import month_and_day, rounds
    from crm_cli.model.dates import PartialDate

    first, last = (month_and_day(day) for day in (days.start, days.end))
    leap = any(True for _ in rounds(PartialDate(None, 12, 30), days.start, days.end, persian=True))
    if (days.end - days.start).days >= 364:
        first, last, leap = "01-01", "12-31", True
    return Recurring(first, last, leap, days.start, days.end, odd="12-30")


def _yearless(text: str, today: date) -> Recurring | None:
    """`--11-22` and `22.11.`: a day of any year."""
    if not re.fullmatch(r"\s*(--.*|\d{1,2}\. ?\d{1,2}\.)\s*", text, re.ASCII):
        return None
    from crm_cli.model.dates import read_partial_date

    found = read_partial_date(text)
    day = f"{found.month:02}-{found.day:02}"
    coming = _next(day, today)
    return Recurring(day, day, day == "02-29", coming, coming)


def _next(day: str, first: date) -> date:
    """When a month and a day come round, on a day or after."""
    from crm_cli.model.dates import PartialDate

    one = PartialDate(None, int(day[:2]), int(day[3:]))
    for year in (first.year, min(first.year + 1, date.max.year)):
        if (found := one.in_year(year)) is not None and found >= first:
            return found
    return date.max


def _round(start: date, end: date) -> Recurring:
    """The days of the year that a period holds."""
    from crm_cli.model.dates import PartialDate

    if (end - start).days >= 365:
        return Recurring("01-01", "12-31", True, start, end)
    leap = PartialDate(None, 2, 29)
    comes = [leap.in_year(year) for year in range(start.year, end.year + 1)]
    leaps = any(day and start <= day <= end for day in comes)
    return Recurring(f"{start:%m-%d}", f"{end:%m-%d}", leaps, start, end)


def _joined(low: Recurring, high: Recurring) -> Recurring:
    """From the first day of one to the last of the other."""
    first, last = low.first, high.last
    begun, over = first <= "02-29", last < "02-29"
    inside = (begun and not over) if first <= last else (begun or not over)
    leaps = inside or low.leap or high.leap
    return Recurring(first, last, leaps, low.start, _next(last, low.start))


def _comes_round(sql: str, days: Recurring, frame: Frame) -> str:
    """Whether a day of any year, or one with a year, is among these."""
    first, last = frame.bind(days.first), frame.bind(days.last)
    day = frame.dialect.month_day(sql)
    joint = "AND" if days.first <= days.last else "OR"
    inside = f"({day} >= {first} {joint} {day} <= {last})"
    known = f"(length({sql}) = 10 OR substr({sql}, 1, 2) = '--')"
    leap = frame.bind(frame.dialect.flag(days.leap))
    return f"({known} AND CASE {day} WHEN '{days.odd}' THEN {leap} ELSE {inside} END)"


def _to_month_end(day: date) -> str:
    """The day; a month's last one as the 31st, which `1984-11` is taken to end on."""
    last = day.day == days_in_month(day.year, day.month)
    return f"{day:%Y-%m}-31" if last else day.isoformat()
