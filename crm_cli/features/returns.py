"""Deciding returns: what the customer gets for what came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.features.entering import entered
from crm_cli.features.items import new_id
from crm_cli.features.moves import Found
from crm_cli.features.numbers import following, refuse_taken
from crm_cli.features.plan import Plan
from crm_cli.features.values import day, typed
from crm_cli.model import chain
from crm_cli.model.bill_to import bill_to
from crm_cli.model.case import CASE
from crm_cli.model.case_moves import is_open
from crm_cli.model.chain import said
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.gross_shares import gross_shares
from crm_cli.model.item import Item
from crm_cli.model.money import format_amount
from crm_cli.model.payment import PAYMENT
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.returned_goods import Back, can_be_decided, goods_of, purchase_of
from crm_cli.model.task import TASK
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_METHOD = "credit_transfer"
_MONEY = ("refund", "store_credit")
"""Decisions for which a credit note is made."""


class Made(NamedTuple):
    """What a decision makes: values of items, None where there is none."""

    credit_note: dict[str, Any] | None = None
    refund: str = ""
    """The id of the payment by which money is given back."""
    order: dict[str, Any] | None = None
    task: dict[str, Any] | None = None


def decide(
    workspace: Workspace,
    case: Found,
    decision: str,
    *,
    amount: str | None = None,
    method: str | None = None,
    received: str | None = None,
    resolve: bool = False,
    force: bool = False,
) -> Plan:
    """Plan what is decided of a return, and what follows: a credit note and a refund, an order of
    the same goods for nothing, a task to repair them.

    The goods cost what they cost in the purchase that the case names, else in the latest one of
    them, which is noted. Raises UsageError where nothing says how much it is, or what is sent in
    exchange; Refused for a case that has nothing to decide, is closed or decided already, or where
    more comes back than was bought, unless `force`.
    """
    word: str = typed(workspace, CASE, "decision", decision)
    _refuse(case, force=force)
    document = workspace.document(case.customer)
    notes: list[str] = []
    made = _made(workspace, case, document.record, word, amount, notes, force=force)
    on = None if received is None else day(workspace, received)
    how = PAYMENT.by_key["method"].type.read(method or _METHOD, workspace.business)
    number = (made.credit_note or {}).get("number")
    ids: dict[str, str] = {}

    def update(document: Document) -> None:
        if number is not None:
            refuse_taken(workspace, number)
        entered(put, force=force)(document)

    def put(document: Document) -> None:
        _put(workspace, document, case, word, made, how, ids)
        for place in range(0 if on is None else len(case.item.items("lines"))):
            line = document.find(case.id).items("lines")[place]
            if "received" not in line.values:
                document.assign(line, "received", on)
        if resolve:
            document.set(case.id, "status", "rejected" if word == "refused" else "resolved")

    entered(put, force=force)(document)
    told = _told(document, case, word, ids)
    state = ", and resolved" if resolve and word != "refused" else ""
    edit = Edit(case.path, update)
    change = Change(f"decide {case.id} of {case.customer}: {word}", (edit,))
    done = f"decided {case.said}: {word.replace('_', ' ')}{told}{state}"
    return Plan(change, done, (case.customer,), notes=notes, made=tuple(ids.values()))


def _refuse(case: Found, *, force: bool) -> None:
    if not can_be_decided(case.item):
        raise Refused(
            f"{case.said} is of kind {case.item.get('kind')}, which has nothing to decide",
            f"crm set {case.id} kind=return makes it a return; "
            f"crm case resolve {case.id} --resolution explanation resolves it",
        )
    status = case.item.get("status")
    if not is_open(case.item) and status != "resolved":
        raise Refused(
            f"{case.said} is {status}", f"crm case reopen {case.id} opens it again"
        )
    before = case.item.values.get("decision")
    if before is not None and not force:
        raise Refused(
            f"{case.said} is decided already: {before.replace('_', ' ')}",
            "--force decides once more, and makes what follows once more",
        )


def _made(
    workspace: Workspace,
    case: Found,
    record: Item,
    word: str,
    amount: str | None,
    notes: list[str],
    *,
    force: bool,
) -> Made:
    if word in _MONEY:
        note = _credit_note(workspace, case, record, amount, notes, force=force)
        return Made(note, new_id(workspace, PAYMENT) if word == "refund" else "")
    if amount is not None:
        raise UsageError(f"--amount does not go with {word}", "leave it out")
    if word == "exchange":
        goods = _goods(workspace, case, record, notes, force=force)
        if not goods:
            raise UsageError(
                f"{case.said} names no products to exchange",
                f"crm order add {case.customer} --line PRODUCT:1 case={case.id} adds an order",
            )
        free = [{**back.line, "discount": Decimal(100)} for back in goods]
        order: dict[str, Any] = {"id": new_id(workspace, PURCHASE), "kind": "order"}
        order["date"] = workspace.clock.today
        order |= {**_terms(case, record, goods), "case": case.id, "lines": free}
        return Made(order=order)
    if word == "repair":
        task: dict[str, Any] = {"id": new_id(workspace, TASK)}
        task["title"] = f"Repair: {case.item.title}"
        task |= {"due": workspace.clock.today, "case": case.id}
        if assignee := case.item.values.get("assignee") or workspace.user:
            task["assignee"] = assignee
        return Made(task=task)
    return Made()


def _credit_note(
    workspace: Workspace,
    case: Found,
    record: Item,
    amount: str | None,
    notes: list[str],
    *,
    force: bool,
) -> dict[str, Any]:
    today = workspace.clock.today
    purchase = purchase_of(case.item, record)
    values: dict[str, Any] = {
        "id": new_id(workspace, PURCHASE),
        "kind": "credit_note",
        "number": following(workspace, "credit_note", today),
        "date": today,
        **_terms(case, record),
    }
    if purchase is not None and purchase.get("kind") == "invoice":
        values["corrects"] = chain.named(purchase)
    values |= {"case": case.id, "return_reason": _reason(case)}
    values["bill_to"] = bill_to(record, values)
    if amount is not None:
        value = typed(workspace, PURCHASE, "amount", amount)
        if isinstance(value, tuple):
            value, values["currency"] = value
        if value <= 0:
            raise UsageError("--amount is above 0", "it is what the customer gets back")
        return {**values, **_of_amount(workspace, case, record, value, values, notes)}
    goods = _goods(workspace, case, record, notes, force=force)
    if not goods:
        raise UsageError(
            f"{case.said} names no products, so it is not known what they get back",
            "--amount 20.00 says it",
        )
    return {**values, **_terms(case, record, goods), "lines": [back.line for back in goods]}


def _of_amount(
    workspace: Workspace,
    case: Found,
    record: Item,
    amount: Decimal,
    values: Mapping[str, Any],
    notes: list[str],
) -> dict[str, Any]:
    """What a credit note is of that comes to an amount with tax: lines at the rates of the
    purchase, or of the latest one of the goods; the amount alone where that has no lines."""
    business = workspace.business
    back = goods_of(case.item, record, workspace.products())
    source = purchase_of(case.item, record) or next(
        (one.source for one in back if one.source is not None), None
    )
    alone = {"amount": amount, "text": case.item.title}
    if source is None:
        notes.append(
            f"no tax is in it, since the case names no purchase: crm undo, then crm set {case.id} "
            "purchase=NUMBER, takes the rates of that"
        )
        return alone
    currency = values.get("currency") or business.currency
    found = gross_shares(source, amount, currency, case.item.title, business)
    if not found.lines:
        return alone
    rates = sorted({one["tax_rate"] for one in found.lines if one.get("tax_rate")})
    if rates:
        with_ = ", ".join(f"{rate.normalize():f} %" for rate in rates)
        notes.append(f"the tax in it is at {with_}, as in {said(source)}")
    if found.included or business.tax_included:
        return {"tax_included": found.included, "lines": found.lines}
    return {"lines": found.lines}


def _reason(case: Found) -> str:
    reasons = [line.values.get("reason") for line in case.item.items("lines")]
    return ", ".join(dict.fromkeys(one for one in reasons if one)) or case.item.title


def _goods(
    workspace: Workspace, case: Found, record: Item, notes: list[str], *, force: bool
) -> list[Back]:
    """What comes back; says what it goes by where the case names no purchase."""
    found = goods_of(case.item, record, workspace.products())
    guessed = purchase_of(case.item, record) is None
    for back in found:
        sku, quantity = back.line["product"], back.line["quantity"]
        if "unit_price" not in back.line:
            raise UsageError(
                f"it is not known what {sku} cost",
                "--amount 20.00 says it; or name the purchase: "
                f"crm set {case.id} purchase=2026-0042",
            )
        if back.total > back.bought and not force:
            raise Refused(
                f"{back.total} {sku} come back, and {back.bought or 'none'} were bought",
                f"crm case show {case.id} shows its lines; --force does it anyway",
            )
        if guessed:
            source = "the product directory" if back.source is None else said(back.source)
            price = f"{back.line['unit_price']:f}"
            notes.append(
                f"the case names no purchase: {quantity} {sku} at {price} each, as in {source}; "
                f"crm set {case.id} purchase=NUMBER names one"
            )
    currencies = {_of(back.source, "currency") for back in found}
    if len(currencies) > 1:
        raise UsageError(
            "the products were paid in several currencies",
            f"name the purchase: crm set {case.id} purchase=2026-0042",
        )
    return found


def _of(purchase: Item | None, key: str) -> Any:
    return None if purchase is None else purchase.values.get(key)


def _terms(case: Found, record: Item, goods: Sequence[Back] = ()) -> dict[str, Any]:
    """The currency of what comes back, and whether its prices are with tax."""
    purchase = purchase_of(case.item, record)
    if purchase is None:
        purchase = next((back.source for back in goods if back.source is not None), None)
    found = {key: _of(purchase, key) for key in ("currency", "tax_included", "rounding")}
    return {key: value for key, value in found.items() if value is not None}


def _put(
    workspace: Workspace,
    document: Document,
    case: Found,
    word: str,
    made: Made,
    method: str,
    ids: dict[str, str],
) -> None:
    """Write down a decision and all that follows from it."""
    purchase = purchase_of(case.item, document.record)
    owed = None if purchase is None else purchase.derived.get("amount_due")
    document.set(case.id, "decision", word)
    kind = "none" if word == "refused" else word
    document.set(case.id, "resolution.kind", kind)
    if made.credit_note is not None:
        document.add("purchases", made.credit_note)
        note = document.find(made.credit_note["id"])
        ids["credit note"] = note.id
        gross, currency = abs(note.derived["gross"]), note.derived["currency"]
        document.set(case.id, "resolution.amount", gross)
        if currency != workspace.business.currency:
            document.set(case.id, "resolution.currency", currency)
        document.set(case.id, "credit_note", str(note.values["number"]))
        left = gross - (owed or Decimal(0))
        if made.refund and left > 0:
            ids["refund"] = made.refund
            _refund(workspace, document, case, note, left, {"id": made.refund, "method": method})
    if made.order is not None:
        document.add("purchases", made.order)
        ids["order"] = made.order["id"]
        document.set(case.id, "order", made.order["id"])
    if made.task is not None:
        document.add("tasks", made.task)
        ids["task"] = made.task["id"]


def _refund(
    workspace: Workspace,
    document: Document,
    case: Found,
    note: Item,
    amount: Decimal,
    of: Mapping[str, str],
) -> None:
    """Add the payment of what is given back."""
    values: dict[str, Any] = {
        **of,
        "date": workspace.clock.today,
        "amount": amount,
        "direction": "refund",
        "for": str(note.values["number"]),
        "case": case.id,
    }
    if "currency" in note.values:
        values["currency"] = note.values["currency"]
    document.add("payments", values)
    document.set(case.id, "refund", values["id"])


def _told(document: Document, case: Found, word: str, ids: Mapping[str, str]) -> str:
    """What was made, in words."""
    parts = []
    for what, id in ids.items():
        item = document.find(id)
        named = item.values.get("number") or id
        amount = item.derived.get("gross") if what == "credit note" else None
        if what == "refund":
            amount = item.values["amount"]
        said = ""
        if amount is not None:
            currency = item.derived["currency"]
            said = f" of {format_amount(abs(amount), currency)} {currency}"
        parts.append(f"{what} {named}{said}")
    if word == "refund" and "refund" not in ids:
        parts.append("nothing to pay back: it takes from what is owed")
    return f", {', '.join(parts)}" if parts else ""
