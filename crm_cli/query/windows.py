"""Measures of a customer over a window: `spend@12m`, `orders@2026-q3`.

Each is an aggregate of a collection's items; a collection's own name counts them
(`interactions@90d`).
"""

from __future__ import annotations

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import FieldType, Money
from crm_cli.model.kind import Kind, normal
from crm_cli.model.measure import Measure
from crm_cli.model.purchase import PURCHASE
from crm_cli.query.ast import Aggregate, And, Node, Not, State, Window
from crm_cli.query.fault import Unknown
from crm_cli.query.fields import collection, collections, record_items, resolve
from crm_cli.query.owners import state_of
from crm_cli.query.ref import COUNT, Collection, Ref, Source

_MONEY = Money(adds=False)
_MEASURES = {
    one.name: one
    for one in PURCHASE.measures
    if one.function != "unconverted" and one.of != CUSTOMER.name
}
"""The figures over a customer's purchases."""


def windowed(name: str, kind: Kind, window: Window | None) -> Aggregate:
    """The aggregate that a name stands for; raises `Unknown` for one that has no window."""
    wanted = normal(name)
    measure = _MEASURES.get(wanted)
    if measure is not None:
        purchases = record_items("purchases", kind)
        if purchases is not None and purchases.steps:
            return measured(measure, purchases, window)
    found = record_items(wanted, kind)
    if found is not None and found.steps and found.kind.when:
        return Aggregate("count", found, None, COUNT, window=window, name=found.name)
    known = [*_MEASURES, *(item for item in collections(kind))]
    raise Unknown(f"'{name}' cannot be computed over a period", f"known are {', '.join(known)}")


def measured(measure: Measure, items: Collection, window: Window | None) -> Aggregate:
    """The aggregate that a measure is, over the items of a collection."""
    ref, type = _of(measure, items.kind)
    return Aggregate(
        measure.function,
        items,
        ref,
        type,
        where=taken(measure, items.kind),
        window=window,
        name=measure.name,
        each=resolve(measure.each, items.kind) if measure.each else None,
    )


def taken(measure: Measure, kind: Kind) -> Node | None:
    """The condition for the items of a kind that a measure goes over; None for all."""
    if not measure.unless:
        return None
    left = []
    for name in measure.unless.split(","):
        state = state_of(name, kind)
        assert state is not None, f"{kind.name} has no state {name}"
        left.append(Not(State(*state)))
    return left[0] if len(left) == 1 else And(tuple(left))


def ratio(node: Aggregate) -> tuple[Aggregate, Aggregate]:
    """The two aggregates that a ratio divides."""
    measures = {one.name: one for one in node.collection.kind.measures}
    measure = measures[node.name]
    part, whole = measures[measure.of], measures[measure.per]
    return (
        measured(part, node.collection, node.window),
        measured(whole, node.collection, node.window),
    )


def of_all(ref: Ref) -> Aggregate | None:
    """The aggregate that a derived value of a customer stands for; None where there is none."""
    kept = ref.kind is CUSTOMER and ref.source is Source.COLUMN
    measure = _MEASURES.get(ref.column) if kept else None
    purchases = collection("purchases", CUSTOMER)
    if measure is None or purchases is None:
        return None
    return measured(measure, purchases, None)


def _of(measure: Measure, kind: Kind) -> tuple[Ref | None, FieldType]:
    """The field that a measure goes over, and the type of its value."""
    if measure.function == "ratio":
        return None, _MONEY
    if not measure.of:
        return None, COUNT
    ref = resolve(measure.of, kind)
    return ref, ref.type
