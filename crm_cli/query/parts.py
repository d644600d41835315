"""Items together with what has none: a purchase without lines is one line itself.

So figures by product add up to figures by customer: what was sold without a product stands
in the group of none.
"""

from __future__ import annotations

from collections.abc import Container

from crm_cli.index.dialect import Dialect
from crm_cli.index.plan import plan_of
from crm_cli.model.kind import Kind

_OWN = {"pk": "NULL", "customer": "o.customer", "parent": "o.pk", "ordinal": "0"}


def whole(kind: Kind, outer: Kind, dialect: Dialect, used: Container[str]) -> str:
    """A table of a kind's items, and one for each of `outer` that has none.

    What such a one says is what both kinds derive (`net`, `units`, the currency); all
    else is missing. It has the columns that are `used` alone: the database writes it down.
    """
    name = dialect.name
    derived = {one.key for one in kind.derived} & {one.key for one in outer.derived}
    plan = plan_of(kind)
    shared = {one for key in derived & plan.fields.keys() for one in plan.fields[key].cells}
    shared = (shared | {*plan.currencies.values()}) & {*plan_of(outer).names}
    names = [key for key in plan.names if key in used]
    own = [_OWN.get(key) or (f"o.{name(key)}" if key in shared else "NULL") for key in names]
    listed = ", ".join(name(key) for key in names)
    none = f"NOT EXISTS(SELECT 1 FROM {name(kind.name)} i WHERE i.parent = o.pk)"
    return (
        f"(SELECT {listed} FROM {name(kind.name)} UNION ALL"
        f" SELECT {', '.join(own)} FROM {name(outer.name)} o WHERE {none})"
    )
