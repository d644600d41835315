"""Values of a query: texts read by the type of the field that they are compared with."""

from __future__ import annotations

import re
from datetime import UTC, date
from itertools import pairwise
from typing import Any, NamedTuple

from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import Choice, Country, FieldType, Storage, User
from crm_cli.model.money import Amount, read_amount
from crm_cli.model.periods import Instant, Lean, Period, read_period
from crm_cli.model.text import a_or_an
from crm_cli.query.ast import Between, Literal, Op, Operand
from crm_cli.query.fault import Fault, Span
from crm_cli.query.fields import Ref
from crm_cli.query.lexer import Piece
from crm_cli.query.scope import Scope

NUMBERS = frozenset((Storage.INTEGER, Storage.DECIMAL, Storage.MONEY))
DATES = frozenset((Storage.DATE, Storage.MOMENT, Storage.PARTIAL_DATE))
TEXTS = frozenset((Storage.TEXT, Storage.WORD, Storage.TEXTS, Storage.FREE))

_ON_TEXT = frozenset((Op.EQ, Op.NE, Op.IS, Op.HAS, Op.STARTS, Op.ENDS, Op.RE))
_ON_NUMBERS = frozenset((Op.EQ, Op.NE, Op.IS, Op.LT, Op.LE, Op.GT, Op.GE))
_ON_FLAGS = frozenset((Op.EQ, Op.NE, Op.IS))


class Recurring(NamedTuple):
    """Days of any year: from month and day to month and day (`11-22`), over new year too.

    `leap` says whether 29 February is among them; it comes round on the 28th in
    common years.
    """

    first: str
    last: str
    leap: bool


def allowed(type: FieldType) -> frozenset[Op]:
    """The operators that a type knows."""
    if type.storage in TEXTS:
        return _ON_TEXT
    return _ON_FLAGS if type.storage is Storage.BOOLEAN else _ON_NUMBERS


def may_be_zero(operand: Operand) -> bool:
    """Whether it is reckoned, so that a 0 is as good as nothing to `has:` and `no:`."""
    reckoned = not isinstance(operand, Ref) or operand.origin == "derived"
    return reckoned and operand.type.storage in (*NUMBERS, Storage.BOOLEAN)


def read_values(piece: Piece, operand: Operand, op: Op, scope: Scope) -> list[Literal | Between]:
    """The values between the commas of a term, typed; raises Fault at the one that is wrong."""
    parts = piece.split(",")
    type = operand.type
    if type.storage in (Storage.DECIMAL, Storage.MONEY) and not piece.quoted:
        for one, other in pairwise(parts):
            if re.fullmatch(r"(.*\.\.)?-?\d+", one.chars) and re.match(r"\d+(\.\.|$)", other.chars):
                whole, part = one.chars.rpartition("..")[2], other.chars.partition("..")[0]
                raise Fault(
                    f"{whole},{part} is {whole} or {part}, or the number {whole}.{part}",
                    f"write {whole}.{part}, or {whole}.0,{part}.0 for either of two",
                    Span(piece.span.text, one.span.start, other.span.end),
                )
    return [read_value(part.stripped(), operand, op, scope) for part in parts]


def read_value(piece: Piece, operand: Operand, op: Op, scope: Scope) -> Literal | Between:
    """One value or range."""
    if not piece.chars.strip():
        raise Fault(
            "there is no value here",
            f"write one, such as {_example(operand)}; no:NAME finds missing values",
            piece.span,
        )
    storage = operand.type.storage
    ends = piece.range() if storage in NUMBERS or storage in DATES else None
    if ends is None:
        return read_literal(piece.chars, piece.span, operand, op, scope, quoted=piece.quoted)
    if op not in (Op.EQ, Op.NE, Op.IS):
        raise Fault("a range takes no operator", "write the range alone, or one value", piece.span)
    low, high = ends
    if not low.chars and not high.chars:
        raise Fault("a range needs an end", f"write {_example(operand)}..", piece.span)
    for end in (low, high):
        if storage in NUMBERS and re.match(r"\.|.*\.$", end.chars):
            raise Fault(
                f"'{piece.chars}' can be read in two ways",
                "write digits on both sides of a decimal point, like 0.5..1.5",
                piece.span,
            )
    first, last = (
        read_literal(end.chars, end.span, operand, op, scope) if end.chars else None
        for end in (low, high)
    )
    if storage is Storage.PARTIAL_DATE:
        recurring = [end and isinstance(end.value, Recurring) for end in (first, last)]
        if first and last and all(recurring):
            return Literal(_joined(first.value, last.value), piece.chars, piece.span)
        if any(recurring):  # of real years, since one of its ends is
            first, last = (
                read_literal(end.chars, end.span, operand, Op.LE, scope) if end.chars else None
                for end in (low, high)
            )
    if first and last and _after(first.value, last.value):
        raise Fault(
            f"'{piece.chars}' ends before it begins",
            f"write {high.chars}..{low.chars}",
            piece.span,
        )
    return Between(first, last, piece.span)


