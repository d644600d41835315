"""Campaigns: what is sent to whom, what it costs, and what it is to bring."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm_cli.model.campaign_assigning import Share
from crm_cli.model.errors import Severity, Unreadable
from crm_cli.model.fieldtypes import (
    Choice,
    Date,
    Integer,
    Money,
    Number,
    Percent,
    Reference,
    Shorthand,
    Text,
    Texts,
    User,
    Word,
)
from crm_cli.model.kind import Field, Finding, GroupOf, Kind, ListOf, State
from crm_cli.model.money import decimal_literal
from crm_cli.model.node import Scalar

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

CAMPAIGN_KINDS = (
    "email",
    "letter",
    "phone",
    "sms",
    "social",
    "event",
    "advertisement",
    "other",
)
"""How people are reached."""

CHANNELS = {"email": "email", "letter": "letter", "phone": "phone", "sms": "sms",
            "social": "social", "event": "email"}  # fmt: skip
"""The channel of a campaign of a kind; an event is invited to by e-mail, the others have none."""

CAMPAIGN_STATUSES = ("planning", "active", "inactive", "complete")
"""Not yet started, running, halted, over."""

METRICS = ("responses", "orders", "revenue", "leads")
"""What a goal is counted in."""

ATTRIBUTION = 30
"""So many days after a message a purchase is put down to it, unless the campaign says."""


class PartOfAll(Percent):
    """A share in percent: `10%` and `10` are the same; `0.1` may be a slip, and is refused."""

    name = "share"
    example = "10%"
    other = "20%"

    def read(self, text: str, business: Business) -> Decimal:
        share = super().read(text, business)
        if not 0 <= share <= 100:
            raise Unreadable(f"'{text}' is no share", "write it in percent: 10%")
        if 0 < share < 1 and "%" not in text:
            raise Unreadable(
                f"'{text}' may be {share * 100}% or {share}%", "write the sign of percent"
            )
        return share

    def write(self, value: Any) -> Scalar:
        return Scalar(f"{decimal_literal(value)}%")


def _read(*keys: str) -> Shorthand:
    """The shorthand of an item that is written in one line: its fields, with colons between."""

    def read(text: str, business: Business) -> dict[str, str]:
        parts = [part.strip() for part in text.split(":", len(keys) - 1)]
        return {key: part for key, part in zip(keys, parts, strict=False) if part}

    return read


GOAL = Kind(
    name="goal",
    key="goal",
    doc="what a campaign is to bring",
    fields=(
        Field("metric", Choice(METRICS), "what is counted", default="orders"),
        Field("target", Number(adds=False), "how many, or how much"),
    ),
    title="metric",
    notes=False,
)

VARIANT = Kind(
    name="campaign_variant",
    key="campaign_variants",
    doc="a variant of a campaign",
    fields=(
        Field("id", Word(), "what it is called: a, b"),
        Field("share", PartOfAll(), "its share among the variants; else an equal one"),
        Field("template", Word(), "its text: a file of templates/"),
    ),
    shorthand=_read("id", "share", "template"),
    title="id",
    notes=False,
    exchange=None,
)

STEP = Kind(
    name="campaign_step",
    key="campaign_steps",
    doc="a message of a campaign that has several",
    fields=(
        Field("day", Integer(adds=False), "days after the start", default=0),
        Field("template", Word(), "its text: a file of templates/"),
    ),
    shorthand=_read("day", "template"),
    title="day",
    notes=False,
    exchange=None,
)


def shares(campaign: Item) -> list[Share]:
    """The variants of a campaign; none of them means one message for all."""
    return [
        Share(one.values["id"], one.values.get("share"))
        for one in campaign.items("variants")
        if "id" in one.values
    ]


def template_of(campaign: Item, variant: str | None, step: int) -> str:
    """The template of a variant at a step, counted from 1; empty where it has no text.

    The variant's is that of the first message; others have their step's.
    """
    steps = campaign.items("steps")
    found = steps[step - 1].values.get("template") if 0 < step <= len(steps) else None
    if step == 1:
        named = (one for one in campaign.items("variants") if one.values.get("id") == variant)
        found = next((one.values.get("template") for one in named), None) or found
    return str(found or "")


def _check(campaign: Item, business: Business) -> Iterator[Finding]:
    start, end = campaign.values.get("start"), campaign.values.get("end")
    if start is not None and end is not None and end < start:
        yield Finding(
            "end", "ends-before-start", f"it ends on {end}, before it starts, {start}",
            "correct one of them", Severity.WARNING,
        )  # fmt: skip
    goal = campaign.values.get("goal")
    if goal is not None and not goal.values.get("target"):
        yield Finding(
            "goal", "goal-without-target", "this goal has no target",
            "add one: goal: {metric: orders, target: 40}", Severity.WARNING,
        )  # fmt: skip
    yield from _check_variants(campaign)


def _check_variants(campaign: Item) -> Iterator[Finding]:
    seen: set[str] = set()
    whole = Decimal(0)
    for variant in campaign.items("variants"):
        id = variant.values.get("id")
        if not id:
            yield Finding("share", "variant", "this variant has no id", "add id: a", item=variant)
        elif id in seen:
            message = f"two variants of the campaign are called {id}"
            yield Finding("id", "variant", message, "give one another id", item=variant)
        seen.add(id or "")
        whole += variant.values.get("share") or 0
    if whole > 100:
        message = f"the variants' shares are {decimal_literal(whole)}% together"
        yield Finding(
            "variants", "variant-shares", message,
            "they are taken as weights; make them 100%", Severity.WARNING,
        )  # fmt: skip


CAMPAIGN = Kind(
    name="campaign",
    key="campaigns",
    doc="a campaign",
    fields=(
        Field("name", Text(), "what it is called"),
        Field("kind", Choice(CAMPAIGN_KINDS, vocabulary="campaign_kind"), "how people are reached",
              default="email"),
        Field("status", Choice(CAMPAIGN_STATUSES), "how far it is", default="planning"),
        Field("owner", User(), "user who runs it"),
        Field("start", Date(), "when it starts; crm campaign start writes the day", to_come=True),
        Field("end", Date(), "when it ends", to_come=True),
        Field("goal", GroupOf(GOAL), "what it is to bring"),
        Field("budget", Money(), "what it may cost"),
        Field("actual_cost", Money(), "what it has cost", aliases=("cost",)),
        Field("segment", Reference("segment"), "who it is for; without one, every customer"),
        Field("exclude_segment", Texts("segment"), "segments whose customers are left out"),
        Field("variants", ListOf(VARIANT), "what is tried against each other"),
        Field("hold_out", PartOfAll(), "the share that gets nothing, to compare with"),
        Field("steps", ListOf(STEP), "its messages, in their order"),
        Field("attribution", Integer(1, 3650, adds=False),
              f"days in which a purchase is put down to it; {ATTRIBUTION}, unless it says",
              default=ATTRIBUTION),
    ),
    title="name",
    when="start",
    sort="start-",
    columns=("id", "name", "kind", "status", "start", "end", "segment", "budget", "actual_cost"),
    ranked=("id", "name", "status", "kind", "start", "end", "segment", "budget", "actual_cost"),
    added_by="crm campaign add {id}",
    states=(
        State("planned", "status.is:planning", "not started yet"),
        State("active", "status.is:active", "runs"),
        State("over", "status.is:inactive,complete", "halted, or over"),
    ),
    exchange=None,
    check=_check,
)  # fmt: skip
