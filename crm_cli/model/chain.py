"""Chains of purchases: a quote, its order, the order's invoices, their credit notes.

What a purchase follows is written in it (`quote`, `order`, `deposit_of`, `corrects`); what
follows it is found from there. Amounts here are as the lines have them: with tax where the
purchase says so. A cancelled purchase follows nothing; a draft does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.books import names_of
from crm_cli.model.line import amount_of
from crm_cli.model.money import format_amount
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.remainder import Rest, apart, is_deduction, quantity_of, rests
from crm_cli.model.rows import Column, Rows
from crm_cli.model.text import fold

if TYPE_CHECKING:
    from crm_cli.model.item import Item

ZERO = Decimal(0)

LINKS = ("quote", "order", "deposit_of", "corrects")
"""The fields that name what a purchase follows."""

TARGETS = {
    "quote": ("order", "invoice"),
    "order": ("invoice",),
    "invoice": ("credit_note",),
    "sale": ("credit_note",),
}
"""What each kind of purchase can be made into."""

REFERENCE = {"quote": "quote", "order": "order", "invoice": "corrects", "sale": "corrects"}
"""The field by which what is made of a purchase names it, by the kind of the latter."""

Taxed = tuple[str | None, Decimal | None]
"""Tax category and rate of lines."""


def named(purchase: Item) -> str:
    """What references call it: its number, unless it has none, or another one of the customer
    has it as well; else its id."""
    number = purchase.values.get("number")
    if not number or shares_number(purchase):
        return purchase.id
    return str(number)


def shares_number(purchase: Item) -> bool:
    """Whether another purchase of the same customer has its number."""
    number = purchase.values.get("number")
    return bool(number) and any(
        one.id != purchase.id and one.values.get("number") == number
        for one in purchase.owner.items("purchases")
    )


def said(purchase: Item) -> str:
    """What people call it: `invoice 2026-0042`."""
    return f"{str(purchase.get('kind')).replace('_', ' ')} {named(purchase)}"


def sources(purchase: Item, purchases: list[Item]) -> list[Item]:
    """The purchases that one names, each once."""
    names = names_of(purchases)
    found = [names.get(purchase.values.get(key, "")) for key in LINKS]
    return list({id(one): one for one in found if one is not None and one is not purchase}.values())


def followers(source: Item, purchases: list[Item]) -> list[Item]:
    """What was made of a purchase and is not cancelled, by date; an invoice that another
    replaces is left out."""
    key = REFERENCE.get(source.get("kind"), "")
    kinds = TARGETS.get(source.get("kind"), ())
    names = names_of(purchases)
    living = [one for one in purchases if one.get("status") != "cancelled"]
    replaced = {
        id(names.get(one.values.get("corrects", "")))
        for one in living
        if one.get("kind") == "invoice"
    }
    found = [
        one
        for one in living
        if one.get("kind") in kinds
        and names.get(one.values.get(key, "")) is source
        and id(one) not in replaced
    ]
    return sorted(found, key=_day)


def whole_chain(purchase: Item, purchases: list[Item]) -> list[Item]:
    """All purchases that hang together with one, in the order of the chain."""
    found: dict[int, Item] = {}
    queue = [purchase]
    while queue:
        one = queue.pop()
        if id(one) in found:
            continue
        found[id(one)] = one
        queue += sources(one, purchases)
        queue += [other for other in purchases if one in sources(other, purchases)]
    rank = {"quote": 0, "order": 1, "sale": 2, "invoice": 2, "credit_note": 3}
    return sorted(
        (one for one in purchases if id(one) in found),
        key=lambda one: (rank.get(one.get("kind"), 2), _day(one)),
    )


def written(purchase: Item, currency: str) -> dict[Taxed, Decimal]:
    """What a purchase comes to as its lines have it, by tax category and rate; its `amount` is
    without either."""
    found: dict[Taxed, Decimal] = {}
    for line in purchase.items("lines"):
        amount = amount_of(line, quantity_of(line), currency)
        if amount is not None:
            _add(found, taxed(line), amount)
    if not purchase.items("lines") and "amount" in purchase.values:
        found[None, None] = purchase.values["amount"]
    return found


def left_amounts(found: Iterable[Rest], currency: str) -> dict[Taxed, Decimal]:
    """What the rests of lines come to, by tax category and rate."""
    amounts: dict[Taxed, Decimal] = {}
    for rest in found:
        amount = amount_of(rest.line, rest.left, currency)
        if amount is not None:
            _add(amounts, taxed(rest.line), amount)
    return amounts


class Credited(NamedTuple):
    """What was credited in words of its own, as a share: how it is called, its tax, how much."""

    said: str
    taxed: Taxed
    amount: Decimal


def credited_apart(source: Item, made: Iterable[Item], currency: str) -> list[Credited]:
    """What credit notes for an invoice or a sale took beside its lines; each name and rate once."""
    found: dict[tuple[str, Taxed], Decimal] = {}
    for one in made:
        # Credit notes may be written with minus signs.
        sign = -1 if sum(written(one, currency).values(), ZERO) < 0 else 1
        for line in apart(source, [one]):
            key = str(line.values.get("description") or said(one)), taxed(line)
            amount = amount_of(line, quantity_of(line), currency) or ZERO
            found[key] = found.get(key, ZERO) + sign * amount
        if not one.items("lines") and "amount" in one.values:
            key = str(one.values.get("text") or said(one)), (None, None)
            found[key] = found.get(key, ZERO) + abs(one.values["amount"])
    return [Credited(*key, amount) for key, amount in found.items() if amount]


class Deposits(NamedTuple):
    """The deposits for an order: the invoices, and what no other invoice has taken off yet."""

    invoices: list[Item]
    left: dict[Taxed, Decimal]


def deposits(order: Item, made: Iterable[Item], currency: str) -> Deposits:
    """The deposits among what was made of an order."""
    held: list[Item] = []
    left: dict[Taxed, Decimal] = {}
    for one in made:
        if "deposit_of" in one.values:
            held.append(one)
            for key, amount in written(one, currency).items():
                _add(left, key, amount)
            continue
        for line in one.items("lines"):
            if is_deduction(line):
                _add(left, taxed(line), amount_of(line, quantity_of(line), currency) or ZERO)
    return Deposits(held, {key: amount for key, amount in left.items() if amount > 0})


def deductions(
    rest: dict[Taxed, Decimal], taken: dict[Taxed, Decimal], deposit: dict[Taxed, Decimal]
) -> dict[Taxed, Decimal]:
    """What an invoice for `taken` of the `rest` of an order has to take off of a deposit: as
    much as the rest after it could no longer hold, so that the last one takes all of it."""
    found = {}
    for key, amount in deposit.items():
        after = rest.get(key, ZERO) - taken.get(key, ZERO)
        off = min(max(amount - max(after, ZERO), ZERO), amount)
        if off:
            found[key] = off
    return found


def left_of(source: Item, made: Iterable[Item]) -> str:
    """`left of order O-2026-0001: beans-1kg 10 of 20`, `nothing is left of …`."""
    made = list(made)
    called, currency = said(source), str(source.derived["currency"])
    if not source.items("lines"):
        rest = source.values.get("amount", ZERO) - sum(
            (sum(written(one, currency).values(), ZERO) for one in made), ZERO
        )
        shown = f"{format_amount(rest, currency)} {currency}" if rest > 0 else ""
        return f"left of {called}: {shown}" if shown else f"nothing is left of {called}"
    held = [rest for rest in rests(source, made) if rest.left > 0]
    parts = [f"{title(one.line)} {one.left:f} of {one.whole:f}" for one in held]
    off, what = ZERO, "a deposit of"
    if source.get("kind") == "order":
        off = sum(deposits(source, made, currency).left.values(), ZERO)
    elif source.get("kind") in ("invoice", "sale"):
        off, what = sum((one.amount for one in credited_apart(source, made, currency)), ZERO), ""
        if off >= sum(left_amounts(held, currency).values(), ZERO):
            parts = []
    less = f", less {what} {format_amount(off, currency)} {currency}".replace("  ", " ")
    less = (less if what else f"{less} that is credited") if off else ""
    if not parts:
        return f"nothing is left of {called}"
    return f"left of {called}: {', '.join(parts)}{less}"


def taxed(line: Item) -> Taxed:
    """The tax category and rate of a line."""
    return line.values.get("tax_category"), line.values.get("tax_rate")


def matching(found: Iterable[Rest], name: str) -> Iterator[Rest]:
    """The rests of the lines that a name means: of a product, else of a description."""
    wanted = fold(name)
    for rest in found:
        product = rest.line.values.get("product", "")
        if wanted in (fold(product), fold(rest.line.values.get("description", ""))):
            yield rest


def title(line: Item) -> str:
    """What a line is called: its product, else its description."""
    return str(line.values.get("product") or line.values.get("description") or "this line")


def _day(purchase: Item) -> date:
    """What it is sorted by; of one day as they stand in the file."""
    day: date = purchase.values.get("date") or date.max
    return day


def _add(found: dict[Taxed, Decimal], key: Taxed, amount: Decimal) -> None:
    found[key] = found.get(key, ZERO) + amount


def standing(purchase: Item) -> str:
    """In a word how it is with a purchase: `draft`, `partly_paid`, `accepted`."""
    status = str(purchase.get("status"))
    if status != "posted":
        return status
    derived, values = purchase.derived, purchase.values
    if purchase.get("kind") == "order":
        return "" if "billed" not in derived else "partly_billed" if derived["counts"] else "billed"
    return str(values.get("quote_status") or derived.get("settlement") or "")


def table(purchase: Item) -> Rows | None:
    """The chain that a purchase is part of, a row each, with what is left of it; None where
    there is no other."""
    purchases = purchase.owner.items("purchases")
    found = whole_chain(purchase, purchases)
    if len(found) < 2:
        return None
    columns = (
        Column("kind"),
        Column("number"),
        Column("date", "date"),
        Column("net", "money"),
        Column("currency"),
        Column("state"),
        Column("left"),
        Column("id"),
    )
    rows = [
        (
            one.get("kind"),
            one.values.get("number"),
            one.values.get("date"),
            whole_net(one),
            one.derived["currency"],
            standing(one) or None,
            _left_in_short(one, purchases),
            one.id,
        )
        for one in found
    ]
    return Rows(columns, rows, ids=[one.id for one in found])


def whole_net(purchase: Item) -> Decimal:
    """The net of a purchase; of an order that of all of it, billed or not."""
    net: Decimal = purchase.derived["net"]
    billed: Decimal = purchase.derived.get("billed", ZERO)
    return net + billed if purchase.derived["counts"] else net


def _left_in_short(purchase: Item, purchases: list[Item]) -> str | None:
    if purchase.get("status") != "posted" or purchase.get("kind") not in ("quote", "order"):
        return None
    made = followers(purchase, purchases)
    if not made:
        return None
    text = left_of(purchase, made)
    return text.partition(": ")[2] or "nothing"
