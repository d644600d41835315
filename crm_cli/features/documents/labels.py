"""Address labels of customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crm_cli.features.consent import objecting
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.paper_of import buyer_of
from crm_cli.workspace import Workspace


class Labels(NamedTuple):
    """The lines of each label, the ids of those who have no address, and why others must not be
    written to."""

    labels: list[list[str]]
    without: list[str]
    refused: dict[str, str]


def labels(workspace: Workspace, terms: Sequence[str], sort: str | None = None) -> Labels:
    """The labels of the customers that query terms describe, by name; without any, of all."""
    rows = workspace.select(CUSTOMER, terms, cols=("id",), sort=sort or "name").rows
    refused = objecting(workspace, [str(id) for (id,) in rows])
    found: list[list[str]] = []
    without: list[str] = []
    for (id,) in rows:
        if id in refused:
            continue
        party = buyer_of(workspace.record(str(id)))
        if party.street or party.city:
            found.append(party.lines(workspace.business.country))
        else:
            without.append(str(id))
    return Labels(found, without, refused)
