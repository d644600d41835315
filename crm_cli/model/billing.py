"""Orders and the invoices that bill them: a sale counts once, a partly billed order for its rest.

Where the lines of the invoices say what they bill, what is left of each line of an order is what
is left to be billed of it, by product and quantity; else the rest is spread over the lines, amounts
and quantities alike, in the same share. Amounts are rounded so that the lines still add up to the
rest. A deposit is money alone: it leaves the quantities as they are, but of what they cost only
the share counts that the rest of the net is of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from crm_cli.model.line import is_deposit
from crm_cli.model.money import EXACT, round_money, rounded_parts
from crm_cli.model.remainder import key_of, rests

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
            parts = _parts_left(order, invoices)
            goods = _goods_left(order, invoices, business, convert)
            if parts is None:
                parts = [Fraction(goods) / Fraction(order.derived["net"])] * len(_priced(order))
            _leave(order, rest, parts, business)
            _share_costs(order, Fraction(rest) / Fraction(goods) if goods > rest else Fraction(1))


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


def _priced(order: Item) -> list[Item]:
    return [line for line in order.items("lines") if "net" in line.derived]


def _parts_left(order: Item, invoices: list[Item]) -> list[Fraction] | None:
    """The part of each line that no invoice has billed, by product and quantity; None where an
    invoice does not say what it bills."""
    held = {key_of(line) for line in order.items("lines")}
    for invoice in invoices:
        lines = invoice.items("lines")
        goods = [one for one in lines if not is_deposit(one)]
        deposit = not goods and (lines or "deposit_of" in invoice.values)
        if not deposit and not any(key_of(one) in held for one in goods):
            return None
    return [
        Fraction(one.left) / Fraction(one.whole) if one.whole else Fraction(0)
        for one in rests(order, invoices)
        if "net" in one.line.derived
    ]


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
    """Take the units off of the lines of a credit note that are money alone: those that credit a
    deposit, and those in words of their own, as a share of the price, which bring nothing back."""
    whole = "deposit_of" in invoice.values
    sold = {key_of(one) for one in invoice.items("lines")}
    off = [_price(one) for one in invoice.items("lines") if is_deposit(one)]
    for line in note.items("lines"):
        if "product" in line.values or "units" not in line.derived:
            continue
        taken_off = _price(line) < 0 and _price(line) in off
        if whole or taken_off or key_of(line) not in sold:
            note.derived["units"] -= line.derived["units"]
            line.derived["units"] = line.derived["costed"] = _ZERO


def _price(line: Item) -> Decimal:
    """The price of a line with the sign of its quantity; 0 where there is none."""
    price: Decimal = line.values.get("unit_price", _ZERO)
    return -price if line.values.get("quantity", _ZERO) < 0 else price


def _leave(order: Item, rest: Decimal, parts: list[Fraction], business: Business) -> None:
    """Make an order worth the rest of it, spread over its lines by the part that is left of each;
    where that is nothing, by what they were worth."""
    derived, currency = order.derived, order.derived["currency"]
    lines = _priced(order)
    nets = [Fraction(line.derived["net"]) for line in lines]
    worth = [net * part for net, part in zip(nets, parts, strict=True)]
    if sum(worth) <= 0:
        worth = nets
    each = Fraction(rest) / (sum(worth) or 1)
    before = so_far = Fraction(0)
    taxes = []
    for line, part, net, left in zip(lines, parts, nets, worth, strict=True):
        so_far += left
        upto, spent = (round_money(_decimal(one * each), currency) for one in (so_far, before))
        line.derived["net"], before = upto - spent, so_far
        units = _decimal(Fraction(line.derived["units"]) * part)
        line.derived["units"] = EXACT.quantize(units, _THOUSANDTH)
        taxes.append(Fraction(line.derived["tax"]) * left * each / net if net else Fraction(0))
    if not lines:
        taxes = [Fraction(derived["tax"]) * Fraction(rest) / Fraction(derived["net"])]
    derived["net"] = rest
    derived["tax"] = round_money(_decimal(sum(taxes, Fraction(0))), currency)
    derived["gross"] = rest + derived["tax"]
    if lines:
        exact = [_decimal(one) for one in taxes]
        for line, tax in zip(lines, rounded_parts(exact, derived["tax"], currency), strict=True):
            line.derived["tax"] = tax
        derived["units"] = sum((line.derived["units"] for line in lines), Decimal(0))
        convert_lines(lines, order, business)


def _share_costs(order: Item, share: Fraction) -> None:
    """Leave as many units to be set against the net as it is of: a deposit has billed the rest,
    though not one piece has gone."""
    for line in _priced(order):
        costed = _decimal(Fraction(line.derived["units"]) * share)
        line.derived["costed"] = EXACT.quantize(costed, _THOUSANDTH)


def _decimal(number: Fraction) -> Decimal:
    return EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))


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
