"""Customers who are expected to buy again.

By the product's `reorder_every` where what they bought has one, else by their own
rhythm: the median of the days between days with a purchase. Who lets a whole interval
more pass without buying is not late but lost, a matter for a segment, and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from crm_cli.features.due import Asked, Due, Source
from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.duration import Interval, read_interval
from crm_cli.model.errors import Unreadable
from crm_cli.query.lexer import quoted
from crm_cli.workspace import Workspace

KIND = "reorder"
_LATEST = """
SELECT c."id", c."name", c."owner", l."product", MAX(p."date") FROM "line" l
JOIN "purchase" p ON p."pk" = l."parent" JOIN "customer" c ON c."pk" = p."customer"
WHERE l."product" IN (SELECT value FROM json_each(?)) AND p."counts" AND p."kind" <> 'credit_note'
GROUP BY c."pk", l."product"
ORDER BY +c."id", c."path", l."product"
"""
_OWN = """
SELECT c."id", c."name", c."owner", c."last_purchase", c."next_purchase", c."purchase_interval"
FROM "customer" c
WHERE c."next_purchase" <= ? AND julianday(?) - julianday(c."next_purchase")
 <= c."purchase_interval"
ORDER BY +c."id", c."path"
"""


def _kinds(business: Business) -> tuple[str, ...]:
    return (KIND,)


def _find(workspace: Workspace, asked: Asked) -> Iterable[Due]:
    found: list[Due] = []
    regular = set()
    for row, due in _by_product(workspace, asked):
        regular.add(row.who)
        if due:
            found.append(row)
    found += [row for row in _by_rhythm(workspace, asked) if row.who not in regular]
    meant = _meant(workspace, asked) if found else None
    return (row for row in found if meant is None or row.who in meant)


def _by_product(workspace: Workspace, asked: Asked) -> Iterator[tuple[Due, bool]]:
    """What is bought again and again, each with whether that is due."""
    intervals: dict[str, Interval] = {}
    names: dict[str, str] = {}
    execute = workspace.index.connection.execute
    for sku, name, every in execute(
        'SELECT "id", "name", "reorder_every" FROM "product"'
        ' WHERE "reorder_every" IS NOT NULL AND NOT "disabled"'
    ):
        try:
            intervals[sku] = read_interval(every)
        except Unreadable:
            continue
        names[sku] = name or sku
    if not intervals:
        return
    import json

    for id, name, owner, sku, last in execute(_LATEST, (json.dumps(sorted(intervals)),)):
        if last is None:
            continue
        bought = date.fromisoformat(last)
        try:
            day = intervals[sku].after(bought)
            lost = intervals[sku].after(day)
        except Unreadable:
            continue
        due = day <= asked.through and workspace.clock.today <= lost
        yield Due(day, KIND, id, name or id, f"{names[sku]}, last bought {last}", None, owner), due


def _by_rhythm(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    """What is expected by the customers' own rhythm."""
    execute = workspace.index.connection.execute
    through, today = asked.through.isoformat(), workspace.clock.today.isoformat()
    for id, name, owner, last, following, days in execute(_OWN, (through, today)):
        what = f"last bought {last}, usually every {'day' if days == 1 else f'{days} days'}"
        yield Due(date.fromisoformat(following), KIND, id, name or id, what, None, owner)


def _meant(workspace: Workspace, asked: Asked) -> frozenset[str] | None:
    """The customers that the terms describe; None where all are meant."""
    terms = list(asked.terms)
    if asked.owner is not None:
        terms.append(f"owner.is:{quoted(asked.owner)}")
    if not terms and not asked.where:
        return None
    rows = workspace.select(CUSTOMER, terms, where=asked.where, cols=("id",), ordered=False).rows
    return frozenset(str(row[0]) for row in rows)


SOURCES = (Source("reorders", CUSTOMER, _kinds, _find),)
