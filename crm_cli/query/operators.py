"""Comparisons as SQL: a value of a row, an operator, an operand.

Every test is SQL that may be NULL where the value is missing; `compile` sees to that.
"""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.index.dialect import Dialect
from crm_cli.query.ast import Between, Literal, Op
from crm_cli.query.rows import Frame, Value
from crm_cli.query.storages import operators


def compared(value: Value, op: Op, wanted: Literal | Between, frame: Frame) -> str:
    """Whether the value stands so to what is wanted (NE is asked as EQ: its caller negates)."""
    if isinstance(wanted, Literal):
        return operators(value.type).test(value, op, wanted.value, frame)
    ends = []
    if wanted.low is not None:
        ends.append(compared(value, Op.GE, wanted.low, frame))
    if wanted.high is not None:
        ends.append(compared(value, Op.LE, wanted.high, frame))
    return f"({' AND '.join(ends)})"


def compared_any(value: Value, op: Op, wanted: Sequence[Literal | Between], frame: Frame) -> str:
    """Whether the value stands so to any of what is wanted; there may be thousands."""
    literals = [one.value for one in wanted if isinstance(one, Literal)]
    if len(literals) == len(wanted):
        return operators(value.type).test_any(value, op, literals, frame)
    return frame.dialect.balanced([compared(value, op, one, frame) for one in wanted], " OR ")


def present(value: Value, frame: Frame, *, derived: bool) -> str:
    """Whether there is a value; a derived number or flag counts where it is not 0."""
    storage = operators(value.type)
    if derived and storage.may_be_zero:
        return storage.nonzero(value, frame.dialect)
    return storage.present(value)


def against(left: Value, op: Op, right: Value, dialect: Dialect) -> str:
    """Whether two values of the same nature stand so to each other."""
    sides = [operators(side.type).comparable(side, dialect) for side in (left, right)]
    return f" {op.value} ".join(sides)
