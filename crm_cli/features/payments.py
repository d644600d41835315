"""Adding payments: to a customer, or to the invoice with a given number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.given import as_options
from crm_cli.features.items import new_id
from crm_cli.features.plan import Plan
from crm_cli.features.values import assigned, day, said, typed
from crm_cli.model import chain
from crm_cli.model.books import in_currency_of
from crm_cli.model.business import Business
from crm_cli.model.effect import is_ahead
from crm_cli.model.errors import ConflictError, UsageError
from crm_cli.model.item import Item
from crm_cli.model.money import decimal_text, format_amount
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.payment import PAYMENT, is_refund
from crm_cli.model.text import a_or_an
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_OPTIONS = {key: key for key in ("amount", "date", "method", "reference", "currency")}
"""The options by the fields that they fill in."""
_OTHERWISE = {"direction": "--refund", "for": "--for NUMBER"}


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
    wanted = _with_options(wanted)
    document = workspace.document(customer)
    target = document.find(wanted.purchase) if wanted.purchase else None
    values = _values(workspace, document.record, target, wanted)
    values["id"] = new_id(workspace, PAYMENT)
    update = entered(_updater(values, target, implied=wanted.amount is None))
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
        *_warnings(made, target, owed, wanted, workspace.business),
        *_left(document.record, made, after, workspace),
    ]
    return Plan(
        Change(f"add {way} {values['id']} of {customer}", (Edit(document.path, update),)),
        f"added {way} {of} {name} ({customer}): {amount}{named}, {made.id}",
        (customer,),
        notes=notes,
        made=(made.id,),
    )


def add_to_several(
    workspace: Workspace, customer: str, purchases: Sequence[str], wanted: Wanted
) -> Plan:
    """Plan to add one payment of several invoices of a customer, by their ids.

    Without an amount it is what is owed for all; less pays them in their order. Raises
    UsageError where they are in several currencies, or one owes nothing.
    """
    wanted = _with_options(wanted)
    document = workspace.document(customer)
    targets = [document.find(id) for id in dict.fromkeys(purchases)]
    currencies = {target.derived["currency"] for target in targets}
    currency = currencies.pop()
    if currencies or wanted.currency not in (None, currency):
        raise UsageError("one payment is in one currency", "add a payment for each invoice")
    owed = [_owed(document.record, target, wanted, workspace) for target in targets]
    amount = wanted.amount or decimal_text(sum(owed, Decimal(0)))
    asked = wanted._replace(amount=amount, currency=currency)
    values = _values(workspace, document.record, None, asked)
    left: Decimal = values["amount"]
    values["allocations"] = []
    for target, due in zip(targets, owed, strict=True):
        if part := min(left, due):
            values["allocations"].append({"purchase": chain.named(target), "amount": part})
            left -= part
    values["id"] = new_id(workspace, PAYMENT)

    def pay(document: Document) -> None:
        for target, due in zip(targets, owed, strict=True):
            if document.find(target.id).derived.get("amount_due") != due:
                raise ConflictError("what is owed has changed meanwhile", "run it again")
            if chain.named(target) == target.id:
                document.identified(document.find(target.id))
        document.add("payments", values)

    update = entered(pay)
    update(document)
    made = document.find(values["id"])
    notes = _said(workspace, made, wanted)
    for target in targets:
        notes += _left(document.record, made, document.find(target.id), workspace)
    if left:
        notes.append(f"warning: {format_amount(left, currency)} {currency} is more than was owed")
    named = ", ".join(one["purchase"] for one in values["allocations"])
    shown = f"{format_amount(values['amount'], currency)} {currency}"
    return Plan(
        Change(f"add payment {made.id} of {customer}", (Edit(document.path, update),)),
        f"added payment of {document.record.get('name') or customer} ({customer}): {shown} "
        f"for {named}, {made.id}",
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
        if target is not None and chain.named(target) == target.id:
            # An id that follows from what the purchase says would not be found again once
            # that is changed, and so it is written down.
            document.identified(document.find(target.id))
        document.add("payments", values)

    return update


def _with_options(wanted: Wanted) -> Wanted:
    """KEY=VALUE of fields that have options, as those."""
    taken, others = as_options(PAYMENT, wanted.values, _OPTIONS, wanted._asdict())
    return wanted._replace(**taken, values=others)


def _values(
    workspace: Workspace, record: Item, target: Item | None, wanted: Wanted
) -> dict[str, Any]:
    values = assigned(
        workspace, PAYMENT, wanted.values, customer=record.id, without=_OTHERWISE
    )
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
    if wanted.refund:
        amount = abs(amount)
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
        values["for"] = chain.named(target)
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
    if is_ahead(target, workspace.business):
        raise UsageError(
            f"{what} is dated {target.values['date']}: nothing is owed for it before",
            "give the amount paid; it is kept for that day",
        )
    if wanted.amount is not None:
        return owed  # What is given pays the others.
    raise UsageError(f"{what} is {state or 'paid'} already", "give an amount to pay anyway")


def _said(workspace: Workspace, made: Item, wanted: Wanted) -> list[str]:
    if wanted.date and wanted.date != made.values["date"].isoformat():
        return [said(workspace, "date", made.values["date"])]
    return []


def _warnings(
    made: Item, target: Item | None, owed: Decimal | None, wanted: Wanted, business: Business
) -> list[str]:
    """That more was paid than was owed for the invoice."""
    if target is None or wanted.refund or target.get("kind") != "invoice":
        return []
    if is_ahead(target, business) or is_ahead(made, business):
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


def _without_rate(made: Item, target: Item, business: Business) -> str:
    """The currency whose rate is missing between a payment and what it is for; empty for none."""
    own, other = made.derived["currency"], target.derived["currency"]
    if own == other or is_refund(made) or target.get("kind") != "invoice":
        return ""
    if in_currency_of(made.values["amount"], made, target, business) is not None:
        return ""
    day = made.values.get("date") or date.max
    one = business.rates.convert(Decimal(1), own, day)
    return str(own if one is None else other)


def _left(record: Item, made: Item, target: Item | None, workspace: Workspace) -> list[str]:
    """What is owed after it; of money, or for an invoice, of a later day from when on it counts."""
    if is_ahead(made, workspace.business):
        return [f"it counts from {made.values['date']} on"]
    if target is not None and is_ahead(target, workspace.business):
        what = target.values.get("number") or target.id
        return [f"it is kept for {what}, which is dated {target.values['date']}"]
    if target is not None and (lacking := _without_rate(made, target, workspace.business)):
        own, what = made.derived["currency"], target.values.get("number") or target.id
        paid = format_amount(abs(made.values["amount"]), own)
        return [f"{paid} {own} is kept for {what} until rates.yaml has a rate for {lacking}"]
    if target is not None and target.get("kind") == "invoice":
        due = target.derived.get("amount_due") or Decimal(0)
        currency = target.derived["currency"]
        what = target.values.get("number") or target.id
        if due > 0:
            return [f"{what} is {target.derived['settlement'].replace('_', ' ')}: "
                    f"{format_amount(due, currency)} {currency} is still owed"]  # fmt: skip
        return [f"{what} is {str(target.derived['settlement']).replace('_', ' ')}"]
    balance = record.derived.get("balance")
    base = workspace.business.currency
    if balance is None:
        return ["what they owe is not known: a rate is missing"]
    if balance < 0:
        return [f"we owe them {format_amount(-balance, base)} {base}"]
    return [f"they owe {format_amount(balance, base)} {base}" if balance else "they owe nothing"]
