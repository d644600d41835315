"""The ledger: what customers were billed and paid, as transactions of double-entry accounts.

All amounts are in the base currency, converted as the balance is: what is owed of an invoice by
the rate of its date, what lies on account by the rate of the payment's. What a payment in another
currency gained or lost since then is the difference of exchange. So the receivable account of a
customer is their balance on each day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from crm_cli.model.books import Books, day_of
from crm_cli.model.effect import is_ahead
from crm_cli.model.payment import is_refund, is_returned, returned_on
from crm_cli.model.purchase_amounts import taxes_of

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

_ZERO = Decimal(0)
_OF_METHOD = {"cash": "cash", "store_credit": "prepaid", "write_off": "write_off"}


class Posting(NamedTuple):
    """An amount in the base currency on an account of ACCOUNTS; `part` is a tax rate."""

    account: str
    amount: Decimal
    part: str = ""


class Transaction(NamedTuple):
    """What a document or a payment did; its postings come to nothing.

    `day` is None for one whose date nobody knows.
    """

    day: date | None
    customer: str
    name: str
    code: str
    said: str
    id: str
    postings: tuple[Posting, ...]


class Missing(Exception):
    """A rate is missing: what the customer owes is not known."""


def transactions(customer: Item, business: Business) -> list[Transaction]:
    """What a customer's record has up to today, in the order of its items.

    Raises Missing where a rate is.
    """
    return list(_Ledger(customer, business).made())


class _Ledger:
    def __init__(self, customer: Item, business: Business) -> None:
        self.customer = customer
        self.business = business
        self.books = Books(customer, business)
        if self.books.closed() is None:
            raise Missing
        self.owed: dict[int, Decimal] = {}
        """By the source, what the receivable rises by it."""
        self._move()

    def made(self) -> Iterator[Transaction]:
        for purchase in self.books.posted:
            if purchase.get("kind") in ("invoice", "credit_note", "sale"):
                yield self._document(purchase)
        for payment in self.books.payments:
            if payment.values.get("amount") and not is_ahead(payment, self.business):
                yield from self._payment(payment)

    def _move(self) -> None:
        """Say what each source adds to the receivable, so that all together are the balance."""
        books = self.books
        for invoice in books.invoices:
            left: Decimal = invoice.derived["gross"]
            before = self._base(left, invoice)
            self._add(invoice, before)
            for one in books.settled.get(id(invoice), ()):
                left -= one.amount
                after = self._base(left, invoice)
                self._add(one.source, after - before)
                before = after
        for rest in (*books.pool, *books.kept):
            self._add(rest.source, -self._base(rest.amount, rest.source))
        for back in books.given_back:
            self._add(back.source, self._base(back.amount, back.source))
        for source, refund, amount, _ in books.refunded:
            base = self._base(amount, source)
            self._add(source, -base)
            self._add(refund, base)

    def _add(self, source: Item, amount: Decimal) -> None:
        self.owed[id(source)] = self.owed.get(id(source), _ZERO) + amount

    def _base(self, amount: Decimal, item: Item) -> Decimal:
        found = self.business.rates.convert(amount, str(item.derived["currency"]), day_of(item))
        if found is None:
            raise Missing
        return found

    def _document(self, purchase: Item) -> Transaction:
        """Income and tax of a document, against the receivable or, of a sale, cash."""
        derived = purchase.derived
        taxes = taxes_of(purchase)
        parts = [derived["net"], *taxes.values()]
        bases = self.business.rates.convert_parts(
            parts, str(derived["currency"]), day_of(purchase)
        )
        if bases is None:
            raise Missing
        postings = [Posting("income", -bases[0])]
        for rate, tax in zip(taxes, bases[1:], strict=True):
            postings.append(Posting("tax", -tax, f"{rate:f}"))
        if purchase.get("kind") == "sale":
            postings.insert(0, Posting("cash", sum(bases, _ZERO)))
        else:
            postings.insert(0, Posting("receivable", self.owed.get(id(purchase), _ZERO)))
        return self._transaction(purchase, str(purchase.get("kind")).replace("_", " "), postings)

    def _account(self, payment: Item) -> str:
        """Where a payment goes: an account of its method's own, if the settings have one."""
        method = str(payment.get("method"))
        return method if method in self.business.ledger else _OF_METHOD.get(method, "bank")

    def _payment(self, payment: Item) -> Iterator[Transaction]:
        amount = abs(self._base(payment.values["amount"], payment))
        account = self._account(payment)
        refund = is_refund(payment)
        if "bounced" in payment.values and is_returned(payment, self.business):
            returned = returned_on(payment)
            if returned is None:
                return
            sign = -1 if refund else 1
            there = [Posting(account, sign * amount), Posting("receivable", -sign * amount)]
            back = [Posting(one.account, -one.amount) for one in there]
            fee = payment.values["bounced"].values.get("fee")
            if fee:
                cost = self._base(fee, payment)
                back += [Posting("fees", cost), Posting(account, -cost)]
            yield self._transaction(payment, "refund" if refund else "payment", there)
            yield self._transaction(payment, "returned", back)._replace(day=returned)
            return
        postings = [
            Posting(account, -amount if refund else amount),
            Posting("receivable", self.owed.get(id(payment), _ZERO)),
        ]
        for source, target, part in self.books.elsewhere:
            if source is payment:
                # A sale was paid at once: it is in the books with its money, as cash until a
                # payment says how it came.
                of = "prepaid"
                if target.get("kind") == "sale":
                    of = "cash" if payment.get("method") else account
                postings.append(Posting(of, -self._base(part, payment)))
        off = payment.get("method") == "write_off"
        said = "refund" if refund else "written off" if off else "payment"
        yield self._transaction(payment, said, postings)

    def _transaction(self, item: Item, said: str, postings: list[Posting]) -> Transaction:
        """With the difference of exchange, and each account once."""
        postings.append(Posting("exchange", -sum((one.amount for one in postings), _ZERO)))
        amounts: dict[tuple[str, str], Decimal] = {}
        for one in postings:
            key = one.account, one.part
            amounts[key] = amounts.get(key, _ZERO) + one.amount
        code = item.values.get("number") or item.values.get("for") or item.values.get("reference")
        return Transaction(
            item.values.get("date"),
            self.customer.id,
            str(self.customer.get("name") or self.customer.id),
            str(code or ""),
            said,
            item.id,
            tuple(
                Posting(account, amount, part)
                for (account, part), amount in amounts.items()
                if amount
            ),
        )
