"""A customer's books: what payments and credit notes settle of invoices, in turn."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.billing import bill, without_units
from crm_cli.model.dunning import note_reminders
from crm_cli.model.effect import is_ahead
from crm_cli.model.instalments import due_date, due_dates, fill
from crm_cli.model.money import round_money
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.payment import is_refund, is_returned

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

ZERO = Decimal(0)


class Left(NamedTuple):
    """What is left over of a payment or a credit note, and pays the oldest due first."""

    day: date
    amount: Decimal
    currency: str
    source: Item


class Settled(NamedTuple):
    """A part of an invoice that a payment or a credit note settled, in the invoice's currency.

    `day` is that of the source; what lies on account settles on the invoice's day at the
    earliest.
    """

    day: date
    amount: Decimal
    source: Item

    @property
    def is_money(self) -> bool:
        """Whether it was paid: not credited, and not written off."""
        return self.source.kind.name == "payment" and self.source.get("method") != "write_off"


class Books:
    """A customer's invoices with what was settled of each, while payments go through them."""

    def __init__(self, customer: Item, business: Business) -> None:
        self.business = business
        self.payments = customer.items("payments")
        posted = [one for one in customer.items("purchases") if one.get("status") == "posted"]
        self.by_name = names_of(posted)
        for invoice in posted:
            if invoice.get("kind") == "invoice":
                invoice.derived["due"] = due_date(invoice, customer, business)
        self.later = {id(item) for item in posted if is_ahead(item, business)}
        self.posted = [item for item in posted if id(item) not in self.later]
        self.invoices = [item for item in self.posted if item.get("kind") == "invoice"]
        self.left: dict[int, Decimal] = {id(one): one.derived["gross"] for one in self.invoices}
        self.paid: dict[int, Decimal] = {}
        self.credited: dict[int, Decimal] = {}
        self.settled: dict[int, list[Settled]] = {}
        self.kept: list[Left] = []
        """What is for a purchase that is dated after today, or that no rate leads to yet."""
        self.elsewhere: list[tuple[Item, Item, Decimal]] = []
        """(payment, sale or order, amount) of what was paid for what owes nothing."""
        self.pool: list[Left] = []
        self.given_back: list[Left] = []
        self.refunded: list[tuple[Item, Item, Decimal, str]] = []
        """(what lay on account, the refund, amount, currency) of what was given back of it."""

    def closed(self) -> Decimal | None:
        """Have all payments and credit notes go where they go; the balance that is left."""
        pairs = _billed(self.posted, self.by_name)
        self.billed = {id(order): invoice for invoice, order in pairs}
        bill(pairs, self.business, in_currency_of)
        paying = [one for one in self.payments if self._moves_money(one)]
        # What is given back of an invoice was paid or credited too much, wherever in the file that
        # stands: it takes of that, before the rest pays something else.
        for payment in filter(is_refund, paying):
            self._pay(payment)
        for note in self.posted:
            if note.get("kind") == "credit_note":
                self._credit(note)
        for payment in paying:
            if not is_refund(payment):
                self._pay(payment)
        # By date, since what came first is refunded, and pays, first.
        self.pool.sort(key=lambda left: (left.day, left.source.id))
        self.given_back.sort(key=lambda one: (one.day, one.amount, one.currency))
        self._give_back()
        self._oldest_first()
        for item in self.posted:
            self._write_down(item)
        for left in self.kept:
            if left.source.kind.name == "payment":
                left.source.derived["unallocated"] += left.amount
        return self._balance()

    def _credit(self, note: Item) -> None:
        """A credit note takes from the invoice that it corrects; its rest lies on account."""
        amount = -note.derived["gross"]
        target = self.by_name.get(note.values.get("corrects", ""))
        if target is not None:
            without_units(note, target)
        if target is not None and id(target) in self.left:
            part = in_currency_of(amount, note, target, self.business)
            if part is None:
                self.kept.append(Left(day_of(note), amount, note.derived["currency"], note))
                return
            taken = self._take(target, note, part)
            amount = _rest(amount, part, taken, note.derived["currency"])
        self.pool.append(Left(day_of(note), amount, note.derived["currency"], note))

    def _moves_money(self, payment: Item) -> bool:
        """Whether a payment counts by today: it was not returned, and says how much it is."""
        if "amount" not in payment.values or is_ahead(payment, self.business):
            return False
        if is_returned(payment, self.business):
            payment.derived["unallocated"] = ZERO
            return False
        return True

    def _pay(self, payment: Item) -> None:
        """A payment pays the purchases that it names; its rest lies on account."""
        amount: Decimal = payment.values["amount"]
        currency, refund = payment.derived["currency"], is_refund(payment)
        rest: Decimal = round_money(abs(amount), currency)
        for name, part in targets(payment, amount):
            target = self.by_name.get(name)
            if target is not None:
                # It pays no more than it is.
                part = min(round_money(part, currency), rest)
                rest -= self._allocate(payment, target, part, refund=refund)
        if refund:
            payment.derived["unallocated"] = ZERO
            if rest:
                self.given_back.append(Left(day_of(payment), rest, currency, payment))
            return
        payment.derived["unallocated"] = rest
        if rest > 0:
            self.pool.append(Left(day_of(payment), rest, currency, payment))

    def _allocate(self, payment: Item, target: Item, part: Decimal, *, refund: bool) -> Decimal:
        """How much of a part of a payment goes to the purchase that it is for."""
        target = self.billed.get(id(target), target)
        key = id(target)
        value = in_currency_of(part, payment, target, self.business)
        if not refund and (key in self.later or (value is None and key in self.left)):
            # What it is for cannot be paid yet; nor does it pay anything else.
            self.kept.append(Left(day_of(payment), part, payment.derived["currency"], payment))
            return part
        if value is None:
            return ZERO
        if refund:
            if key not in self.left:
                return ZERO
            self.left[key] += value
            self._book(target, payment, -value)
            return part
        if key not in self.left:
            self.paid[key] = self.paid.get(key, ZERO) + value
            self.elsewhere.append((payment, target, part))
            return part
        taken = self._take(target, payment, value)
        return part - _rest(part, value, taken, payment.derived["currency"])

    def _take(self, invoice: Item, source: Item, value: Decimal) -> Decimal:
        """Settle as much of an invoice as is left of it; how much that is."""
        key = id(invoice)
        taken = min(value, max(self.left[key], ZERO))
        self.left[key] -= taken
        self._book(invoice, source, taken)
        return taken

    def _book(self, invoice: Item, source: Item, amount: Decimal) -> None:
        key = id(invoice)
        book = self.credited if source.kind.name == "purchase" else self.paid
        book[key] = book.get(key, ZERO) + amount
        if amount:
            day = max(day_of(source), invoice.values.get("date") or date.min)
            self.settled.setdefault(key, []).append(Settled(day, amount, source))

    def _give_back(self) -> None:
        """Refunds take from what is left over, the oldest first; the rest of them stays."""
        for number, back in enumerate(self.given_back):
            refund = back.amount
            for position, one in enumerate(self.pool):
                if one.currency != back.currency or not refund:
                    continue
                taken = min(refund, one.amount)
                self.pool[position] = one._replace(amount=one.amount - taken)
                self.refunded.append((one.source, back.source, taken, back.currency))
                refund -= taken
            self.given_back[number] = back._replace(amount=refund)

    def _oldest_first(self) -> None:
        """What lies on account pays the invoices in the order in which they are due."""
        queue = sorted(
            (item for item in self.invoices if self.left[id(item)] > 0),
            key=lambda item: (item.derived["due"] or date.max, day_of(item), item.id),
        )
        for position, one in enumerate(self.pool):
            amount = one.amount
            for invoice in queue:
                if amount <= 0:
                    break
                if self.left[id(invoice)] <= 0:
                    continue
                value = in_currency_of(amount, one.source, invoice, self.business)
                if value is not None:
                    taken = self._take(invoice, one.source, value)
                    amount = _rest(amount, value, taken, one.currency)
            if one.source.kind.name == "payment":
                one.source.derived["unallocated"] = round_money(amount, one.currency)
            self.pool[position] = one._replace(amount=amount)

    def _write_down(self, item: Item) -> None:
        key, kind, derived = id(item), item.get("kind"), item.derived
        derived["paid"] = self.paid.get(key, ZERO)
        if kind == "sale":
            derived["paid"] = derived["gross"]
            derived["settlement"] = "paid"
        if kind != "invoice":
            derived["amount_due"] = ZERO
            return
        left, credited = self.left[key], self.credited.get(key, ZERO)
        derived["amount_due"] = left
        if left > 0:
            partly = derived["paid"] > 0 or credited > 0
            derived["settlement"] = "partly_paid" if partly else "unpaid"
        elif not has_amount(item):
            derived["settlement"] = "unpaid"  # Nobody knows what it comes to.
        else:
            self._close(item)
        fill(item, self.business.today)
        note_reminders(item, self.business)

    def _close(self, invoice: Item) -> None:
        """What settled an invoice of which nothing is owed any more, and when."""
        derived = invoice.derived
        parts = self.settled.get(id(invoice), [])
        written_off = any(one.source.get("method") == "write_off" for one in parts)
        alone = self.credited.get(id(invoice), ZERO) > 0 and derived["paid"] <= 0
        derived["settlement"] = "written_off" if written_off else "credited" if alone else "paid"
        if not parts:
            return
        # What was given back was never its payment, unless nothing else was.
        paying = [one for one in parts if one.amount > 0] or parts
        day = derived["settled"] = max(one.day for one in paying)
        if (dated := invoice.values.get("date")) is not None:
            derived["days_to_pay"] = (day - dated).days
        if (due := max(due_dates(invoice), default=derived["due"])) is not None:
            derived["days_late"] = (day - due).days
        noted = any(one.source.kind.name == "purchase" for one in parts)
        derived["settled_by"] = "write_off" if written_off else "credit_note" if noted else "money"

    def _balance(self) -> Decimal | None:
        parts = [
            (day_of(one), self.left[id(one)], one.derived["currency"]) for one in self.invoices
        ]
        parts += [(one.day, -one.amount, one.currency) for one in (*self.pool, *self.kept)]
        parts += [(one.day, one.amount, one.currency) for one in self.given_back]
        total = ZERO
        for day, amount, currency in parts:
            if amount:
                base = self.business.rates.convert(amount, currency, day)
                if base is None:
                    return None
                total += base
        return total


