"""Adding payments: to a customer, or to the invoice with a given number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.features.items import new_id
from crm_cli.features.plan import Plan
from crm_cli.features.values import day, said, typed
from crm_cli.model.errors import ConflictError, UsageError
from crm_cli.model.item import Item
from crm_cli.model.kind import normal
from crm_cli.model.money import format_amount
from crm_cli.model.payment import PAYMENT
from crm_cli.model.text import a_or_an
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_OPTIONS = {"date", "amount", "method", "direction", "for", "reference", "allocations"}


class Wanted(NamedTuple):
    """A payment as it was typed; `currency` beside the amount goes with it (`200 USD`).

    `purchase` is the id of the purchase that it pays. `values` are further fields.
    """

    amount: str | None = None
    purchase: str | None = None
    date: str | None = None
    method: str | None = None
    reference: str | None = None
    currency: str | None = None
    refund: bool = False
    values: Sequence[tuple[str, str]] = ()


def add(workspace: Workspace, customer: str, wanted: Wanted) -> Plan:
    """Plan to add a payment of a customer, or with `refund` to them.

    Without an amount it is what is owed for the purchase. Raises UsageError where nothing
    says how much.
    """
    document = workspace.document(customer)
    target = document.find(wanted.purchase) if wanted.purchase else None
    values = _values(workspace, document.record, target, wanted)
    values["id"] = new_id(workspace, PAYMENT)
    update = _updater(values, target, implied=wanted.amount is None)
    owed = target.derived.get("amount_due") if target is not None else None
    update(document)
    made = document.find(values["id"])
    currency = made.derived["currency"]
    amount = f"{format_amount(made.values['amount'], currency)} {currency}"
    named = f" for {values['for']}" if "for" in values else ""
    way, of = ("refund", "to") if wanted.refund else ("payment", "of")
    name = document.record.get("name") or customer
    after = document.find(wanted.purchase) if wanted.purchase else None
    notes = [
        *_said(workspace, made, wanted),
        *_warnings(made, target, owed, wanted),
        *_left(document.record, after, workspace),
    ]
    return Plan(
        Change(f"add {way} {values['id']} of {customer}", (Edit(document.path, update),)),
        f"added {way} {of} {name} ({customer}): {amount}{named}, {made.id}",
        (customer,),
        notes=notes,
        made=(made.id,),
    )


def _updater(
    values: dict[str, Any], target: Item | None, *, implied: bool
) -> Callable[[Document], None]:
    def update(document: Document) -> None:
        if implied and target is not None:
            owed = document.find(target.id).derived.get("amount_due")
            if owed != values["amount"]:
                raise ConflictError(
                    f"what is owed for {values['for']} has changed meanwhile", "run it again"
                )
        if target is not None and "number" not in target.values:
            # Touching a purchase writes its id down; one that follows from what the
            # purchase says would not be found again once that is changed.
            document.remove(target.id, "number")
        document.add("payments", values)

    return update


def _values(
    workspace: Workspace, record: Item, target: Item | None, wanted: Wanted
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, text in wanted.values:
        field = PAYMENT.by_name.get(normal(key))
        if field is None or field.key in _OPTIONS:
            names = [one.key for one in PAYMENT.fields if one.key not in _OPTIONS]
            raise UsageError(f"{key} cannot be set here", f"there are: {', '.join(names)}")
        values[field.key] = typed(workspace, PAYMENT, key, text, customer=record.id)
    if wanted.currency:
        values["currency"] = typed(workspace, PAYMENT, "currency", wanted.currency)
    if wanted.amount is not None:
        amount = typed(workspace, PAYMENT, "amount", wanted.amount)
        if isinstance(amount, tuple):
            amount, currency = amount
            if values.setdefault("currency", currency) != currency:
                raise UsageError(
                    f"the amount is in {currency}, and --currency says {values['currency']}"
                )
        elif target is not None:
            values.setdefault("currency", target.derived["currency"])
    else:
        amount = _owed(record, target, wanted, workspace)
        assert target is not None
        if values.setdefault("currency", target.derived["currency"]) != target.derived["currency"]:
            raise UsageError(
                f"the invoice is in {target.derived['currency']}", "give the amount paid"
            )
    if amount <= 0:
        raise UsageError(
            f"{amount:f} is no payment", "it must be above zero; for money returned use --refund"
        )
    values["amount"] = amount
    values["date"] = day(workspace, wanted.date)
    if wanted.method:
        values["method"] = typed(workspace, PAYMENT, "method", wanted.method)
    if wanted.refund:
        values["direction"] = "refund"
    if target is not None:
        values["for"] = str(target.values.get("number") or target.id)
    if wanted.reference and wanted.reference.strip():
        values["reference"] = wanted.reference.strip()
    if values.get("currency") == workspace.business.currency:
        del values["currency"]
    return values


def _owed(record: Item, target: Item | None, wanted: Wanted, workspace: Workspace) -> Decimal:
    """What is owed for the purchase that is paid; UsageError where that says nothing."""
    if target is None:
        balance = record.derived.get("balance")
        hint = "crm payment add WHO AMOUNT, or the number of an invoice"
        if balance and balance > 0:
            base = workspace.business.currency
            hint = f"{record.id} owes {format_amount(balance, base)} {base} in all; {hint}"
        raise UsageError("how much?", hint)
    if wanted.refund:
        raise UsageError("how much is refunded?", "give the amount")
    owed: Decimal = target.derived.get("amount_due") or Decimal(0)
    if owed > 0:
        return owed
    what = target.values.get("number") or target.id
    state = target.derived.get("settlement")
    if target.get("kind") != "invoice":
        kind = str(target.get("kind")).replace("_", " ")
        raise UsageError(f"{what} is {a_or_an(kind)}: only invoices owe", "give the amount paid")
    if target.get("status") != "posted":
        raise UsageError(f"{what} is {target.get('status')} and owes nothing")
    raise UsageError(f"{what} is {state or 'paid'} already", "give an amount to pay anyway")


def _said(workspace: Workspace, made: Item, wanted: Wanted) -> list[str]:
    if wanted.date and wanted.date != made.values["date"].isoformat():
        return [said(workspace, "date", made.values["date"])]
    return []


def _warnings(made: Item, target: Item | None, owed: Decimal | None, wanted: Wanted) -> list[str]:
    """That more was paid than was owed for the invoice."""
    if target is None or wanted.refund or target.get("kind") != "invoice":
        return []
    currency = target.derived["currency"]
    own = made.derived["currency"]
    due = owed or Decimal(0)
    # In another currency what is over is known only where it pays nothing else.
    over = made.values["amount"] - due if own == currency else made.derived["unallocated"]
    if over <= 0:
        return []
    left = made.derived["unallocated"]
    rest = "it goes to what is due next"
    if left:
        rest = f"{format_amount(left, own)} pays nothing yet"
    return [
        f"warning: {target.values.get('number') or target.id} owed {format_amount(due, currency)} "
        f"{currency}; {format_amount(over, own)} {own} is more than that: {rest}"
    ]


def _left(record: Item, target: Item | None, workspace: Workspace) -> list[str]:
    """What is owed after it."""
    if target is not None and target.get("kind") == "invoice":
        due = target.derived.get("amount_due") or Decimal(0)
        currency = target.derived["currency"]
        what = target.values.get("number") or target.id
        if due > 0:
            return [f"{what} is {target.derived['settlement'].replace('_', ' ')}: "
                    f"{format_amount(due, currency)} {currency} is still owed"]  # fmt: skip
        return [f"{what} is paid"]
    balance = record.derived.get("balance")
    base = workspace.business.currency
    if balance is None:
        return ["what they owe is not known: a rate is missing"]
    if balance < 0:
        return [f"we owe them {format_amount(-balance, base)} {base}"]
    return [f"they owe {format_amount(balance, base)} {base}" if balance else "they owe nothing"]
