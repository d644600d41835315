"""The recipients of a campaign: who would get it, and once it has started who does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.features.campaigns import Campaign, Recipient, named
from crm_cli.features.campaigns.reaching import addresses, check_grounds, left_out, members
from crm_cli.features.campaigns.texts import Texts
from crm_cli.features.consent import Grounds
from crm_cli.features.plan import Plan, counted
from crm_cli.model.campaign import CHANNELS, shares
from crm_cli.model.campaign_assigning import (
    HELD_OUT,
    SUPPRESSED,
    TARGETED,
    assign,
)
from crm_cli.model.campaign_response import CAMPAIGN_RESPONSE
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import DataError, Refused, UsageError
from crm_cli.model.template import Filled
from crm_cli.query.lexer import quoted
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_BASIS = "on the basis of"
"""Begins the reason of who is written to without having agreed."""
_OVER = ("bounced", "opted_out")
"""After these nobody is written to again."""


def channel_of(campaign: Campaign) -> str | None:
    """The channel of a campaign, None where it has none."""
    return CHANNELS.get(str(campaign.record.get("kind")))


def groups(workspace: Workspace, campaign: Campaign) -> list[Recipient]:
    """Everybody of a campaign: as it was frozen at the start, before that as it would be today."""
    if campaign.record.get("status") == "planning":
        return _planned(workspace, campaign)
    return _frozen(workspace, campaign)


def _planned(
    workspace: Workspace, campaign: Campaign, grounds: Grounds | None = None
) -> list[Recipient]:
    record, channel = campaign.record, channel_of(campaign)
    segment = record.values.get("segment")
    names = _names(workspace)
    ids = members(workspace, segment) if segment else sorted(names)
    known = {one.customer for one in _frozen(workspace, campaign)}
    reasons = left_out(workspace, record, ids, channel)
    waived = reasons
    if grounds is not None:
        reasons = left_out(workspace, record, ids, channel, waived=waived)
    said = "" if grounds is None else f"{_BASIS} {grounds.basis}: {grounds.reason}"
    reached = addresses(workspace, channel)
    drawn, hold_out = shares(record), record.values.get("hold_out") or Decimal(0)
    found = []
    for id in ids:
        if id in known:
            continue
        who = (id, names.get(id, id), reached.get(id, ""))
        if id in reasons:
            found.append(Recipient(*who, None, SUPPRESSED, reasons[id]))
        else:
            group = assign(campaign.id, id, hold_out, drawn)
            basis = said if id in waived else ""
            found.append(Recipient(*who, group.variant, group.status, basis))
    return found


def _frozen(workspace: Workspace, campaign: Campaign) -> list[Recipient]:
    terms = [
        f"campaign.is:{quoted(campaign.id)}",
        f"status.is:{TARGETED},{HELD_OUT},{SUPPRESSED}",
        "first:yes",
    ]
    cols = ("customer", "variant", "status", "reason")
    rows = workspace.select(CAMPAIGN_RESPONSE, terms, cols=cols, sort="customer").rows
    if not rows:
        return []
    names = _names(workspace)
    reached = addresses(workspace, channel_of(campaign))
    return [
        Recipient(id, names.get(id, id), reached.get(id, ""), variant, status, reason or "")
        for id, variant, status, reason in rows
    ]


def _names(workspace: Workspace) -> dict[str, str]:
    rows = workspace.select(CUSTOMER, cols=("id", "name"), ordered=False).rows
    return {str(id): str(name or id) for id, name in rows}


class Listed(NamedTuple):
    """Those to whom a message goes, the others of the campaign, and what there is to say."""

    to_reach: list[Recipient]
    others: list[Recipient]
    notes: list[str]


def targets(
    workspace: Workspace,
    text: str,
    *,
    step: int | None = None,
    unsent: bool = False,
    variant: str | None = None,
) -> Listed:
    """Those to whom a campaign's message goes now.

    Who must not be written to any more since the start is left out, as is who has bounced or
    opted out. `unsent` leaves out who had the message of the `step`. Raises NotFound, UsageError.
    """
    campaign = named(workspace, text)
    everyone = groups(workspace, campaign)
    targeted = [one for one in everyone if one.status == TARGETED]
    others = [one for one in everyone if one.status != TARGETED]
    ids = [one.customer for one in targeted]
    waived = {one.customer for one in targeted if one.reason.startswith(_BASIS)}
    reasons = left_out(workspace, campaign.record, ids, channel_of(campaign), waived=waived)
    rows = _entries(workspace, campaign)
    reasons |= {id: status.replace("_", " ") for id, status, _ in rows if status in _OVER}
    if unsent:
        of = step or 1
        sent = (id for id, status, at in rows if status == "sent" and (at or 1) == of)
        reasons |= dict.fromkeys(sent, "sent already")
    if variant is not None:
        _known_variant(campaign, variant)
        targeted = [one for one in targeted if one.variant == variant]
    others += [
        one._replace(reason=reasons[one.customer]) for one in targeted if one.customer in reasons
    ]
    notes = [f"left out: {why}" for why in _why(others)]
    if campaign.record.get("status") == "planning":
        notes.append(f"as it would be today; crm campaign start {campaign.id} freezes it")
    return Listed([one for one in targeted if one.customer not in reasons], others, notes)


def _entries(workspace: Workspace, campaign: Campaign) -> list[tuple[str, str, int | None]]:
    """(customer, status, step) of what became of them."""
    terms = [f"campaign.is:{quoted(campaign.id)}", f"status.is:sent,{','.join(_OVER)}"]
    cols = ("customer", "status", "step")
    rows = workspace.select(CAMPAIGN_RESPONSE, terms, cols=cols, ordered=False).rows
    return [(str(id), str(status), step) for id, status, step in rows]


def _known_variant(campaign: Campaign, variant: str) -> None:
    known = [one.variant for one in shares(campaign.record)]
    if variant not in known:
        raise UsageError(
            f"{campaign.id} has no variant {variant}", f"it has {', '.join(known) or 'none'}"
        )


def _why(others: Iterable[Recipient]) -> list[str]:
    """Why customers get nothing, with how many there are of each reason, the most first."""
    counts = Counter(one.reason or one.status.replace("_", " ") for one in others)
    return [f"{count:,} ({reason})" for reason, count in counts.most_common()]


def start(workspace: Workspace, text: str, grounds: Grounds | None = None) -> Plan:
    """Plan to start a campaign: everybody's group is written down, and moves nobody any more.

    With grounds it reaches those, too, who never agreed, and they are written down with each. A
    campaign that was paused goes on, with those it had. Raises Refused where it runs or is over,
    where there is nobody to write to; DataError where a text lacks a field, or a record cannot be
    read.
    """
    campaign = named(workspace, text)
    status = campaign.record.get("status")
    if status == "inactive":
        return _resume(campaign)
    if status != "planning":
        raise Refused(
            f"{campaign.id} has been started: its status is {status}",
            f"crm campaign show {campaign.id}",
        )
    check_grounds(workspace, channel_of(campaign), grounds)
    found = _planned(workspace, campaign, grounds)
    if workspace.problems:
        raise DataError(
            f"{workspace.problems[0].path} cannot be read as a whole: who is in the campaign is "
            "written down once, and nobody must be missed",
            "crm check shows what is wrong",
        )
    targeted = [one for one in found if one.status == TARGETED]
    if not targeted:
        why = "; ".join(_why(found)) or "there is no customer in its segment"
        raise Refused(f"{campaign.id} would reach nobody: {why}", "change segment, or hold_out")
    Texts(workspace, campaign).check(targeted)
    now = workspace.clock.now.replace(second=0, microsecond=0)
    channel = channel_of(campaign)
    steps = [
        Edit(workspace.path_of(one.customer), _putting(_entry(campaign, one, now, channel)))
        for one in found
    ]
    said = _summary(found)
    return Plan(
        Change(
            f"start campaign {campaign.id}",
            (*steps, Edit(campaign.path, _started(workspace))),
        ),
        f"started campaign {campaign.id}: {said}",
        [one.customer for one in found],
        f"Start campaign {campaign.id}: {said}?",
        [f"left out: {why}" for why in _why(one for one in found if one.status == SUPPRESSED)],
        (campaign.id,),
    )


def _resume(campaign: Campaign) -> Plan:
    return Plan(
        Change(
            f"resume campaign {campaign.id}",
            (Edit(campaign.path, lambda document: document.set(None, "status", "active")),),
        ),
        f"campaign {campaign.id} goes on, with those it had",
    )


def _started(workspace: Workspace) -> Callable[[Document], None]:
    today = workspace.clock.today

    def update(document: Document) -> None:
        document.set(None, "status", "active")
        begun = document.record.values.get("start")
        if begun is None or begun > today:
            document.set(None, "start", today)

    return update


def _entry(
    campaign: Campaign, one: Recipient, now: Any, channel: str | None
) -> dict[str, Any]:
    values = {
        "campaign": campaign.id,
        "variant": one.variant,
        "status": one.status,
        "at": now,
        "channel": channel,
        "reason": one.reason,
    }
    return {key: value for key, value in values.items() if value}


def _putting(values: dict[str, Any]) -> Callable[[Document], None]:
    def update(document: Document) -> None:
        document.add(CAMPAIGN_RESPONSE.key, values)

    return update


def _summary(found: Sequence[Recipient]) -> str:
    """`12 customers targeted (a 6, b 6), 3 held out, 1 left out`."""
    counts = Counter(one.status for one in found)
    variants = Counter(one.variant for one in found if one.variant)
    of = ", ".join(f"{name} {count:,}" for name, count in sorted(variants.items()))
    parts = [f"{counted(counts[TARGETED], 'customer')} targeted" + (f" ({of})" if of else "")]
    if counts[HELD_OUT]:
        parts.append(f"{counts[HELD_OUT]:,} held out")
    if counts[SUPPRESSED]:
        parts.append(f"{counts[SUPPRESSED]:,} left out")
    return ", ".join(parts)


def texts_of(
    workspace: Workspace, text: str, recipients: Sequence[Recipient], step: int
) -> list[tuple[Recipient, Filled | None]]:
    """The text of each recipient at a step; see `Texts.of`."""
    return list(Texts(workspace, named(workspace, text), step).of(recipients))