def has_amount(purchase: Item) -> bool:
    """Whether a purchase says what it comes to."""
    return "amount" in purchase.values or any(
        "net" in line.derived for line in purchase.items("lines")
    )


def names_of(purchases: list[Item]) -> dict[str, Item]:
    """The purchases by their numbers and ids; of several with one number the first."""
    names: dict[str, Item] = {}
    for item in purchases:
        number = item.values.get("number")
        if number:
            names.setdefault(number, item)
    for item in purchases:
        names[item.id] = item
    return names


def name_sales(purchases: list[Item]) -> None:
    """Set `sale` of each purchase: the id of the order that it bills, else its own.

    Sales are counted by it, so that an order with its invoices is one; or by `sale_place`, the
    same as a whole number.
    """
    places: dict[str, int] = {}
    posted = [item for item in purchases if item.get("status") == "posted"]
    by_name = {**names_of(purchases), **names_of(posted)}
    for item in purchases:
        order = _ordered(item, by_name)
        sale = item.derived["sale"] = item.id if order is None else order.id
        item.derived["sale_place"] = places.setdefault(sale, len(places))


def _ordered(invoice: Item, by_name: dict[str, Item]) -> Item | None:
    """The order that an invoice bills, if any."""
    if invoice.get("kind") != "invoice" or not invoice.values.get("order"):
        return None
    order = by_name.get(invoice.values["order"])
    return order if order is not None and order.get("kind") == "order" else None


