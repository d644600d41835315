"""Invoices as CII (UN/CEFACT Cross Industry Invoice D16B; CEN/TS 16931-3-3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from crm_cli.formats.einvoice.as_ubl import CHARGE, CORE, DISCOUNT
from crm_cli.formats.einvoice.elements import Element, amount_text, number, of, text, written
from crm_cli.formats.einvoice.invoice import Allowance, Breakdown, Invoice, Line, Trader

_SPACE = "urn:un:unece:uncefact:data:standard:"
_SPACES = {
    "xmlns:rsm": f"{_SPACE}CrossIndustryInvoice:100",
    "xmlns:ram": f"{_SPACE}ReusableAggregateBusinessInformationEntity:100",
    "xmlns:udt": f"{_SPACE}UnqualifiedDataType:100",
}


def cii_of(invoice: Invoice) -> bytes:
    """An invoice as CII: the same invoice comes to the same bytes."""
    root = of(
        "rsm:CrossIndustryInvoice",
        of("rsm:ExchangedDocumentContext",
           of("ram:GuidelineSpecifiedDocumentContextParameter", text("ram:ID", CORE))),
        of("rsm:ExchangedDocument",
           text("ram:ID", invoice.number),
           text("ram:TypeCode", invoice.type_code),
           _day("ram:IssueDateTime", invoice.day)),
        of("rsm:SupplyChainTradeTransaction",
           *(_line(one, invoice) for one in invoice.lines),
           _agreement(invoice),
           # The schema wants it also where nothing stands in it.
           _delivery(invoice) or Element("ram:ApplicableHeaderTradeDelivery", ()),
           _settlement(invoice)),
    )  # fmt: skip
    assert root is not None
    return written(root, _SPACES)


def _day(name: str, value: date | None) -> Element | None:
    if value is None:
        return None
    return of(name, text("udt:DateTimeString", f"{value:%Y%m%d}", format="102"))


def _amount(name: str, value: Decimal, invoice: Invoice) -> Element | None:
    return text(name, amount_text(value, invoice.currency))


def _line(line: Line, invoice: Invoice) -> Element | None:
    return of(
        "ram:IncludedSupplyChainTradeLineItem",
        of("ram:AssociatedDocumentLineDocument", text("ram:LineID", line.id)),
        of("ram:SpecifiedTradeProduct",
           text("ram:SellerAssignedID", line.sku),
           text("ram:Name", line.name),
           text("ram:Description", line.description)),
        of("ram:SpecifiedLineTradeAgreement",
           of("ram:NetPriceProductTradePrice", number("ram:ChargeAmount", line.price))),
        of("ram:SpecifiedLineTradeDelivery",
           number("ram:BilledQuantity", line.quantity, unitCode=line.unit)),
        of("ram:SpecifiedLineTradeSettlement",
           of("ram:ApplicableTradeTax",
              text("ram:TypeCode", "VAT"),
              text("ram:CategoryCode", line.category),
              None if line.rate is None else number("ram:RateApplicablePercent", line.rate)),
           _allowance(line.allowance, invoice) if line.allowance else None,
           of("ram:SpecifiedTradeSettlementLineMonetarySummation",
              _amount("ram:LineTotalAmount", line.net, invoice))),
    )  # fmt: skip


def _allowance(one: Allowance, invoice: Invoice) -> Element | None:
    return of(
        "ram:SpecifiedTradeAllowanceCharge",
        of("ram:ChargeIndicator", text("udt:Indicator", "true" if one.is_charge else "false")),
        number("ram:CalculationPercent", one.percent),
        _amount("ram:BasisAmount", one.base, invoice),
        _amount("ram:ActualAmount", one.amount, invoice),
        text("ram:ReasonCode", CHARGE if one.is_charge else DISCOUNT),
    )


def _agreement(invoice: Invoice) -> Element | None:
    return of(
        "ram:ApplicableHeaderTradeAgreement",
        text("ram:BuyerReference", invoice.buyer_reference),
        _party("ram:SellerTradeParty", invoice.seller),
        _party("ram:BuyerTradeParty", invoice.buyer),
        of("ram:SellerOrderReferencedDocument",
           text("ram:IssuerAssignedID", invoice.sales_order)),
    )  # fmt: skip


def _party(name: str, party: Trader) -> Element | None:
    endpoint = party.endpoint
    return of(
        name,
        text("ram:ID", party.id),
        text("ram:Name", party.name),
        text("ram:Description", party.legal),
        of("ram:SpecifiedLegalOrganization", text("ram:ID", party.registration_id)),
        of("ram:DefinedTradeContact",
           of("ram:TelephoneUniversalCommunication", text("ram:CompleteNumber", party.phone)),
           of("ram:EmailURIUniversalCommunication", text("ram:URIID", party.email))),
        of("ram:PostalTradeAddress",
           text("ram:PostcodeCode", party.postcode),
           text("ram:LineOne", party.street),
           text("ram:CityName", party.city),
           text("ram:CountryID", party.country),
           text("ram:CountrySubDivisionName", party.region)),
        of("ram:URIUniversalCommunication",
           text("ram:URIID", endpoint.value, schemeID=endpoint.scheme)) if endpoint else None,
        of("ram:SpecifiedTaxRegistration", text("ram:ID", party.vat_id, schemeID="VA")),
        of("ram:SpecifiedTaxRegistration", text("ram:ID", party.tax_id, schemeID="FC")),
    )  # fmt: skip


def _delivery(invoice: Invoice) -> Element | None:
    return of(
        "ram:ApplicableHeaderTradeDelivery",
        of("ram:ShipToTradeParty",
           of("ram:PostalTradeAddress", text("ram:CountryID", invoice.deliver_to))),
        of("ram:ActualDeliverySupplyChainEvent",
           _day("ram:OccurrenceDateTime", invoice.supplied)),
    )  # fmt: skip


def _settlement(invoice: Invoice) -> Element | None:
    return of(
        "ram:ApplicableHeaderTradeSettlement",
        text("ram:PaymentReference", invoice.remittance),
        text("ram:InvoiceCurrencyCode", invoice.currency),
        *_means(invoice),
        *(_tax(one, invoice) for one in invoice.taxes),
        of("ram:SpecifiedTradePaymentTerms",
           text("ram:Description", invoice.terms),
           _day("ram:DueDateDateTime", invoice.due)),
        _totals(invoice),
        of("ram:InvoiceReferencedDocument", text("ram:IssuerAssignedID", invoice.corrects)),
    )  # fmt: skip


def _means(invoice: Invoice) -> list[Element | None]:
    return [
        of(
            "ram:SpecifiedTradeSettlementPaymentMeans",
            text("ram:TypeCode", invoice.means),
            of("ram:PayeePartyCreditorFinancialAccount",
               text("ram:IBANID", account.iban),
               text("ram:AccountName", invoice.seller.name)),
            of("ram:PayeeSpecifiedCreditorFinancialInstitution",
               text("ram:BICID", account.bic)),
        )
        for account in invoice.accounts
    ]  # fmt: skip


def _tax(one: Breakdown, invoice: Invoice) -> Element | None:
    return of(
        "ram:ApplicableTradeTax",
        _amount("ram:CalculatedAmount", one.tax, invoice),
        text("ram:TypeCode", "VAT"),
        text("ram:ExemptionReason", one.reason),
        _amount("ram:BasisAmount", one.base, invoice),
        text("ram:CategoryCode", one.category),
        text("ram:ExemptionReasonCode", one.reason_code),
        None if one.rate is None else number("ram:RateApplicablePercent", one.rate),
    )


def _totals(invoice: Invoice) -> Element | None:
    return of(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        _amount("ram:LineTotalAmount", invoice.net, invoice),
        _amount("ram:TaxBasisTotalAmount", invoice.net, invoice),
        text("ram:TaxTotalAmount", amount_text(invoice.tax, invoice.currency),
             currencyID=invoice.currency),
        _amount("ram:RoundingAmount", invoice.rounding, invoice) if invoice.rounding else None,
        _amount("ram:GrandTotalAmount", invoice.gross, invoice),
        _amount("ram:TotalPrepaidAmount", invoice.paid, invoice) if invoice.paid else None,
        _amount("ram:DuePayableAmount", invoice.payable, invoice),
    )  # fmt: skip
