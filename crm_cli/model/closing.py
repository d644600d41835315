"""Closed books: what a record has of a time for which the books are closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from crm_cli.model.books import names_of
from crm_cli.model.money import format_amount
from crm_cli.model.rate_table import rate_rows

if TYPE_CHECKING:
    from crm_cli.model.item import Item
    from crm_cli.model.node import Mapping as Node

_PURCHASE = (
    "kind", "number", "date", "status", "order", "deposit_of", "corrects", "bill_to",
    "lines", "amount", "text",
)  # fmt: skip
"""What of a purchase stands in the books, beside what it comes to; all else may change."""
_PAYMENT = ("date", "amount", "method", "direction")


class Booked(NamedTuple):
    """Something that stands in the books: what it says of itself, and its day."""

    content: Hashable
    day: date
    said: str


def booked(record: Item, until: date, *, figures: bool = False) -> Iterator[Booked]:
    """What a customer's record has in the books up to a day: purchases that are no drafts and no
    quotes, payments, and their returns. With `figures` what the law wants kept of these, and no
    orders."""
    for purchase in record.items("purchases"):
        day = purchase.values.get("date")
        if purchase.get("status") == "draft" or purchase.get("kind") == "quote":
            continue
        if figures and purchase.get("kind") == "order":
            continue
        if day is not None and day <= until:
            kind = str(purchase.get("kind")).replace("_", " ")
            name = purchase.values.get("number") or purchase.id
            content = _kept(purchase) if figures else _content(purchase, _PURCHASE)
            yield Booked((content, _sums(purchase)), day, f"{kind} {name}")
    named = {name: one.id for name, one in names_of(record.items("purchases")).items()}
    for payment in record.items("payments"):
        day = payment.values.get("date")
        amount = payment.values.get("amount")
        currency = payment.derived.get("currency")
        shown = "payment" if amount is None else f"payment of {format_amount(amount, currency)}"
        content = (_content(payment, _PAYMENT), currency, _paid(payment, named))
        if day is not None and day <= until:
            yield Booked(content, day, f"{shown} ({payment.id})")
        bounced = payment.values.get("bounced")
        returned = bounced.values.get("at") if bounced is not None else None
        if returned is not None and returned <= until:
            yield Booked(("returned", content, returned), returned, f"return of {payment.id}")


def _paid(payment: Item, named: Mapping[str, str]) -> Hashable:
    """The purchases that a payment is for, each by its id, however it is written."""
    parts = [(one.values.get("purchase"), one.values.get("amount"))
             for one in payment.items("allocations")]  # fmt: skip
    parts = parts or [(payment.values.get("for"), None)]
    return tuple((named.get(name, name), amount) for name, amount in parts if name)


def booked_rates(root: Node | None, until: date) -> Iterator[Booked]:
    """The rates up to a day: they are what amounts of these days came to."""
    for day, row in rate_rows(root):
        on = date.fromisoformat(day)
        if on <= until:
            for code, rate in row:
                yield Booked(("rate", day, code, rate), on, f"the rate of {code}")


def changed(before: Iterable[Booked], after: Iterable[Booked]) -> list[Booked]:
    """What stands in the books on one side only, the earliest first."""
    old, new = list(before), list(after)
    counts = Counter(one.content for one in old)
    counts.subtract(one.content for one in new)
    found: dict[tuple[date, str], Booked] = {}
    for one in (*old, *new):
        if counts[one.content]:
            found.setdefault((one.day, one.said), one)
    return sorted(found.values(), key=lambda one: (one.day, one.said))


class Books(NamedTuple):
    """The books of one record before and after a change. `comes` and `goes`: the record does."""

    old: list[Booked]
    new: list[Booked]
    comes: bool
    goes: bool


def moved(sides: Collection[Books]) -> list[Booked]:
    """What stands in the books of another record than before.

    A record that is renamed, or becomes part of one that has no books, takes its books along; two
    that both have some do not become one.
    """
    found: list[Booked] = []
    for one in sides:
        old = one.old
        if not old:
            given = [
                other.old for other in sides
                if not other.new and (other.goes or one.comes) and other is not one
            ]  # fmt: skip
            new = {booked.content for booked in one.new}
            old = max(given, key=lambda of: sum(it.content in new for it in of), default=[])
        counts = Counter(booked.content for booked in one.new)
        counts.subtract(booked.content for booked in old)
        found += [booked for booked in one.new if counts[booked.content] > 0]
    return sorted(found, key=lambda one: (one.day, one.said))


def sums(record: Item) -> dict[str, Hashable]:
    """What each purchase and payment of a record comes to, by its id."""
    found = {one.id: _sums(one) for one in record.items("purchases")}
    return found | {one.id: one.derived.get("currency") for one in record.items("payments")}


def _sums(purchase: Item) -> Hashable:
    """What a purchase comes to; of an order what is left of it says nothing of the order."""
    keys = ("currency",) if purchase.get("kind") == "order" else ("currency", "net", "tax")
    return tuple(purchase.derived.get(key) for key in keys)


def _content(item: Item, keys: Iterable[str]) -> Hashable:
    # What is the usual value and what is written the same are one.
    return tuple((key, _frozen(item.get(key))) for key in keys if item.get(key) is not None)


def _kept(item: Item) -> Hashable:
    """What of an item stands in the books, and stays when its customer is forgotten."""
    keys = item.kind.retained.fields if item.kind.retained is not None else ()
    found: list[Hashable] = []
    for key in keys:
        value = item.get(key)
        if value is None or (item.kind.name == "purchase" and key not in _PURCHASE):
            continue
        parts = value if isinstance(value, list) else [value]
        found.append((key, *(
            _kept(one) if hasattr(one, "values") else one for one in parts
        )))  # fmt: skip
    return tuple(found)


def _frozen(value: Any) -> Hashable:
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    values = getattr(value, "values", None)
    if isinstance(values, dict):
        return tuple((key, _frozen(one)) for key, one in sorted(values.items()) if key != "notes")
    hashable: Hashable = value
    return hashable
