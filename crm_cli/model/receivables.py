"""Receivables: payments matched with invoices.

Only posted invoices owe. A credit note takes from the invoice that it corrects; a
payment pays the purchases that it names. What is left over of either pays the oldest
due first. What is dated after today does none of this yet, and money for such a purchase is
kept for it. All amounts of a purchase are in its own currency; a payment in another one
is converted at its date, and pays nothing where a rate is missing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.dates import days_in_month, shifted
from crm_cli.model.effect import is_ahead
from crm_cli.model.money import round_money

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

ZERO = Decimal(0)


def due_date(invoice: Item, customer: Item, business: Business) -> date | None:
    """`due_date`, else date and the customer's terms, else the business's; None without any."""
    written: date | None = invoice.values.get("due_date")
    day: date | None = invoice.values.get("date")
    if written is not None or day is None:
        return written
    credit = customer.values.get("credit")
    days = credit.values.get("terms_days") if credit is not None else None
    if days is None:
        days = business.terms_days
    if days is None:
        return None
    due = shifted(day, days)
    if credit is not None and credit.values.get("end_of_month"):
        due = due.replace(day=days_in_month(due.year, due.month))
    return due


def settle(customer: Item, business: Business) -> Decimal | None:
    """Set paid, amount_due, due and settlement of the purchases; unallocated of payments.

    Returns the balance in the base currency (positive: the customer owes; negative: we
    do), or None where a rate is missing: nobody is to be told that they owe nothing.
    """
    purchases = customer.items("purchases")
    payments = customer.items("payments")
    posted = [item for item in purchases if item.get("status") == "posted"]
    by_name = names_of(posted)
    for invoice in posted:
        if invoice.get("kind") == "invoice":
            invoice.derived["due"] = due_date(invoice, customer, business)
    later = {id(item) for item in posted if is_ahead(item, business)}
    posted = [item for item in posted if id(item) not in later]
    billed = {id(order): invoice for invoice, order in _billed(posted, by_name)}
    for order_key in billed:
        for item in posted:
            if id(item) == order_key:
                item.derived["counts"] = False

    invoices = [item for item in posted if item.get("kind") == "invoice"]
    left: dict[int, Decimal] = {id(item): item.derived["gross"] for item in invoices}
    paid: dict[int, Decimal] = {}
    credited: dict[int, Decimal] = {}
    kept: list[tuple[date, Decimal, str, Item]] = []
    pool: list[tuple[date, Decimal, str, Item]] = []
    given_back: list[tuple[date, Decimal, str]] = []
    for note in posted:
        if note.get("kind") != "credit_note":
            continue
        amount = -note.derived["gross"]
        target = by_name.get(note.values.get("corrects", ""))
        if target is not None and id(target) in left:
            part = in_currency_of(amount, note, target, business)
            if part is not None:
                taken = min(part, max(left[id(target)], ZERO))
                left[id(target)] -= taken
                credited[id(target)] = credited.get(id(target), ZERO) + taken
                amount = _share(amount, part, taken)
        pool.append((_day(note), amount, note.derived["currency"], note))

    for payment in payments:
        amount = payment.values.get("amount")
        if amount is None or is_ahead(payment, business):
            continue
        refund = payment.get("direction") == "refund"
        rest: Decimal = amount
        for name, part in targets(payment, amount):
            target = by_name.get(name)
            if target is None:
                continue
            part = min(part, rest)  # A payment pays no more than it is.
            target = billed.get(id(target), target)
            if id(target) in later and not refund:
                kept.append((_day(payment), part, payment.derived["currency"], payment))
                rest -= part
                continue
            value = in_currency_of(part, payment, target, business)
            if value is None:
                continue
            key = id(target)
            if refund:
                if key in left:
                    left[key] += value
                    paid[key] = paid.get(key, ZERO) - value
                    rest -= part
                continue
            if key in left:
                taken = min(value, max(left[key], ZERO))
                left[key] -= taken
                rest -= part - _share(part, value, taken)
            else:
                taken = value
                rest -= part
            paid[key] = paid.get(key, ZERO) + taken
        currency = payment.derived["currency"]
        if refund:
            payment.derived["unallocated"] = ZERO
            if rest:
                given_back.append((_day(payment), rest, currency))
        else:
            payment.derived["unallocated"] = round_money(rest, currency)
            if rest > 0:
                pool.append((_day(payment), rest, currency, payment))

    # By date, since what came first is refunded, and pays, first.
    pool.sort(key=lambda entry: (entry[0], entry[3].id))
    given_back.sort()
    _give_back(pool, given_back)
    _oldest_first(invoices, left, paid, credited, pool, business)
    for item in posted:
        _write_down(item, left, paid, credited)
    for _, part, _, payment in kept:
        payment.derived["unallocated"] += part
    return _balance(invoices, left, pool + kept, given_back, business)


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


def _billed(posted: list[Item], by_name: dict[str, Item]) -> list[tuple[Item, Item]]:
    """(invoice, the order that it bills) pairs."""
    pairs = []
    for invoice in posted:
        if invoice.get("kind") == "invoice" and invoice.values.get("order"):
            order = by_name.get(invoice.values["order"])
            if order is not None and order.get("kind") == "order":
                pairs.append((invoice, order))
    return pairs


def targets(payment: Item, amount: Decimal) -> list[tuple[str, Decimal]]:
    """(number or id, amount) of each purchase that a payment of an amount is allocated to."""
    parts = [
        (part.values["purchase"], part.values.get("amount", amount))
        for part in payment.items("allocations")
        if "purchase" in part.values
    ]
    if parts:
        return parts
    return [(payment.values["for"], amount)] if "for" in payment.values else []


def _day(item: Item) -> date:
    day: date = item.values.get("date") or date.max
    return day


def in_currency_of(
    amount: Decimal, source: Item, target: Item, business: Business
) -> Decimal | None:
    """`amount` of the source's currency in the target's."""
    have, want = source.derived["currency"], target.derived["currency"]
    if have == want:
        return amount
    day = _day(source)
    base = business.rates.convert(amount, have, day)
    if base is None:
        return None
    if want == business.currency:
        return base
    one = business.rates.convert(Decimal(1_000_000), want, day)
    if not one:
        return None
    return round_money(base * Decimal(1_000_000) / one, want)


def _share(part: Decimal, value: Decimal, taken: Decimal) -> Decimal:
    """What is left of `part` when `taken` of its `value` in another currency was used."""
    if value == taken or not value:
        return ZERO
    return part - part * taken / value


def _give_back(
    pool: list[tuple[date, Decimal, str, Item]],
    given_back: list[tuple[date, Decimal, str]],
) -> None:
    """Refunds take from what is left over, the oldest first; the rest of them stays."""
    for number, (day, refund, currency) in enumerate(given_back):
        for position, (when, amount, held, item) in enumerate(pool):
            if held != currency or not refund:
                continue
            taken = min(refund, amount)
            pool[position] = (when, amount - taken, held, item)
            refund -= taken
        given_back[number] = (day, refund, currency)


def _oldest_first(
    invoices: list[Item],
    left: dict[int, Decimal],
    paid: dict[int, Decimal],
    credited: dict[int, Decimal],
    pool: list[tuple[date, Decimal, str, Item]],
    business: Business,
) -> None:
    queue = sorted(
        (item for item in invoices if left[id(item)] > 0),
        key=lambda item: (item.derived["due"] or date.max, _day(item), item.id),
    )
    for position, (day, amount, currency, source) in enumerate(pool):
        for invoice in queue:
            if amount <= 0:
                break
            if left[id(invoice)] <= 0:
                continue
            value = in_currency_of(amount, source, invoice, business)
            if value is None:
                continue
            taken = min(value, left[id(invoice)])
            left[id(invoice)] -= taken
            book = credited if source.kind.name == "purchase" else paid
            book[id(invoice)] = book.get(id(invoice), ZERO) + taken
            amount = _share(amount, value, taken)
        if source.kind.name == "payment":
            source.derived["unallocated"] = round_money(amount, currency)
        pool[position] = (day, amount, currency, source)


def _write_down(
    item: Item, left: dict[int, Decimal], paid: dict[int, Decimal], credited: dict[int, Decimal]
) -> None:
    key = id(item)
    derived = item.derived
    kind = item.get("kind")
    derived["paid"] = paid.get(key, ZERO)
    if kind == "sale":
        derived["paid"] = derived["gross"]
        derived["settlement"] = "paid"
    if kind != "invoice":
        derived["amount_due"] = ZERO
        return
    derived["amount_due"] = left[key]
    if left[key] > 0:
        partly = derived["paid"] > 0 or credited.get(key, ZERO) > 0
        derived["settlement"] = "partly_paid" if partly else "unpaid"
    elif credited.get(key, ZERO) > 0 and derived["paid"] <= 0:
        derived["settlement"] = "credited"
    else:
        derived["settlement"] = "paid"


def _balance(
    invoices: list[Item],
    left: dict[int, Decimal],
    pool: list[tuple[date, Decimal, str, Item]],
    given_back: list[tuple[date, Decimal, str]],
    business: Business,
) -> Decimal | None:
    total = ZERO
    parts = [(_day(item), left[id(item)], item.derived["currency"]) for item in invoices]
    parts += [(day, -amount, currency) for day, amount, currency, _ in pool]
    parts += given_back
    for day, amount, currency in parts:
        if not amount:
            continue
        base = (
            amount
            if currency == business.currency
            else business.rates.convert(amount, currency, day)
        )
        if base is None:
            return None
        total += base
    return total
