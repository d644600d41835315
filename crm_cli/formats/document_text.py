"""Invoices and credit notes as plain text: a page of what the record says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crm_cli.model.bill_to import address_of
from crm_cli.model.business import Business
from crm_cli.model.item import Item
from crm_cli.model.money import decimal_text, format_amount
from crm_cli.model.purchase_amounts import taxes_of

_WIDE = 72


def document_text(purchase: Item, business: Business, products: Mapping[str, Item]) -> str:
    """A document as text: who, to whom, when, the lines, the tax of each rate, the sum."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(purchase, business, products))


def _lines(
    purchase: Item, business: Business, products: Mapping[str, Item]
) -> Iterator[str]:
    customer = purchase.owner
    derived = purchase.derived
    currency = str(derived["currency"])
    kind = str(purchase.get("kind")).replace("_", " ")
    yield _plain(business.name)
    yield ""
    yield f"{kind.capitalize()} {_plain(purchase.values.get('number') or purchase.id)}"
    if purchase.get("status") == "cancelled":
        yield "CANCELLED"
    yield f"Date: {purchase.values.get('date') or ''}"
    if derived.get("due") is not None and purchase.get("kind") == "invoice":
        yield f"Due: {derived['due']}"
    if "corrects" in purchase.values:
        yield f"Corrects: {_plain(purchase.values['corrects'])}"
    yield ""
    yield from _addressee(customer, purchase)
    yield ""
    for line in purchase.items("lines"):
        sku = str(line.values.get("product") or "")
        named = products[sku].title if sku in products else ""
        what = _plain(line.values.get("description") or named or sku)
        quantity = decimal_text(line.get("quantity"))
        price = decimal_text(line.values["unit_price"]) if "unit_price" in line.values else "?"
        less = line.values.get("discount")
        discount = f" - {decimal_text(less)} %" if less else ""
        net = line.derived.get("net")
        amount = format_amount(net, currency) if net is not None else ""
        yield _columns(f"{quantity} x {price}{discount}  {what}", amount)
    if not purchase.items("lines"):
        yield _columns(_plain(purchase.values.get("text") or ""),
                       format_amount(derived["net"], currency))  # fmt: skip
    yield "-" * _WIDE
    yield _columns("Net", format_amount(derived["net"], currency))
    for rate, tax in taxes_of(purchase).items():
        yield _columns(f"Tax {decimal_text(rate)} %", format_amount(tax, currency))
    yield _columns(f"Total {currency}", format_amount(derived["gross"], currency))


def _addressee(customer: Item, purchase: Item) -> Iterator[str]:
    """Whom it is billed to: what was written down with its number, else the customer at the
    address of its date."""
    billed = purchase.values.get("bill_to")
    address = billed or address_of(customer, purchase.values.get("date"))
    whom = billed or customer
    name = whom.values.get("name") or customer.get("name") or customer.id
    yield _plain(name if billed else customer.values.get("legal_name") or name)
    if address is not None:
        values = address.values
        yield _plain(values.get("street") or "")
        yield _plain(f"{values.get('postcode') or ''} {values.get('city') or ''}")
        yield _plain(values.get("country") or "")
    if whom.values.get("tax_id"):
        yield f"Tax id: {_plain(whom.values['tax_id'])}"


def _columns(text: str, amount: str) -> str:
    """A text and an amount to its right; a long text is folded above it."""
    rows = []
    while len(text) > _WIDE - 16:
        cut = text.rfind(" ", 1, _WIDE - 16)
        cut = cut if cut > 0 else _WIDE - 16
        rows.append(text[:cut])
        text = text[cut:].lstrip()
    rows.append(f"{text:<{_WIDE - 15}}{amount:>15}")
    return "\n".join(rows)


def _plain(text: object) -> str:
    shown = "".join(char if char.isprintable() else " " for char in str(text))
    return " ".join(shown.split())
