"""Amounts in the base currency, and what to report where a rate is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.errors import Problem
from crm_cli.model.item import Item
from crm_cli.model.kind import Finding

if TYPE_CHECKING:
    from crm_cli.model.business import Business

RATE_DAY = "rate_day"
"""The derived value of items whose amounts are converted on another day than their `date`."""


def missing_rate(item: Item, business: Business) -> Iterator[Finding]:
    """A finding where an item's currency has no rate on or before its date.

    Its amounts are then left out of every sum in the base currency.
    """
    currency = item.values.get("currency") or business.currency
    if currency == business.currency:
        return
    day = rate_day(item)
    if business.rates.rate(currency, day) is None:
        since = f" on or before {day.isoformat()}" if day < date.max else ""
        yield Finding(
            "currency",
            "missing-rate",
            f"rates.yaml has no rate for {currency}{since}: the amount is left out of sums",
            f"add one: {min(day, date(9999, 1, 1)).isoformat()}: {{{currency}: 1.00}}"
            if since
            else f"add one for {currency}",
        )


def to_base(item: Item, key: str, business: Business) -> Decimal | None:
    """An amount of an item in the base currency, at the item's date; None without a rate."""
    value: Decimal | None = item.values.get(key, item.derived.get(key))
    if value is None:
        return None
    currency = item.values.get("currency") or item.derived.get("currency") or business.currency
    if currency == business.currency or not value:
        return value
    return business.rates.convert(value, currency, rate_day(item))


def rate_day(item: Item) -> date:
    """The day whose rate counts: the item's date, else that of the item it stands in; without
    one `date.max`, for which the latest rate up to today counts."""
    part: Item | None = item
    while part is not None:
        day = part.values.get("date") or part.derived.get(RATE_DAY)
        if isinstance(day, date):
            return day
        part = part.parent
    return date.max


def rate_turns(record: Item, business: Business) -> Iterator[date]:
    """The days from which on another rate counts for amounts in a record that have no date."""
    if not business.rate_table:
        return
    single = (one for one in record.values.values() if isinstance(one, Item))
    for item in (*record.walk(), *single):
        currency = item.values.get("currency") or item.derived.get("currency")
        if currency and currency != business.currency and rate_day(item) == date.max:
            yield from business.rates.days(currency)


def unknown_balance(path: str, name: str) -> Problem:
    """What is said where a rate is missing to tell what somebody owes."""
    return Problem(
        path, 0, 0, "missing-rate", f"what {name} owes is not known: a rate is missing",
        "add it to rates.yaml",
    )  # fmt: skip
