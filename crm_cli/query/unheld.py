"""Values that a query names and no row has: probably a slip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import Choice, Country, Reference, Texts, User, Word
from crm_cli.model.ids import is_customer_id
from crm_cli.model.kind import Kind
from crm_cli.model.text import did_you_mean
from crm_cli.query.ast import And, Compare, Literal, Node, Not, Op, Or, Quantified
from crm_cli.query.database import Database
from crm_cli.query.group import GroupQuery, group
from crm_cli.query.ref import NEVER, Ref, Source, Way
from crm_cli.query.scope import Scope
from crm_cli.query.select import Query, count
from crm_cli.query.terms import parse_terms

_KNOWN = 1000
"""The nearest value is sought among so many."""


def unheld(
    database: Database, asked: Sequence[tuple[Scope, Node]], typed: Sequence[str]
) -> list[str]:
    """A sentence for each value of a field with known values, such as a tag, that no row has.

    Only of values in the words that were `typed`: commands ask for others by themselves. What
    was asked of several kinds is said once, and only where no row of any has it.
    """
    found: dict[object, list[tuple[Ref, Literal, Scope]]] = {}
    held: set[object] = set()
    for scope, node in asked:
        for ref, literal, kind in _named(node, scope.base):
            ref, kind = _at_home(ref, kind)
            there = scope._replace(base=kind)
            place = (literal.text, literal.span)
            if place in held or not any(literal.text in word for word in typed):
                continue
            if _held(database, ref, literal, there):
                held.add(place)
            else:
                found.setdefault(place, []).append((ref, literal, there))
    said = []
    for sought, asking in found.items():
        if sought not in held:
            several = len({(ref.name, there.base) for ref, _, there in asking}) > 1
            said.append(_said(database, *asking[0], several=several))
    return said


def _at_home(ref: Ref, kind: Kind) -> tuple[Ref, Kind]:
    """A field as the record has it that a row stands in: of a task's tag the customer's."""
    while ref.steps and ref.steps[0].way in (Way.PARENT, Way.RECORD):
        kind = ref.steps[0].kind
        name = ref.name.removeprefix(f"{kind.name}.")
        ref = ref._replace(name=name, steps=ref.steps[1:])
    return ref, kind


def _named(node: Node, kind: Kind) -> Iterator[tuple[Ref, Literal, Kind]]:
    """The values that conditions name, each with its field and the kind of row asked."""
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _named(part, kind)
    elif isinstance(node, Not):
        yield from _named(node.part, kind)
    elif isinstance(node, Quantified):
        yield from _named(node.condition, node.collection.kind)
    elif isinstance(node, Compare) and node.op in (Op.EQ, Op.IS, Op.NE):
        ref = node.operand
        if isinstance(ref, Ref) and (ref.origin == NEVER or _has_known_values(ref)):
            yield from ((ref, one, kind) for one in node.values if isinstance(one, Literal))


def _has_known_values(ref: Ref) -> bool:
    """Whether its values are words that rows have in common: owners, tags, cities, products.

    A closed list needs no look: what is not in it is refused.
    """
    if ref.source is not Source.COLUMN or ref.column == "id" or isinstance(ref.type, Choice):
        return False
    return isinstance(ref.type, Word | Country | Reference | Texts) or bool(ref.lifted)


def _held(database: Database, ref: Ref, literal: Literal, scope: Scope) -> bool:
    if isinstance(ref.type, User) and literal.value in scope.business.users:
        return True
    to = ref.type.to if isinstance(ref.type, Reference | Texts) else None
    if to == CUSTOMER.name and is_customer_id(literal.text):
        # Who is a customer is no slip, though nothing refers to them.
        there = scope._replace(base=CUSTOMER)
        themselves = parse_terms([f"id.is:{literal.text}"], there)
        if count(database, Query(CUSTOMER, themselves), there) > 0:
            return True
    return count(database, Query(scope.base, Compare(ref, Op.EQ, (literal,))), scope) > 0


def _said(
    database: Database, ref: Ref, literal: Literal, scope: Scope, *, several: bool
) -> str:
    if ref.origin == NEVER:
        return f"nothing has {ref.name}" + (f"; {ref.doc}" if ref.doc else "")
    query = GroupQuery(scope.base, by=(ref.name,), limit=_KNOWN)
    held = (row[0] for row in group(database, query, scope).rows)
    near = did_you_mean(str(literal.value), [str(value) for value in held if value is not None])
    who = "nothing" if several else f"no {scope.base.name}"
    return f"{who} has {ref.name}:{literal.text}" + (f"; {near}" if near else "")
