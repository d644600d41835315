"""When customers were first recorded: new, existing and returning ones in a period."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from crm_cli.features.reports.context import Context
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import local_date
from crm_cli.model.errors import CrmError
from crm_cli.model.places import CUSTOMERS

if TYPE_CHECKING:
    from crm_cli.query.ast import Node
    from crm_cli.workspace import Workspace


class Recorded(NamedTuple):
    """The conditions for customers who were recorded in the period, and of whom it is unknown."""

    within: Node
    unknown: Node


def recorded(context: Context) -> Recorded:
    """By `created`; else the day of the record's first commit; else its earliest item."""
    from crm_cli.query.ast import Belongs, Or

    created = context.workspace.within(CUSTOMER, context.asked.period, "created")
    days = _others(context)
    within = tuple(id for id, day in days.items() if day is not None and day in context.period)
    unknown = tuple(id for id, day in days.items() if day is None)
    return Recorded(Or((created, Belongs(within))), Belongs(unknown))


def _others(context: Context) -> dict[str, date | None]:
    """The day of each customer without `created`."""
    workspace = context.workspace
    missing = workspace.node(workspace.scope(CUSTOMER), ["no:created"])
    dated = [
        f"min({field.key}.{kind.when})"
        for field, kind in CUSTOMER.lists
        if kind.when and not kind.by_key[kind.when].to_come
    ]
    rows = workspace.rows(CUSTOMER, missing, ("id", "path", *dated), everything=True)
    commits = first_commits(workspace) if rows else {}
    zone = workspace.business.time_zone
    found = {}
    for id, path, *days in rows:
        known = [local_date(day, zone) for day in days if day is not None]
        found[str(id)] = commits.get(path) or min(known, default=None)
    return found


def first_commits(workspace: Workspace) -> dict[str, date]:
    """The day on which each record was first committed, renamings followed; by its path.

    Empty where there is no history, or it is not to be read.
    """
    from crm_cli.store.blobs import Blobs
    from crm_cli.store.log import log
    from crm_cli.store.renames import is_own

    zone = workspace.business.time_zone
    found: dict[str, date] = {}
    try:
        wanted = ("--reverse", "--find-renames", "--diff-filter=AR", workspace.as_of or "HEAD")
        with closing(Blobs(workspace.git)) as blobs:
            for commit in log(workspace.git, *wanted, paths=[CUSTOMERS.path]):
                day = commit.when.astimezone(zone).date()
                for file in commit.files:
                    before = file.source if is_own(blobs, file) else file.path
                    found[file.path] = found.get(before, day)
    except CrmError:
        return {}
    return found
