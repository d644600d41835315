"""What customers bought: when, together with what, and when they are to buy again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import repeat

from crm_cli.model.line import LINE
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.purchase import PURCHASE
from crm_cli.query.ast import And, Node
from crm_cli.query.compile import Compiler
from crm_cli.query.database import Database
from crm_cli.query.ref import Step, Way
from crm_cli.query.scope import Scope
from crm_cli.query.storages.texts import lines
from crm_cli.query.terms import parse_terms


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
    by = dialect.grouped_by(("c.pk", "l.product"), ("c.id", "c.path", "c.name", "c.owner"))
    rows = database.rows(
        "SELECT c.id, c.path, l.product, c.name, c.owner, MAX(p.date) FROM line l"
        " JOIN purchase p ON p.pk = l.parent JOIN customer c ON c.pk = p.customer"
        f" WHERE {wanted} AND {dialect.holds('p.counts')} AND p.kind <> 'credit_note'"
        f" AND p.date IS NOT NULL GROUP BY {by}",
        {"products": dialect.array(products)},
    )
    return list(map(Bought._make, sorted(rows)))


def expected(database: Database, today: date, through: date) -> list[Expected]:
    """Who is expected to buy again up to a day, by the customer's id.

    Without those who on `today` are late by more than a whole interval.
    """
    dialect = database.dialect
    late = dialect.days_between("next_purchase", dialect.parameter("day"))
    rows = database.rows(
        "SELECT id, path, name, owner, last_purchase, next_purchase, purchase_interval"
        f" FROM customer WHERE next_purchase <= {dialect.parameter('through')}"
        f" AND {late} <= purchase_interval",
        {"day": today.isoformat(), "through": through.isoformat()},
    )
    return list(map(Expected._make, sorted(rows)))


def baskets(
    database: Database, node: Node, scope: Scope, *, per_customer: bool = False
) -> list[tuple[str, ...]]:
    """The products of each purchase that counts and meets a condition, each once, in no order;
    of each customer in all such purchases. Credit notes are none."""
    scope = scope._replace(base=LINE)
    dialect = database.dialect
    compiler = Compiler(scope, dialect)
    row = compiler.frame.base
    purchase = row.up(Step(Way.PARENT, PURCHASE))
    counted = parse_terms(["is:counted", "not:is:credit_note"], scope._replace(base=PURCHASE))
    where = compiler.chosen(And((counted, node)), purchase)
    by = row.column("customer" if per_customer else "parent")
    product = row.column("product")
    together = dialect.grouped(product)
    # Of thousands of baskets many are alike: those are read once.
    found = Counter(database.column(
        f"SELECT {together} {row.source()} WHERE {where} AND {product} IS NOT NULL GROUP BY {by}",
        compiler.frame.parameters,
    ))  # fmt: skip
    return [
        basket
        for text, count in found.items()
        for basket in repeat(tuple({*lines(text)}), count)
    ]


def owned(database: Database) -> list[tuple[str, list[str]]]:
    """(id, products that they have bought) of every customer who has bought any."""
    name = database.dialect.name
    rows = database.rows(
        f"SELECT id, {name('bought')} FROM customer WHERE {name('bought')} IS NOT NULL"
    )
    return [(id, lines(text)) for id, text in rows]


def baskets_of_customers(database: Database) -> list[list[str]]:
    """What every customer has bought who has bought any; an index has all of it."""
    bought = database.dialect.name("bought")
    found = database.column(f"SELECT {bought} FROM customer WHERE {bought} IS NOT NULL")
    return [text.split("\n") for text in found]


def days_bought(database: Database, customer: str) -> dict[str, list[date]]:
    """On which days a customer bought each product, the first one first."""
    dialect = database.dialect
    rows = database.rows(
        "SELECT DISTINCT l.product, p.date FROM customer c JOIN purchase p ON p.customer = c.pk"
        f" JOIN line l ON l.parent = p.pk WHERE c.id = {dialect.parameter('id')}"
        f" AND {dialect.holds('p.counts')} AND p.kind <> 'credit_note'"
        " AND l.product IS NOT NULL AND p.date IS NOT NULL",
        {"id": customer},
    )
    found: dict[str, list[date]] = {}
    for product, day in sorted(rows):
        found.setdefault(product, []).append(date.fromisoformat(day))
    return found
