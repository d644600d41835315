"""The fields of a purchase that an e-invoice says."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from crm_cli.formats.einvoice.invoice import PREPAYMENT, Invoice, Line
from crm_cli.formats.einvoice.units import unit_of
from crm_cli.model.errors import Refused
from crm_cli.model.item import Item
from crm_cli.model.line import TAX_CATEGORIES
from crm_cli.model.money import EXACT, decimal_text, round_money
from crm_cli.model.places import SETTINGS
from crm_cli.workspace import Workspace

Values = dict[str, Any]
_ONE, _ZERO, _HUNDRED = Decimal(1), Decimal(0), Decimal(100)
_FINEST = Decimal("1e-6")
"""So fine is a number of a record."""


def values_of(
    workspace: Workspace,
    record: Item,
    invoice: Invoice,
    beside: Sequence[str],
    notes: list[str],
) -> Values:
    """The fields of a new purchase of a customer; `beside` are the numbers that come with it.

    Raises Refused for a tax category that there is not. What names something that is not here
    is left out, with a note.
    """
    credit = invoice.is_credit_note
    values: Values = {
        "kind": "credit_note" if credit else "invoice",
        "number": invoice.number,
        "date": invoice.day,
        "due_date": None if credit else invoice.due,
        "shipped": invoice.supplied,
        "bill_to": _bill_to(invoice),
        "payment_terms": None if credit else invoice.terms,
        "buyer_reference": invoice.buyer_reference,
        "lines": _lines(workspace, invoice),
    }
    if invoice.currency != workspace.business.currency:
        values["currency"] = invoice.currency
    if workspace.business.tax_included:
        values["tax_included"] = False
    if workspace.business.rounding == "line":
        values["rounding"] = "document"
    order = "deposit_of" if invoice.type_code == PREPAYMENT else "order"
    known = {one.values.get("number") for one in record.items("purchases")} | {*beside}
    for key, number in ((order, invoice.sales_order), ("corrects", invoice.corrects)):
        if number and number in known:
            values[key] = number
        elif number:
            notes.append(f"{invoice.number}: {key} {number} is left out, since it is not here")
    return {key: value for key, value in values.items() if value not in (None, "", {}, [])}


def _bill_to(invoice: Invoice) -> Values:
    buyer = invoice.buyer
    said = {
        "name": buyer.name, "street": buyer.street, "city": buyer.city,
        "postcode": buyer.postcode, "country": buyer.country,
        "tax_id": buyer.vat_id or buyer.registration_id,
    }  # fmt: skip
    return {key: value for key, value in said.items() if value}


def _lines(workspace: Workspace, invoice: Invoice) -> list[Values]:
    units: Any = workspace.file(SETTINGS.path).record.values.get("units")
    own = {str(key): str(code) for key, code in units.items()} if isinstance(units, dict) else {}
    reasons = {one.category: one.reason for one in invoice.taxes}
    products = workspace.products()
    found = []
    for line in invoice.lines:
        if line.category not in TAX_CATEGORIES:
            raise Refused(
                f"line {line.id or '?'} has tax category {line.category or 'none'}",
                f"known: {', '.join(TAX_CATEGORIES)}",
            )
        sku = line.sku if line.sku in products else ""
        text = _text(line, sku)
        values = {
            "product": sku,
            "description": "" if sku and text == products[sku].title else text,
            **_amounts(line, invoice.currency),
            "unit": unit_of(line.unit, own),
            "tax_category": "" if line.category == "S" else line.category,
            "tax_rate": None if line.category == "O" else line.rate or _ZERO,
            "tax_reason": reasons.get(line.category, "") if line.category == "E" else "",
        }
        found.append({key: one for key, one in values.items() if one not in (None, "")})
    return found


def _text(line: Line, sku: str) -> str:
    text = line.description if line.description.startswith(line.name) else "\n".join(
        filter(None, (line.name, line.description))
    )
    return f"{text} ({line.sku})" if line.sku and not sku else text


def _amounts(line: Line, currency: str) -> Values:
    """Quantity, price and discount by which a line comes to its net here: as they are, else the
    net of a unit, else the net of all as one."""
    quantity, price = line.quantity, line.price
    part = line.allowance
    if part is None and _comes_to(quantity, price, _ZERO, line, currency):
        return {"quantity": quantity, "unit_price": price}
    if part is not None:
        discount = -part.percent if part.is_charge else part.percent
        if discount and _comes_to(quantity, price, discount, line, currency):
            return {"quantity": quantity, "unit_price": price, "discount": discount}
    if quantity:
        price = EXACT.divide(line.net, quantity).quantize(_FINEST, context=EXACT).normalize()
        price = Decimal(decimal_text(price))
        if _comes_to(quantity, price, _ZERO, line, currency):
            return {"quantity": quantity, "unit_price": price}
    return {"quantity": -_ONE if line.net < 0 else _ONE, "unit_price": abs(line.net)}


def _comes_to(
    quantity: Decimal, price: Decimal, discount: Decimal, line: Line, currency: str
) -> bool:
    if price < 0 or any(_is_finer(one) for one in (quantity, price, discount)):
        return False
    share = EXACT.divide(_HUNDRED - discount, _HUNDRED)
    return round_money(EXACT.multiply(EXACT.multiply(quantity, price), share), currency) == line.net


def _is_finer(value: Decimal) -> bool:
    return value != value.quantize(_FINEST, context=EXACT)
