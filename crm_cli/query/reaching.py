"""Where customers are reached on a channel: their first address or number that may be used."""

from __future__ import annotations

from typing import Any

from crm_cli.model.kinds import BY_NAME, stands_in_items
from crm_cli.model.permission import can_reach
from crm_cli.query.database import Database

_POSTAL = ("street", "postcode", "city", "region", "country")
COLUMNS: dict[str, tuple[str, ...]] = {
    "email": ("email",),
    "phone": ("phone",),
    "sms": ("phone",),
    "letter": _POSTAL,
}
"""The columns of a list for a channel, after who it is; of other channels there are none."""


def reach(database: Database, channel: str) -> dict[str, tuple[Any, ...]]:
    """By customer, what COLUMNS say of the channel: the first one that may be used."""
    columns = COLUMNS.get(channel)
    if columns is None:
        return {}
    name = database.dialect.name
    table: str = columns[0]
    shown: tuple[str, ...] = ("value",)
    if columns is _POSTAL:
        table, shown = "address", columns
        town = f"(a.{name('city')} IS NOT NULL OR a.{name('postcode')} IS NOT NULL)"
        current = database.dialect.holds(f"a.{name('current')}")
        usable = f"{current} AND a.{name('street')} IS NOT NULL AND {town}"
    else:
        marked = database.dialect.certain(database.dialect.holds(f"a.{name('do_not_use')}"))
        usable = f"NOT {marked}"
    if table == "email":
        usable += f" AND a.{name('bounced')} IS NULL"
    listed = ", ".join(f"a.{name(key)}" for key in shown)
    own = "a.parent IS NULL AND " if stands_in_items(BY_NAME[table]) else ""
    rows = database.rows(
        f"SELECT c.id, {listed} FROM {name(table)} a JOIN customer c ON c.pk = a.customer"
        f" WHERE {own}{usable} ORDER BY a.customer, a.ordinal"
    )
    found: dict[str, tuple[Any, ...]] = {}
    for id, *values in rows:
        if table == "address" or can_reach(table, values[0] or ""):
            found.setdefault(id, tuple(values))
    return found
