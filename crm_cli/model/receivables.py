"""Receivables: payments matched with invoices.

Only posted invoices owe. A credit note takes from the invoice that it corrects; a
payment pays the purchases that it names. What is left over of either pays the oldest
due first. What is dated after today does none of this yet, and money for such a purchase is
kept for it. All amounts of a purchase are in its own currency; a payment in another one
is converted at its date; where a rate is missing it is kept for what it names.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.account_history import is_irregular
from crm_cli.model.books import ZERO, Books, Settled, day_of
from crm_cli.model.effect import is_ahead
from crm_cli.model.money import EXACT
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.payment import is_returned, returned_on

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


def settlements(customer: Item, business: Business) -> dict[str, list[Settled]]:
    """What settled a customer's invoices up to today, by their id, in the order it was done.

    What is derived of the customer stays as it was: the day may be another one.
    """
    kept = [(one, one.derived) for one in customer.walk()]
    for one, derived in kept:
        one.derived = dict(derived)
    books = Books(customer, business)
    books.closed()
    for one, derived in kept:
        one.derived = derived
    return {one.id: books.settled.get(id(one), []) for one in books.invoices}


def shares_paid(customer: Item, business: Business) -> dict[str, Decimal]:
    """What share of purchases was paid in money up to today, by their id: a sale is at once, an
    invoice by its payments, a credit note by what was given back of it."""
    books = Books(customer, business)
    books.closed()
    shares: dict[str, Decimal] = {}

    def add(one: Item, amount: Decimal) -> None:
        gross = one.derived["gross"]
        share = EXACT.divide(amount, gross) if gross else ZERO
        shares[one.id] = shares.get(one.id, ZERO) + share

    for one in books.posted:
        if one.get("kind") == "sale":
            shares[one.id] = Decimal(1)
        money = [part.amount for part in books.settled.get(id(one), ()) if part.is_money]
        if money:
            add(one, sum(money, ZERO))
    for source, _, amount, _ in books.refunded:
        if source.kind.name == "purchase":
            add(source, -amount)
    return shares


class Entry(NamedTuple):
    """A line of a customer's account: what they owe more from a day on, less where negative."""

    day: date
    amount: Decimal
    currency: str
    source: Item


def entries(customer: Item, business: Business) -> list[Entry]:
    """A customer's account up to today, by date; its sum in each currency is what is owed in it.

    A payment stands in the currency of the invoices that it pays. One that was returned stands
    there twice, on its day and on that of its return.
    """
    books = Books(customer, business)
    books.closed()
    moved: dict[tuple[int, str], Entry] = {}

    def move(source: Item, amount: Decimal, currency: str) -> None:
        key = (id(source), currency)
        before = moved[key].amount if key in moved else ZERO
        moved[key] = Entry(day_of(source), before + amount, currency, source)

    for invoice in books.invoices:
        move(invoice, invoice.derived["gross"], invoice.derived["currency"])
        for one in books.settled.get(id(invoice), ()):
            move(one.source, -one.amount, invoice.derived["currency"])
    for left in (*books.pool, *books.kept):
        move(left.source, -left.amount, left.currency)
    for back in books.given_back:
        move(back.source, back.amount, back.currency)
    for source, refund, amount, currency in books.refunded:
        move(source, -amount, currency)
        move(refund, amount, currency)
    found = [one for one in moved.values() if one.amount]
    for payment in books.payments:
        paid: Decimal | None = payment.values.get("amount")
        returned = returned_on(payment)
        if paid and returned and is_returned(payment, business) and not is_ahead(payment, business):
            currency = payment.derived["currency"]
            found.append(Entry(day_of(payment), -paid, currency, payment))
            found.append(Entry(returned, paid, currency, payment))
    return sorted(found, key=lambda one: (one.day, _rank(one), one.source.id, one.currency))


def _rank(entry: Entry) -> int:
    """The order of a day: what was billed, credited, paid, and given back or returned of that."""
    if entry.source.kind.name == "purchase":
        return 0 if entry.amount > 0 else 1
    return 2 if entry.amount < 0 else 3


def settle(customer: Item, business: Business) -> Decimal | None:
    """Set paid, amount_due, due and settlement of the purchases; unallocated of payments; of the
    customer `irregular`, where they are.

    Returns the balance in the base currency (positive: the customer owes; negative: we
    do), or None where a rate is missing: nobody is to be told that they owe nothing.
    """
    books = Books(customer, business)
    if is_irregular(customer, books):
        customer.derived["irregular"] = True
    return books.closed()