def read_literal(
    text: str, span: Span, operand: Operand, op: Op, scope: Scope, *, quoted: bool = False
) -> Literal:
    """One value as the operand's type reads it; raises Fault with the cure."""
    try:
        return Literal(_read(text, operand, op, scope, quoted=quoted), text, span)
    except Unreadable as error:
        name = f"{operand.name}: " if operand.name else ""
        hint = error.hint or f"{operand.name or 'it'} is {a_or_an(operand.type.name)}"
        example = _example(operand)
        if operand.type.storage in NUMBERS and example not in hint:
            hint += f"; for example {operand.name}:{example}" if operand.name else ""
        raise Fault(f"{name}{error.message}", hint, span) from None


def _read(text: str, operand: Operand, op: Op, scope: Scope, *, quoted: bool) -> Any:
    type = operand.type
    storage = type.storage
    if storage in DATES:
        return _read_date(text, operand, op, scope)
    if storage is Storage.MONEY:
        return _amount(text, operand, scope)
    if op is Op.RE:
        return _pattern(text)
    if op in (Op.HAS, Op.STARTS, Op.ENDS):
        return text
    if isinstance(type, (Choice, Country)):
        return type.read(text, scope.business)
    if storage in TEXTS:
        if text == "me" and not quoted and isinstance(type, User):
            user = scope.me()
            if not user:
                raise Unreadable("it is not known who 'me' is", "give --as USER or set CRM_USER")
            return user
        return text
    value = type.read(text, scope.business)
    if isinstance(value, tuple):  # a price with its currency
        return Amount(*value)
    return value


def _amount(text: str, operand: Operand, scope: Scope) -> Amount:
    amount = read_amount(text)
    base = scope.business.currency
    in_base = not isinstance(operand, Ref) or operand.base
    if in_base and amount.currency and amount.currency != base:
        raise Unreadable(
            f"it is kept in {base}, so it cannot be compared with {amount.currency}",
            f"write the amount in {base}",
        )
    return Amount(amount.value) if in_base else amount


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise Unreadable(
            f"'{text}' is not a regular expression: {error}", "write . * and ( as \\. \\* and \\("
        ) from None
    return text


def _read_date(text: str, operand: Operand, op: Op, scope: Scope) -> Period | Instant | Recurring:
    partial = operand.type.storage is Storage.PARTIAL_DATE
    if partial and (found := _yearless(text)):
        if op not in (Op.EQ, Op.NE, Op.IS):
            raise Unreadable(f"'{text}' comes every year", "write the year as well")
        return found
    lean = Lean.FUTURE if (isinstance(operand, Ref) and operand.to_come) or partial else Lean.PAST
    zone = scope.business.time_zone if ":" in text else UTC
    period = read_period(text, scope.today, lean=lean, zone=zone)
    if isinstance(period, Instant):
        if operand.type.storage is not Storage.MOMENT:
            raise Unreadable(f"'{text}' has a time, and this is a date", "write the date alone")
        return period
    if not partial or op not in (Op.EQ, Op.NE, Op.IS) or not period.start or not period.end:
        return period
    if not re.match(r"\s*\d{4}|.*\d{4}\s*$", text):  # in words: the year does not matter
        return _round(period.start, period.end)
    return period


def _yearless(text: str) -> Recurring | None:
    """`--11-22` and `22.11.`: a day of any year."""
    if not re.fullmatch(r"\s*(--.*|\d{1,2}\. ?\d{1,2}\.)\s*", text, re.ASCII):
        return None
    from crm_cli.model.dates import read_partial_date

    found = read_partial_date(text)
    day = f"{found.month:02}-{found.day:02}"
    return Recurring(day, day, leap=day == "02-29")


def _round(start: date, end: date) -> Recurring:
    """The days of the year that a period holds."""
    from crm_cli.model.dates import PartialDate

    if (end - start).days >= 365:
        return Recurring("01-01", "12-31", leap=True)
    leap = PartialDate(None, 2, 29)
    comes = [leap.in_year(year) for year in range(start.year, end.year + 1)]
    return Recurring(
        f"{start:%m-%d}", f"{end:%m-%d}", leap=any(day and start <= day <= end for day in comes)
    )


def _joined(low: Recurring, high: Recurring) -> Recurring:
    """From the first day of one to the last of the other."""
    first, last = low.first, high.last
    begun, over = first <= "02-29", last < "02-29"
    inside = (begun and not over) if first <= last else (begun or not over)
    return Recurring(first, last, leap=inside or low.leap or high.leap)


def _after(low: Any, high: Any) -> bool:
    """Whether a range's first value lies after its last."""
    if isinstance(low, Period) and isinstance(high, Period):
        return bool(low.start and high.end and low.start > high.end)
    if isinstance(low, Instant) and isinstance(high, Instant):
        return low.start >= high.end
    if isinstance(low, Amount) and isinstance(high, Amount):
        return low.value > high.value and low.currency == high.currency
    if isinstance(low, (Period, Instant, Recurring)) or isinstance(high, (Period, Instant)):
        return False
    return bool(low > high)


def _example(operand: Operand) -> str:
    storage = operand.type.storage
    if storage is Storage.INTEGER and operand.type.example:
        return operand.type.example
    if storage is Storage.DATE or storage is Storage.MOMENT:
        return "2026-11-03 or last-30d"
    return operand.type.example or "a word"


__all__ = [
    "DATES",
    "NUMBERS",
    "TEXTS",
    "Recurring",
    "allowed",
    "may_be_zero",
    "read_literal",
    "read_value",
    "read_values",
]
