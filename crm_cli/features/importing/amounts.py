"""What rows say of amounts, as records keep it: prices of lines, discounts, signs.

The total of a line gives its price. A discount and the shipping of a whole purchase become
lines. An amount beside lines has to be what they come to, with or without tax. Where lines
have no price and the amounts of their rows differ, or there is but one row, each is the total
of its line. A payment with a minus sign is a refund.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crm_cli.features.importing.merging import Values
from crm_cli.formats.drafts import Draft
from crm_cli.model.business import Business
from crm_cli.model.errors import Unreadable
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.money import EXACT, decimal_text, minor_unit, round_money
from crm_cli.model.payment import PAYMENT
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.writing import new_item

_ONE = Decimal(1)
_HUNDRED = Decimal(100)
_PRICE = Decimal("0.000001")
_TOTAL = "line_total"
_WHOLE = {"order_discount": "Discount", "shipping": "Shipping"}
"""What is said of a whole purchase and becomes a line, with the line's description."""

REFUND = "a payment with a minus sign is a refund"
NEGATIVE = "comes to less than nothing; a return is a credit note: kind in the file or the map"


def priced(rows: list[Draft], kind: Kind, business: Business) -> list[Draft]:
    """The rows of one purchase with the prices of their lines; raises Unreadable."""
    if kind is not PURCHASE:
        return rows
    found = _totals_of_lines(rows)
    made = []
    for draft in found:
        lines = draft.values.get("lines")
        if lines and any(_TOTAL in line for line in lines):
            currency = draft.values.get("currency") or business.currency
            values = {**draft.values, "lines": [_line(one, currency) for one in lines]}
            draft = draft._replace(values=values)
        made.append(draft)
    return made


def _totals_of_lines(rows: list[Draft]) -> list[Draft]:
    """The rows, their amounts as totals of lines where that is what they are."""
    for draft in rows:
        lines = draft.values.get("lines")
        if not lines or "amount" not in draft.values:
            return rows
        if any(key in line for line in lines for key in ("unit_price", _TOTAL)):
            return rows
        if "product" in lines[0] and "quantity" not in lines[0]:
            return rows  # It may have its price in the list of products.
    amounts = {draft.values["amount"] for draft in rows}
    if len(rows) > 1 and len(amounts) == 1:
        raise Unreadable(
            f"amount is {decimal_text(amounts.pop())} in all its rows: of each line, or of all",
            f"map the column to {_TOTAL}, or a column to unit_price",
        )
    made = []
    for draft in rows:
        values = {key: value for key, value in draft.values.items() if key != "amount"}
        values["lines"] = [{**values["lines"][0], _TOTAL: draft.values["amount"]}]
        made.append(draft._replace(values=values))
    return made


def _line(line: Values, currency: str) -> Values:
    """A line with the price that its total gives; raises Unreadable where they disagree."""
    if _TOTAL not in line:
        return line
    said = {key: value for key, value in line.items() if key != _TOTAL}
    total: Decimal = line[_TOTAL]
    quantity: Decimal = line.get("quantity", _ONE)
    share = EXACT.divide(_HUNDRED - line.get("discount", Decimal(0)), _HUNDRED)
    if "unit_price" in line:
        product = EXACT.multiply(quantity, line["unit_price"])
        net = round_money(EXACT.multiply(product, share), currency)
        gross = net * (1 + line.get("tax_rate", Decimal(0)) / _HUNDRED)
        if all(abs(abs(one) - abs(total)) > _unit(currency) for one in (net, gross)):
            raise Unreadable(
                f"quantity and price come to {net}, and {_TOTAL} says {decimal_text(total)}",
                "correct one of them, or leave one out of the map",
            )
        return said
    times = EXACT.multiply(quantity, share)
    if not times:
        if total:
            raise Unreadable(f"{_TOTAL} is {decimal_text(total)} of a quantity of 0")
        return {**said, "unit_price": Decimal(0)}
    price = EXACT.divide(total, times).quantize(_PRICE, ROUND_HALF_UP, EXACT)
    if round_money(EXACT.multiply(price, times), currency) != round_money(total, currency):
        raise Unreadable(
            f"no price of six decimals makes {decimal_text(total)} of {decimal_text(quantity)}",
            "map a column to unit_price",
        )
    return {**said, "unit_price": _short(price)}


