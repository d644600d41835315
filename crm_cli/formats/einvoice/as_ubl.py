"""Invoices as UBL 2.1 (OASIS; the binding of CEN/TS 16931-3-2): Invoice and CreditNote."""

from __future__ import annotations

from decimal import Decimal

from crm_cli.formats.einvoice.elements import Element, amount_text, day, number, of, text, written
from crm_cli.formats.einvoice.invoice import Allowance, Breakdown, Invoice, Line, Trader

CORE = "urn:cen.eu:en16931:2017"
"""The specification that an invoice follows (BT-24): the standard itself."""
DISCOUNT, CHARGE = "95", "ABK"
"""Why something is taken off (UNTDID 5189), or put on (UNTDID 7161)."""
_SPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
_NOT_GIVEN = "NA"
"""The buyer's order, which the schema wants beside ours."""


def ubl_of(invoice: Invoice, *, customization: str = CORE, profile: str = "") -> bytes:
    """An invoice as UBL: the same invoice comes to the same bytes."""
    kind = "CreditNote" if invoice.is_credit_note else "Invoice"
    root = of(
        kind,
        text("cbc:CustomizationID", customization),
        text("cbc:ProfileID", profile),
        text("cbc:ID", invoice.number),
        day("cbc:IssueDate", invoice.day),
        None if invoice.is_credit_note else day("cbc:DueDate", invoice.due),
        text(f"cbc:{kind}TypeCode", invoice.type_code),
        text("cbc:DocumentCurrencyCode", invoice.currency),
        text("cbc:BuyerReference", invoice.buyer_reference),
        _order(invoice),
        of("cac:BillingReference",
           of("cac:InvoiceDocumentReference", text("cbc:ID", invoice.corrects))),
        of("cac:AccountingSupplierParty", _party(invoice.seller)),
        of("cac:AccountingCustomerParty", _party(invoice.buyer)),
        _delivery(invoice),
        *_means(invoice),
        of("cac:PaymentTerms", text("cbc:Note", invoice.terms)),
        _tax_total(invoice),
        _totals(invoice),
        *(_line(one, invoice, kind) for one in invoice.lines),
    )  # fmt: skip
    assert root is not None
    spaces = {
        "xmlns": f"{_SPACE}{kind}-2",
        "xmlns:cac": f"{_SPACE}CommonAggregateComponents-2",
        "xmlns:cbc": f"{_SPACE}CommonBasicComponents-2",
    }
    return written(root, spaces)


def _amount(name: str, value: Decimal, invoice: Invoice) -> Element | None:
    return text(name, amount_text(value, invoice.currency), currencyID=invoice.currency)


def _order(invoice: Invoice) -> Element | None:
    if not invoice.sales_order:
        return None
    return of(
        "cac:OrderReference",
        text("cbc:ID", _NOT_GIVEN),
        text("cbc:SalesOrderID", invoice.sales_order),
    )


def _party(party: Trader) -> Element | None:
    endpoint = party.endpoint
    return of(
        "cac:Party",
        text("cbc:EndpointID", endpoint.value, schemeID=endpoint.scheme) if endpoint else None,
        of("cac:PartyIdentification", text("cbc:ID", party.id)),
        of("cac:PartyName", text("cbc:Name", party.name)),
        of("cac:PostalAddress",
           text("cbc:StreetName", party.street),
           text("cbc:CityName", party.city),
           text("cbc:PostalZone", party.postcode),
           text("cbc:CountrySubentity", party.region),
           of("cac:Country", text("cbc:IdentificationCode", party.country))),
        _tax_scheme(party.vat_id, "VAT"),
        _tax_scheme(party.tax_id, "FC"),
        of("cac:PartyLegalEntity",
           text("cbc:RegistrationName", party.name),
           text("cbc:CompanyID", party.registration_id),
           text("cbc:CompanyLegalForm", party.legal)),
        of("cac:Contact",
           text("cbc:Telephone", party.phone),
           text("cbc:ElectronicMail", party.email)),
    )  # fmt: skip


