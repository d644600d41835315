"""Orders and the invoices that bill them: a sale counts once, a partly billed order for its rest.

The rest of an order is spread over its lines, amounts and quantities alike, in the same
share; amounts are rounded so that the lines still add up to it. A deposit is money alone: it
leaves the quantities as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.line import is_deposit
from crm_cli.model.money import EXACT, round_money, rounded_parts

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

    InCurrencyOf = Callable[[Decimal, Item, Item, Business], Decimal | None]

PART_IN_BASE = "net_base"
"""The derived value of a line that holds its part of the purchase's net in the base currency."""

_ZERO = Decimal(0)
_THOUSANDTH = Decimal("0.001")


def bill(pairs: Iterable[tuple[Item, Item]], business: Business, convert: InCurrencyOf) -> None:
    """Leave of each order in (invoice, order) pairs what the invoices have not billed.

    An order that is billed in whole, or by an invoice of an unknown amount, counts no more.
    """
    orders: dict[int, tuple[Item, list[Item]]] = {}
    for invoice, order in pairs:
        orders.setdefault(id(order), (order, []))[1].append(invoice)
    for order, invoices in orders.values():
        rest = _rest(order, invoices, business, convert)
        order.derived["billed"] = order.derived["net"] - (rest or _ZERO)
        if rest is None:
            order.derived["counts"] = False
        elif rest < order.derived["net"]:
            _leave(order, rest, _goods_left(order, invoices, business, convert), business)


def _rest(
    order: Item, invoices: list[Item], business: Business, convert: InCurrencyOf
) -> Decimal | None:
    """What of an order's net is not billed yet; None where that is nothing, or not known."""
    rest: Decimal = order.derived["net"]
    for invoice in invoices:
        if not invoice.derived["priced"]:
            return None
        value = convert(invoice.derived["net"], invoice, order, business)
        if value is None:
            return None
        rest -= value
    return rest if rest > 0 else None


def _goods_left(
    order: Item, invoices: list[Item], business: Business, convert: InCurrencyOf
) -> Decimal:
    """What of an order's net is not billed yet, deposits left out: `_rest` without them."""
    left: Decimal = order.derived["net"]
    for invoice in invoices:
        lines = invoice.items("lines")
        if not lines and "deposit_of" in invoice.values:
            continue
        deposits = sum((one.derived.get("net", _ZERO) for one in lines if is_deposit(one)), _ZERO)
        left -= convert(invoice.derived["net"] - deposits, invoice, order, business) or _ZERO
    return max(left, _ZERO)


def without_units(note: Item, invoice: Item) -> None:
    """Take the units off of the lines of a credit note that credit a deposit."""
    whole = "deposit_of" in invoice.values
    off = [_price(one) for one in invoice.items("lines") if is_deposit(one)]
    for line in note.items("lines"):
        if "product" in line.values or "units" not in line.derived:
            continue
        if whole or (_price(line) < 0 and _price(line) in off):
            note.derived["units"] -= line.derived["units"]
            line.derived["units"] = _ZERO


def _price(line: Item) -> Decimal:
    """The price of a line with the sign of its quantity; 0 where there is none."""
    price: Decimal = line.values.get("unit_price", _ZERO)
    return -price if line.values.get("quantity", _ZERO) < 0 else price


def _leave(order: Item, rest: Decimal, goods: Decimal, business: Business) -> None:
    """Make an order worth the rest of it, and of the units of what is left of its goods."""
    derived, currency = order.derived, order.derived["currency"]
    whole: Decimal = derived["net"]
    lines = [line for line in order.items("lines") if "net" in line.derived]
    so_far = spread = Decimal(0)

    def share(value: Decimal, rest: Decimal = rest) -> Decimal:
        return EXACT.divide(EXACT.multiply(value, rest), whole)

    for line in lines:
        so_far += line.derived["net"]
        upto = round_money(share(so_far), currency)
        line.derived["net"], spread = upto - spread, upto
        line.derived["units"] = EXACT.quantize(share(line.derived["units"], goods), _THOUSANDTH)
    derived["net"] = rest
    derived["tax"] = round_money(share(derived["tax"]), currency)
    taxes = [share(line.derived["tax"]) for line in lines]
    for line, tax in zip(lines, rounded_parts(taxes, derived["tax"], currency), strict=True):
        line.derived["tax"] = tax
    derived["gross"] = rest + derived["tax"]
    if lines:
        derived["units"] = sum((line.derived["units"] for line in lines), Decimal(0))
        convert_lines(lines, order, business)


def convert_lines(lines: list[Item], purchase: Item, business: Business) -> None:
    """Convert the lines' amounts so that they add up to what the purchase is worth.

    Each converted for itself, they would differ from it by some cents.
    """
    currency = purchase.derived["currency"]
    if currency == business.currency:
        return
    day = purchase.values.get("date") or date.max
    nets = [line.derived["net"] for line in lines]
    converted = business.rates.convert_parts(nets, currency, day)
    for line, part in zip(lines, converted or (), strict=False):
        line.derived[PART_IN_BASE] = part
