"""Aggregates in full expressions: `sum(purchases.net where date >= 2026 during last-12m)`."""

from __future__ import annotations

from collections.abc import Callable

from crm_cli.model.fieldtypes import FieldType, Number
from crm_cli.model.kind import Kind
from crm_cli.query.aggregates import when_of
from crm_cli.query.ast import Aggregate, And, Node, Not, State, Window
from crm_cli.query.fault import Fault, Unknown
from crm_cli.query.fields import record_items, resolve, summed
from crm_cli.query.grammar import no_collection, read_asked
from crm_cli.query.ref import COUNT, Collection, Ref
from crm_cli.query.scope import Scope
from crm_cli.query.storages import operators
from crm_cli.query.tokens import KEYWORDS, Sort, Token, Tokens
from crm_cli.query.windows import taken

FUNCTIONS = ("count", "sum", "avg", "min", "max", "first", "last")


_NUMBER = Number()


def read_aggregate(
    reader: Tokens, kind: Kind, scope: Scope, condition: Callable[[Kind], Node]
) -> Aggregate:
    """Read an aggregate, its function being the next token; raises Fault.

    `condition` reads a condition on items of a kind from the same tokens.
    """
    start = reader.take()
    function = start.text.lower()
    reader.expect("(", f"after {function}")
    token = reader.take()
    found, ref = _what(token, kind, scope)
    where: Node | None = None
    window: Window | None = None
    while not reader.sign(")"):
        if where is None and reader.word("where"):
            where = condition(found.kind)
        elif window is None and reader.word("during"):
            window = _window(reader, found, token, scope)
        else:
            raise reader.unexpected(f"write where, during or ) to close {function}")
    type = _type(function, ref, token)
    if not scope.everything:
        where = _as_measured(function, found, ref, where)
    if ref is not None and function != "count":
        ref = summed(ref)
    return Aggregate(
        function, found, ref, type, where=where, window=window, span=reader.since(start)
    )


def _as_measured(
    function: str, found: Collection, ref: Ref | None, where: Node | None
) -> Node | None:
    """The condition, with what the kind's first and last dates leave out: `last(purchases.date)`
    is `last_purchase`, and no credit note. One that speaks of it itself stands as it is."""
    kind = found.kind
    measure = next((one for one in kind.measures if one.unless and one.function == "max"), None)
    if measure is None or ref is None:
        return where
    extreme = function in ("min", "max") and ref == when_of(found)
    if function not in ("first", "last") and not extreme:
        return where
    left = taken(measure, kind)
    assert isinstance(left, Not)
    if where is None:
        return left
    asked = _terms_of(left.part, kind).partition(".")[0]
    return where if _speaks_of(where, asked, kind) else And((where, left))


def _terms_of(state: object, kind: Kind) -> str:
    """The terms of a state that a condition asks for; empty for another condition."""
    if not isinstance(state, State):
        return ""
    owner = state.steps[-1].kind if state.steps else kind
    return next((one.terms for one in owner.states if one.name == state.name), "")


def _speaks_of(node: object, field: str, kind: Kind) -> bool:
    """Whether a condition asks for a field, or for a state that does."""
    if isinstance(node, Ref):
        return node.column == field
    if isinstance(node, State):
        return f"{field}." in _terms_of(node, kind)
    parts = node.parts_of() if isinstance(node, Node) else node
    return isinstance(parts, tuple) and any(_speaks_of(part, field, kind) for part in parts)


def _what(token: Token, kind: Kind, scope: Scope) -> tuple[Collection, Ref | None]:
    """`COLLECTION` or `COLLECTION.FIELD`."""
    name, dot, field = token.text.partition(".")
    found = record_items(name, kind) if token.sort is Sort.WORD else None
    if found is None or not found.steps or token.text.lower() in KEYWORDS:
        error = no_collection(name, kind)
        raise Fault(error.message, error.hint, token.span)
    if not dot:
        return found, None
    try:
        ref = resolve(field, found.kind, scope.extra_keys)
    except Unknown as error:
        raise Fault(error.message, error.hint, token.span) from None
    if ref.many or ref.several:
        raise Fault(f"{field} has several values", "aggregate those items themselves", token.span)
    return found, ref


def _window(reader: Tokens, found: Collection, what: Token, scope: Scope) -> Window:
    token = reader.take()
    if token.sort not in (Sort.WORD, Sort.QUOTED):
        raise Fault("there should be a period here", "such as during last-12m", token.span)
    try:
        when_of(found)
    except Unknown:
        raise Fault(f"{found.name} have no date", "leave during out", what.span) from None
    return read_asked(token.text, scope, token.span)


def _type(function: str, ref: Ref | None, token: Token) -> FieldType:
    if ref is None:
        if function != "count":
            raise Fault(
                f"{function} needs a field", f"write {function}({token.text}.FIELD)", token.span
            )
        return COUNT
    if function in ("sum", "avg") and not ref.type.storage.is_number:
        raise Fault(f"{ref.name} is no number", f"{function} takes numbers", token.span)
    if function in ("min", "max") and not operators(ref.type).has_order:
        raise Fault(f"{ref.name} has no order", f"{function} takes numbers and dates", token.span)
    if function == "count":
        return COUNT
    return _NUMBER if function == "avg" and operators(ref.type).whole else ref.type
