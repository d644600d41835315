"""Rules that set each other off: what one changes is what the next one waits for.

Only rules that do the same again and again can go on without end; one that acts once for a
customer, or for an item, ends the ring.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from crm_cli.features.rules import Rule
from crm_cli.features.rules.deeds import Effect, doer
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import CrmError
from crm_cli.model.kind import ListOf, normal
from crm_cli.query.ast import And, Compare, Literal, Node, Not, Or, Segment
from crm_cli.query.ref import Ref
from crm_cli.workspace import Workspace

_ENDING = ("ever", "item")
_LISTED = {
    field.type.kind: (CUSTOMER.name, field.key)
    for field in CUSTOMER.fields
    if isinstance(field.type, ListOf) and not field.type.kind.letter
}
"""The entries of lists, such as tags, are what the customer has."""


class _Need(NamedTuple):
    """What a rule waits for: a field of a kind's, with one of the values, or with none of them."""

    kind: str
    field: str
    values: tuple[str, ...]
    without: bool = False


def cycles(workspace: Workspace, rules: Sequence[Rule]) -> list[list[str]]:
    """The rings of rules, each once, by the names of the rules in their order."""
    able = [one for one in rules if one.once.word not in _ENDING and not one.step]
    needs = {one.name: list(_needs(workspace, one)) for one in able}
    after = {
        one.name: [two.name for two in able if _sets_off(one, needs[two.name])] for one in able
    }
    found: dict[frozenset[str], list[str]] = {}
    for start in after:
        for ring in _rings(after, start, [start]):
            found.setdefault(frozenset(ring), ring)
    return list(found.values())


def _rings(after: dict[str, list[str]], start: str, path: list[str]) -> Iterator[list[str]]:
    """The ways from a rule back to itself on which it is the first one in order."""
    for name in after[path[-1]]:
        if name == start:
            yield list(path)
        elif name not in path and name > start:
            yield from _rings(after, start, [*path, name])


def _sets_off(rule: Rule, needs: Sequence[_Need]) -> bool:
    effects = [one for deed in rule.deeds for one in doer(deed.word).effects(rule, deed)]
    return any(_meets(effect, need) for effect in effects for need in needs)


def _meets(effect: Effect, need: _Need) -> bool:
    taken = effect.field.startswith("-")
    if effect.kind != need.kind or effect.field.lstrip("-") != need.field:
        return False
    if not need.values or not effect.value:
        return not taken or not need.values
    same = normal(effect.value) in map(normal, need.values)
    if need.field in ("tags", "@"):
        return same and taken is need.without
    return same is not need.without


def _needs(workspace: Workspace, rule: Rule) -> Iterator[_Need]:
    event = rule.event
    if event is not None:
        if event.word == "changed":
            field = rule.base.by_name.get(normal(event.field))
            key = field.key if field is not None else event.field
            yield _Need(rule.base.name, key, (event.to,) if event.to else ())
        elif event.word == "stage":
            field = rule.base.by_name.get("stage")
            yield _Need(rule.base.name, field.key if field else "stage", (event.to,))
        elif event.word == "added":
            yield _Need(rule.base.name, "", ())
        return
    try:
        scope = workspace.scope(rule.base)
        yield from _asked(workspace.node(scope, rule.terms, rule.where))
    except CrmError:
        return  # told apart: it cannot be asked at all


def _asked(node: Node, *, without: bool = False) -> Iterator[_Need]:
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _asked(part, without=without)
    elif isinstance(node, Not):
        yield from _asked(node.part, without=not without)
    elif isinstance(node, Segment):
        yield _Need("customer", "@", (node.name,), without)
    elif isinstance(node, Compare) and isinstance(node.operand, Ref):
        values = tuple(one.text for one in node.values if isinstance(one, Literal))
        if values:
            ref = node.operand
            field = ref.kind.by_name.get(ref.column)
            kind, key = _LISTED.get(ref.kind) or (
                ref.kind.name, field.key if field else ref.column
            )  # fmt: skip
            yield _Need(kind, key, values, without)