def _billed(posted: list[Item], by_name: dict[str, Item]) -> list[tuple[Item, Item]]:
    """(invoice, the order that it bills) pairs; one that another replaces bills nothing."""
    pairs = []
    replaced = {
        id(by_name.get(item.values["corrects"]))
        for item in posted
        if item.get("kind") == "invoice" and "corrects" in item.values
    }
    for invoice in posted:
        if id(invoice) in replaced:
            continue
        order = _ordered(invoice, by_name)
        if order is not None:
            pairs.append((invoice, order))
    return pairs


def targets(payment: Item, amount: Decimal) -> list[tuple[str, Decimal]]:
    """(number or id, amount) of each purchase that a payment of an amount is allocated to."""
    parts = [
        (part.values["purchase"], abs(part.values.get("amount", amount)))
        for part in payment.items("allocations")
        if "purchase" in part.values
    ]
    if parts:
        return parts
    return [(payment.values["for"], abs(amount))] if "for" in payment.values else []


def day_of(item: Item) -> date:
    day: date = item.values.get("date") or date.max
    return day


def in_currency_of(
    amount: Decimal, source: Item, target: Item, business: Business
) -> Decimal | None:
    """`amount` of the source's currency in the target's."""
    have, want = source.derived["currency"], target.derived["currency"]
    if have == want:
        return amount
    day = day_of(source)
    base = business.rates.convert(amount, have, day)
    if base is None:
        return None
    if want == business.currency:
        return base
    one = business.rates.convert(Decimal(1_000_000), want, day)
    if not one:
        return None
    return round_money(base * Decimal(1_000_000) / one, want)


def _rest(part: Decimal, value: Decimal, taken: Decimal, currency: str) -> Decimal:
    """What is left of `part`, money of a currency, when `taken` of its `value` in another one was
    used."""
    if value == taken or not value:
        return ZERO
    return round_money(part - part * taken / value, currency)
