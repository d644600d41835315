"""What a change of an agent may be about, whichever command makes it.

`set` and KEY=VALUE reach every field of a record. So what a plan would do is looked at as well:
records of customers and the desk alone, and of those neither the books nor what was agreed to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crm_cli.features.events.words import told
from crm_cli.model.differences import Difference
from crm_cli.model.errors import Refused
from crm_cli.model.item import Item
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.places import CUSTOMERS, DESK, place_of

KINDS = frozenset({
    "customer", "desk", "tag", "email", "phone", "url", "social", "address", "contact",
    "organization", "relation", "interest", "membership", "preference", "deferral",
    "interaction", "task", "occurrence", "deal", "deal_move", "deal_line", "case", "case_move",
    "case_line", "resolution", "feedback", "loss",
})  # fmt: skip
"""The kinds of records and items that may change."""
OFFERS = frozenset({"quote", "order"})
"""The kinds of purchases that may: what is billed may not."""
_PURCHASE, _OF_PURCHASES = "purchase", frozenset({"line", "instalment"})
FIELDS = frozenset({"forgotten", "payments", "consents", "agreements", "rules"})
"""Fields of customers that may not."""

Sides = tuple[Mapping[str, Item], Mapping[str, Item]]


def check(path: str, sides: Sides) -> None:
    """Raise Refused where a file's change is about what agents may not change."""
    if place_of(path) not in (CUSTOMERS, DESK):
        raise Refused(f"{path} is not for agents to change", "it is left to the command line")
    for _, what in told(*sides):
        if not _may(what, sides):
            raise Refused(
                f"agents may not change this: {what.kind} {what.field}".rstrip(),
                "invoices, payments, consents and agreements are left to the command line",
            )


def _may(what: Difference, sides: Sides) -> bool:
    if what.field.partition(".")[0] in FIELDS:
        return False
    if what.kind == _PURCHASE:
        return _kinds(_items(sides, what)) <= OFFERS
    if what.kind in _OF_PURCHASES:
        # A line has no id: then all purchases of the record that differ have to be offers.
        return _kinds(_differing(sides)) <= OFFERS
    return what.kind in KINDS


def _items(sides: Sides, what: Difference) -> Iterable[Item]:
    kind = BY_NAME[_PURCHASE]
    for side in sides:
        for record in side.values():
            yield from (one for one in record.walk() if one.kind is kind and one.id == what.item)


def _differing(sides: Sides) -> Iterable[Item]:
    kind = BY_NAME[_PURCHASE]
    before, after = (
        {one.id: one for record in side.values() for one in record.walk() if one.kind is kind}
        for side in sides
    )
    for id in {*before, *after}:
        old, new = before.get(id), after.get(id)
        if old is None or new is None or old.answer() != new.answer():
            yield from (one for one in (old, new) if one is not None)


def _kinds(items: Iterable[Item]) -> set[str]:
    return {str(item.get("kind")) for item in items}
