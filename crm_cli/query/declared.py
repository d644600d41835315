"""What kinds declare as queries: their states, what counts, and values that depend on today.

Each is read as if it had been typed for rows of the kind, by people who have no keys and
segments of their own.
"""

from __future__ import annotations

from crm_cli.model.kind import Derived, Kind
from crm_cli.query.ast import Aggregate, Node
from crm_cli.query.fields import collection, resolve
from crm_cli.query.scope import Scope
from crm_cli.query.terms import parse_terms


def declared(terms: str, kind: Kind, scope: Scope) -> Node:
    """The condition that terms of a declaration spell."""
    return parse_terms(terms.split(), Scope(kind, scope.today, scope.business, now=scope.now))


def state_terms(kind: Kind, name: str) -> str:
    """The terms of one of the kind's own states."""
    return next(state.terms for state in kind.states if state.name == name)


def derived_named(kind: Kind, key: str) -> Derived:
    """One of the kind's own derived values."""
    return next(derived for derived in kind.derived if derived.key == key)


def total_of(derived: Derived, kind: Kind, scope: Scope) -> Aggregate:
    """The count or the sum that a derived value is: of all items that its terms choose."""
    name, _, key = derived.of.partition(".")
    items = collection(name, kind)
    assert items is not None, f"{kind.name}.{derived.key}: there are no {name}"
    ref = resolve(key, items.kind) if key else None
    where = declared(derived.terms, items.kind, scope) if derived.terms else None
    function = "sum" if ref else "count"
    return Aggregate(function, items, ref, derived.type, where=where, everything=True)
