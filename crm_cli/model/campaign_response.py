"""Responses to campaigns: an entry for all that became of a customer in one, never changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_cli.model.aspects import CardLine, Happening, Row, joined
from crm_cli.model.campaign_assigning import HELD_OUT, SUPPRESSED, TARGETED
from crm_cli.model.card import Fact
from crm_cli.model.dates import local_date
from crm_cli.model.effect import is_ahead
from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Date,
    Integer,
    Moment,
    Reference,
    Text,
    Word,
)
from crm_cli.model.kind import Derived, Field, Finding, Kind, State, Summary
from crm_cli.model.permission import CHANNELS

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

CONVERTED = "converted"
ANSWERS = ("clicked", "responded")
"""What counts as an answer to a campaign, beside a purchase that names it."""
OPTED_OUT = "opted_out"
RECORDED = ("sent", "bounced", "opened", *ANSWERS, CONVERTED, OPTED_OUT)
"""What becomes of those who are targeted, in the usual order."""
RESPONSE_STATUSES = (TARGETED, HELD_OUT, SUPPRESSED, *RECORDED)
"""The groups in which a campaign puts people, and what becomes of them."""


def _derive_customer(customer: Item, business: Business) -> None:
    entries = customer.items("campaign_responses")
    seen: set[tuple[str | None, str | None]] = set()
    groups = _groups(entries, business) if entries else {}
    for entry in entries:
        campaign, status = entry.values.get("campaign"), entry.values.get("status")
        counts = not is_ahead(entry, business)
        entry.derived["counts"] = counts
        if "at" in entry.values:
            entry.derived["day"] = local_date(entry.values["at"], business.time_zone)
        if counts:
            entry.derived["first"] = (campaign, status) not in seen
            seen.add((campaign, status))
        group = groups.get(campaign)
        if group is not None:
            entry.derived["in_variant"] = group.values.get("variant")
            entry.derived["assigned_on"] = group.derived.get("day")


def _groups(entries: list[Item], business: Business) -> dict[str | None, Item]:
    """By campaign, the entry by which they were put into a group; else their first one."""
    found: dict[str | None, Item] = {}
    for entry in entries:
        campaign = entry.values.get("campaign")
        if is_ahead(entry, business):
            continue
        held = found.get(campaign)
        if held is None or (_assigns(entry) and not _assigns(held)):
            found[campaign] = entry
    for entry in found.values():
        if "at" in entry.values:
            entry.derived["day"] = local_date(entry.values["at"], business.time_zone)
    return found


def _assigns(entry: Item) -> bool:
    return entry.values.get("status") in (TARGETED, HELD_OUT, SUPPRESSED)


def _check(entry: Item, business: Business) -> Iterator[Finding]:
    for key in ("campaign", "status"):
        if not entry.values.get(key):
            yield Finding(
                key, "response-incomplete", f"this entry has no {key}", f"add {key}",
                Severity.WARNING, key,
            )  # fmt: skip


def _text(row: Row) -> str:
    status = str(row["status"] or "").replace("_", " ")
    named = joined(", ", (row["campaign"], row["variant"]))
    return joined(": ", (named, joined(", ", (status, row["reason"]))))


def _fact(entry: Item) -> Fact:
    row = {key: entry.values.get(key) for key in ("status", "campaign", "variant", "reason")}
    return Fact("campaign", _text(row), joined("", (entry.derived.get("day"),)))


CAMPAIGN_RESPONSE = Kind(
    name="campaign_response",
    key="campaign_responses",
    doc="what became of a customer in a campaign",
    fields=(
        Field("campaign", Reference("campaign"), "the campaign"),
        Field("variant", Word(), "the variant that they get"),
        Field(
            "step",
            Integer(1, adds=False),
            "the message of a campaign that has several: 1 is the first",
        ),
        Field("status", Choice(RESPONSE_STATUSES), "what became of them"),
        Field("at", Moment(), "when", aliases=("date",)),
        Field("channel", Choice(CHANNELS), "how"),
        Field("reason", Text(), "why they were left out; or what they said", private=False),
    ),
    title="status",
    when="at",
    effective="at",
    counted="counts:yes",
    notes=False,
    exchange=None,
    card=CardLine(heading="Campaigns", fact=_fact),
    timeline=(
        Happening(
            terms=("not:at.after:today", f"not:status.is:{HELD_OUT},{SUPPRESSED}"),
            word="campaign",
            columns=("status", "campaign", "variant", "reason"),
            text=_text,
        ),
    ),
    derived=(
        Derived("day", Date(), "the day of it"),
        Derived("first", Boolean(), "their first entry of that status in that campaign"),
        Derived("in_variant", Word(), "the variant that they were put into"),
        Derived("assigned_on", Date(), "the day on which they were put into a group"),
        Derived("counts", Boolean(), "dated up to today"),
    ),
    check=_check,
    states=(
        State("counted_now", "counts:yes", "dated up to today"),
        State("answer", f"status.is:{','.join((*ANSWERS, CONVERTED))}", "clicked, replied, bought"),
    ),
    summary=Summary(derive=_derive_customer),
)
