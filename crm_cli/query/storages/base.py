"""The base class of storages in queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from crm_cli.index.dialect import Dialect
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import Choice, FieldType
from crm_cli.query.ast import Between, Literal, Op, Operand
from crm_cli.query.fault import Fault
from crm_cli.query.lexer import Piece
from crm_cli.query.rows import Frame, Value
from crm_cli.query.scope import Scope

ON_TEXT = frozenset((Op.EQ, Op.NE, Op.IS, Op.HAS, Op.STARTS, Op.ENDS, Op.RE))
ON_NUMBERS = frozenset((Op.EQ, Op.NE, Op.IS, Op.LT, Op.LE, Op.GT, Op.GE))
ON_FLAGS = frozenset((Op.EQ, Op.NE, Op.IS))
SAME = (Op.EQ, Op.IS, Op.NE)
"""Operators that ask for the same value; NE is asked as EQ, and its caller negates."""

Converter = Callable[[Any], Any]
"""Makes a value of a cell that is not missing."""


class Operators:
    """How values of a storage are read in queries, compared, sorted, summed and answered."""

    ops = ON_NUMBERS
    """The operators that apply."""
    ranged = False
    """Whether `a..b` is a range of values."""
    whole = False
    """Whether values are whole numbers, whose averages are not."""
    has_decimals = False
    """Whether a comma between digits may be a decimal sign."""
    has_base = False
    """Whether values are amounts, which are compared and summed in the base currency."""
    by_day = False
    """Whether values are put together by their day."""
    has_order = False
    """Whether there is a least and a greatest, and another field can be compared with it."""
    may_be_zero = False
    """Whether a computed 0 is as good as nothing to `has:` and `no:`."""
    gathered = False
    """Whether the values of several items are shown as one list."""
    grouped = True
    """Whether rows can be put together by the values of their items."""
    lines = False
    """Whether a value is several texts, a line each: a list in answers, each its own group."""
    scale = 1
    """What sums are computed in: so many parts of one."""

    # Values that are asked for

    def read(self, text: str, operand: Operand, op: Op, scope: Scope, *, quoted: bool) -> Any:
        """A value as the operand's type reads it; raises Unreadable."""
        return operand.type.read(text, scope.business)

    def between(
        self, piece: Piece, op: Op, low: Piece, high: Piece, read: Callable[[Piece, Op], Literal]
    ) -> Literal | Between:
        """A range whose ends, where there are any, `read` reads; raises Fault."""
        first, last = (read(end, op) if end.chars else None for end in (low, high))
        if first and last and self.after(first.value, last.value):
            raise Fault(
                f"'{piece.chars}' ends before it begins",
                f"write {high.chars}..{low.chars}",
                piece.span,
            )
        return Between(first, last, piece.span)

    def after(self, low: Any, high: Any) -> bool:
        """Whether a range's first value lies after its last."""
        return bool(low > high)

    def example(self, type: FieldType) -> str:
        """A value as people may write it."""
        return type.example or "a word"

    # Conditions

    def test(self, value: Value, op: Op, wanted: Any, frame: Frame) -> str:
        """Whether a value stands so to what is wanted; NULL where it is missing."""
        raise NotImplementedError

    def test_any(self, value: Value, op: Op, wanted: list[Any], frame: Frame) -> str:
        """Whether a value stands so to any of several; there may be thousands."""
        return frame.dialect.balanced([self.test(value, op, one, frame) for one in wanted], " OR ")

    def present(self, value: Value) -> str:
        """Whether there is a value."""
        return f"{value.sql} IS NOT NULL"

    def nonzero(self, value: Value, dialect: Dialect) -> str:
        """Whether there is a value that is not 0."""
        return f"{self.number(value, dialect)} <> 0"

    # Order and sums

    def number(self, value: Value, dialect: Dialect) -> str:
        """What functions of several values go over."""
        return value.sql

    def comparable(self, value: Value, dialect: Dialect) -> str:
        """What values of two fields are compared by."""
        return self.number(value, dialect)

    def exact(self, value: Value, dialect: Dialect) -> str:
        """What sums go over: whole numbers, so that they are exact; see `scale`."""
        return self.number(value, dialect)

    def order(self, value: Value, frame: Frame) -> tuple[str, ...]:
        """SQL to sort by, in turn."""
        return (value.sql,)

    def rank(self, sql: str, type: FieldType, frame: Frame) -> str:
        """SQL to sort groups by, of which nothing but the value is known."""
        return sql

    # Answers

    def shown(self, value: Value, *, base: bool) -> tuple[str, str]:
        """(SQL, SQL of its currency) of a value in an answer, in the base currency if asked so."""
        return value.sql, ""

    def converter(self, type: FieldType, scope: Scope) -> Converter | None:
        """What makes values of cells; None where cells are values."""
        return None


def pattern(text: str) -> str:
    """A regular expression; raises Unreadable."""
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise Unreadable(
            f"'{text}' is not a regular expression: {error}", "write . * and ( as \\. \\* and \\("
        ) from None
    return text


def ranked(sql: str, type: Choice, frame: Frame) -> str:
    """What words of a closed list are ordered by: their places, then any others."""
    words = type.choices(frame.business)
    whens = " ".join(f"WHEN {frame.bind(word)} THEN '{n:04}'" for n, word in enumerate(words))
    return f"CASE {sql} {whens} ELSE '~' || {sql} END"
