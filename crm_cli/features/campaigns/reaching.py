"""Where the customers of a campaign are reached, and who gets nothing of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from crm_cli.features.consent import Grounds, permitted, reason_of, verdicts
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.item import Item
from crm_cli.model.permission import Use
from crm_cli.model.segment import SUPPRESSION
from crm_cli.query.reaching import COLUMNS, reach
from crm_cli.workspace import Workspace

_WAIVED = ("no_entry", "unconfirmed", "expired", "no_basis")
"""Who never said yes may be written to on other grounds; who said no may not."""


def addresses(workspace: Workspace, channel: str | None) -> dict[str, str]:
    """By customer, the address that a channel reaches them at, in one line; who has none, and
    everybody on a channel without addresses, is not in it."""
    found = reach(workspace.database, channel or "")
    return {id: ", ".join(str(part) for part in parts if part) for id, parts in found.items()}


def members(workspace: Workspace, segment: str) -> list[str]:
    """The ids of a segment's customers, in their order; raises QueryError."""
    found = workspace.select(CUSTOMER, [f"@{segment}"], cols=("id",), sort="id")
    return [str(row[0]) for row in found.rows]


def check_grounds(workspace: Workspace, channel: str | None, grounds: Grounds | None) -> None:
    """Raise UsageError where marketing cannot rest on the grounds."""
    if grounds is not None:
        permitted(workspace, [], Use("marketing", channel or ""), grounds=grounds)


def left_out(
    workspace: Workspace,
    campaign: Item,
    ids: Iterable[str],
    channel: str | None,
    *,
    waived: Collection[str] = (),
) -> dict[str, str]:
    """Why customers get nothing of a campaign, by their ids; who does is not among them.

    It goes by the segments that the campaign excludes, and by consent to marketing on the
    channel; without a channel by suppression lists. Of those `waived`, who are written to on other
    grounds, only a no counts, and that there is no address.
    """
    wanted = list(dict.fromkeys(ids))
    found: dict[str, str] = {}
    for segment in campaign.values.get("exclude_segment") or ():
        found |= _among(members(workspace, segment), wanted, f"in @{segment}", found)
    if channel is None:
        for name, listed in workspace.segments().items():
            if listed.get("kind") == SUPPRESSION:
                reason = f"on the suppression list @{name}"
                found |= _among(members(workspace, name), wanted, reason, found)
        return found
    use = Use("marketing", channel)
    refused = permitted(workspace, [id for id in wanted if id not in found], use).refused
    words = verdicts(workspace, use, {id for id in refused if id in waived})
    asked = {id: reason for id, reason in refused.items() if words.get(id) not in _WAIVED}
    rest = [id for id in refused if id not in asked]
    if rest and channel in COLUMNS:
        reached = addresses(workspace, channel)
        none = reason_of("no_address", use)
        asked |= {id: none for id in rest if id not in reached}
    return found | asked


def _among(
    ids: Iterable[str], wanted: Iterable[str], reason: str, known: Mapping[str, Any]
) -> dict[str, str]:
    there = set(ids)
    return {id: reason for id in wanted if id in there and id not in known}
