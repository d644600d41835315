"""Conditions that no row can meet, whatever the records hold: `stage:lead stage:customer`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from crm_cli.model.fieldtypes import Boolean, Choice, Integer, Reference, Texts, User
from crm_cli.model.money import Amount
from crm_cli.model.periods import Period
from crm_cli.query.ast import And, Between, Compare, Literal, Node, Not, Op, State
from crm_cli.query.explain import expression
from crm_cli.query.ref import Ref, Way
from crm_cli.query.scope import Scope
from crm_cli.query.terms import parse_terms

_DEEPEST = 4
"""States that are declared by others are looked into so deep."""
_EXACT = (Choice, User, Boolean, Reference, Integer)
"""The types of which a value is the same as another one, or is not."""


def never(node: Node, scope: Scope) -> list[str]:
    """For each pair of conditions that exclude each other, both of them as an expression."""
    parts = [(part, tuple(_all(part, scope, 0))) for part in _parts(node)]
    found = []
    for place, (part, inner) in enumerate(parts):
        if _alone(inner):
            found.append(f"the ends of {expression(part)}")
        for other, theirs in parts[place + 1 :]:
            if any(_exclude(one, two) for one in inner for two in theirs):
                found.append(f"{expression(part)} and {expression(other)}")
    return found


def _parts(node: Node) -> Sequence[Node]:
    if isinstance(node, And):
        return [inner for part in node.parts for inner in _parts(part)]
    return [node]


def _all(node: Node, scope: Scope, depth: int) -> Iterator[Node]:
    """A condition and those that a state is declared by, all of which hold where it does."""
    yield node
    if isinstance(node, State) and not node.steps and depth < _DEEPEST:
        terms = next((one.terms for one in scope.base.states if one.name == node.name), "")
        for part in _parts(parse_terms(terms.split(), scope)) if terms else ():
            yield from _all(part, scope, depth + 1)


def _alone(parts: Sequence[Node]) -> bool:
    """Whether a condition excludes itself: a range that ends before it begins."""
    return any(
        span is not None and span[0] is not None and span[1] is not None and span[0] > span[1]
        for span in map(_range, parts)
    )


def _exclude(one: Node, other: Node) -> bool:
    if isinstance(one, Not) and one.part == other:
        return True
    if isinstance(other, Not) and other.part == one:
        return True
    if not isinstance(one, Compare) or not isinstance(other, Compare):
        return False
    if one.operand != other.operand or not _is_single(one.operand):
        return False
    if _values(one) is not None and _values(other) is not None:
        return not set(_values(one) or ()) & set(_values(other) or ())
    first, second = _range(one), _range(other)
    if first is None or second is None:
        return False
    return _before(first[1], second[0]) or _before(second[1], first[0])


def _is_single(operand: object) -> bool:
    """Whether a row has at most one value of it."""
    if not isinstance(operand, Ref):
        return True
    many = any(step.way in (Way.ITEMS, Way.DEEP) for step in operand.steps)
    return not many and not isinstance(operand.type, Texts) and not operand.several


def _values(node: Compare) -> list[Any] | None:
    """The values one of which it has; None where that does not follow."""
    if not isinstance(node.operand.type, _EXACT) or node.op not in (Op.EQ, Op.IS):
        return None
    if not all(isinstance(one, Literal) for one in node.values):
        return None
    found = [one.value for one in node.values if isinstance(one, Literal)]
    return found if all(isinstance(one, str | bool | int) for one in found) else None


_End = Any


def _range(node: Node) -> tuple[_End, _End] | None:
    """The least and the greatest value that a condition allows, None where it is open; no pair
    where it is not about an order."""
    if not isinstance(node, Compare) or len(node.values) != 1:
        return None
    value = node.values[0]
    if isinstance(value, Between):
        if node.op is not Op.EQ:
            return None
        low = _ends(value.low)[0] if value.low is not None else None
        return low, _ends(value.high)[1] if value.high is not None else None
    low, high = _ends(value)
    if low is None and high is None:
        return None
    if node.op in (Op.EQ, Op.IS):
        return low, high
    if node.op in (Op.LT, Op.LE):
        return None, low if node.op is Op.LT else high
    return (high if node.op is Op.GT else low, None) if node.op in (Op.GT, Op.GE) else None


def _ends(literal: Literal) -> tuple[_End, _End]:
    value = literal.value
    if isinstance(value, Period):
        return value.start, value.end
    if isinstance(value, Amount) and value.currency is None:
        return value.value, value.value
    if isinstance(value, int | Decimal | date) and not isinstance(value, bool):
        return value, value
    return None, None


def _before(one: _End, other: _End) -> bool:
    """Whether an end lies before a beginning; what cannot be compared does not."""
    if one is None or other is None:
        return False
    try:
        return bool(one < other)
    except TypeError:
        return False
