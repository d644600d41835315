"""Completeness: how much of what the business wants to know of a customer is filled in."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from crm_cli.model.kind import Kind, ListOf, normal

if TYPE_CHECKING:
    from crm_cli.model.item import Item


@cache
def alternatives(wanted: str) -> tuple[str, ...]:
    """The fields any of which will do: `email or phone`."""
    return tuple(normal(part) for part in wanted.split(" or ") if part.strip())


def is_filled(customer: Item, wanted: str) -> bool:
    """Whether any of the alternatives has a value."""
    return any(_has(customer, name) for name in alternatives(wanted))


def completeness(customer: Item, wanted: tuple[str, ...]) -> int | None:
    """The part that is filled in, in whole percent, halves up; None where nothing is wanted."""
    if not wanted:
        return None
    filled = sum(is_filled(customer, one) for one in wanted)
    return (200 * filled + len(wanted)) // (2 * len(wanted))


def _has(item: Item, name: str) -> bool:
    """Whether a field has a value, as `has:NAME` asks: of lists their items' title counts."""
    kind = item.kind
    lifted = _lifted(kind).get(name)
    if lifted is not None:
        return any(_is(one.values.get(lifted[1])) for one in item.answering(lifted[0]))
    found = kind.by_name.get(name)
    if found is not None:
        held = item.values.get(found.key)
        if isinstance(found.type, ListOf) and not found.type.kind.letter and found.type.kind.title:
            title = found.type.kind.title
            return any(_is(one.values.get(title)) for one in item.items(found.key))
        return _is(held)
    head, dot, rest = name.partition(".")
    outer = kind.by_name.get(head) if dot else None
    if outer is None:
        return any(normal(key) == name for key in item.extra)
    held = item.values.get(outer.key)
    if isinstance(held, dict):
        return any(normal(key) == rest and _is(value) for key, value in held.items())
    if isinstance(outer.type, ListOf):
        return any(_has(one, rest) for one in item.items(outer.key))
    return held is not None and _has(held, rest)


@cache
def _lifted(kind: Kind) -> dict[str, tuple[str, str]]:
    """(list, field of its items) by the names that the first item of a list answers."""
    lifted: dict[str, tuple[str, str]] = {}
    for field, _ in kind.lists:
        for name, key in field.lifts.items():
            lifted.setdefault(name, (field.key, key))
    return lifted


def _is(value: object) -> bool:
    return value is not None and value != "" and value != [] and value != {}
