"""Invoices of CII (UN/CEFACT), as others write them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from crm_cli.formats.einvoice import plain
from crm_cli.formats.einvoice.invoice import INVOICE, ZERO, Breakdown, Invoice, Line, Trader
from crm_cli.formats.xml_tree import Node

_ONE = Decimal(1)


def invoice_of_cii(root: Node) -> Invoice:
    """The invoice of a tree; raises DataError."""
    head, deal = root.first("ExchangedDocument"), root.first("SupplyChainTradeTransaction")
    agreed = deal.first("ApplicableHeaderTradeAgreement")
    settled = deal.first("ApplicableHeaderTradeSettlement")
    totals = settled.first("SpecifiedTradeSettlementHeaderMonetarySummation")
    supplied = "ApplicableHeaderTradeDelivery/ActualDeliverySupplyChainEvent/OccurrenceDateTime"
    due = settled.one("SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString")
    day = head.one("IssueDateTime/DateTimeString")
    return Invoice(
        type_code=head.one("TypeCode") or INVOICE,
        number=plain.said(head.one("ID")),
        day=plain.issued(day),
        currency=plain.currency(settled.one("InvoiceCurrencyCode")),
        seller=_trader(agreed.first("SellerTradeParty")),
        buyer=_trader(agreed.first("BuyerTradeParty")),
        lines=plain.bounded((*_lines(deal), *_charges(settled))),
        taxes=[_breakdown(one) for one in settled.all("ApplicableTradeTax")],
        net=plain.number(totals.one("TaxBasisTotalAmount"), "the net (BT-109)"),
        tax=_tax(settled, totals),
        gross=plain.number(totals.one("GrandTotalAmount"), "the gross (BT-112)"),
        payable=plain.number(totals.one("DuePayableAmount"), "what is payable (BT-115)"),
        paid=plain.number(totals.one("TotalPrepaidAmount"), "what is paid (BT-113)", ZERO),
        rounding=plain.number(totals.one("RoundingAmount"), "the rounding", ZERO),
        due=plain.day(due, "the due date"),
        supplied=plain.day(deal.one(f"{supplied}/DateTimeString"), "the delivery date"),
        terms=plain.said(settled.one("SpecifiedTradePaymentTerms/Description")),
        buyer_reference=plain.said(agreed.one("BuyerReference")),
        sales_order=plain.said(agreed.one("SellerOrderReferencedDocument/IssuerAssignedID")),
        corrects=plain.said(settled.one("InvoiceReferencedDocument/IssuerAssignedID")),
    )


def _tax(settled: Node, totals: Node) -> Decimal:
    currency = settled.one("InvoiceCurrencyCode")
    for one in totals.all("TaxTotalAmount"):
        if one.attributes.get("currencyID", currency) == currency:
            return plain.number(one.text, "the tax (BT-110)")
    return ZERO


def _trader(party: Node) -> Trader:
    address = party.first("PostalTradeAddress")
    taxed = {one.attributes.get("schemeID", ""): one.text
             for one in party.all("SpecifiedTaxRegistration", "ID")}  # fmt: skip
    streets = (address.one("LineOne"), address.one("LineTwo"))
    return Trader(
        name=plain.said(party.one("Name")),
        street=plain.said(", ".join(filter(None, streets))),
        city=plain.said(address.one("CityName")),
        postcode=plain.said(address.one("PostcodeCode")),
        country=plain.said(address.one("CountryID")),
        vat_id=plain.said(taxed.get("VA", "")),
        tax_id=plain.said(taxed.get("FC", "")),
        registration_id=plain.said(party.one("SpecifiedLegalOrganization/ID")),
        id=plain.said(party.one("ID", "GlobalID")),
    )


def _lines(deal: Node) -> Iterator[Line]:
    for one in deal.all("IncludedSupplyChainTradeLineItem"):
        product, settled = one.first("SpecifiedTradeProduct"), one.first(
            "SpecifiedLineTradeSettlement"
        )
        price = one.first("SpecifiedLineTradeAgreement/NetPriceProductTradePrice")
        quantity = one.first("SpecifiedLineTradeDelivery/BilledQuantity")
        total = settled.one("SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount")
        net = plain.number(total, "the net of a line (BT-131)")
        parts = [_part(part) for part in settled.all("SpecifiedTradeAllowanceCharge")]
        amount = plain.number(price.one("ChargeAmount"), "a price (BT-146)")
        base = plain.number(price.one("BasisQuantity"), "a quantity", _ONE)
        yield Line(
            id=plain.said(one.one("AssociatedDocumentLineDocument/LineID")),
            name=plain.said(product.one("Name")),
            description=plain.said(product.one("Description")),
            sku=plain.said(product.one("SellerAssignedID")),
            quantity=plain.number(quantity.text, "a quantity (BT-129)", _ONE),
            unit=quantity.attributes.get("unitCode", ""),
            price=plain.unit_price(amount, base),
            net=net,
            **_category(settled.first("ApplicableTradeTax")),
            allowance=plain.allowance_of(parts, net),
        )


def _part(node: Node) -> tuple[bool, Decimal, Decimal]:
    return (
        node.one("ChargeIndicator/Indicator") == "true",
        plain.number(node.one("ActualAmount"), "an allowance"),
        plain.number(node.one("CalculationPercent"), "a percentage", ZERO),
    )


def _charges(settled: Node) -> Iterator[Line]:
    for one in settled.all("SpecifiedTradeAllowanceCharge"):
        charge, amount, _ = _part(one)
        name = plain.said(one.one("Reason")) or ("Charge" if charge else "Discount")
        yield Line(
            "", name, "", "", _ONE if charge else -_ONE, "", amount,
            amount if charge else -amount, **_category(one.first("CategoryTradeTax")),
        )  # fmt: skip


def _category(node: Node) -> dict[str, Any]:
    rate = node.one("RateApplicablePercent")
    return {
        "category": plain.said(node.one("CategoryCode")),
        "rate": plain.number(rate, "a rate of VAT") if rate else None,
    }


def _breakdown(node: Node) -> Breakdown:
    rate = node.one("RateApplicablePercent")
    return Breakdown(
        category=plain.said(node.one("CategoryCode")),
        rate=plain.number(rate, "a rate of VAT") if rate else None,
        base=plain.number(node.one("BasisAmount"), "a taxable amount"),
        tax=plain.number(node.one("CalculatedAmount"), "a tax amount"),
        reason=plain.said(node.one("ExemptionReason")),
        reason_code=plain.said(node.one("ExemptionReasonCode")),
    )
