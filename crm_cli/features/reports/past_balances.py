"""What was owed at the end of past days, as the balances of those days were.

Who owes nothing, and of whom nothing is dated since, owed nothing then. Most of the others have
nothing but invoices and payments that name them: what they owed is added up from the index. The
records of all others are derived again, by the clock of each day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.instalments import INSTALMENT
from crm_cli.model.item import Item
from crm_cli.model.money import round_money
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.payment import ALLOCATION, PAYMENT
from crm_cli.model.purchase import PURCHASE

if TYPE_CHECKING:
    from crm_cli.query.ast import Node

_ZERO = Decimal(0)
_POSTED = ("is:posted", "kind.is:invoice,credit_note", "not:date.after:today")
_MOVED = (
    "balance is none or balance != 0 or any(purchases, is(owing) or date > {day}) or"
    " any(payments, unallocated != 0 or date > {day} or bounced.at > {day})"
)
"""Who owes anything today, has paid for what is not invoiced, or has anything dated since."""


class Owed(NamedTuple):
    """What was owed at the end of a day, and what of it was not yet due; in the base currency."""

    total: Decimal
    not_due: Decimal


class _Paid(NamedTuple):
    """A payment of one invoice, until the day on which it was returned, if it was."""

    day: date
    until: date | None
    amount: Decimal


class _Open(NamedTuple):
    """A posted invoice in the base currency, with its payments."""

    path: str
    day: date
    due: date | None
    gross: Decimal
    payments: list[_Paid]


def billed_by_day(context: Context) -> dict[date | None, Decimal]:
    """Gross of the posted invoices, less that of the credit notes, of the report's customers by
    their dates up to today, in the base currency; what has no rate is left out and told."""
    found = context.groups(
        (Key("day", "date", "the date"),),
        (Figure("gross", "sum:gross", "gross"),),
        kind=PURCHASE,
        among=context.items_of(PURCHASE, *_POSTED),
        dated="-",
        totals=False,
        sort=None,
    )
    return {row["day"]: row["gross"] or _ZERO for row in found.rows}


def owed_at(context: Context, days: Sequence[date]) -> list[Owed]:
    """What was owed at the end of each day: the sum of the balances of that day.

    A balance that is not known, since a rate is missing, is left out and told.
    """
    if not days:
        return []
    moved = _moved(context, min(days))
    plain, others = _accounts(context, moved)
    totals = [_ZERO] * len(days)
    waiting = [_ZERO] * len(days)
    for _, billed, due, gross, payments in plain:
        for place, day in enumerate(days):
            if billed > day:
                continue
            left = gross
            for paid, until, amount in payments:
                if paid <= day and (until is None or until > day):
                    left -= amount
            if not left:
                continue
            totals[place] += left
            if due is None or due >= day:
                waiting[place] += left
    for path in others:
        for place, owed in enumerate(_derived(context, path, days)):
            totals[place] += owed.total
            waiting[place] += owed.not_due
    currency = context.currency
    return [
        Owed(round_money(total, currency), round_money(open_, currency))
        for total, open_ in zip(totals, waiting, strict=True)
    ]


def _moved(context: Context, day: date) -> Node:
    """The report's customers who may have owed anything at the end of a day, or since then."""
    from crm_cli.query.ast import And, Belongs

    workspace = context.workspace
    where = _MOVED.format(day=day.isoformat())
    moved = And((context.node, workspace.node(workspace.scope(CUSTOMER), (), where)))
    # Looked for once, for several queries on their items.
    return Belongs(tuple(id for (id,) in workspace.rows(CUSTOMER, moved, ("id",))))


def _accounts(context: Context, among: Node) -> tuple[list[_Open], list[str]]:
    """The invoices of customers whose invoices and payments say all, and the paths of all other
    customers."""
    base = context.currency
    others = _complicated(context, among)
    found: list[_Open] = []
    named: defaultdict[str, dict[str, _Open]] = defaultdict(dict)
    cols = ("path", "id", "number", "kind", "date", "due", "gross", "currency")
    for path, id, number, kind, day, due, gross, currency in context.workspace.rows(
        PURCHASE, context.items_of(PURCHASE, *_POSTED, among=among), cols
    ):
        of = named[path]
        number = number or id
        clear = kind == "invoice" and currency == base and day is not None and gross >= 0
        if not clear or id in of or number in of:
            others.add(path)
            continue
        invoice = of[id] = of[number] = _Open(path, day, due, gross, [])
        found.append(invoice)
    for path, name, payment in _payments(context, among, others):
        paid = named[path].get(name)
        if paid is None:
            others.add(path)
        else:
            paid.payments.append(payment)
    others.update(one.path for one in found if one.payments and _too_much(one))
    return [one for one in found if one.path not in others], sorted(others)


def _too_much(one: _Open) -> bool:
    """Whether more may ever have been paid than is billed: the rest pays something else."""
    return sum([amount for _, _, amount in one.payments], _ZERO) > one.gross


def _payments(
    context: Context, among: Node, others: set[str]
) -> Iterator[tuple[str, str, _Paid]]:
    """(path, what it names, the payment) of the plain payments; adds to the others' paths."""
    cols = ("path", "date", "amount", "currency", "direction", "for", "bounced.at")
    terms = ("not:date.after:today",)
    base = context.currency
    for path, day, amount, currency, direction, name, returned in context.workspace.rows(
        PAYMENT, context.items_of(PAYMENT, *terms, among=among), cols
    ):
        if amount is None:
            continue
        plain = name is not None and currency == base and direction == "in"
        if plain and day is not None and amount >= 0 and (returned is None or returned >= day):
            yield path, str(name), _Paid(day, returned, amount)
        else:
            others.add(path)


def _complicated(context: Context, among: Node) -> set[str]:
    """The paths of customers with instalments, or payments of several invoices, or returned on
    a day that nobody knows."""
    workspace = context.workspace
    found: set[str] = set()
    for kind, terms in (
        (INSTALMENT, ()),
        (ALLOCATION, ()),
        (PAYMENT, ("received:0", "not:is:write_off", "no:bounced.at")),
    ):
        rows = workspace.rows(kind, context.items_of(kind, *terms, among=among), ("path",))
        found.update(path for (path,) in rows)
    return found


def _derived(context: Context, path: str, days: Sequence[date]) -> Iterator[Owed]:
    """What a customer owed on each day, by their record."""
    workspace = context.workspace
    document = workspace.open(path, workspace.tree.read(path))
    unknown = False
    for day in days:
        record = document.record_by(workspace.business._replace(today=day))
        balance = record.derived.get("balance")
        if balance is None:
            unknown = True
            yield Owed(_ZERO, _ZERO)
        else:
            yield Owed(balance, _not_due(context, record, day))
    if unknown:
        context.unknown_balance(path, str(document.record.get("name") or document.id))


def _not_due(context: Context, record: Item, day: date) -> Decimal:
    """What was owed of invoices, or instalments, that were due on that day or later."""
    rates = context.workspace.business.rates
    total = _ZERO
    for invoice in record.items("purchases"):
        owed = invoice.derived.get("amount_due")
        if not owed:
            continue
        parts = [
            (part.values.get("due_date"), part.derived["amount_due"])
            for part in invoice.items("instalments")
            if part.derived.get("amount_due")
        ] or [(invoice.derived.get("due"), owed)]
        bases = rates.convert_parts(
            [amount for _, amount in parts],
            str(invoice.derived["currency"]),
            invoice.values.get("date") or date.max,
        )
        for (due, _), base in zip(parts, bases or (), strict=False):
            if due is None or due >= day:
                total += base
    return total

