"""Amounts that no sum can hold: the index keeps 64 bits of a currency's minor unit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.errors import Unreadable
from crm_cli.model.exchange import to_base
from crm_cli.model.kind import Finding
from crm_cli.model.money import format_amount, to_minor

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

_SURE = Decimal(10**12)
"""Amounts below are held in each currency, at any rate that there is."""


def check_largest(item: Item, business: Business) -> Iterator[Finding]:
    """Findings about what an item comes to, where that is left out of sums for its size."""
    for key, in_base in item.kind.amounts:
        value: Decimal | None = item.derived.get(key)
        if value is None or -_SURE < value < _SURE:
            continue
        currency = business.currency if in_base else item.derived.get("currency")
        currency = currency or business.currency
        if _fits(value, currency) and _fits(to_base(item, key, business), business.currency):
            continue
        yield Finding(
            key,
            "sum-too-large",
            f"{key} comes to {format_amount(value, currency)} {currency}, more than 64 bits hold: "
            "it is left out of sums",
            "look for an amount with too many digits",
        )


def _fits(value: Decimal | None, currency: str) -> bool:
    if value is None:
        return True
    try:
        to_minor(value, currency)
    except Unreadable:
        return False
    return True
