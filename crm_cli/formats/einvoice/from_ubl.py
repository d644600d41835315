"""Invoices of UBL 2.1, as others write them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from crm_cli.formats.einvoice import plain
from crm_cli.formats.einvoice.invoice import (
    CREDIT_NOTE,
    INVOICE,
    ZERO,
    Breakdown,
    Invoice,
    Line,
    Trader,
)
from crm_cli.formats.xml_tree import Node

_ONE = Decimal(1)


def invoice_of_ubl(root: Node) -> Invoice:
    """The invoice of a tree; raises DataError."""
    totals = root.first("LegalMonetaryTotal")
    credit = root.name == "CreditNote"
    return Invoice(
        type_code=CREDIT_NOTE if credit else root.one("InvoiceTypeCode") or INVOICE,
        number=plain.said(root.one("ID")),
        day=plain.issued(root.one("IssueDate")),
        currency=plain.currency(root.one("DocumentCurrencyCode")),
        seller=_trader(root.first("AccountingSupplierParty/Party")),
        buyer=_trader(root.first("AccountingCustomerParty/Party")),
        lines=plain.bounded((*_lines(root), *_charges(root))),
        taxes=[_breakdown(one) for one in root.all("TaxTotal", "TaxSubtotal")],
        net=plain.number(totals.one("TaxExclusiveAmount"), "the net (BT-109)"),
        tax=_tax(root),
        gross=plain.number(totals.one("TaxInclusiveAmount"), "the gross (BT-112)"),
        payable=plain.number(totals.one("PayableAmount"), "what is payable (BT-115)"),
        paid=plain.number(totals.one("PrepaidAmount"), "what is paid (BT-113)", ZERO),
        rounding=plain.number(totals.one("PayableRoundingAmount"), "the rounding", ZERO),
        due=plain.day(root.one("DueDate", "PaymentMeans/PaymentDueDate"), "the due date"),
        supplied=plain.day(root.one("Delivery/ActualDeliveryDate"), "the delivery date"),
        terms=plain.said(root.one("PaymentTerms/Note")),
        buyer_reference=plain.said(root.one("BuyerReference")),
        sales_order=plain.said(root.one("OrderReference/SalesOrderID")),
        corrects=plain.said(root.one("BillingReference/InvoiceDocumentReference/ID")),
    )


def _tax(root: Node) -> Decimal:
    """The tax in the invoice's currency: a second total may be in that of the tax office."""
    currency = root.one("DocumentCurrencyCode")
    for one in root.all("TaxTotal", "TaxAmount"):
        if one.attributes.get("currencyID", currency) == currency:
            return plain.number(one.text, "the tax (BT-110)")
    return ZERO


def _trader(party: Node) -> Trader:
    address = party.first("PostalAddress")
    schemes = {one.one("TaxScheme/ID"): one.one("CompanyID") for one in party.all("PartyTaxScheme")}
    legal = party.first("PartyLegalEntity")
    streets = (address.one("StreetName"), address.one("AdditionalStreetName"))
    return Trader(
        name=plain.said(legal.one("RegistrationName") or party.one("PartyName/Name")),
        street=plain.said(", ".join(filter(None, streets))),
        city=plain.said(address.one("CityName")),
        postcode=plain.said(address.one("PostalZone")),
        country=plain.said(address.one("Country/IdentificationCode")),
        vat_id=plain.said(schemes.pop("VAT", "")),
        tax_id=plain.said(next(iter(schemes.values()), "")),
        registration_id=plain.said(legal.one("CompanyID")),
        id=plain.said(party.one("PartyIdentification/ID")),
    )


def _lines(root: Node) -> Iterator[Line]:
    for one in (*root.all("InvoiceLine"), *root.all("CreditNoteLine")):
        item, price = one.first("Item"), one.first("Price")
        quantity = next((found for name in ("InvoicedQuantity", "CreditedQuantity")
                         for found in one.all(name)), Node("", {}))  # fmt: skip
        parts = [
            (part.one("ChargeIndicator") == "true",
             plain.number(part.one("Amount"), "an allowance"),
             plain.number(part.one("MultiplierFactorNumeric"), "a percentage", ZERO))
            for part in one.all("AllowanceCharge")
        ]  # fmt: skip
        net = plain.number(one.one("LineExtensionAmount"), "the net of a line (BT-131)")
        amount = plain.number(price.one("PriceAmount"), "a price (BT-146)")
        base = plain.number(price.one("BaseQuantity"), "a quantity", _ONE)
        yield Line(
            id=plain.said(one.one("ID")),
            name=plain.said(item.one("Name")),
            description=plain.said(item.one("Description")),
            sku=plain.said(item.one("SellersItemIdentification/ID")),
            quantity=plain.number(quantity.text, "a quantity (BT-129)", _ONE),
            unit=quantity.attributes.get("unitCode", ""),
            price=plain.unit_price(amount, base),
            net=net,
            **_category(item.first("ClassifiedTaxCategory")),
            allowance=plain.allowance_of(parts, net),
        )


def _charges(root: Node) -> Iterator[Line]:
    """What the whole takes off or puts on (BG-20, BG-21): each is a line."""
    for one in root.all("AllowanceCharge"):
        charge = one.one("ChargeIndicator") == "true"
        amount = plain.number(one.one("Amount"), "an allowance")
        name = plain.said(one.one("AllowanceChargeReason")) or ("Charge" if charge else "Discount")
        yield Line(
            "", name, "", "", _ONE if charge else -_ONE, "", amount,
            amount if charge else -amount, **_category(one.first("TaxCategory")),
        )  # fmt: skip


def _category(node: Node) -> dict[str, Any]:
    rate = node.one("Percent")
    return {
        "category": plain.said(node.one("ID")),
        "rate": plain.number(rate, "a rate of VAT") if rate else None,
    }


def _breakdown(node: Node) -> Breakdown:
    category = node.first("TaxCategory")
    rate = category.one("Percent")
    return Breakdown(
        category=plain.said(category.one("ID")),
        rate=plain.number(rate, "a rate of VAT") if rate else None,
        base=plain.number(node.one("TaxableAmount"), "a taxable amount"),
        tax=plain.number(node.one("TaxAmount"), "a tax amount"),
        reason=plain.said(category.one("TaxExemptionReason")),
        reason_code=plain.said(category.one("TaxExemptionReasonCode")),
    )
