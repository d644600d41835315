"""Customers without contact for longer than `retention` of crm.yaml keeps them: to be forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.due import Asked, Due, Source
from crm_cli.features.due.deferrals import NEVER
from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import local_date
from crm_cli.model.duration import read_interval
from crm_cli.model.errors import Unreadable
from crm_cli.workspace import Workspace

KIND = "retention"
_COLUMNS = ("id", "name", "max(interactions.at)", "last_purchase", "created", "owner")
_OF = {
    "leads": ("lead", "lifecycle_stage.is:lead,qualified"),
    "former": ("former customer", "lifecycle_stage.is:former"),
    "customers": ("customer", "not:lifecycle_stage.is:lead,qualified,former"),
}
"""What those are called whom a setting is about, and the terms for them."""
_STILL_ON = ("not:is:forgotten", "not:is:owing", "open_deals:0")
"""Nobody is due with whom something is still going on."""


def _kinds(business: Business) -> tuple[str, ...]:
    return (KIND,)


def _find(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    """Due so long after the last contact or purchase, whichever was later; who had neither counts
    from the day the record was made, and without that is never due."""
    for which, every in workspace.business.retention.items():
        called, term = _OF[which]
        yield from _of(workspace, asked, called, term, every)


def _of(workspace: Workspace, asked: Asked, called: str, term: str, every: str) -> Iterator[Due]:
    interval, zone = read_interval(every), workspace.business.time_zone
    terms = [*asked.terms, term, *_STILL_ON]
    if asked.owner is not None:
        terms.append(f"owner.is:{asked.owners}")
    answer = workspace.select(CUSTOMER, terms, where=asked.where, cols=_COLUMNS, ordered=False)
    for id, name, contact, bought, created, owner in answer.rows:
        days = [local_date(one, zone) for one in (contact, bought) if one is not None]
        since = max(days, default=None if created is None else local_date(created, zone))
        try:
            day = None if since is None else interval.after(since)
        except Unreadable:
            continue
        if day is None or day > asked.through:
            continue
        told = f"last contact {since}" if days else NEVER
        yield Due(day, KIND, id, name or id, f"{called}, {told}: crm forget {id}", None, owner)


SOURCES = (Source("retention", CUSTOMER, _kinds, _find),)
