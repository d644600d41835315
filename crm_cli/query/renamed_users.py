"""Users in saved queries: where a query names one, and the same query with another in their place.

Only values that are compared with a field of users are names of users: a tag or a word that
happens to be spelled like one stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from crm_cli.model.fieldtypes import User
from crm_cli.query.ast import Compare, Literal, Node
from crm_cli.query.expression import parse_expression
from crm_cli.query.fault import Span
from crm_cli.query.lexer import quoted
from crm_cli.query.ref import Ref
from crm_cli.query.scope import Scope
from crm_cli.query.terms import parse_terms


def renamed_terms(terms: Sequence[str], user: str, to: str, scope: Scope) -> list[str]:
    """Query terms that name `to` wherever they name `user`; raises QueryError for faulty ones."""
    return [_renamed(term, parse_terms([term], scope), user, to) for term in terms]


def renamed_expression(text: str, user: str, to: str, scope: Scope) -> str:
    """As `renamed_terms`, for a full expression."""
    return _renamed(text, parse_expression(text, scope), user, to) if text.strip() else text


def _renamed(text: str, node: Node, user: str, to: str) -> str:
    spans = {span for span in _places(node, user) if span.text == text}
    for _, start, end in sorted(spans, reverse=True):
        text = f"{text[:start]}{_spelled(text, start, end, user, to)}{text[end:]}"
    return text


def _spelled(text: str, start: int, end: int, user: str, to: str) -> str:
    """The new name as the old one is spelled there; what is only a word for it (`me`) stays."""
    old = text[start:end]
    mark = old[:1] if old[:1] in ("'", '"') else ""
    if old.strip(mark or None).casefold() != user.casefold():
        return old
    if mark:
        return f"{mark}{to.replace(mark, mark * 2)}{mark}"
    within = text[:start].count('"') % 2 == 1
    plain = to.replace("-", "").replace("_", "").replace(".", "").isalnum()
    return to if within or plain else quoted(to)


def _places(part: Any, user: str) -> Iterator[Span]:
    """Where a condition compares a field of users with a user."""
    if isinstance(part, tuple):
        for inner in part:
            yield from _places(inner, user)
        return
    if not isinstance(part, Node):
        return
    if isinstance(part, Compare):
        operand = part.operand
        if isinstance(operand, Ref) and isinstance(operand.type, User):
            for value in part.values:
                if isinstance(value, Literal) and value.text.casefold() == user.casefold():
                    yield value.span
    for inner in part.parts_of():
        yield from _places(inner, user)
