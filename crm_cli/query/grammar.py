"""Grammar shared by both spellings: operators, windows, segments, presence."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import Choice, Free
from crm_cli.model.kind import Kind, normal, singular
from crm_cli.model.periods import read_window
from crm_cli.model.text import a_or_an, did_you_mean
from crm_cli.query.ast import Between, Compare, Literal, Node, Not, Op, Operand, State, Window
from crm_cli.query.fault import Fault, Span, Unknown
from crm_cli.query.fields import collection, collections, resolve
from crm_cli.query.own_fields import spelled
from crm_cli.query.owners import choice_of, choices_of, state_of, states
from crm_cli.query.ref import NEVER, Collection, Ref, Source
from crm_cli.query.scope import Scope
from crm_cli.query.storages import operators

OPS = {
    "is": Op.IS,
    "has": Op.HAS,
    "starts": Op.STARTS,
    "ends": Op.ENDS,
    "re": Op.RE,
    "before": Op.LT,
    "after": Op.GT,
    "by": Op.LE,
    "over": Op.GT,
    "under": Op.LT,
    "not": Op.NE,
}
_DATES_ONLY = ("before", "after", "by")
_NUMBERS_ONLY = ("over", "under")


def compared(operand: Operand, op: Op, values: Sequence[Literal | Between], span: Span) -> Compare:
    """A comparison; a single range that is open at one end is `<=` or `>=`."""
    if len(values) == 1 and op in (Op.EQ, Op.IS) and isinstance(only := values[0], Between):
        if only.low is None and only.high is not None:
            return Compare(operand, Op.LE, (only.high,), span)
        if only.high is None and only.low is not None:
            return Compare(operand, Op.GE, (only.low,), span)
    return Compare(operand, op, tuple(values), span)


def check_op(op: Op, word: str, operand: Operand, span: Span, *, sign: str = "") -> None:
    """Raise a Fault where an operand does not take an operator.

    `word` is the operator's name, `sign` how a full expression spelled it.
    """
    ops = operators(operand.type).ops
    storage = operand.type.storage
    wrong = (
        op not in ops
        or (word in _DATES_ONLY and not storage.is_date)
        or (word in _NUMBERS_ONLY and not storage.is_number)
        or (isinstance(operand, Ref) and operand.name == "text" and _text_only(op, operand))
    )
    if not wrong:
        return
    known = [
        f".{name}"
        for name, known_op in OPS.items()
        if known_op in ops
        and (name not in _DATES_ONLY or storage.is_date)
        and (name not in _NUMBERS_ONLY or storage.is_number)
    ]
    hint = f"it is {a_or_an(operand.type.name)}: it takes {', '.join(known)}"
    fault = f"{operand.name or 'it'} has no operator {sign or f'.{word}'}"
    if isinstance(operand, Ref) and operand.source is Source.EXTRA and storage.is_text:
        raise no_order(operand, fault, span)
    if storage.is_number:
        hint += ", and ranges such as 5.. and 1..9"
    raise Fault(fault, hint, span)


def no_order(ref: Ref, message: str, span: Span) -> Fault:
    """Of a key of people's own whose values cannot be compared by size, and how they could be."""
    key = ref.column.removeprefix("custom.")
    declared = f"write custom: {{{key}: number}}, or date, into crm.yaml"
    if ref.origin == NEVER:
        hint = f"{ref.doc}\nto compare values to come, {declared}".strip()
        return Fault(f"nothing has {ref.name} so far", hint, span)
    hint = f"not all of its values are numbers, or dates; to compare those that are, {declared}"
    return Fault(message, hint, span)


def _text_only(op: Op, ref: Ref) -> bool:
    return ref.source is Source.TEXT and op not in (Op.EQ, Op.NE, Op.HAS)


def read_asked(period: str, scope: Scope, span: Span) -> Window:
    """The window after an `@`; raises Fault."""
    if not period.strip():
        raise Fault("there is no period after @", "write one, such as spend@12m", span)
    try:
        return Window(read_window(period, scope.today), period)
    except Unreadable as error:
        raise Fault(error.message, error.hint, span) from None


