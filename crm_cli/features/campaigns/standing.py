"""How a campaign stands: its groups, what became of them, which message is to be sent when."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any, NamedTuple

from crm_cli.features.campaigns import Campaign, named
from crm_cli.features.plan import counted
from crm_cli.model.aspects import joined
from crm_cli.model.campaign import shares
from crm_cli.model.campaign_assigning import SUPPRESSED, TARGETED
from crm_cli.model.campaign_response import CAMPAIGN_RESPONSE, RESPONSE_STATUSES
from crm_cli.model.card import Card, Fact, Section
from crm_cli.model.cells import cell_text
from crm_cli.model.dates import shifted
from crm_cli.model.item import Item
from crm_cli.query.lexer import quoted
from crm_cli.workspace import Workspace


class Message(NamedTuple):
    """A step: its number, its day where the start is known, to how many it was sent."""

    step: int
    day: date | None
    template: str
    sent: int


class Standing(NamedTuple):
    """A campaign, its people by status (each once), by variant, by reason of being left out."""

    campaign: Campaign
    statuses: dict[str, int]
    variants: dict[str, int]
    reasons: dict[str, int]
    messages: list[Message]


def standing(workspace: Workspace, text: str) -> Standing:
    """How a campaign stands today; raises NotFound."""
    campaign = named(workspace, text)
    terms = [f"campaign.is:{quoted(campaign.id)}", "is:counted_now"]
    cols = ("customer", "status", "variant", "reason", "step", "first")
    rows = workspace.select(CAMPAIGN_RESPONSE, terms, cols=cols, ordered=False).rows
    once = [row for row in rows if row[5]]
    counts = Counter(str(row[1]) for row in once)
    drawn = Counter(str(row[2]) for row in once if row[1] == TARGETED and row[2])
    reasons = Counter(str(row[3]) for row in once if row[1] == SUPPRESSED)
    known = [one.variant for one in shares(campaign.record)]
    return Standing(
        campaign,
        {status: counts[status] for status in RESPONSE_STATUSES if counts[status]},
        {name: drawn[name] for name in dict.fromkeys([*known, *sorted(drawn)])},
        dict(reasons.most_common()),
        _messages(campaign, {(row[0], row[4] or 1) for row in rows if row[1] == "sent"}),
    )


def _messages(campaign: Campaign, sent: set[tuple[str, int]]) -> list[Message]:
    start = campaign.record.values.get("start")
    counts = Counter(step for _, step in sent)
    return [
        Message(
            number,
            shifted(start, int(one.get("day") or 0)) if start is not None else None,
            str(one.values.get("template") or ""),
            counts[number],
        )
        for number, one in enumerate(campaign.record.items("steps"), 1)
    ]


def as_object(shown: Standing) -> dict[str, Any]:
    """The fields as they are written, then the counts."""
    return {
        "id": shown.campaign.id,
        "path": shown.campaign.path,
        **shown.campaign.record.answer(),
        "people": shown.statuses,
        "by_variant": shown.variants,
        "left_out": shown.reasons,
        "messages": [one._asdict() for one in shown.messages],
    }


def card(shown: Standing) -> Card:
    """The card of a campaign."""
    record = shown.campaign.record
    fields = [
        Fact(key.replace("_", " "), _text(record, key))
        for key in record.kind.by_key
        if key not in ("name", "variants", "steps") and record.values.get(key) is not None
    ]
    sections = [Section(facts=fields)]
    drawn = [Fact(one.variant, _variant(shown, one.variant)) for one in shares(record)]
    messages = [
        Fact(f"{one.step}", " ".join(filter(None, (cell_text(one.day), one.template))),
             f"sent to {one.sent:,}")
        for one in shown.messages
    ]  # fmt: skip
    people = [Fact(name.replace("_", " "), count) for name, count in shown.statuses.items()]
    left_out = [Fact(f"{count:,}", why) for why, count in shown.reasons.items()]
    for heading, facts in (("Variants", drawn), ("Messages", messages), ("People", people),
                           ("Left out", left_out)):  # fmt: skip
        if facts:
            sections.append(Section(heading, facts))
    subtitle = f"{shown.campaign.id} · {record.get('kind')} · {record.get('status')}"
    return Card(shown.campaign.name, subtitle, sections)


def _text(record: Item, key: str) -> str:
    value = record.values[key]
    if isinstance(value, Item):
        return " ".join(cell_text(part) for part in value.values.values())
    return cell_text(value) + ("%" if key == "hold_out" else "")


def _variant(shown: Standing, id: str) -> str:
    """`50%, spring, 120 people`."""
    variants = shown.campaign.record.items("variants")
    one = next(one for one in variants if one.values.get("id") == id)
    share = one.values.get("share")
    parts = ("" if share is None else f"{cell_text(share)}%", one.values.get("template"))
    return joined(", ", (*parts, f"{counted(shown.variants[id], 'customer')}"))
