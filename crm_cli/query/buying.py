"""Purchase intervals: when customers bought, and when they are expected to buy again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from crm_cli.query.database import Database


class Bought(NamedTuple):
    """The last day on which a customer bought a product."""

    id: str
    path: str
    product: str
    name: str | None
    owner: str | None
    last: str


class Expected(NamedTuple):
    """The day (`next`) that is the usual number of days after a customer's last purchase."""

    id: str
    path: str
    name: str | None
    owner: str | None
    last: str
    next: str
    days: int


def last_bought(database: Database, products: Sequence[str]) -> list[Bought]:
    """When each customer last bought each of some products, by the purchases that count.

    By the customer's id, then the product.
    """
    dialect = database.dialect
    wanted = dialect.among("l.product", dialect.parameter("products"))
    rows = database.rows(
        "SELECT c.id, c.path, l.product, c.name, c.owner, MAX(p.date) FROM line l"
        " JOIN purchase p ON p.pk = l.parent JOIN customer c ON c.pk = p.customer"
        f" WHERE {wanted} AND {dialect.holds('p.counts')} AND p.kind <> 'credit_note'"
        " AND p.date IS NOT NULL GROUP BY c.pk, l.product",
        {"products": dialect.array(products)},
    )
    return list(map(Bought._make, sorted(rows)))


def expected(database: Database, today: date, through: date) -> list[Expected]:
    """Who is expected to buy again up to a day, by the customer's id.

    Without those who on `today` are late by more than a whole interval.
    """
    dialect = database.dialect
    late = dialect.days_between("next_purchase", dialect.parameter("today"))
    rows = database.rows(
        "SELECT id, path, name, owner, last_purchase, next_purchase, purchase_interval"
        f" FROM customer WHERE next_purchase <= {dialect.parameter('through')}"
        f" AND {late} <= purchase_interval",
        {"today": today.isoformat(), "through": through.isoformat()},
    )
    return list(map(Expected._make, sorted(rows)))