def find_segment(name: str, scope: Scope, span: Span) -> str:
    """The name as the segment is saved under (`-` and `_` are the same); raises Fault."""
    for known in scope.segments:
        if known == name or normal(known) == normal(name):
            return known
    near = did_you_mean(name, scope.segments)
    raise Fault(
        f"there is no segment '{name}'",
        near or "crm segment list shows them; crm segment save NAME TERM… saves one",
        span,
    )


def find_state(name: str, span: Span, scope: Scope, kind: Kind) -> Node:
    """The state of that name, else the kind or status: `is:order`, `is:completed`; raises Fault.

    A plural is its singular.
    """
    for word in dict.fromkeys((name, singular(name))):
        if found := state_of(word, kind):
            return State(*found, span)
        if ref := choice_of(word, kind, scope.business):
            return Compare(ref, Op.EQ, (Literal(normal(word), word, span),), span)
    meant = [f"is:{state.name}" for state in kind.states if normal(name) in state.unclear]
    known = [*dict.fromkeys([*states(kind), *choices_of(kind, scope.business)])]
    near = f"write {' or '.join(meant)};" if meant else _of_items(name, scope, kind)
    message = f"'{name}' is no state of {a_or_an(kind.name)}"
    near = near or did_you_mean(name, known)
    raise Fault(message, f"{near} known: {', '.join(known)}".strip(), span)


def _of_items(name: str, scope: Scope, kind: Kind) -> str:
    """How the state of an item is asked for among those it belongs to; empty where none has it."""
    for held in collections(kind):
        found = collection(held, kind)
        if found is None or len(found.steps) != 1:
            continue
        own = [state.name for state in found.kind.states]
        for word in (name, singular(name)):
            ref = choice_of(word, found.kind, scope.business)
            if (ref is not None and not ref.steps) or normal(word) in own:
                what = a_or_an(found.kind.name)
                return f"{what} can be: write {singular(held)}/is:{word};"
    return ""


def as_state(name: str, operand: Operand, op: Op, scope: Scope, span: Span) -> Node | None:
    """The state that a status is asked for by (`status:done`); None where it is one of its own."""
    if not isinstance(operand, Ref) or operand.many or op not in (Op.EQ, Op.IS, Op.NE):
        return None
    if operand.column != "status" or not isinstance(operand.type, Choice):
        return None
    wanted = normal(name)
    if wanted in operand.type.choices(scope.business):
        return None
    if all(state.name != wanted for state in operand.kind.states):
        return None
    node = State(wanted, operand.steps, span)
    return Not(node, span) if op is Op.NE else node


def find_present(name: str, span: Span, scope: Scope, kind: Kind) -> Ref | Collection:
    """The field or collection of which something may be there; raises Fault."""
    try:
        return resolve(name, kind, scope.extra_keys)
    except Unknown as error:
        found = collection(name, kind)
        if found is not None and found.steps:
            return found
        group = kind.by_name.get(normal(name))
        if group is not None:
            raise Fault(error.message, error.hint, span) from None
        near = did_you_mean(name, [*spelled(kind), *collections(kind)])
        raise Fault(error.message, near or error.hint, span) from None


def no_collection(name: str, kind: Kind) -> Unknown:
    """Why a name is no collection of a kind's rows, with the nearest."""
    field = kind.by_name.get(normal(name))
    if field is not None and isinstance(field.type, Free):
        return Unknown(
            f"{field.key} are stored as written, not as items to query",
            f"write {field.key}.has:WORD, or has:{field.key}",
        )
    known = collections(kind)
    listed = f"known: {', '.join(known)}" if known else ""
    hint = f"{did_you_mean(name, known)} {listed}".strip()
    return Unknown(f"'{name}' is no collection of {a_or_an(kind.name)}", hint)
