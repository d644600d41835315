"""What is owed on invoices, in the base currency, for the reports on receivables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from crm_cli.features.reports.context import Context
from crm_cli.model.instalments import INSTALMENT
from crm_cli.model.money import round_money
from crm_cli.model.purchase import PURCHASE

if TYPE_CHECKING:
    from crm_cli.query.ast import Node


class OpenInvoice(NamedTuple):
    """An invoice, or an instalment of one, of which something is owed at the end of today.

    `amount` is in its own currency, `base` in the base currency at the rate of its date.
    """

    customer: str
    id: str
    number: str | None
    day: date | None
    due: date | None
    amount: Decimal
    currency: str
    base: Decimal
    disputed: bool


class Debtor(NamedTuple):
    """A customer with a balance or open invoices; `keys` are the values of the report's keys."""

    id: str
    keys: tuple[object, ...]
    balance: Decimal
    invoices: tuple[OpenInvoice, ...]

    @property
    def on_account(self) -> Decimal:
        """What was paid or credited beyond all invoices: the rest of the balance, negative."""
        return self.balance - sum((one.base for one in self.invoices), Decimal(0))


def debtors(context: Context, *keys: str) -> list[Debtor]:
    """Those of the report's customers who have a balance or an open invoice, in no order.

    A balance that is not known, since a rate is missing, is left out and told.
    """
    invoices = open_invoices(context)
    found = []
    for id, path, name, balance, *values in context.rows("id", "path", "name", "balance", *keys):
        open_ones = invoices.get(path)
        if balance is None and open_ones is not None:
            # Beyond 64 bits there is none in the index.
            record = context.workspace.document(id).record
            balance = record.derived.get("balance")
            if balance is None:
                context.unknown_balance(path, name or id)
        if balance is None or (not balance and not open_ones):
            continue
        balance = round_money(balance, context.currency)
        found.append(Debtor(id, tuple(values), balance, tuple(open_ones or ())))
    return found


def open_invoices(context: Context, among: Node | None = None) -> dict[str, list[OpenInvoice]]:
    """The open invoices of the report's customers, or of those of a condition, by the customer's
    path; those without a rate are left out."""
    workspace = context.workspace
    rates = workspace.business.rates
    cols = (
        "path", "customer", "id", "number", "date", "due", "amount_due", "currency", "disputed",
    )  # fmt: skip
    parts = _parts(context, among)
    found: dict[str, list[OpenInvoice]] = {}
    for path, customer, id, number, day, due, amount, currency, disputed in workspace.rows(
        PURCHASE, context.items_of(PURCHASE, "is:owing", among=among), cols
    ):
        open_ones = found.setdefault(path, [])
        of = parts.get((path, id)) or [(due, amount)]
        bases = rates.convert_parts([part for _, part in of], currency, day or date.max)
        for (on, part), base in zip(of, bases or (), strict=False):
            open_ones.append(
                OpenInvoice(
                    customer, id, number, day, on, part, currency, base, disputed is not None
                )
            )
    return found


def _parts(
    context: Context, among: Node | None
) -> dict[tuple[str, str], list[tuple[date | None, Decimal]]]:
    """What is owed of instalments and when, by the path and the id of their invoice.

    An item without an id of its own answers with that of what holds it.
    """
    rows = context.workspace.rows(
        INSTALMENT,
        context.items_of(INSTALMENT, "amount_due.over:0", among=among),
        ("path", "id", "due_date", "amount_due"),
    )
    found: dict[tuple[str, str], list[tuple[date | None, Decimal]]] = {}
    for path, invoice, due, amount in rows:
        found.setdefault((path, invoice), []).append((due, amount))
    return found
