"""What lines of the bank are matched with, from the records."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from crm_cli.features.unread import unread
from crm_cli.model.bank import BANK_LINE, BANK_STATEMENT
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import DataError
from crm_cli.model.matching import Book, Open, Paid
from crm_cli.model.payment import PAYMENT
from crm_cli.model.purchase import PURCHASE
from crm_cli.workspace import Workspace


def refuse_unread(workspace: Workspace) -> None:
    """Raise DataError where a record or a statement has errors: its invoices and payments may not
    be known, and a line be taken for another, or for new."""
    for one in unread(workspace, (CUSTOMER, BANK_STATEMENT)):
        raise DataError(
            f"{one.path} has errors, and may be about these lines; nothing was changed",
            "correct it first; crm check shows what is wrong with it",
        )


def book_of(workspace: Workspace) -> Book:
    """What lines are matched with: open invoices and credit notes, payments, names, accounts."""
    cols = ("customer", "id", "number", "amount_due", "currency", "due")
    rows = workspace.select(PURCHASE, ["is:owing"], cols=cols, ordered=False).rows
    opened = [Open(customer, id, number or id, *rest) for customer, id, number, *rest in rows]
    cols = ("customer", "id", "number", "gross", "currency", "due")
    notes = workspace.select(
        PURCHASE, ["is:credit_note", "is:posted", "has:number"], cols=cols, ordered=False
    ).rows
    opened += [Open(*note) for note in notes if note[3] and note[3] < 0]
    of_payments = (
        "customer", "id", "date", "amount", "currency", "for", "reference", "external_id",
    )  # fmt: skip
    terms = ["direction.is:in", "not:is:bounced", "not:is:write_off", "has:date", "has:amount"]
    found = workspace.select(PAYMENT, terms, cols=of_payments, ordered=False).rows
    numbers = dict(workspace.select(PURCHASE, ["has:number"], cols=("id", "number"),
                                    ordered=False).rows)  # fmt: skip
    paid = [
        Paid._make(
            (*row[:5], numbers.get(row[5], row[5]) or "", row[6] or "", row[7] or "")
        )
        for row in found
    ]
    names = workspace.select(CUSTOMER, cols=("name", "id"), ordered=False).rows
    legal = workspace.select(CUSTOMER, ["has:legal_name"], cols=("legal_name", "id"),
                             ordered=False).rows  # fmt: skip
    called = [(str(name), str(id)) for name, id in [*names, *legal] if name]
    tolerance = Decimal(workspace.business.tolerance or 0)
    return Book(opened, paid, called, _accounts(workspace, paid), tolerance)


def _accounts(workspace: Workspace, paid: Iterable[Paid]) -> dict[str, str]:
    """Customers by the accounts of whose lines payments were booked; of several customers none."""
    owners = {one.id: one.customer for one in paid}
    found: dict[str, str | None] = {}
    rows = workspace.select(
        BANK_LINE, ["is:booked", "has:iban"], cols=("iban", "payments"), ordered=False
    ).rows
    for iban, payments in rows:
        for id in payments or ():
            customer = owners.get(id)
            if customer is not None:
                key = str(iban).upper()
                found[key] = customer if found.get(key, customer) == customer else None
    return {iban: customer for iban, customer in found.items() if customer is not None}
