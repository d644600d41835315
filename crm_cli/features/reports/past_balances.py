"""What was owed at the end of past days, as the balances of those days were.

Of most customers that is what they owe today, less what was billed since, and what was paid since
with it: those sums need no invoice beside its payments. Where they do not tell, in several
currencies say, the record is derived again, by the clock of each day. What was not yet due on a
past day depends on which payment paid what: the invoices that were not are read with the payments
that name them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.owing import open_invoices
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.instalments import INSTALMENT
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.money import round_money
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.payment import ALLOCATION, PAYMENT
from crm_cli.model.purchase import PURCHASE

if TYPE_CHECKING:
    from crm_cli.query.ast import Node

_ZERO = Decimal(0)
_POSTED = ("is:counted", "kind.is:invoice,credit_note")
_PAST = "not:date.after:today"
_DAY = Key("day", "date", "the date")
_SINCE = "any(purchases, date > {day}) or any(payments, date > {day} or bounced.at > {day})"
"""Who has anything dated since: the others owe what they owed then."""
_WAITING = (
    "(balance is none or balance != 0 or any(purchases, is(owing)) or "
    + _SINCE
    + ") and (any(purchases, kind = invoice and (due is none or due >= {day}))"
    " or any(instalments, due_date is none or due_date >= {day}))"
)
"""Who may have owed what was not yet due."""
_BEYOND = "(method = write_off and date > {day}) or bounced.at > {day}"
"""Payments since that are no money received, and those that were returned since."""


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
    return _by_day(context, PURCHASE, "gross", context.items_of(PURCHASE, *_POSTED))


def _by_day(context: Context, kind: Kind, field: str, among: Node) -> dict[date | None, Decimal]:
    """Sums of an amount by day, in the base currency."""
    figure = Figure("sum", f"sum:{field}", field)
    found = context.groups(
        (_DAY,), (figure,), kind=kind, among=among, dated="-", totals=False, sort=None
    )
    return {row["day"]: row["sum"] or _ZERO for row in found.rows}


def owed_at(
    context: Context, days: Collection[date], waiting: Collection[date] | None = None
) -> dict[date, Owed]:
    """What was owed at the end of each day, up to today: the sum of the balances of that day.

    With `waiting` what was not yet due is only found for those of the days. A balance that is not
    known, since a rate is missing, is left out and told.
    """
    if not days:
        return {}
    now, apart = _balances(context, min(days))
    rest = _but(context.node, [id for id, _ in apart])
    totals = _totals(context, days, now, rest)
    wanted = days if waiting is None else waiting
    open_ = _waiting(context, [day for day in totals if day in wanted], rest)
    for _, path in apart:
        for day, owed in zip(totals, _derived(context, path, totals, told=True), strict=True):
            totals[day] += owed.total
            if day in open_:
                open_[day] += owed.not_due
    currency = context.currency
    return {
        day: Owed(round_money(total, currency), round_money(open_.get(day, _ZERO), currency))
        for day, total in totals.items()
    }


def _balances(context: Context, day: date) -> tuple[Decimal, list[tuple[str, str]]]:
    """What the report's customers owe today, and (id, path) of those, not among them, whose
    balance is not known, or who owed since a day what sums do not tell."""
    from crm_cli.query.accounts import irregular
    from crm_cli.query.ast import And, Belongs

    workspace = context.workspace
    figures = (
        Figure("balance", "sum:balance", "what they owe"),
        Figure("unknown", "count(where balance is none)", "not known"),
    )
    (row,) = context.groups((), figures, dated="-", totals=False, sort=None).rows
    scope = workspace.scope(CUSTOMER)
    ids: set[str] = set()
    if row["unknown"]:
        unknown = workspace.node(scope, ("no:balance",))
        ids.update(id for (id,) in context.rows("id", among=unknown))
    if day < context.today and (strange := irregular(workspace.database)):
        since = workspace.node(scope, (), _SINCE.format(day=day.isoformat()))
        among = And((Belongs(tuple(strange)), since))
        ids.update(id for (id,) in context.rows("id", among=among))
    if not ids:
        return row["balance"] or _ZERO, []
    found = context.rows("path", "id", "balance", among=Belongs(tuple(ids)))
    known = sum((balance for *_, balance in found if balance is not None), _ZERO)
    apart = sorted((path, id) for path, id, _ in found)
    return (row["balance"] or _ZERO) - known, [(id, path) for path, id in apart]


def _but(node: Node, ids: Sequence[str]) -> Node:
    """The customers of a condition without some."""
    from crm_cli.query.ast import And, Belongs, Not

    return And((node, Not(Belongs(tuple(ids))))) if ids else node


def _totals(
    context: Context, days: Collection[date], now: Decimal, among: Node
) -> dict[date, Decimal]:
    """What was owed at the end of each day, by what is owed today and what moved it since."""
    first = min(days)
    if first >= context.today:
        return dict.fromkeys(days, now)
    since = f"date.after:{first.isoformat()}"
    moves: defaultdict[date, Decimal] = defaultdict(Decimal)
    billed = context.items_of(PURCHASE, *_POSTED, since, among=among)
    for day, amount in _by_day(context, PURCHASE, "gross", billed).items():
        if day is not None:
            moves[day] += amount
    paid = context.items_of(PAYMENT, _PAST, since, among=among)
    for day, amount in _by_day(context, PAYMENT, "amount", paid).items():
        if day is not None:
            moves[day] -= amount
    for day, amount in _beyond(context, first, among):
        moves[day] += amount
    return {end: now - sum((moves[day] for day in moves if day > end), _ZERO) for end in days}


def _beyond(context: Context, first: date, among: Node) -> Iterator[tuple[date, Decimal]]:
    """(day, what was owed more from then on) by write-offs since a day, and by payments that were
    returned since then."""
    from crm_cli.query.ast import And

    workspace, today = context.workspace, context.today
    where = workspace.node(workspace.scope(PAYMENT), (), _BEYOND.format(day=first.isoformat()))
    among = And((context.items_of(PAYMENT, _PAST, among=among), where))
    cols = ("date", "amount", "direction", "method", "bounced.at")
    for day, amount, direction, method, back in workspace.rows(PAYMENT, among, cols):
        if amount is None or (back is not None and day is not None and back <= day):
            continue
        amount = -abs(amount) if direction == "refund" or amount < 0 else amount
        returned = back is not None and back <= today
        if returned:
            yield back, amount
        if day is not None and (returned or method == "write_off"):
            yield day, -amount


def _waiting(context: Context, days: Collection[date], among: Node) -> dict[date, Decimal]:
    """What was not yet due at the end of each day."""
    found = dict.fromkeys(days, _ZERO)
    today = context.today
    if today in found:
        found[today] = sum(
            (
                one.base
                for invoices in open_invoices(context, among).values()
                for one in invoices
                if one.due is None or one.due >= today
            ),
            _ZERO,
        )
    past = [day for day in found if day < today]
    if past:
        _add_past(context, past, among, found)
    return found


def _add_past(
    context: Context, days: Sequence[date], among: Node, found: dict[date, Decimal]
) -> None:
    """Add what was not yet due at the end of past days."""
    from crm_cli.query.ast import And, Belongs

    workspace = context.workspace
    where = _WAITING.format(day=min(days).isoformat())
    node = And((among, workspace.node(workspace.scope(CUSTOMER), (), where)))
    # Looked for once, for several queries on their items.
    ids = [id for (id,) in workspace.rows(CUSTOMER, node, ("id",))]
    plain, others = _accounts(context, Belongs(tuple(ids)))
    for _, billed, due, gross, payments in plain:
        for day in days:
            if billed <= day and (due is None or due >= day):
                found[day] += gross - sum(
                    [
                        amount
                        for paid, until, amount in payments
                        if paid <= day and (until is None or until > day)
                    ],
                    _ZERO,
                )
    for path in others:
        for day, owed in zip(days, _derived(context, path, days), strict=True):
            found[day] += owed.not_due


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


def _payments(context: Context, among: Node, others: set[str]) -> Iterator[tuple[str, str, _Paid]]:
    """(path, what it names, the payment) of the plain payments; adds to the others' paths."""
    cols = ("path", "date", "amount", "currency", "direction", "for", "bounced.at")
    base = context.currency
    for path, day, amount, currency, direction, name, returned in context.workspace.rows(
        PAYMENT, context.items_of(PAYMENT, _PAST, among=among), cols
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


def _derived(
    context: Context, path: str, days: Iterable[date], *, told: bool = False
) -> Iterator[Owed]:
    """What a customer owed on each day, by their record; `told` where it is not known."""
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
    if unknown and told:
        context.unknown_balance(path, str(document.record.get("name") or document.id))


def _not_due(context: Context, record: Item, day: date) -> Decimal:
    """What was owed of invoices, or instalments, that were due on that day or later."""
    rates = context.workspace.business.rates
    total = _ZERO
    for invoice in record.items("purchases"):
        owed = invoice.derived.get("amount_due")
        if not owed or owed < 0:
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
