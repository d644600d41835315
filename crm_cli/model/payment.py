"""Payments and their allocations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_cli.model.aspects import (
    CardColumn,
    CardTable,
    Exchange,
    Happening,
    Row,
    amount_text,
    joined,
)
from crm_cli.model.exchange import missing_rate
from crm_cli.model.fieldtypes import Choice, Code, Currency, Date, Money, Reference
from crm_cli.model.kind import Derived, Field, Finding, Kind, ListOf, State

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


PAYMENT_METHODS = (
    "cash",
    "cheque",
    "credit_transfer",
    "direct_debit",
    "credit_card",
    "debit_card",
    "sepa_credit",
    "sepa_debit",
    "online",
    "store_credit",
    "other",
)
"""How it was paid (EN 16931 BT-81, in words)."""

PAYMENT_DIRECTIONS = ("in", "refund")
"""Money in, or given back."""


ALLOCATION = Kind(
    name="allocation",
    key="allocations",
    doc="the part of a payment allocated to one purchase",
    fields=(
        Field("purchase", Reference("purchase"), "its id or number"),
        Field("amount", Money(), "how much"),
    ),
    title="purchase",
    notes=False,
)


def _derive(payment: Item, business: Business) -> None:
    payment.derived["currency"] = payment.values.get("currency") or business.currency
    if (amount := payment.values.get("amount")) is not None:
        payment.derived["received"] = -amount if payment.get("direction") == "refund" else amount


def _check(payment: Item, business: Business) -> Iterator[Finding]:
    yield from missing_rate(payment, business)
    if "amount" not in payment.values:
        yield Finding(
            "date",
            "payment-without-amount",
            "this payment has no amount",
            "add amount",
            absent="amount",
        )
    if "date" not in payment.values:
        yield Finding(
            "amount", "payment-without-date", "this payment has no date", "add date", absent="date"
        )


def _upheld(payment: Item) -> Iterator[str]:
    paid = [payment.values.get("for")]
    paid += [one.values.get("purchase") for one in payment.items("allocations")]
    named = ", ".join(str(one) for one in paid if one)
    if named:
        yield f"it pays {named}"
    elif payment.derived.get("unallocated") != payment.values.get("amount"):
        yield "it pays invoices of the customer"


def _happened(row: Row) -> str:
    purpose = f"for {row['for']}" if row["for"] else ""
    amount = amount_text(row["amount"], row["currency"])
    return joined(", ", (amount, row["method"], purpose, row["reference"]))


def _direction(row: Row) -> str:
    return "refund" if row["direction"] == "refund" else ""


_SHOWN = ("amount", "currency", "method", "for", "reference")

PAYMENT = Kind(
    name="payment",
    key="payments",
    doc="a payment received or refunded",
    fields=(
        Field("date", Date(), "when", aliases=("at",), headings="payment_date datum datum_placila"),
        Field(
            "amount",
            Money(),
            "how much; in sums a refund is negative",
            sums="received",
            headings="paid sum znesek placilo betrag",
        ),
        Field(
            "currency",
            Currency(),
            "its currency, if not the business's",
            headings="valuta wahrung",
        ),
        Field("method", Choice(PAYMENT_METHODS), "how", headings="payment_method nacin_placila"),
        Field("direction", Choice(PAYMENT_DIRECTIONS), "in, or a refund", default="in"),
        Field(
            "for",
            Reference("purchase"),
            "the purchase it pays, by id or number",
            headings="invoice invoice_number number racun stevilka_racuna",
        ),
        Field("allocations", ListOf(ALLOCATION), "the purchases it pays, if several"),
        Field(
            "reference",
            Code(),
            "the bank's or the payer's reference",
            headings="sklic referenca ref",
        ),
    ),
    letter="y",
    exchange=Exchange(needed=("date", "amount")),
    title="reference",
    amount="amount",
    when="date",
    effective="date",
    counted="not:date.after:today",
    summed=("received",),
    card=CardTable(
        heading="Latest payments",
        columns=(
            "date",
            CardColumn("kind", ("direction",), _direction),
            "amount",
            "currency",
            "method",
            "for",
            "reference",
            "id",
        ),
    ),
    timeline=(
        Happening(terms=("not:is:refund",), columns=_SHOWN, text=_happened),
        Happening(terms=("is:refund",), word="refund", columns=_SHOWN, text=_happened),
    ),
    columns=(
        "date",
        "customer",
        "direction",
        "amount",
        "currency",
        "method",
        "for",
        "reference",
        "id",
    ),
    derived=(
        Derived("received", Money(), "the amount; of a refund negative"),
        Derived("unallocated", Money(), "amount not allocated to a purchase"),
    ),
    derive=_derive,
    check=_check,
    upheld=_upheld,
    states=(State("refund", "direction.is:refund", "a refund"),),
)
