"""Customers expected to buy again.

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
from crm_cli.model.dates import shifted
from crm_cli.model.duration import Interval, read_interval
from crm_cli.model.errors import Unreadable
from crm_cli.model.product import PRODUCT
from crm_cli.query.buying import expected, last_bought
from crm_cli.workspace import Workspace

KIND = "reorder"


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
    today = workspace.clock.today
    intervals: dict[str, Interval] = {}
    names: dict[str, str] = {}
    answer = workspace.select(
        PRODUCT, ("has:reorder_every", "is:active"), cols=("id", "name", "reorder_every")
    )
    for sku, name, every in answer.rows:
        try:
            intervals[sku] = read_interval(every)
        except Unreadable:
            continue
        names[sku] = name or sku
    if not intervals:
        return
    for one in last_bought(workspace.database, sorted(intervals)):
        interval = intervals[one.product]
        try:
            day = interval.after(date.fromisoformat(one.last))
            lost = interval.after(day)
        except Unreadable:
            continue
        what = f"{names[one.product]}, last bought {one.last}"
        row = Due(day, KIND, one.id, one.name or one.id, what, None, one.owner)
        yield row, day <= asked.through and _waits(today, asked, row, lost)


def _by_rhythm(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    """What is expected by the customers' own rhythm."""
    today = workspace.clock.today
    back = today if asked.deferrals is None else asked.deferrals.back(today, KIND)
    for id, _, name, owner, last, following, days in expected(
        workspace.database, back, asked.through
    ):
        what = f"last bought {last}, usually every {'day' if days == 1 else f'{days} days'}"
        day = date.fromisoformat(following)
        row = Due(day, KIND, id, name or id, what, None, owner)
        if _waits(today, asked, row, shifted(day, days)):
            yield row


def _waits(today: date, asked: Asked, row: Due, lost: date) -> bool:
    """Whether a customer is not lost yet, or was put off to a later day."""
    return today <= lost or (
        asked.deferrals is not None and asked.deferrals.of(row) is not None
    )


def _meant(workspace: Workspace, asked: Asked) -> frozenset[str] | None:
    """The customers that the terms describe; None where all are meant."""
    terms = list(asked.terms)
    if asked.owner is not None:
        terms.append(f"owner.is:{asked.owners}")
    if not terms and not asked.where:
        return None
    rows = workspace.select(CUSTOMER, terms, where=asked.where, cols=("id",), ordered=False).rows
    return frozenset(str(row[0]) for row in rows)


SOURCES = (Source("reorders", CUSTOMER, _kinds, _find),)
