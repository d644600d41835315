"""What payments and credit notes may name: rules that only the whole customer shows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.books import in_currency_of, names_of, targets
from crm_cli.model.errors import Severity
from crm_cli.model.kind import Finding
from crm_cli.model.money import format_amount, minor_unit
from crm_cli.model.payment import is_refund
from crm_cli.model.purchase_amounts import taxes_of

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

ZERO = Decimal(0)


def check_allocations(customer: Item, business: Business) -> Iterator[Finding]:
    """Findings about money that goes where it cannot, and about invoices never due."""
    purchases = customer.items("purchases")
    payments = customer.items("payments")
    for payment in payments:
        yield from _too_much(payment)
    if payments:
        yield from _cancelled(payments, names_of(purchases))
    yield from _above_invoice(purchases, business)
    for purchase in purchases:
        if purchase.derived.get("amount_due") and purchase.derived.get("due") is None:
            yield Finding(
                "date",
                "never-due",
                "this invoice is never due: it has no due date, and no terms of payment apply",
                "add due_date, or terms_days to crm.yaml",
                Severity.WARNING,
                item=purchase,
            )


def _too_much(payment: Item) -> Iterator[Finding]:
    amount: Decimal | None = payment.values.get("amount")
    parts = [part.values.get("amount", ZERO) for part in payment.items("allocations")]
    allocated = sum(map(abs, parts), ZERO)
    if amount is None or allocated <= abs(amount):
        return
    currency = payment.derived["currency"]
    yield Finding(
        "allocations",
        "allocated-too-much",
        f"the allocations add up to {format_amount(allocated, currency)} {currency}, "
        f"more than the payment of {format_amount(amount, currency)}",
        "correct the amounts: a payment pays no more than it is",
        item=payment,
    )


def _cancelled(payments: list[Item], by_name: dict[str, Item]) -> Iterator[Finding]:
    """Money for cancelled purchases that has not been refunded for them."""
    kept: dict[int, Decimal] = {}
    found: list[tuple[Item, Item, str]] = []
    for payment in payments:
        refund = is_refund(payment)
        for name, part in targets(payment, payment.values.get("amount", ZERO)):
            purchase = by_name.get(name)
            if purchase is None or purchase.get("status") != "cancelled":
                continue
            kept[id(purchase)] = kept.get(id(purchase), ZERO) + (-part if refund else part)
            if not refund:
                found.append((payment, purchase, name))
    for payment, purchase, name in found:
        if kept[id(purchase)] <= 0:
            continue
        place = next(
            (part for part in payment.items("allocations") if part.values.get("purchase") == name),
            payment,
        )
        yield Finding(
            "for" if place is payment else "purchase",
            "allocated-to-cancelled",
            f"{name} is cancelled, and payment {payment.id} is allocated to it",
            "allocate it to another purchase, or to none (for=): it then pays what is due next",
            item=place,
        )


def _above_invoice(purchases: list[Item], business: Business) -> Iterator[Finding]:
    """Credit notes that take more than the invoice which they correct came to."""
    notes = [
        item
        for item in purchases
        if item.get("kind") == "credit_note"
        and item.get("status") == "posted"
        and "corrects" in item.values
    ]
    if not notes:
        return
    by_name = names_of([item for item in purchases if item.get("status") == "posted"])
    credited: dict[int, Decimal] = {}
    rounded: dict[int, int] = {}
    for note in notes:
        invoice = by_name.get(note.values["corrects"])
        if invoice is None or invoice is note:
            continue
        part = in_currency_of(-note.derived["gross"], note, invoice, business)
        if part is None:
            continue
        total = credited.get(id(invoice), ZERO) + part
        credited[id(invoice)] = total
        rounded[id(invoice)] = rounded.get(id(invoice), 0) + len(taxes_of(note))
        currency = invoice.derived["currency"]
        # Each note rounds its own tax.
        some = Decimal(rounded[id(invoice)]).scaleb(-minor_unit(currency))
        if total > invoice.derived["gross"] + (some if len(notes) > 1 else ZERO):
            yield Finding(
                "corrects",
                "credited-too-much",
                f"{note.values['corrects']} came to "
                f"{format_amount(invoice.derived['gross'], currency)} {currency}, and "
                f"{format_amount(total, currency)} of it is credited",
                "correct the amount, or the invoice that it corrects",
                Severity.WARNING,
                item=note,
            )
