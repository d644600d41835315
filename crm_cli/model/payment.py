"""Payments and their allocations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from crm_cli.model.aspects import (
    CardColumn,
    CardTable,
    Exchange,
    Happening,
    Retained,
    Row,
    amount_text,
    joined,
)
from crm_cli.model.errors import Severity
from crm_cli.model.exchange import missing_rate
from crm_cli.model.fieldtypes import Choice, Code, Currency, Date, Money, Reference, Word
from crm_cli.model.kind import Derived, Field, Finding, GroupOf, Kind, ListOf, State
from crm_cli.model.money import minor_unit, round_money

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
    "write_off",
    "other",
)
"""How it was paid (EN 16931 BT-81, in words); what is written off was not."""

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
    retained=Retained(("purchase", "amount")),
)


BOUNCED = Kind(
    name="bounce",
    key="bounced",
    doc="a cheque or debit that was returned: from that day the payment no longer counts",
    fields=(
        Field("at", Date(), "when it was returned"),
        Field("fee", Money(), "what the bank took for it"),
    ),
    notes=False,
    retained=Retained(("at", "fee")),
)


def returned_on(payment: Item) -> date | None:
    """The day from which a payment no longer counts, since it was returned."""
    bounced = payment.values.get("bounced")
    return bounced.values.get("at") if bounced is not None else None


def is_returned(payment: Item, business: Business) -> bool:
    """Whether a payment was returned by today."""
    if "bounced" not in payment.values:
        return False
    day = returned_on(payment)
    return day is None or business.today is None or day <= business.today


def is_refund(payment: Item) -> bool:
    """Whether money was given back: the direction says so, or a minus sign does."""
    amount = payment.values.get("amount")
    return payment.get("direction") == "refund" or (amount is not None and amount < 0)


def _derive(payment: Item, business: Business) -> None:
    payment.derived["currency"] = payment.values.get("currency") or business.currency
    if (amount := payment.values.get("amount")) is not None:
        nothing = payment.get("method") == "write_off" or is_returned(payment, business)
        sign = 0 if nothing else -1 if is_refund(payment) else 1
        payment.derived["received"] = sign * abs(amount)


def _fraction(payment: Item, of: Item) -> Finding | None:
    """That nobody can pay as little as the last decimals of an amount say, of a payment or of a
    part of it."""
    amount, currency = of.values.get("amount"), payment.derived["currency"]
    if amount is None or round_money(amount, currency) == amount:
        return None
    decimals = minor_unit(currency)
    many = "a whole number" if not decimals else f"no more than {decimals} decimals"
    return Finding(
        "amount",
        "fraction-of-a-payment",
        f"{amount:f} {currency} cannot be paid: an amount in {currency} has {many}",
        "write how much it was",
        item=of,
    )


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
    elif (found := _fraction(payment, payment)) is not None:
        yield found
    elif payment.values["amount"] < 0 and payment.get("direction") != "refund":
        yield Finding(
            "amount",
            "negative-payment",
            "this payment is negative, and counts as a refund",
            "write it without a sign, with direction refund",
            Severity.WARNING,
        )
    yield from filter(None, (_fraction(payment, one) for one in payment.items("allocations")))
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
        Field("case", Reference("case"), "the case in which it was given back"),
        Field("bounced", GroupOf(BOUNCED), "that it was returned: it no longer counts"),
        Field("allocations", ListOf(ALLOCATION), "the purchases it pays, if several"),
        Field(
            "reference",
            Code(),
            "the bank's or the payer's reference",
            headings="sklic referenca ref",
        ),
        Field("source_system", Word(), "the system it was imported from"),
        Field(
            "external_id",
            Code(),
            "its id there",
            headings="transaction_id payment_id charge_id",
        ),
    ),
    letter="y",
    exchange=Exchange(needed=("date", "amount")),
    retained=Retained(
        (
            "date", "amount", "currency", "method", "direction", "for", "bounced", "allocations",
            "source_system", "external_id",
        )
    ),
    title="reference",
    amount="amount",
    when="date",
    effective="date",
    turns=lambda payment: filter(None, [returned_on(payment)]),
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
        Derived(
            "received",
            Money(),
            "the amount; of a refund negative, of what was written off or returned nothing",
        ),
        Derived("unallocated", Money(), "amount not allocated to a purchase"),
    ),
    derive=_derive,
    check=_check,
    upheld=_upheld,
    states=(
        State("refund", "direction.is:refund", "a refund"),
        State("bounced", "has:bounced.at", "returned by the bank", event=True),
        State("write_off", "method.is:write_off", "given up, not received"),
    ),
)
