"""Values with their units, as the facts of a card say them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crm_cli.model.aspects import amount_text
from crm_cli.model.field import Derived, Field
from crm_cli.model.fieldtypes import Duration, Money, Price
from crm_cli.model.item import Item
from crm_cli.model.money import format_amount, round_money

_DAYS = "days"


def currency_of(item: Item, base: str) -> str:
    """The currency of an item's amounts: its own, that of what it stands in, else the `base`."""
    part: Item | None = item
    while part is not None:
        if currency := part.values.get("currency") or part.derived.get("currency"):
            return str(currency)
        part = part.parent
    return base


def with_unit(field: Field | Derived, value: Any, currency: str) -> Any:
    """A value as a text with its unit, such as `598.00 EUR`, `15 h 30 min` or `4 days`; any other,
    and one whose name says its unit, as it is."""
    if isinstance(value, Decimal) and isinstance(field.type, Money):
        return amount_text(value, currency)
    if isinstance(value, Decimal) and isinstance(field.type, Price):
        rounded = round_money(value, currency) == value
        return f"{format_amount(value, currency if rounded else None)} {currency}"
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if isinstance(field.type, Duration):
        return duration_text(value)
    counted = isinstance(field, Derived) and field.since and _DAYS not in field.key.split("_")
    return f"{value:,} {_DAYS if value != 1 else 'day'}" if counted else value


def duration_text(minutes: int) -> str:
    """Minutes as hours and minutes: `45 min`, `15 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    said = [f"{hours:,} h"] if hours else []
    return " ".join([*said, f"{rest} min"] if rest or not hours else said)
