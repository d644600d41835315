"""What a customer's record says of their deals: what is in play, and what has no next step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from crm_cli.model.aspects import Row, amount_text
from crm_cli.model.card import Fact
from crm_cli.model.fieldtypes import Integer, Money
from crm_cli.model.kind import Derived, State, Summary
from crm_cli.model.task import CLOSED

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


def _derive(customer: Item, business: Business) -> None:
    """A deal has a next step where an open task or a planned interaction is about it."""
    deals = customer.items("deals")
    if not deals:
        return
    about = {
        item.values.get("deal")
        for key, live in (("tasks", _is_open), ("interactions", _is_planned))
        for item in customer.items(key)
        if live(item)
    }
    for deal in deals:
        if deal.derived["status"] != "open":
            continue
        deal.derived["has_next_step"] = deal.id in about
        if deal.id not in about:
            days = (deal.derived.get("rots_on"), deal.values.get("expected_close"))
            deal.derived["due"] = min((day for day in days if day is not None), default=None)


def _is_open(task: Item) -> bool:
    return task.get("status") not in CLOSED


def _is_planned(interaction: Item) -> bool:
    return bool(interaction.get("status") == "planned")


def _glance(values: Row, day: date) -> Iterator[Fact]:
    count = values.get("open_deals")
    if count:
        weighted = amount_text(values.get("pipeline"), values["currency"])
        noun = "deal" if count == 1 else "deals"
        yield Fact(f"open {noun}", str(count), f"weighted {weighted}" if weighted else "")


NEXT_STEPS = Summary(
    derive=_derive,
    glance=_glance,
    derived=(
        Derived("open_deals", Integer(), "number of open deals", of="deals", terms="is:open"),
        Derived(
            "pipeline",
            Money(),
            "weighted value of the open deals",
            base=True,
            of="deals.weighted",
            terms="is:open",
        ),
    ),
    states=(State("in_play", "open_deals.over:0", "has an open deal"),),
)
