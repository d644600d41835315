"""Balances: everyone who owes, and one customer's open invoices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from crm_cli.features.account import lines_in
from crm_cli.model.account import Line
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import DataError, Problem
from crm_cli.model.exchange import unknown_balance
from crm_cli.model.item import Item
from crm_cli.model.money import round_money
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.periods import Period
from crm_cli.model.purchase import PURCHASE
from crm_cli.workspace import Workspace

_LATELY = timedelta(days=90)
_AMOUNTS = ("gross", "paid", "amount_due")


class Owing(NamedTuple):
    """A customer who owes, or whom we owe (negative); amounts in the base currency, None where a
    rate is missing.

    `oldest_due` is the due date of the open invoice that is due first; `days_overdue` is
    0 where that is still to come, None where nothing says when.
    """

    id: str
    path: str
    name: str
    balance: Decimal | None
    overdue: Decimal | None
    currency: str
    oldest_due: date | None
    days_overdue: int | None


class OpenInvoice(NamedTuple):
    """An invoice of which something is owed; amounts in its own currency, with tax: what it
    comes to, less what was paid and credited, is due.

    `past_due` is what of it is late: of instalments, those that are.
    """

    id: str
    number: str | None
    day: date | None
    due: date | None
    gross: Decimal
    paid: Decimal
    credited: Decimal
    amount_due: Decimal
    currency: str
    status: str
    days_overdue: int
    past_due: Decimal


class Account(NamedTuple):
    """What one customer owes: the balance in the base currency, the open invoices, and the lines
    of their account in a time."""

    id: str
    name: str
    path: str
    balance: Decimal | None
    overdue: Decimal | None
    currency: str
    unallocated: tuple[tuple[Decimal, str], ...]
    invoices: tuple[OpenInvoice, ...]
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]


def owing(
    workspace: Workspace, terms: Sequence[str] = (), *, where: str | None = None
) -> tuple[list[Owing], list[Problem]]:
    """Those who owe among the customers that terms and expression describe, oldest due first;
    after them those whom we owe, with a negative balance, so that the sum is that of all.

    With what is wrong: balances that are not known, since a rate is missing.
    """
    cols = ("id", "path", "name", "balance", "overdue")
    large = False
    try:
        rows = workspace.select(CUSTOMER, terms, where=where, cols=cols).rows
    except DataError:
        # What is late comes to more than 64 bits for one of them: added up from the records.
        answer = workspace.select(CUSTOMER, terms, where=where, cols=cols[:-1])
        rows, large = [(*row, None) for row in answer.rows], True
    today = workspace.clock.today
    oldest = _oldest(workspace)
    found = []
    problems = []
    for id, path, name, balance, overdue in rows:
        if path in oldest and (balance is None or large):
            # Beyond 64 bits there is none in the index.
            exact = account(workspace, id)
            balance, overdue = exact.balance, exact.overdue
        if balance is None and path in oldest:
            # The index keeps no amount that is larger than 64 bits.
            balance = workspace.document(id).record.derived.get("balance")
            if balance is None:
                problems.append(unknown_balance(path, name or id))
        elif not balance:
            continue
        due = oldest.get(path)
        days = None if due is None else max((today - due).days, 0)
        found.append(
            Owing(id, path, name, balance, overdue, workspace.business.currency, due, days)
        )
    found.sort(key=_by_urgency)
    return found, problems


def _by_urgency(one: Owing) -> tuple[bool, bool, date, str]:
    credit = one.balance is not None and one.balance <= 0 and one.oldest_due is None
    return credit, one.oldest_due is None, one.oldest_due or date.max, one.id


def _oldest(workspace: Workspace) -> dict[str, date | None]:
    """The earliest due date of what is open, by the customer's path."""
    found: dict[str, date | None] = {}
    answer = workspace.select(PURCHASE, ["is:owing"], cols=("path", "due"), ordered=False)
    for path, due in answer.rows:
        earliest = found.setdefault(path, due)
        if due is not None and (earliest is None or due < earliest):
            found[path] = due
    return found


def account(workspace: Workspace, customer: str, period: str | None = None) -> Account:
    """What a customer owes, invoice by invoice, the oldest due first.

    With the lines of their account of a period; unless given, of the last 90 days.
    """
    document = workspace.document(customer)
    record = document.record
    today = workspace.clock.today
    invoices = [
        _open(item, today)
        for item in record.items("purchases")
        if item.derived.get("settlement") in ("unpaid", "partly_paid")
    ]
    invoices.sort(key=lambda one: (one.due or date.max, one.day or date.max, one.id))
    name = str(record.get("name") or customer)
    balance: Decimal | None = record.derived.get("balance")
    if balance is not None:
        balance = round_money(balance, workspace.business.currency)
    left = [
        (payment.derived["unallocated"], str(payment.derived["currency"]))
        for payment in record.items("payments")
        if payment.derived.get("unallocated")
    ]
    return Account(
        customer,
        name,
        document.path,
        balance,
        _overdue(invoices, workspace),
        workspace.business.currency,
        tuple(left),
        tuple(invoices),
        tuple(lines_in(workspace, record, period, usual=Period(today - _LATELY, None))),
        (unknown_balance(document.path, name),) if balance is None else (),
    )


def _open(item: Item, today: date) -> OpenInvoice:
    derived = item.derived
    due: date | None = derived.get("due")
    late = (today - due).days if due is not None else 0
    currency = str(derived["currency"])
    gross, paid, owed = (round_money(derived[key], currency) for key in _AMOUNTS)
    return OpenInvoice(
        item.id,
        item.values.get("number"),
        item.values.get("date"),
        due,
        gross,
        paid,
        gross - paid - owed,
        owed,
        currency,
        "overdue" if late > 0 else str(derived["settlement"]),
        max(late, 0),
        round_money(derived["past_due"], currency),
    )


def _overdue(invoices: Sequence[OpenInvoice], workspace: Workspace) -> Decimal | None:
    """What is late, in the base currency; None where a rate is missing."""
    total = round_money(Decimal(0), workspace.business.currency)
    for invoice in invoices:
        if invoice.status != "overdue":
            continue
        base = workspace.business.rates.convert(
            invoice.past_due, invoice.currency, invoice.day or date.max
        )
        if base is None:
            return None
        total += base
    return total
