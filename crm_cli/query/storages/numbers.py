"""Numbers in queries: whole ones, decimals, amounts, and yes or no."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from crm_cli.index.dialect import Dialect
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import FieldType
from crm_cli.model.money import Amount, decimal_text, from_minor, minor_unit, read_amount
from crm_cli.query.ast import Between, Literal, Op, Operand
from crm_cli.query.fault import Fault
from crm_cli.query.lexer import Piece
from crm_cli.query.ref import Ref
from crm_cli.query.rows import Frame, Value
from crm_cli.query.scope import Scope
from crm_cli.query.storages.base import ON_FLAGS, SAME, Converter, Operators

MILLION = 1_000_000
"""Sums of decimals are computed in millionths, the finest that a file can say."""


class NumberOperators(Operators):
    """Whole numbers."""

    ranged = True
    whole = True
    has_order = True
    may_be_zero = True

    def between(
        self, piece: Piece, op: Op, low: Piece, high: Piece, read: Callable[[Piece, Op], Literal]
    ) -> Literal | Between:
        """A point beside the two of a range can be its own or a number's."""
        for end in (low, high):
            if re.match(r"\.|.*\.$", end.chars):
                raise Fault(
                    f"'{piece.chars}' can be read in two ways",
                    "write digits on both sides of a decimal point, like 0.5..1.5",
                    piece.span,
                )
        return super().between(piece, op, low, high, read)

    def after(self, low: Any, high: Any) -> bool:
        """Amounts in two currencies have no order, nor have one with and one without."""
        first, last = (end if isinstance(end, Amount) else Amount(end) for end in (low, high))
        return first.value > last.value and first.currency == last.currency

    def test(self, value: Value, op: Op, wanted: Any, frame: Frame) -> str:
        """As a number; what is computed of whole numbers may be compared with a decimal."""
        sign = "=" if op in SAME else op.value
        if isinstance(wanted, Decimal):
            bound = frame.dialect.number(frame.bind(decimal_text(wanted)))
            return f"{self.number(value, frame.dialect)} {sign} {bound}"
        return f"{value.sql} {sign} {frame.bind(int(wanted))}"


class DecimalOperators(NumberOperators):
    """Numbers with the decimals that they were written with; prices are some."""

    whole = False
    has_decimals = True
    grouped = False
    scale = MILLION

    def read(self, text: str, operand: Operand, op: Op, scope: Scope, *, quoted: bool) -> Any:
        """A number; a price may have its currency beside it."""
        value = super().read(text, operand, op, scope, quoted=quoted)
        return Amount(*value) if isinstance(value, tuple) else value

    def test(self, value: Value, op: Op, wanted: Any, frame: Frame) -> str:
        """A price with a currency is asked of those in that currency."""
        if not isinstance(wanted, Amount):
            return super().test(value, op, wanted, frame)
        bound = super().test(value, op, wanted.value, frame)
        return f"({value.currency} = {frame.bind(wanted.currency)} AND {bound})"

    def number(self, value: Value, dialect: Dialect) -> str:
        """The number that the text spells."""
        return dialect.number(value.sql)

    def exact(self, value: Value, dialect: Dialect) -> str:
        """Whole millionths."""
        return dialect.whole(f"{self.number(value, dialect)} * {self.scale}")

    def order(self, value: Value, frame: Frame) -> tuple[str, ...]:
        """By the number."""
        return (frame.dialect.number(value.sql),)

    def rank(self, sql: str, type: FieldType, frame: Frame) -> str:
        """By the number."""
        return frame.dialect.number(sql)

    def converter(self, type: FieldType, scope: Scope) -> Converter | None:
        """The number that was written; a share to four decimals."""
        return _four if type.name == "share" else _decimal


class MoneyOperators(NumberOperators):
    """Amounts, in minor units of their currency and of the base currency."""

    whole = False
    has_decimals = True
    has_base = True
    grouped = False

    def read(self, text: str, operand: Operand, op: Op, scope: Scope, *, quoted: bool) -> Any:
        """An amount; with a currency beside it, unless it is kept in the base currency."""
        base = scope.business.currency
        amount = read_amount(text, base)
        in_base = not isinstance(operand, Ref) or operand.base
        if in_base and amount.currency and amount.currency != base:
            raise Unreadable(
                f"it is kept in {base}, so it cannot be compared with {amount.currency}",
                f"write the amount in {base}",
            )
        return Amount(amount.value) if in_base else amount

    def test(self, value: Value, op: Op, wanted: Any, frame: Frame) -> str:
        """In the base currency, unless the amount has its own: then only those in that."""
        sign = "=" if op in SAME else op.value
        if wanted.currency is None:
            cents = _minor(wanted.value, frame.business.currency)
            return f"{value.base} {sign} {frame.bind(cents)}"
        bound = frame.bind(_minor(wanted.value, wanted.currency))
        same = f"{value.currency} = {frame.bind(wanted.currency)}"
        return f"({same} AND {value.sql} {sign} {bound})"

    def nonzero(self, value: Value, dialect: Dialect) -> str:
        """Whether there is an amount at all, with a rate or without."""
        return f"{value.sql} <> 0"

    def number(self, value: Value, dialect: Dialect) -> str:
        """The amount in the base currency."""
        return value.base

    def order(self, value: Value, frame: Frame) -> tuple[str, ...]:
        """By the amount in the base currency."""
        return (value.base,)

    def shown(self, value: Value, *, base: bool) -> tuple[str, str]:
        """In the base currency, or with its own."""
        return (value.base, "") if base else (value.sql, value.currency)

    def converter(self, type: FieldType, scope: Scope) -> Converter | None:
        """The amount in the base currency; those with their own are converted by it."""
        currency = scope.business.currency
        return lambda cents: from_minor(cents, currency)


class FlagOperators(Operators):
    """Yes or no."""

    ops = ON_FLAGS
    may_be_zero = True
    grouped = False

    def test(self, value: Value, op: Op, wanted: Any, frame: Frame) -> str:
        """Whether it is this answer."""
        return f"{value.sql} = {frame.bind(frame.dialect.flag(bool(wanted)))}"

    def number(self, value: Value, dialect: Dialect) -> str:
        """1 for a yes, 0 for a no."""
        return dialect.bit(value.sql)

    def nonzero(self, value: Value, dialect: Dialect) -> str:
        """Whether it is a yes."""
        return dialect.holds(value.sql)

    def converter(self, type: FieldType, scope: Scope) -> Converter | None:
        """True or False."""
        return bool


def _minor(value: Decimal, currency: str) -> int | float:
    """In the minor unit; a part of a cent stays, so that 10.005 is over 10."""
    cents = value.scaleb(minor_unit(currency))
    return int(cents) if cents == cents.to_integral_value() else float(cents)


def _decimal(number: str | float) -> Decimal:
    """Decimal text as it is; what SQL computed, to six decimals."""
    if isinstance(number, str):
        return Decimal(number)
    exact = Decimal(repr(round(number, 6))) if isinstance(number, float) else Decimal(number)
    return Decimal(int(exact)) if exact == exact.to_integral_value() else exact


def _four(number: float) -> Decimal:
    return Decimal(f"{number:.4f}")
