"""The fields of a purchase, and how they are imported and exported."""

from __future__ import annotations

from crm_cli.model.aspects import Exchange
from crm_cli.model.bill_to import BILL_TO
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Code,
    Currency,
    Date,
    Moments,
    Money,
    Reference,
    Rhythm,
    Text,
    User,
    Word,
)
from crm_cli.model.instalments import DUNNING, INSTALMENT
from crm_cli.model.kind import Field, GroupOf, ListOf
from crm_cli.model.line import LINE
from crm_cli.model.money import ROUNDINGS
from crm_cli.model.price_change import PRICE_CHANGE
from crm_cli.model.sent_document import SENT_DOCUMENT

PURCHASE_KINDS = ("quote", "sale", "order", "invoice", "credit_note")
"""A quote counts as nothing; a sale is paid at once and owes nothing; only invoices owe."""

PURCHASE_STATUSES = ("draft", "posted", "cancelled")
"""Drafts and cancelled purchases count nothing; a posted order counts for what is not billed."""

QUOTE_STATUSES = ("sent", "accepted", "declined")
"""What became of a quote; it expires by `valid_until`."""

DELIVERIES = ("processing", "in_transit", "delivered", "returned")
"""Where the goods are (schema.org OrderStatus, shortened)."""

FIELDS = (
    Field("kind", Choice(PURCHASE_KINDS), "what it is", default="sale"),
    Field(
        "number",
        Code(),
        "its number",
        headings="invoice_number invoice_no order_number order_no document no stevilka racun "
        "stevilka_racuna rechnungsnummer",
    ),
    Field(
        "date",
        Date(),
        "when",
        aliases=("at",),
        headings="order_date orderdate invoice_date purchase_date datum datum_racuna",
    ),
    Field(
        "due_date",
        Date(),
        "payment due date of an invoice",
        to_come=True,
        headings="due rok rok_placila datum_zapadlosti",
    ),
    Field("valid_until", Date(), "the last day on which a quote holds", to_come=True),
    Field("quote_status", Choice(QUOTE_STATUSES), "what became of a quote"),
    Field("bill_to", GroupOf(BILL_TO), "whom it is billed to, written when it gets its number"),
    Field(
        "currency",
        Currency(),
        "its currency, if not the business's",
        headings="valuta wahrung",
    ),
    Field(
        "tax_included",
        Boolean(),
        "its prices are with tax; unless said, by tax_included in crm.yaml",
    ),
    Field(
        "rounding",
        Choice(ROUNDINGS),
        "where its tax is rounded; unless said, by rounding in crm.yaml",
    ),
    Field("payment_terms", Text(), "payment terms in words"),
    Field("status", Choice(PURCHASE_STATUSES), "only posted ones count", default="posted"),
    Field("delivery", Choice(DELIVERIES), "delivery status"),
    Field("shipped", Date(), "shipping date", headings="shipped_date shippeddate"),
    Field(
        "required",
        Date(),
        "requested delivery date",
        to_come=True,
        headings="required_date requireddate",
    ),
    Field("buyer_reference", Code(), "what the customer wants to find on the invoice (BT-10)"),
    Field("order", Reference("purchase"), "the order that an invoice bills"),
    Field("deposit_of", Reference("purchase"), "the order that an invoice is a deposit for"),
    Field("quote", Reference("purchase"), "the quote that it comes from"),
    Field(
        "corrects",
        Reference("purchase"),
        "the invoice that a credit note corrects, or that an invoice replaces",
    ),
    Field("deal", Reference("deal"), "the deal that it comes from"),
    Field("case", Reference("case"), "the case that it was made for"),
    Field("lines", ListOf(LINE), "what was bought"),
    Field(
        "amount",
        Money(),
        "net amount, if there are no lines; sums go over net",
        sums="net",
        headings="total net_amount znesek betrag",
    ),
    Field("text", Text(), "description, if there are no lines", private=False),
    Field("instalments", ListOf(INSTALMENT), "the parts in which it is due"),
    Field("disputed", Text(), "why the customer disputes it: it is not dunned"),
    Field(
        "promised",
        Date(),
        "the day by which the customer promised to pay",
        to_come=True,
    ),
    Field("dunning", ListOf(DUNNING), "the payment reminders sent for it"),
    Field("documents", ListOf(SENT_DOCUMENT), "the documents that were sent of it"),
    Field(
        "every",
        Rhythm(),
        "how often it comes again: it is the first of a subscription",
        searched=False,
    ),
    Field("until", Date(), "the last day on which it comes again", to_come=True),
    Field("exdate", Moments(), "days on which it does not come again"),
    Field("price_changes", ListOf(PRICE_CHANGE), "prices of the subscription from a day on"),
    Field("subscription", Reference("purchase"), "the subscription that it was made of"),
    Field("recurrence_id", Date(), "the day of the subscription that it was made for"),
    Field("return_reason", Text(), "reason for the return"),
    Field("campaign", Reference("campaign"), "the campaign that led to it"),
    Field(
        "owner",
        User(),
        "user who sold it",
        inherits="owner",
        headings="employee sales_rep seller prodajalec",
    ),
    Field("source_system", Word(), "the system it was imported from"),
    Field(
        "external_id",
        Code(),
        "its id there",
        headings="order_id orderid purchase_id transaction_id",
    ),
)

EXCHANGE = Exchange(
    needed=("date",),
    either=("amount", "lines"),
    rows="lines",
    keys=(("number", "kind"),),
    shown={
        "tax": "tax",
        "gross": "gross",
        "due_on": "due",
        "amount_due": "amount_due",
        "payment_status": "payment_status",
    },
    also=(
        Field(
            "order_discount",
            Money(),
            "discount on the whole; it becomes a line",
            headings="discount_amount cart_discount total_discount discount_total",
        ),
        Field(
            "shipping",
            Money(),
            "what is charged for shipping; it becomes a line",
            headings="shipping_amount shipping_cost shipping_total order_shipping freight "
            "postage versandkosten postnina dostava",
        ),
    ),
)
"""How purchases are imported and exported: a row each, or a row for each line."""
