"""What became of a campaign: from a table, from interactions and purchases that name it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from crm_cli.features.campaigns import Campaign, named
from crm_cli.features.campaigns.recipients import channel_of, groups, targets
from crm_cli.features.campaigns.response_table import STATUS, Event, read_table
from crm_cli.features.entering import entered
from crm_cli.features.plan import Plan, counted
from crm_cli.features.values import when
from crm_cli.model.campaign_assigning import TARGETED
from crm_cli.model.campaign_response import CAMPAIGN_RESPONSE, CONVERTED, OPTED_OUT, RECORDED
from crm_cli.model.channels import channel_of_kind
from crm_cli.model.consent import CONSENT
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.purchase import PURCHASE
from crm_cli.query.lexer import quoted
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace


def record(
    workspace: Workspace,
    text: str,
    *,
    file: Path | None = None,
    status: str | None = None,
    ids: Sequence[str] | None = None,
    at: str | None = None,
    step: int | None = None,
) -> Plan:
    """Plan to note what became of a campaign's customers; what is known already changes nothing.

    With `file` from its rows, each with a status, or all of the one given; with a `status` alone
    of `ids`, or of all whom the message goes to; with neither from the interactions and purchases
    that name the campaign. Raises DataError that lists the rows which cannot be taken.
    """
    campaign = named(workspace, text)
    if campaign.record.get("status") == "planning":
        raise Refused(
            f"{campaign.id} has not been started", f"crm campaign start {campaign.id}"
        )
    if file is None and ids is not None and status is None:
        raise UsageError("which status?", f"--status {'|'.join(RECORDED)}")
    said = STATUS.read(status, workspace.business) if status is not None else None
    moment = when(workspace, at, ahead=False) if at else None
    notes: list[str] = []
    if file is not None:
        to = {one.customer for one in groups(workspace, campaign) if one.status == TARGETED}
        found, notes = read_table(workspace, file, Event("", said or "", moment, step), to)
    elif said is not None:
        chosen = ids
        if chosen is None:
            listed = targets(workspace, campaign.id, step=step, unsent=said == "sent")
            chosen = [one.customer for one in listed.to_reach]
        found = [Event(id, said, moment, step) for id in chosen]
    else:
        found = [*_of_interactions(workspace, campaign), *_of_purchases(workspace, campaign)]
    return _plan(workspace, campaign, found, notes)


def _plan(
    workspace: Workspace, campaign: Campaign, found: Sequence[Event], told: Sequence[str]
) -> Plan:
    new = _unknown(workspace, campaign, found)
    counts = ", ".join(
        f"{sum(one.status == status for one in new):,} {status.replace('_', ' ')}"
        for status in RECORDED
        if any(one.status == status for one in new)
    )
    by_customer: dict[str, list[Event]] = {}
    for one in new:
        by_customer.setdefault(one.customer, []).append(one)
    said = f"{counted(len(new), 'response')} of {counted(len(by_customer), 'customer')}"
    notes = list(told)
    if new != found:
        notes.append(f"{counted(len(found) - len(new), 'response')} known already")
    targeted = {
        one.customer for one in groups(workspace, campaign) if one.status == TARGETED
    }
    strangers = [id for id in by_customer if id not in targeted]
    if strangers:
        notes.append(
            f"{counted(len(strangers), 'customer')} not targeted: {', '.join(strangers[:5])}"
        )
    now = workspace.clock.now.replace(second=0, microsecond=0)
    channel = channel_of(campaign)
    steps = []
    for id, events in by_customer.items():
        entries = [_entry(campaign.id, one, now, channel) for one in events]
        steps.append(Edit(workspace.path_of(id), entered(_putting(entries))))
    return Plan(
        Change(f"record {said} to campaign {campaign.id}", tuple(steps)),
        f"recorded {said} to {campaign.id}: {counts}",
        list(by_customer),
        f"Record {said} to {campaign.id}: {counts}?",
        notes,
    )


def _entry(campaign: str, one: Event, now: datetime, channel: str | None) -> dict[str, Any]:
    values = {"campaign": campaign, **one._asdict(), "channel": one.channel or channel}
    del values["customer"]
    values["at"] = one.at or now
    return {key: value for key, value in values.items() if value is not None}


def _putting(entries: Sequence[dict[str, Any]]) -> Callable[[Document], None]:
    """An edit that adds entries. Who wants no more withdraws consent to marketing on the channel,
    so that no other campaign reaches them either."""

    def update(document: Document) -> None:
        for values in entries:
            document.add(CAMPAIGN_RESPONSE.key, values)
            if values["status"] == OPTED_OUT:
                withdrawal = {
                    "at": values["at"],
                    "purpose": "marketing",
                    "channel": values.get("channel"),
                    "action": "withdrawn",
                    "source": f"campaign {values['campaign']}",
                }
                given = {key: value for key, value in withdrawal.items() if value is not None}
                document.add(CONSENT.key, given)

    return update


def _unknown(
    workspace: Workspace, campaign: Campaign, found: Iterable[Event]
) -> list[Event]:
    """The events that no entry tells of yet, each once."""
    terms = [f"campaign.is:{quoted(campaign.id)}"]
    cols = ("customer", "status", "step", "at")
    rows = workspace.select(CAMPAIGN_RESPONSE, terms, cols=cols, ordered=False).rows
    known = {(id, status, step or 1, at) for id, status, step, at in rows}
    timeless = {row[:3] for row in known}
    new = []
    for one in found:
        key = (one.customer, one.status, one.step or 1)
        if (key in timeless) if one.at is None else ((*key, one.at) in known):
            continue
        known.add((*key, one.at))
        timeless.add(key)
        new.append(one)
    return new


def _of_interactions(workspace: Workspace, campaign: Campaign) -> Iterator[Event]:
    """What was said: inbound is a response, outbound was sent, came back, or was answered."""
    terms = [f"campaign.is:{quoted(campaign.id)}", "is:held", "not:is:ahead", "has:direction"]
    cols = ("customer", "at", "kind", "direction", "outcome", "summary")
    for id, at, kind, direction, outcome, summary in workspace.select(
        INTERACTION, terms, cols=cols, sort="customer,at"
    ).rows:
        channel = channel_of_kind(kind)
        if direction == "inbound":
            reason = str(summary).splitlines()[0][:200] if summary else None
            yield Event(id, "responded", at, None, None, channel, reason)
            continue
        yield Event(id, "bounced" if outcome == "bounced" else "sent", at, None, None, channel)
        if outcome == "replied":
            yield Event(id, "responded", at, None, None, channel)


def _of_purchases(workspace: Workspace, campaign: Campaign) -> Iterator[Event]:
    """What was bought: sales that count and name the campaign."""
    terms = [f"campaign.is:{quoted(campaign.id)}", "is:counted", "not:is:credit_note"]
    rows = workspace.select(PURCHASE, terms, cols=("customer", "date"), sort="customer,date").rows
    for id, day in rows:
        if day is not None:
            yield Event(id, CONVERTED, day)
