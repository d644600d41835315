"""Derived values that can be asked for over a window: `spend@12m`, `orders@2026-q3`.

Each is an aggregate of a collection's counted items; a collection's own name counts
them (`interactions@90d`).
"""

from __future__ import annotations

from crm_cli.model.kind import Kind, normal
from crm_cli.query.ast import Aggregate, Compare, Literal, Op, Window
from crm_cli.query.fault import Unknown
from crm_cli.query.fields import COUNT, Collection, collection, collections, resolve

_SUMMED = {
    "spend": ("sum", "net"),
    "orders": ("count", ""),
    "average_order": ("avg", "net"),
    "units": ("sum", "units"),
    "first_purchase": ("min", "date"),
    "last_purchase": ("max", "date"),
}
"""What is reckoned from a customer's purchases: the function, and the purchase's field."""
_SALES = frozenset(("orders", "average_order", "first_purchase", "last_purchase"))
"""Those that go over purchases without credit notes."""


def windowed(name: str, kind: Kind, window: Window | None) -> Aggregate:
    """The aggregate that a name stands for; raises `Unknown` for one that has no window."""
    wanted = normal(name)
    if wanted in _SUMMED:
        purchases = collection("purchases", kind)
        if purchases is not None and purchases.steps:
            return _of_purchases(wanted, purchases, window)
    found = collection(wanted, kind)
    if found is not None and found.steps and found.kind.when:
        return Aggregate("count", found, None, COUNT, window=window, name=found.name)
    known = [*_SUMMED, *(item for item in collections(kind))]
    raise Unknown(f"'{name}' cannot be computed over a period", f"known are {', '.join(known)}")


def _of_purchases(name: str, purchases: Collection, window: Window | None) -> Aggregate:
    function, key = _SUMMED[name]
    ref = resolve(key, purchases.kind) if key else None
    where = None
    if name in _SALES and name != "average_order":
        kind = resolve("kind", purchases.kind)
        where = Compare(kind, Op.NE, (Literal("credit_note", "credit_note"),))
    type = ref.type if ref else COUNT
    return Aggregate(function, purchases, ref, type, where=where, window=window, name=name)
