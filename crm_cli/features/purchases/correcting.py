"""Correcting an invoice: a credit note for it, and a draft of another with the same lines."""

from __future__ import annotations

from typing import Any

from crm_cli.features.moves import Found
from crm_cli.features.numbers import NEXT
from crm_cli.features.plan import Plan
from crm_cli.features.purchases.entry import enter, label, total
from crm_cli.features.purchases.parts import amount_part, line_parts, nothing_left
from crm_cli.features.purchases.standing import refuse_state
from crm_cli.features.values import day
from crm_cli.model import chain
from crm_cli.model.aspects import amount_text
from crm_cli.model.errors import UsageError
from crm_cli.model.subscription import is_pattern
from crm_cli.workspace import Change, Workspace

_NOT_KEPT = (
    "id", "number", "date", "due_date", "status", "disputed", "promised", "dunning", "bill_to",
    "documents", "source_system", "external_id", "corrects", "every", "until", "exdate",
    "price_changes",
)  # fmt: skip
"""What the draft of another invoice does not have from the one that it replaces."""


def correct(
    workspace: Workspace,
    found: Found,
    *,
    date: str | None = None,
    reason: str | None = None,
    force: bool = False,
) -> Plan:
    """Plan to credit what is left of an invoice, and to draft another one in its place.

    The draft names the invoice as what it `corrects`, so that an order counts as billed once.
    Raises UsageError for what is no invoice; Refused for a draft, a cancelled one, and one
    that is credited already.
    """
    invoice = found.item
    called = chain.said(invoice)
    if invoice.get("kind") != "invoice":
        raise UsageError(f"{called} is no invoice", "only invoices are corrected so; crm set …")
    refuse_state(invoice, workspace.clock.today)
    purchases = invoice.owner.items("purchases")
    made = chain.followers(invoice, purchases)
    if invoice.items("lines"):
        part = line_parts(invoice, made, (), workspace, force=False)
    elif "amount" in invoice.values:
        part = amount_part(workspace, invoice, made, None, force=False)
    else:
        raise nothing_left(invoice, made)
    on = day(workspace, date)
    note: dict[str, Any] = {"kind": "credit_note", "number": NEXT, "date": on}
    carried = ("currency", "tax_included", "rounding", "deal", "owner")
    note |= {key: invoice.values[key] for key in carried if key in invoice.values}
    note["corrects"] = chain.named(invoice)
    if reason:
        note["return_reason"] = reason.strip()
    if part.amount is not None:
        note |= {"amount": part.amount, "text": invoice.values.get("text") or called}
    else:
        note["lines"] = part.lines
    draft: dict[str, Any] = {"kind": "invoice", "date": on, "status": "draft"}
    left_out = {*_NOT_KEPT, *draft}
    draft |= {key: _plain(one) for key, one in invoice.values.items() if key not in left_out}
    draft["corrects"] = chain.named(invoice)
    entry = enter(workspace, found.customer, [note, draft], force=force)
    credit, fresh = entry.made
    notes = [f"crm set {fresh.id} … changes the draft, crm purchase post {fresh.id} numbers it"]
    if is_pattern(invoice):
        notes.append(
            f"its subscription goes on as it is: crm purchase reprice {invoice.id} PRICE --from "
            f"{on} changes what comes next, crm set {invoice.id} until={on} ends it"
        )
    if paid := invoice.derived.get("paid"):
        shown = amount_text(paid, invoice.derived["currency"])
        notes.append(f"{shown} that was paid for it is on account, and pays what is due next")
    return Plan(
        Change(f"correct {called} of {found.customer}", (entry.edit,)),
        f"made {label(credit)} for {called} of {entry.customer}: {total(credit)}, and "
        f"{label(fresh)} {fresh.id}",
        (found.customer,),
        notes=notes,
        made=(credit.id, fresh.id),
    )


def _plain(value: Any) -> Any:
    """A list of items as their values."""
    if isinstance(value, list):
        return [dict(one.values) if hasattr(one, "values") else one for one in value]
    return value
