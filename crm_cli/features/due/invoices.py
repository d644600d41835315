"""Invoices of which something is still owed, by their due date."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.due import Asked, Due, Source
from crm_cli.model.business import Business
from crm_cli.model.purchase import PURCHASE
from crm_cli.query.lexer import quoted
from crm_cli.workspace import Workspace

KIND = "invoice"
_COLUMNS = (
    "due", "customer", "customer.name", "number", "amount_due", "gross", "currency", "id", "owner",
)  # fmt: skip


def _kinds(business: Business) -> tuple[str, ...]:
    return (KIND,)


def _find(workspace: Workspace, asked: Asked) -> Iterator[Due]:
    """An invoice is its own owner's, else the customer's owner's; what is left of it is told."""
    from crm_cli.model.money import format_amount

    terms = [*asked.terms, "is:owing", f"due:..{asked.through}"]
    if asked.owner is not None:
        terms.append(f"owner.is:{quoted(asked.owner)}")
    answer = workspace.select(PURCHASE, terms, where=asked.where, cols=_COLUMNS, ordered=False)
    for when, who, name, number, left, gross, currency, id, owner in answer.rows:
        what = f"{format_amount(left, currency)} {currency}"
        if left != gross:
            what += f" of {format_amount(gross, currency)}"
        yield Due(when, KIND, who, name or who, f"{number or id}: {what}", id, owner)


SOURCE = Source(PURCHASE, _kinds, _find)