def _unit(currency: str) -> Decimal:
    return _ONE.scaleb(-minor_unit(currency))


def _short(value: Decimal) -> Decimal:
    """The number without noughts at its end, but with two decimals as prices have."""
    text = f"{value:f}".rstrip("0")
    whole, _, part = text.partition(".")
    return Decimal(f"{whole}.{part:0<2}") if part else Decimal(whole)


def whole(values: Values, kind: Kind, business: Business) -> tuple[Values, str]:
    """What the rows of an item say together, as it is kept, and what is to be said of it.

    Raises Unreadable where an amount and lines contradict each other.
    """
    if kind is PAYMENT:
        return _payment(values)
    if kind is not PURCHASE:
        return values, ""
    said = {key: value for key, value in values.items() if key not in _WHOLE}
    lines = [*said.get("lines", ())]
    if lines or "amount" not in said:
        lines += _further(values, lines, business, str(said.get("kind", "")))
    if lines:
        said["lines"] = lines
        if "amount" in said and "id" not in said:  # What we exported comes back as it was.
            _agree(said, business)
            del said["amount"]
    return said, _remark(said, business)


def _payment(values: Values) -> tuple[Values, str]:
    amount = values.get("amount")
    if amount is None or amount >= 0:
        return values, ""
    remark = "" if values.get("direction") == "refund" else REFUND
    return {**values, "amount": -amount, "direction": "refund"}, remark


def _further(
    values: Values, lines: list[Values], business: Business, kind: str
) -> list[Values]:
    """The lines for what is said of the whole purchase: a discount takes off, however signed."""
    if not any(values.get(key) for key in _WHOLE):
        return []
    sign = 1
    if lines and _derived({"kind": "sale", "lines": lines}, business).derived["net"] < 0:
        sign = -1
    pieces = sum((line.get("quantity", _ONE) for line in lines), Decimal(0))
    quantity = _ONE if pieces >= 0 else -_ONE
    found = []
    for key, description in _WHOLE.items():
        amount: Decimal = values.get(key) or Decimal(0)
        if not amount:
            continue
        if key == "order_discount":
            amount = -sign * abs(amount)
        elif kind == "credit_note":
            amount = sign * abs(amount)
        price = amount * quantity
        found.append({"description": description, "quantity": quantity, "unit_price": price})
    return found


def _derived(values: Values, business: Business) -> Item:
    """A purchase with what it comes to; the dates and references of it are left out."""
    kept = ("kind", "currency", "lines", "amount", "status")
    item = new_item(PURCHASE, {key: values[key] for key in kept if key in values}, business)
    for line in item.items("lines"):
        line.parent = item
        _derive(line, business)
    _derive(item, business)
    return item


def _derive(item: Item, business: Business) -> None:
    assert item.kind.derive is not None
    item.kind.derive(item, business)


def _agree(values: Values, business: Business) -> None:
    """Raise Unreadable where an amount is not what lines come to, within their rounding."""
    item = _derived(values, business)
    amount: Decimal = values["amount"]
    leeway = _unit(item.derived["currency"]) * len(values["lines"])
    net, gross = item.derived["net"], item.derived["gross"]
    if item.get("kind") == "credit_note":
        amount, net, gross = abs(amount), abs(net), abs(gross)
    if all(abs(one - amount) > leeway for one in (net, gross)):
        raise Unreadable(
            f"the lines come to {net}, and amount says {decimal_text(amount)}",
            "map discount and shipping to order_discount and shipping, or leave amount out",
        )


def unsaid(values: Values, kind: Kind) -> str:
    """What a new item says nothing of though it has to; empty where it says enough."""
    either = kind.exchange.either if kind.exchange is not None else ()
    if not either or any(key in values for key in either):
        return ""
    return f"there is neither {' nor '.join(either)} (map a column to amount or unit_price)"


def _remark(values: Values, business: Business) -> str:
    """That an order or invoice is below nothing; only those with a minus sign are looked at."""
    kind = values.get("kind", "sale")
    if kind in ("sale", "credit_note"):
        return ""
    numbers: list[Any] = [values.get("amount", 0)]
    for line in values.get("lines", ()):
        numbers += [line.get("quantity", 0), line.get("unit_price", 0)]
    if not any(number < 0 for number in numbers):
        return ""
    if _derived(values, business).derived["gross"] >= 0:
        return ""
    return f"this {kind} {NEGATIVE}"
