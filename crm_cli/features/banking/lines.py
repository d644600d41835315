"""Lines of the bank that are kept: what is open, and what people say of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.features.banking.alike import doubted
from crm_cli.features.banking.booking import Booking, all_of, unless_closed
from crm_cli.features.banking.importing import line_of
from crm_cli.features.banking.matched import book_of, refuse_unread
from crm_cli.features.banking.unnaming import Taken
from crm_cli.features.plan import Plan, counted
from crm_cli.features.values import come, day
from crm_cli.formats.bank.statement import StatementLine
from crm_cli.model.bank import BANK_LINE
from crm_cli.model.errors import (
    Ambiguous,
    ConflictError,
    DataError,
    NotFound,
    Refused,
    UsageError,
)
from crm_cli.model.matching import Line, Match, Part
from crm_cli.model.money import format_amount
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace


class OpenLine(NamedTuple):
    """A line that is open, with what it would be matched with now."""

    id: str
    day: date
    amount: Decimal
    currency: str
    name: str | None
    text: str | None
    reference: str | None
    reason: str
    candidates: tuple[str, ...]


_OF_LINE = ("id", "date", "amount", "currency", "name", "iban", "text", "reference", "reason")


def open_lines(workspace: Workspace, terms: Sequence[str] = ()) -> list[OpenLine]:
    """The lines that are open, the oldest first, with their candidates of today."""
    book = book_of(workspace)
    found = []
    rows = workspace.select(
        BANK_LINE, [*terms, "is:open", "has:date", "has:amount"], cols=_OF_LINE, sort="date"
    ).rows
    for id, on, amount, currency, name, iban, text, reference, reason in rows:
        currency = currency or workspace.business.currency
        match = doubted(reason or "") or unless_closed(workspace, book.match(
            Line(on, amount, currency, name or "", iban or "", text or "", reference or "")
        ), on)  # fmt: skip
        named = [f"{part.customer}" for part in match.parts]
        candidates = (*named, *match.candidates, *filter(None, (match.here, match.returned)))
        found.append(
            OpenLine(id, on, amount, currency, name, text, reference, match.reason, candidates)
        )
    return found


class Kept(NamedTuple):
    """A line where it is kept."""

    path: str
    id: str
    values: dict[str, Any]

    @property
    def amount(self) -> Decimal:
        """How much it is; negative where it was taken from the account."""
        amount: Decimal = self.values["amount"]
        return amount


def kept(workspace: Workspace, text: str) -> Kept:
    """The line of an id, or the beginning of one; raises NotFound, Ambiguous, Refused."""
    prefix = text.lower() if text[1:2] == "-" else f"b-{text.lower()}"
    rows = workspace.select(BANK_LINE, cols=("id", "path"), ordered=False).rows
    found = [(str(id), str(path)) for id, path in rows if str(id).startswith(prefix)]
    if not found:
        raise NotFound(f"there is no statement line {text}", "crm bank list shows them")
    if len(found) > 1:
        raise Ambiguous(
            f"{text} is the beginning of several", "write more of it",
            candidates=tuple((id, path) for id, path in found),
        )  # fmt: skip
    id, path = found[0]
    item = workspace.open(path, workspace.tree.read(path)).find(id)
    if "amount" not in item.values or "date" not in item.values:
        raise DataError(f"{id} has no date or no amount", f"crm check {path}")
    return Kept(path, id, {key: item.get(key) for key in (*item.values, "status")})


def book_line(
    workspace: Workspace, line: Kept, words: Sequence[str], who: Who, on: str | None = None
) -> Plan:
    """Plan to book an open line: what the numbers name is paid in their order, the rest lies on
    account; of one WHO alone all of it does. It is booked on its own day, or a later one.

    Raises Refused for a line that is booked, or numbers of several customers that it is no sum
    of; UsageError for a day before it.
    """
    if line.values["status"] == "booked":
        raise Refused(f"{line.id} is booked already", "crm undo takes back what was done")
    currency = line.values.get("currency") or workspace.business.currency
    match = _meant(workspace, line, words, currency, who)
    booking = Booking(workspace)
    known = str(line.values.get("external_id") or line.id)
    reference = str(line.values.get("reference") or "")
    own = line.values["date"]
    booked = come(workspace, "the payment", day(workspace, on)) if on else own
    if booked < own:
        hint = "name that day, or a later one"
        raise UsageError(f"{line.id} came on {own}, after {booked}", hint)
    payments = booking.book(booked, currency, reference, known, match)
    edit = Edit(line.path, _settling(line.id, "booked", payments, match.reason))
    shown = f"{format_amount(line.amount, currency)} {currency}"
    return Plan(
        Change(f"book {line.id}", (*booking.steps(), edit)),
        f"booked {line.id}, {shown}, as {', '.join(payments)} of {', '.join(booking.customers)}",
        booking.customers[:1],
        made=payments,
    )


Who = Callable[[str], "tuple[str, str | None]"]
"""(customer, purchase's id) of a number, or of a WHO, then without a purchase."""


def _meant(
    workspace: Workspace, line: Kept, words: Sequence[str], currency: str, who: Who
) -> Match:
    """What a person says that a line is."""
    found = [who(word) for word in words]
    customers = list(dict.fromkeys(customer for customer, _ in found))
    if line.amount < 0:
        if len(customers) > 1:
            raise UsageError("one customer got the money back", "name one of them")
        ids = [(id, line.amount) for _, id in found[:1] if id is not None]
        return Match("by hand", (Part(customers[0], line.amount, tuple(ids)),))
    shares: dict[str, list[tuple[str, Decimal]]] = {one: [] for one in customers}
    left = line.amount
    for customer, id in found:
        if id is None:
            continue
        invoice = workspace.document(customer).find(id)
        owed = invoice.derived.get("amount_due") or Decimal(0)
        if invoice.derived["currency"] != currency:
            owed = left
        if part := min(owed, left):
            shares[customer].append((id, part))
            left -= part
    if left and len(customers) > 1:
        raise Refused(
            f"{format_amount(left, currency)} {currency} is more than these invoices owe",
            "name the invoices of one customer, or one customer alone",
        )
    parts = [
        Part(customer, sum((amount for _, amount in of), left if len(customers) == 1 else _ZERO),
             tuple(of))
        for customer, of in shares.items()
    ]  # fmt: skip
    return Match("by hand", tuple(part for part in parts if part.amount))


_ZERO = Decimal(0)


def _settling(
    id: str, status: str, payments: Sequence[str], reason: str
) -> Callable[[Document], None]:
    def update(document: Document) -> None:
        if document.find(id).get("status") == "booked":
            raise ConflictError(f"{id} was booked meanwhile", "look at it again")
        document.set(id, "status", status)
        if payments:
            document.set(id, "payments", list(payments))
        if reason:
            document.set(id, "reason", reason)

    return update


def set_status(workspace: Workspace, lines: Sequence[Kept], status: str) -> Plan:
    """Plan to say that lines are no payments of customers, or open after all."""
    by_path: dict[str, list[str]] = {}
    for line in lines:
        if line.values["status"] == "booked":
            raise Refused(f"{line.id} is booked", "crm undo takes back what was done")
        by_path.setdefault(line.path, []).append(line.id)
    edits = tuple(
        Edit(path, all_of([_settling(id, status, (), "") for id in ids]))
        for path, ids in by_path.items()
    )
    what = lines[0].id if len(lines) == 1 else counted(len(lines), "line")
    verb = "ignore" if status == "ignored" else "reopen"
    return Plan(Change(f"{verb} {what} of the bank", edits), f"{status}: {what} of the bank")


def plan_match(workspace: Workspace) -> tuple[list[Taken], Plan]:
    """Match the lines that are open once more; what is certain now is to be booked."""
    book = book_of(workspace)
    refuse_unread(workspace)
    booking = Booking(workspace)
    rows = workspace.select(
        BANK_LINE, ["is:open", "has:date", "has:amount"],
        cols=(*_OF_LINE, "external_id", "path"), sort="date",
    ).rows  # fmt: skip
    taken = []
    edits: dict[str, list[Callable[[Document], None]]] = {}
    for id, on, amount, currency, name, iban, text, reference, reason, known, path in rows:
        if doubted(reason or ""):
            continue
        currency = currency or workspace.business.currency
        line = StatementLine(
            "", on, amount, currency, name or "", iban or "", text or "", reference or ""
        )
        match = unless_closed(workspace, book.match(line_of(line)), on)
        if not match.certain:
            continue
        taken.append(Taken(line, known or id, match))
        payments = booking.book(on, currency, reference or "", known or id, match)
        edits.setdefault(path, []).append(_settling(id, "booked", payments, match.reason))
    steps = [*booking.steps(), *(Edit(path, all_of(updates)) for path, updates in edits.items())]
    what = counted(len(taken), "line")
    return taken, Plan(
        Change(f"book {what} of the bank", tuple(steps)),
        f"booked {what} of the bank",
        booking.customers[:1],
        f"Book {what}?",
    )
