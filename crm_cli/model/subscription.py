"""Subscriptions: a purchase that comes again, and its occasions.

The first purchase is the pattern: it says `every`, and `until` when. Each purchase that is made
of it names it (`subscription`) and the day of the rule that it is for (`recurrence_id`), which
its date may differ from. An occasion is to come while it is later than all that were made: a
rule that is changed holds from then on. Days are counted from the first purchase, so that the
31st comes back after a shorter month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date
from typing import TYPE_CHECKING

from crm_cli.model.line import CREDIT_NOTE, QUOTE
from crm_cli.model.places import labelled
from crm_cli.model.recurrence import left_out_days, occurrences
from crm_cli.model.rhythm import read_rhythm

if TYPE_CHECKING:
    from crm_cli.model.item import Item


def is_pattern(purchase: Item) -> bool:
    """Whether a purchase is the first one of a subscription."""
    values = purchase.values
    return "every" in values and "date" in values and purchase.get("kind") not in (
        QUOTE,
        CREDIT_NOTE,
    )


def in_words(every: str) -> str:
    """How often something comes again, as it is said: `every month`."""
    bare = every.lower().startswith(("every", "each")) or "=" in every
    return every if bare or every.split()[0].endswith("ly") else f"every {every}"


def rule_of(pattern: Item) -> str:
    """The RRULE of a subscription; raises Unreadable for what ends before it begins."""
    return read_rhythm(str(pattern.values["every"]), pattern.values["date"])


def occasions(pattern: Item) -> Iterator[date]:
    """The days on which a subscription comes again, after its first purchase, until it ends."""
    first: date = pattern.values["date"]
    until: date = pattern.values.get("until") or date.max
    without = left_out_days(pattern.values, UTC)
    for day in occurrences(rule_of(pattern), first, UTC):
        if day > until:
            return
        if day > first and day not in without:
            yield day


def days_after(rule: str, first: date) -> Iterator[date]:
    """The days of a rule after the first one."""
    for day in occurrences(rule, first, UTC):
        if day > first:
            yield day


def going_on(customer: Item, until: date) -> list[str]:
    """What to say of each subscription of a customer who buys no more."""
    name = labelled(str(customer.get("name") or customer.id), customer.id)
    return [
        f"subscription {one.id} of {name} goes on: crm set {one.id} until={until} ends it"
        for one in customer.items("purchases")
        if "next_occurrence" in one.derived
    ]


def made_of(pattern: Item, purchases: Iterable[Item]) -> list[Item]:
    """The purchases that were made of a subscription, cancelled ones among them."""
    names = {pattern.id, str(pattern.values.get("number") or pattern.id)}
    return [
        one for one in purchases
        if one is not pattern and one.values.get("subscription") in names
    ]  # fmt: skip


def occasion_of(made: Item) -> date | None:
    """The occasion that a purchase was made for."""
    day: date | None = made.values.get("recurrence_id") or made.values.get("date")
    return day


def pattern_of(made: Item) -> Item | None:
    """The subscription of the same customer that a purchase was made of, unless it is over."""
    name = made.values.get("subscription")
    for one in made.owner.items("purchases") if name else ():
        if name in (one.id, one.values.get("number")) and is_pattern(one):
            return None if one.get("status") == "cancelled" else one
    return None


def to_come(pattern: Item, made: Iterable[Item]) -> Iterator[date]:
    """The occasions of a subscription that are later than all for which something was made."""
    if pattern.get("status") == "cancelled":
        return
    latest = max((day for one in made if (day := occasion_of(one)) is not None), default=None)
    for day in occasions(pattern):
        if latest is None or day > latest:
            yield day
