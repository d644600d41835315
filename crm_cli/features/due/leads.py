"""Leads that nobody has touched for longer than `lead_touch` of crm.yaml allows."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.due import Asked, Due, Source
from crm_cli.features.due.deferrals import NEVER
from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import local_date
from crm_cli.model.duration import read_interval
from crm_cli.workspace import Workspace

KIND = "lead"
_COLUMNS = ("id", "name", "max(interactions.at)", "created", "owner")
_TERMS = ("lifecycle_stage.is:lead,qualified", "not:lead_status.is:dead,recycled,converted")


def _kinds(business: Business) -> tuple[str, ...]:
    return (KIND,)


def _find(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    """Due so long after the last contact of any kind, or attempt at one; who had none counts from
    the day the record was made, and without that is due today."""
    every = workspace.business.lead_touch
    if not every:
        return
    interval, today = read_interval(every), workspace.clock.today
    zone = workspace.business.time_zone
    terms = [*asked.terms, *_TERMS]
    if asked.owner is not None:
        terms.append(f"owner.is:{asked.owners}")
    answer = workspace.select(CUSTOMER, terms, where=asked.where, cols=_COLUMNS, ordered=False)
    for id, name, last, created, owner in answer.rows:
        since = last or created
        day = today if since is None else interval.after(local_date(since, zone))
        if day > asked.through:
            continue
        told = NEVER if last is None else f"last contact {local_date(last, zone).isoformat()}"
        yield Due(day, KIND, id, name or id, f"lead, {told}", None, owner)


SOURCES = (Source("leads", CUSTOMER, _kinds, _find),)
