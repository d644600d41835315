"""Amounts in the base currency, and what to report where a rate is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.kind import Finding

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


def missing_rate(item: Item, business: Business) -> Iterator[Finding]:
    """A finding where an item's currency has no rate on or before its date.

    Its amounts are then left out of every sum in the base currency.
    """
    currency = item.values.get("currency") or business.currency
    if currency == business.currency:
        return
    day: date = item.values.get("date") or date.max
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
    day = item.values.get("date") or (item.parent.values.get("date") if item.parent else None)
    return business.rates.convert(value, currency, day or date.max)
