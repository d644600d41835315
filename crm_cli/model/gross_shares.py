"""An amount with tax as lines, at the rates of tax of the purchase that it is given back of."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm_cli.model.chain import Taxed, taxed
from crm_cli.model.line import HUNDRED
from crm_cli.model.money import EXACT, minor_unit, round_money, rounded_parts
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.purchase_amounts import is_tax_included

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

_ZERO = Decimal(0)


class Shares(NamedTuple):
    """Lines that come to an amount with tax, and whether their prices are with tax."""

    lines: list[dict[str, Any]]
    included: bool


def gross_shares(
    purchase: Item, gross: Decimal, currency: str, text: str, business: Business
) -> Shares:
    """A line for each tax category and rate of a purchase's lines, in the share that these have of
    what it comes to; none for a purchase without lines.

    The prices are as those of the purchase, unless only prices with tax come to the amount:
    at 22 % there is no net amount of which 0.03 would be the gross.
    """
    whole: dict[Taxed, Decimal] = {}
    reasons: dict[Taxed, str] = {}
    for line in purchase.items("lines"):
        key = taxed(line)
        own = line.derived.get("net", _ZERO) + line.derived.get("tax", _ZERO)
        whole[key] = whole.get(key, _ZERO) + own
        if "tax_reason" in line.values:
            reasons.setdefault(key, line.values["tax_reason"])
    held = {key: amount for key, amount in whole.items() if amount > 0}
    total = sum(held.values(), _ZERO)
    if not held:
        return Shares([], included=False)
    exact = [EXACT.divide(gross * amount, total) for amount in held.values()]
    parts = dict(zip(held, rounded_parts(exact, gross, currency), strict=True))
    nets = {key: _net(part, key[1] or _ZERO, currency) for key, part in parts.items() if part}
    included = is_tax_included(purchase, business) or None in nets.values()
    lines = []
    for (category, rate), net in nets.items():
        price = parts[category, rate] if included else net
        values = {
            "description": text, "unit_price": price, "tax_category": category, "tax_rate": rate,
            "tax_reason": reasons.get((category, rate)),
        }  # fmt: skip
        lines.append({key: value for key, value in values.items() if value is not None})
    return Shares(lines, included=included)


def _net(gross: Decimal, rate: Decimal, currency: str) -> Decimal | None:
    """The net amount that comes to a gross one with its tax; None where none does."""
    unit = Decimal(1).scaleb(-minor_unit(currency))
    near = round_money(EXACT.divide(gross * HUNDRED, HUNDRED + rate), currency)
    for net in (near, near - unit, near + unit):
        if net + round_money(EXACT.divide(net * rate, HUNDRED), currency) == gross:
            return net
    return None
