"""`crm report audit`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from crm_cli.features.forgotten import FINDINGS, gaps
from crm_cli.features.reports.advice import amount, counted, whom
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Choice, Report
from crm_cli.features.reports.table import Row, Table
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.kind import Kind


def _compute(context: Context) -> Table:
    def ask(kind: Kind, terms: Sequence[str], cols: Sequence[str]) -> list[tuple[Any, ...]]:
        among = context.items_of(kind, *terms) if kind is not CUSTOMER else None
        if among is None:
            scope = context.workspace.scope(CUSTOMER)
            return context.rows(*cols, among=context.workspace.node(scope, terms))
        return context.workspace.rows(kind, among, cols)

    rows: list[Row] = []
    for finding in (*FINDINGS, *([gaps] if context.option("numbers") else [])):
        found = sorted(
            finding(context.workspace, ask),
            key=lambda one: (one.day or date.min, one.customer, one.id or ""),
        )
        rows += [one._asdict() | {"since": one.day} for one in found]
    return Table(REPORT.by, REPORT.figures, rows)


def _advice(table: Table, currency: str) -> Iterator[str]:
    if not table.rows:
        return
    worth = [row for row in table.rows if row["amount"] and row.get("currency") == currency]
    if not worth:
        yield (
            f"{counted(len(table.rows), 'thing')} may have been forgotten, with "
            f"{whom(table.rows)}: have a look."
        )
        return
    most = max(worth, key=lambda row: row["amount"])
    rest = len(table.rows) - 1
    more = f", and {counted(rest, 'other thing')}" if rest else ""
    yield (
        f"{amount(most['amount'], currency)} at {whom([most])} may have been forgotten "
        f"({most['what']}){more}: have a look."
    )


REPORT = Report(
    name="audit",
    answers="List what may have been forgotten, to look at, each with the command that mends it.",
    formula="Each may have its reason, which the records do not tell. Orders that are delivered "
    "and not invoiced, won deals without a purchase, drafts "
    "older than 7 days, purchases without a price or a rate, numbered invoices that cannot be "
    "printed for want of a tax rate, customers who owe and cannot be "
    "reached, payments that pay no invoice, customers over their credit limit, quotes that lapse "
    "within 7 days, payments that were promised for a day that is past, and deals whose next step "
    "is written down but that no task is about. What concerns a day is in crm due as well.",
    example="--owner me",
    group="Money",
    base=CUSTOMER,
    by=(
        Key("finding", "", "what may have been forgotten", public=True),
        Key("customer", "id", "whose it is", label="name", ids=True),
    ),
    open=False,
    figures=(
        Figure("what", "", "what it is", type="text"),
        Figure("since", "", "since when, or when it is too late", type="date"),
        Figure("amount", "", "what it is worth, in its currency", type="money", own=True),
        Figure("currency", "", "the currency of the amount", type="text"),
        Figure("mend", "", "the command that mends it", type="text"),
        Figure("id", "", "the id of the item, where it is one", type="text"),
    ),
    ranked=("mend", "amount", "currency"),
    standing=True,
    compared=False,
    options=(
        Choice("exit-code", "Exit with status 1 if anything is found."),
        Choice("numbers", "List numbers of invoices and credit notes that are missing, too."),
    ),
    title="What may have been forgotten",
    advice=_advice,
    compute=_compute,
)
