"""Statements of the bank that are imported: read, matched, booked as far as it is certain, kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.features.banking.alike import ALIKE, KeptLine, kept_lines, sift
from crm_cli.features.banking.booking import SYSTEM, Booking, unless_closed
from crm_cli.features.banking.matched import book_of, refuse_unread
from crm_cli.features.banking.unnaming import Taken, Unnaming
from crm_cli.formats.bank.statement import Statement, StatementLine, known_by
from crm_cli.formats.mapping import Map
from crm_cli.model.bank import BANK_LINE, BANK_STATEMENT
from crm_cli.model.ids import slug
from crm_cli.model.matching import Book, Line, Match
from crm_cli.model.payment import PAYMENT
from crm_cli.model.places import BANK
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Create, Edit, Step, Workspace, new_record


class BankImport(NamedTuple):
    """What an import of a statement would do; `known` is the number of lines that are here."""

    taken: tuple[Taken, ...]
    known: int
    change: Change
    customers: tuple[str, ...]
    unnamed: int = 0
    """How many lines are of somebody who was forgotten: they are kept without a name."""
    alike: tuple[tuple[StatementLine, str], ...] = ()
    """Those of `known` that another file told in other words, each with the kept line's id."""

    @property
    def payments(self) -> int:
        """How many payments are booked, or noted as returned: one transfer may be several."""
        return sum(len(one.match.parts) or 1 for one in self.of("booked"))

    def of(self, status: str) -> list[Taken]:
        """The lines of a status."""
        return [one for one in self.taken if one.status == status]


def plan_import(workspace: Workspace, lines: Iterable[StatementLine]) -> BankImport:
    """Match the lines that are not here yet, and plan to book what is certain; the rest is kept.

    Nothing is written.
    """
    named = known_by(lines)
    here = kept_lines(workspace)
    refuse_unread(workspace)
    unknown, others = _unknown(workspace, named, here)
    fresh, alike, doubts = sift(unknown, others)
    book = book_of(workspace)
    taken = [
        Taken(line, known, unless_closed(
            workspace, _match(book, line, doubts.get(place, "")), line.day
        ))
        for place, (line, known) in enumerate(fresh)
    ]
    taken = Unnaming(workspace, book).done(taken)
    unnamed = sum(old is not one.line for (old, _), one in zip(fresh, taken, strict=True))
    booking = Booking(workspace)
    by_file: dict[str, list[dict[str, Any]]] = {}
    heads: dict[str, dict[str, Any]] = {}
    for one in taken:
        payments = booking.book(one.line.day, one.line.currency, one.line.reference, one.known,
                                one.match) if one.match.certain else []  # fmt: skip
        month = f"{one.line.day:%Y-%m}"
        id = f"{slug(one.line.account) or 'account'}-{month}"[:80]
        heads.setdefault(id, {"account": one.line.account or None, "month": month})
        by_file.setdefault(id, []).append(_values(workspace, one, payments))
    steps = [*booking.steps(), *_bank_steps(workspace, by_file, heads)]
    count = len(taken)
    subject = f"import {count} {'line' if count == 1 else 'lines'} of the bank"
    return BankImport(
        tuple(taken), len(named) - len(fresh), Change(subject, tuple(steps)), booking.customers,
        unnamed, tuple(alike),
    )  # fmt: skip


def _match(book: Book, line: StatementLine, like: str) -> Match:
    """What a line is; one that looks like a kept line takes from no invoice."""
    if not like:
        return book.match(line_of(line))
    if line.amount < 0 and not (found := book.match(line_of(line))).reason:
        return found
    return Match(f"{ALIKE}{like}, of the same day and sum", candidates=(like,))


def _unknown(
    workspace: Workspace, named: Iterable[tuple[StatementLine, str]], here: Iterable[KeptLine]
) -> tuple[list[tuple[StatementLine, str]], list[KeptLine]]:
    """The lines that neither a kept line nor a payment is known by, and the kept lines that none
    of the others is."""
    by_key: dict[tuple[str, str, Decimal], list[KeptLine]] = {}
    for one in here:
        by_key.setdefault((one.account, one.known, one.amount), []).append(one)
    held = {known for _, known, _ in by_key}
    terms = ["has:external_id", f"source_system.is:{SYSTEM}"]
    rows = workspace.select(PAYMENT, terms, cols=("external_id",), ordered=False).rows
    paid = {str(known) for (known,) in rows} - held
    unknown = []
    for line, known in named:
        if those := by_key.get((line.account, known, line.amount)):
            those.pop()
        elif known not in paid:
            unknown.append((line, known))
    return unknown, [one for those in by_key.values() for one in those]


def _values(workspace: Workspace, one: Taken, payments: Sequence[str]) -> dict[str, Any]:
    """A line as it is kept."""
    line = one.line
    values = {
        "date": line.day,
        "amount": line.amount,
        "currency": line.currency if line.currency != workspace.business.currency else None,
        "name": line.name,
        "iban": line.iban,
        "text": line.text,
        "reference": line.reference,
        "status": one.status,
        "payments": list(payments),
        "reason": one.match.reason,
        "external_id": one.known,
    }
    return {key: value for key, value in values.items() if value not in (None, "", [])}


def _bank_steps(
    workspace: Workspace,
    by_file: dict[str, list[dict[str, Any]]],
    heads: dict[str, dict[str, Any]],
) -> list[Step]:
    steps: list[Step] = []
    for id, lines in by_file.items():
        path = BANK.file(id)
        if workspace.has(id, BANK_STATEMENT):
            steps.append(Edit(path, _extending(lines)))
            continue
        head = {key: value for key, value in heads[id].items() if value is not None}
        record = new_record(BANK_STATEMENT, {**head, "lines": lines}, workspace.business)
        steps.append(Create(path, record))
    return steps


def _extending(lines: list[dict[str, Any]]) -> Callable[[Document], None]:
    def update(document: Document) -> None:
        document.extend("lines", lines)

    return update


def line_of(line: StatementLine) -> Line:
    return Line(
        line.day, line.amount, line.currency, line.name, line.iban, line.text, line.reference,
        line.returned,
    )  # fmt: skip


def read_table(workspace: Workspace, data: bytes, map: Map) -> Statement:
    """The lines of a table, by a map or its headings; raises Undecided, DataError."""
    from crm_cli.formats.bank.table import lines_of
    from crm_cli.formats.drafts import drafts_of
    from crm_cli.formats.headings import meaning
    from crm_cli.formats.table_files import table_of

    mapped = {column.heading for column in map.columns}
    table = table_of(
        data,
        map,
        known=lambda heading: heading in mapped or meaning(BANK_LINE, heading) is not None,
    )
    drafts = drafts_of(table, BANK_LINE, map, workspace.business)
    return lines_of(drafts, workspace.business.currency)
