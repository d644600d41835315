"""Channels: on which one a contact was, and whether an attempt of ours was answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.dates import local_date
from crm_cli.model.effect import is_ahead
from crm_cli.model.money import EXACT

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

DAYS = 7
"""Within so many days what a customer says answers our latest attempt."""
WEIGHT = 10
"""So many attempts the rate of all customers counts for."""
_ANSWERED = frozenset(("reached", "replied"))
_NONE = frozenset(("note", "web"))
_CHANNELS = {"call": "phone", "meeting": "visit"}


def channel_of_kind(kind: str | None) -> str | None:
    """The channel of a contact of a kind, as `preferred_channel` names it; None of notes and of
    what came through the web."""
    return None if kind is None or kind in _NONE else _CHANNELS.get(kind, kind)


def derive_attempts(customer: Item, business: Business) -> None:
    """Set `via`, `attempt` and `answered` of a customer's interactions.

    An attempt is outbound and held, or not held but with an outcome. It is answered where somebody
    was reached or replied, or where the customer spoke within DAYS, on any channel; what they say
    answers the latest attempt before it alone.
    """
    held = []
    for one in customer.items("interactions"):
        kind = one.get("kind")
        one.derived["via"] = channel = channel_of_kind(kind)
        if kind == "note" or "direction" not in one.values or is_ahead(one, business):
            continue
        status, outcome = one.get("status"), one.values.get("outcome")
        tried = status == "held" or (status == "not_held" and outcome is not None)
        if one.values["direction"] == "outbound" and channel is not None and tried:
            one.derived["attempt"] = True
            one.derived["answered"] = outcome in _ANSWERED
            held.append(one)
        elif one.values["direction"] == "inbound" and status == "held":
            held.append(one)
    _answer([one for one in held if "at" in one.values], business)


def _answer(held: list[Item], business: Business) -> None:
    """Mark the attempts that what the customer said later answers."""
    if all(one.values["direction"] == "outbound" for one in held):
        return
    zone = business.time_zone

    def moment(one: Item) -> datetime:
        at: date | datetime = one.values["at"]
        return at if isinstance(at, datetime) else datetime.combine(at, time(12), zone)

    held.sort(key=lambda one: (moment(one), one.values["direction"] == "outbound"))
    latest: Item | None = None
    for one in held:
        if one.values["direction"] == "outbound":
            latest = one
        elif latest is not None:
            days = local_date(one.values["at"], zone) - local_date(latest.values["at"], zone)
            if days.days <= DAYS:
                latest.derived["answered"] = True


def likeliest(
    tried: Iterable[tuple[str, int, int]], rates: dict[str, Decimal]
) -> str | None:
    """The channel on which a customer answers most surely; None without attempts.

    `tried` are (channel, attempts, answers) of the customer, `rates` the part of all attempts that
    was answered, by channel: (answers + WEIGHT × rate) ÷ (attempts + WEIGHT), the highest. Of two
    that are equal the one that was tried more often, then the first by name.
    """
    best: tuple[Decimal, int, str] | None = None
    found = None
    for channel, attempts, answers in sorted(tried):
        score = EXACT.divide(answers + WEIGHT * rates[channel], Decimal(attempts + WEIGHT))
        if best is None or (score, attempts) > best[:2]:
            best, found = (score, attempts, channel), channel
    return found