def _tax_scheme(id: str, scheme: str) -> Element | None:
    if not id:
        return None
    return of("cac:PartyTaxScheme", text("cbc:CompanyID", id), _scheme(scheme))


def _scheme(id: str = "VAT") -> Element | None:
    return of("cac:TaxScheme", text("cbc:ID", id))


def _delivery(invoice: Invoice) -> Element | None:
    return of(
        "cac:Delivery",
        day("cbc:ActualDeliveryDate", invoice.supplied),
        of("cac:DeliveryLocation",
           of("cac:Address",
              of("cac:Country", text("cbc:IdentificationCode", invoice.deliver_to)))),
    )  # fmt: skip


def _means(invoice: Invoice) -> list[Element | None]:
    return [
        of(
            "cac:PaymentMeans",
            text("cbc:PaymentMeansCode", invoice.means),
            text("cbc:PaymentID", invoice.remittance),
            of("cac:PayeeFinancialAccount",
               text("cbc:ID", account.iban),
               text("cbc:Name", invoice.seller.name),
               of("cac:FinancialInstitutionBranch", text("cbc:ID", account.bic))),
        )
        for account in invoice.accounts
    ]  # fmt: skip


def _tax_total(invoice: Invoice) -> Element | None:
    return of(
        "cac:TaxTotal",
        _amount("cbc:TaxAmount", invoice.tax, invoice),
        *(_subtotal(one, invoice) for one in invoice.taxes),
    )


def _subtotal(one: Breakdown, invoice: Invoice) -> Element | None:
    return of(
        "cac:TaxSubtotal",
        _amount("cbc:TaxableAmount", one.base, invoice),
        _amount("cbc:TaxAmount", one.tax, invoice),
        of("cac:TaxCategory",
           text("cbc:ID", one.category),
           None if one.rate is None else number("cbc:Percent", one.rate),
           text("cbc:TaxExemptionReasonCode", one.reason_code),
           text("cbc:TaxExemptionReason", one.reason),
           _scheme()),
    )  # fmt: skip


def _totals(invoice: Invoice) -> Element | None:
    return of(
        "cac:LegalMonetaryTotal",
        _amount("cbc:LineExtensionAmount", invoice.net, invoice),
        _amount("cbc:TaxExclusiveAmount", invoice.net, invoice),
        _amount("cbc:TaxInclusiveAmount", invoice.gross, invoice),
        _amount("cbc:PrepaidAmount", invoice.paid, invoice) if invoice.paid else None,
        _amount("cbc:PayableRoundingAmount", invoice.rounding, invoice)
        if invoice.rounding else None,
        _amount("cbc:PayableAmount", invoice.payable, invoice),
    )  # fmt: skip


def _line(line: Line, invoice: Invoice, kind: str) -> Element | None:
    quantity = "cbc:CreditedQuantity" if invoice.is_credit_note else "cbc:InvoicedQuantity"
    return of(
        f"cac:{kind}Line",
        text("cbc:ID", line.id),
        number(quantity, line.quantity, unitCode=line.unit),
        _amount("cbc:LineExtensionAmount", line.net, invoice),
        _allowance(line.allowance, invoice) if line.allowance else None,
        of("cac:Item",
           text("cbc:Description", line.description),
           text("cbc:Name", line.name),
           of("cac:SellersItemIdentification", text("cbc:ID", line.sku)),
           of("cac:ClassifiedTaxCategory",
              text("cbc:ID", line.category),
              None if line.rate is None else number("cbc:Percent", line.rate),
              _scheme())),
        of("cac:Price",
           number("cbc:PriceAmount", line.price, currencyID=invoice.currency)),
    )  # fmt: skip


def _allowance(one: Allowance, invoice: Invoice) -> Element | None:
    return of(
        "cac:AllowanceCharge",
        text("cbc:ChargeIndicator", "true" if one.is_charge else "false"),
        text("cbc:AllowanceChargeReasonCode", CHARGE if one.is_charge else DISCOUNT),
        number("cbc:MultiplierFactorNumeric", one.percent),
        _amount("cbc:Amount", one.amount, invoice),
        _amount("cbc:BaseAmount", one.base, invoice),
    )
