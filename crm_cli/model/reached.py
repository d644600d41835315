"""States whose reaching is an event of its own: that an invoice is paid, a deal won.

Their terms are read here without the index, since a past state of a record is in none. They ask
for values (`settlement.is:paid`), for whether there is one (`has:lost_on`) and for other states
(`is:quote`); a test holds the declarations to that. What is noted is taken to have come to pass:
that a day is not one to come (`not:ended.after:today`) is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from crm_cli.model.field import State
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind

_TO_COME = ".after:today"


class Reached(NamedTuple):
    """A state that an item has come to; `field` is the one that decides, with its value before
    and after."""

    state: str
    field: str
    before: Any
    after: Any


def reached(before: Sequence[Item | None], after: Item) -> Iterator[Reached]:
    """The states that are events, which hold for an item now and held in none of the states
    before (None: there was no such item)."""
    for state in _events(after.kind):
        if not _holds(after, state.terms) or any(
            item is not None and _holds(item, state.terms) for item in before
        ):
            continue
        field = deciding(state)
        was = next((_value(item, field) for item in before if item is not None), None)
        yield Reached(state.name, field, was, _value(after, field))


def deciding(state: State) -> str:
    """The field that decides about a state: that of its last term."""
    name, _, value = state.terms.split()[-1].partition(":")
    return value if name == "has" else name.removesuffix(".is")


@cache
def _events(kind: Kind) -> tuple[State, ...]:
    return tuple(state for state in kind.states if state.event)


def _holds(item: Item, terms: str) -> bool:
    """Whether terms hold for an item; raises ValueError for one that needs the index."""
    return all(_term(item, term) for term in terms.split())


def _term(item: Item, term: str) -> bool:
    name, _, wanted = term.partition(":")
    if name == "not" and wanted.endswith(_TO_COME):
        return True
    if name == "is":
        state = next(one for one in item.kind.states if one.name == wanted)
        return _holds(item, state.terms)
    if name == "has":
        return _value(item, wanted) is not None
    if name.endswith(".is"):
        return _value(item, name.removesuffix(".is")) in wanted.split(",")
    raise ValueError(f"{term!r} cannot be read without the index")


def _value(item: Item, field: str) -> Any:
    """A value as JSON shows it, of a group's field as `GROUP.FIELD`."""
    head, _, rest = field.partition(".")
    value = item.get(head)
    if isinstance(value, Item):
        return _value(value, rest) if rest else value.answer()
    declared = item.kind.by_key.get(head) or _derived(item.kind).get(head)
    return value if value is None or declared is None else declared.type.answer(value)


@cache
def _derived(kind: Kind) -> dict[str, Any]:
    return {one.key: one for one in kind.derived}
