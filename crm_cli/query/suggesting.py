"""Products to offer, from the product directory and from what all customers have bought."""

from __future__ import annotations

from datetime import date

from crm_cli.model.duration import Interval, read_interval
from crm_cli.model.errors import Unreadable
from crm_cli.model.offers import LEAST, Offer, Offered, never_bought, offers
from crm_cli.model.pairing import rules
from crm_cli.query.buying import baskets_of_customers, days_bought, owned
from crm_cli.query.database import Database


def suggested(database: Database) -> dict[str, list[str]]:
    """By customer: what they never bought, and what goes with something that they have."""
    having = owned(database)
    products = _products(database)
    ruled = rules([held for _, held in having], LEAST)
    offered = never_bought(products, ruled)
    found = {}
    for id, held in having:
        there: dict[str, None] = {}
        for sku in held:
            if sku in offered:
                there |= dict.fromkeys(offered[sku])
        if there and (new := sorted(there.keys() - set(held))):
            found[id] = new
    return found


def suggestions(database: Database, customer: str, through: date) -> list[Offer]:
    """What to offer to one customer, the most pressing first; due again up to a day."""
    bought = days_bought(database, customer)
    if not bought:
        return []
    baskets = baskets_of_customers(database)
    return offers(_products(database), bought, rules(baskets, LEAST, bought), through)


def _products(database: Database) -> dict[str, Offered]:
    """The directory."""
    columns = ("id", "name", "consumable", "reorder_every", "complements", "disabled")
    named = ", ".join(map(database.dialect.name, columns))
    rows = database.rows(f"SELECT {named} FROM product ORDER BY pk")
    return {
        id: Offered(
            id,
            name or id,
            bool(consumable),
            _interval(every),
            tuple(complements.split("\n")) if complements else (),
            bool(disabled),
            (every or "").removeprefix("every "),
        )
        for id, name, consumable, every, complements, disabled in rows
    }


def _interval(text: str | None) -> Interval | None:
    try:
        return read_interval(text) if text else None
    except Unreadable:
        return None
