"""What a row belongs to, whose fields and states it answers to."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import Choice
from crm_cli.model.kind import Field, Kind, normal
from crm_cli.model.kinds import HOLDERS, parent_kind
from crm_cli.query.own_fields import stored
from crm_cli.query.ref import Ref, Step, Way


def state_of(name: str, kind: Kind) -> tuple[str, tuple[Step, ...]] | None:
    """(name, steps) of a state of the row, of what it is part of, or of its record."""
    wanted = normal(name)
    for owner, steps in owners(kind):
        for state in owner.states:
            if state.name == wanted:
                return state.name, steps
    return None


def choice_of(name: str, kind: Kind, business: Business) -> Ref | None:
    """The kind or status, of the row or of what it belongs to, that has a word as a choice."""
    wanted = normal(name)
    for owner, steps in owners(kind):
        for field, type in _choosing(owner):
            if wanted in type.choices(business):
                return stored(field, owner)._replace(steps=steps)
    return None


def choices_of(kind: Kind, business: Business) -> list[str]:
    """The kinds and statuses that `is:` takes for rows of `kind` beside its states."""
    return [word for _, type in _choosing(kind) for word in type.choices(business)]


def _choosing(kind: Kind) -> Iterator[tuple[Field, Choice]]:
    for field in map(kind.by_key.get, ("kind", "status")):
        if field is not None and isinstance(field.type, Choice):
            yield field, field.type


def states(kind: Kind) -> dict[str, str]:
    """The names that `is:` takes for rows of `kind`, and what each says."""
    found: dict[str, str] = {}
    for owner, _ in owners(kind):
        for state in owner.states:
            found.setdefault(state.name, state.doc)
    return found


def of_row(kind: Kind) -> list[Kind]:
    """The kinds whose fields a row answers to: its own, what it is part of, its customer's."""
    return [owner for owner, _ in owners(kind)]


def record_of(kind: Kind) -> Kind | None:
    """The kind of the record, or entry, in which items of a kind stand; None for records and
    entries themselves. Of several it is the first: of what customers have, too, the customer."""
    holders = HOLDERS.get(kind)
    return holders[0] if holders else None


def of_customer(kind: Kind) -> bool:
    """Whether it stands in a customer's record, or is the customer: it can be asked by whom."""
    return (record_of(kind) or kind) is CUSTOMER


def up(record: Kind) -> Step:
    """The step to the record that a row stands in."""
    return Step(Way.RECORD, record)


def owners(kind: Kind) -> Iterator[tuple[Kind, tuple[Step, ...]]]:
    """A kind, what its rows are part of and their record, each with the steps that lead there."""
    yield kind, ()
    outer = parent_kind(kind)
    if outer is not None:
        yield outer, (Step(Way.PARENT, outer),)
    record = record_of(kind)
    if record is not None:
        yield record, (up(record),)
