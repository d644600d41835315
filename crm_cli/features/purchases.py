"""Adding purchases."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.features.entering import entered
from crm_cli.features.items import new_id
from crm_cli.features.moves import Found, planned
from crm_cli.features.numbers import NEXT, NUMBERED, following, refuse_taken
from crm_cli.features.plan import Plan
from crm_cli.features.values import assigned, day, read, said, typed
from crm_cli.model.credit import objection
from crm_cli.model.errors import NotFound, Refused, Unreadable, UsageError
from crm_cli.model.item import Item
from crm_cli.model.money import format_amount
from crm_cli.model.purchase import LINE, PURCHASE, read_line
from crm_cli.model.receivables import due_date
from crm_cli.model.writing import new_item
from crm_cli.query.lexer import quoted
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_OPTIONS = {"kind", "number", "date", "due_date", "currency", "amount", "text", "status", "lines"}


class Wanted(NamedTuple):
    """A purchase as it was typed; texts as the fields read them, empty where not given.

    `lines` are `PRODUCT[:QUANTITY[:PRICE]]`; `number` may be `next`; `values` are further
    fields and their texts.
    """

    lines: Sequence[str] = ()
    amount: str | None = None
    text: str | None = None
    kind: str | None = None
    number: str | None = None
    date: str | None = None
    due: str | None = None
    discount: str | None = None
    draft: bool = False
    currency: str | None = None
    values: Sequence[tuple[str, str]] = ()


def add(workspace: Workspace, customer: str, wanted: Wanted, *, force: bool = False) -> Plan:
    """Plan to add a purchase to a customer.

    A line's price, unit and tax are copied from the product where they are not given.
    Raises UsageError and NotFound for what cannot be; Refused for a number that is
    taken, and for an invoice over the customer's credit limit or on hold, unless `force`;
    NumberTaken, while it is written, where the next number is gone.
    """
    notes: list[str] = []
    values = _values(workspace, customer, wanted, notes)
    counted = values.get("number") == NEXT
    if counted:
        values["number"] = following(workspace, values.get("kind", "sale"), values["date"])
    values["id"] = new_id(workspace, PURCHASE)
    path = workspace.path_of(customer)
    trial = workspace.document(customer)
    _set_due(workspace, trial.record, values)

    def put(document: Document) -> None:
        if "number" in values and not force:
            _refuse_double(workspace, document.id, values)
        document.add("purchases", values)
        if not force:
            _refuse_credit(workspace, document.record, document.find(values["id"]))

    def update(document: Document) -> None:
        # The lock is held now, so what the index finds stays true until it is written.
        if counted:
            refuse_taken(workspace, values["number"])
        elif "number" in values:
            workspace.index.refresh()
        entered(put, force=force)(document)

    entered(put, force=force)(trial)
    made = trial.find(values["id"])
    notes += _notes(workspace, made, wanted)
    number = f" {made.values['number']}" if "number" in made.values else ""
    label = f"{'draft ' if wanted.draft else ''}{_label(made)}{number}"
    name = trial.record.get("name") or customer
    return Plan(
        Change(f"add {label} of {customer}", (Edit(path, update),)),
        f"added {label} of {name} ({customer}): {_sum(made)}, {made.id}",
        (customer,),
        notes=notes,
        made=(made.id,),
    )


def _values(
    workspace: Workspace, customer: str, wanted: Wanted, notes: list[str]
) -> dict[str, Any]:
    """The fields of the new purchase, typed."""
    values = assigned(
        workspace, PURCHASE, wanted.values, customer=customer, without=_OPTIONS
    )
    if wanted.kind:
        values["kind"] = typed(workspace, PURCHASE, "kind", wanted.kind)
    if wanted.draft:
        values["status"] = "draft"
    number = _number(wanted, values.get("kind", "sale"))
    if number:
        values["number"] = number
    values["date"] = day(workspace, wanted.date)
    if wanted.due:
        values["due_date"] = day(workspace, wanted.due, ahead=True, after=values["date"])
        if values["due_date"] < values["date"]:
            raise UsageError(
                f"due {values['due_date']} is before the purchase's date, {values['date']}"
            )
    if wanted.currency:
        values["currency"] = typed(workspace, PURCHASE, "currency", wanted.currency)
    if wanted.lines and (wanted.amount or wanted.text):
        raise UsageError("a purchase has lines, or an amount and a text", "give one of them")
    if wanted.lines:
        _fill_lines(workspace, wanted, values, notes)
    else:
        _fill_amount(workspace, wanted, values)
    if values.get("currency") == workspace.business.currency:
        del values["currency"]
    if values.get("kind") == "sale":
        del values["kind"]
    return values


def _number(wanted: Wanted, kind: str) -> str:
    """The number as given; `next` for what needs one, and is no draft, unless `none` is."""
    if wanted.number is None:
        return NEXT if kind in NUMBERED and not wanted.draft else ""
    text = wanted.number.strip()
    if not text:
        raise UsageError("--number is empty", "give a number, next or none")
    return {NEXT: NEXT, "none": ""}.get(text.lower(), text)


def _set_due(workspace: Workspace, record: Item, values: dict[str, Any]) -> None:
    """Write down when an invoice is due: terms that change later are not its own."""
    if values.get("kind") == "invoice" and values.get("status") != "draft":
        made = new_item(PURCHASE, values, workspace.business)
        due = due_date(made, record, workspace.business)
        if due is not None:
            values["due_date"] = due


def post(
    workspace: Workspace, drafts: Sequence[Found], on: str | None = None, *, force: bool = False
) -> Plan:
    """Plan to post drafts: an invoice or a credit note gets the next number, an invoice its
    due date. `on` is their new date, as typed.

    Raises Refused for what is cancelled, over the credit limit or wrong, unless `force`;
    NumberTaken, while it is written, where a number is gone.
    """
    notes: list[str] = []
    changes: dict[str, dict[str, Any]] = {}
    given: list[str] = []
    for one in drafts:
        status, kind = one.item.get("status"), one.item.get("kind")
        if status == "cancelled":
            raise Refused(f"{one.said} is cancelled", f"crm set {one.id} status=posted posts it")
        if status == "posted":
            notes.append(f"{one.said} is posted already")
            continue
        values: dict[str, Any] = {"status": "posted"}
        if on or "date" not in one.item.values:
            values["date"] = day(workspace, on)
        written = {**one.item.values, **values}
        if kind in NUMBERED and "number" not in written:
            values["number"] = following(workspace, kind, written["date"], given)
            given.append(values["number"])
            notes.append(f"{one.said} is {kind.replace('_', ' ')} {values['number']}")
        _set_due(workspace, workspace.record(one.customer), written)
        changes[one.id] = values | {key: written[key] for key in ("due_date",) if key in written}

    def update(document: Document, id: str) -> None:
        if "number" in changes[id]:
            refuse_taken(workspace, changes[id]["number"])

        def put(document: Document) -> None:
            for key, value in changes[id].items():
                document.set(id, key, value)
            if not force:
                _refuse_credit(workspace, document.record, document.find(id))

        entered(put, force=force)(document)

    left = [one for one in drafts if one.id in changes]
    return planned(PURCHASE, drafts, left, update, "post", "posted", notes)


def _fill_amount(workspace: Workspace, wanted: Wanted, values: dict[str, Any]) -> None:
    if wanted.amount is None:
        raise UsageError(
            "what was bought?",
            'crm purchase add WHO --line beans-1kg:20, or --amount 1200 --text "Machine rent"',
        )
    if wanted.discount:
        raise UsageError("a discount is for lines", "subtract it from the amount")
    amount = typed(workspace, PURCHASE, "amount", wanted.amount)
    values["amount"] = _in_currency(values, amount, "--amount")
    if values["amount"] < 0:
        raise UsageError("an amount is not negative", "for a return use --kind credit_note")
    if wanted.text and wanted.text.strip():
        values["text"] = wanted.text.strip()


def _in_currency(values: dict[str, Any], amount: Any, what: str) -> Decimal:
    """An amount that may have been written with its currency, which is then the purchase's."""
    if not isinstance(amount, tuple):
        value: Decimal = amount
        return value
    value, currency = amount
    if values.setdefault("currency", currency) != currency:
        raise UsageError(f"{what} is in {currency}, and the purchase in {values['currency']}")
    return value


def _fill_lines(
    workspace: Workspace, wanted: Wanted, values: dict[str, Any], notes: list[str]
) -> None:
    products = workspace.products()
    discount = _discount(workspace, wanted.discount, notes)
    lines = []
    copied: dict[str, str] = {}
    for text in wanted.lines:
        line, product = _line(workspace, text, products)
        if product.get("disabled"):
            notes.append(f"{line['product']} is no longer sold")
        if "unit_price" in line:
            line["unit_price"] = _in_currency(values, line["unit_price"], f"the price in {text}")
        elif "price" in product.values:
            line["unit_price"] = product.values["price"]
            copied[line["product"]] = product.values.get("currency") or workspace.business.currency
        else:
            raise UsageError(
                f"{line['product']} has no price in products.yaml",
                f"write --line {line['product']}:{line.get('quantity', 1)}:PRICE",
            )
        for key in ("unit", "tax_category", "tax_rate"):
            if key in product.values:
                line[key] = product.values[key]
        if discount:
            line["discount"] = discount
        lines.append(line)
    for sku, currency in copied.items():
        if values.setdefault("currency", currency) != currency:
            raise UsageError(
                f"the price of {sku} is in {currency}, and the purchase in {values['currency']}",
                f"write the price: --line {sku}:1:PRICE",
            )
    values["lines"] = lines


def _discount(workspace: Workspace, text: str | None, notes: list[str]) -> Decimal | None:
    if not text:
        return None
    discount: Decimal = read(LINE.by_key["discount"], text, workspace)
    if not 0 <= discount <= 100:
        raise UsageError(f"a discount of {discount} percent", "write 0 to 100, as --discount 15")
    if 0 < discount < 1:
        notes.append(f"a discount of {discount} is less than one percent; a share of it is ×100")
    return discount


def _line(
    workspace: Workspace, text: str, products: dict[str, Item]
) -> tuple[dict[str, Any], Item]:
    """A line's fields, and its product."""
    try:
        parts = read_line(text, workspace.business)
    except Unreadable as error:
        raise UsageError(error.message, error.hint) from error
    line = {
        key: part if key == "product" else read(LINE.by_key[key], part, workspace)
        for key, part in parts.items()
    }
    if line.get("quantity") == 0:
        raise UsageError(f"'{text}' is of nothing: its quantity is 0")
    sku = _sku(str(line["product"]), products)
    line["product"] = sku
    return line, products[sku]


def _sku(text: str, products: dict[str, Item]) -> str:
    if text in products:
        return text
    same = [sku for sku in products if sku.casefold() == text.casefold()]
    if len(same) == 1:
        return same[0]
    from crm_cli.model.text import did_you_mean

    near = did_you_mean(text, products)
    raise NotFound(
        f"there is no product {text}", near or f'crm product add {text} "NAME" --price 1.00 adds it'
    )


def _refuse_double(workspace: Workspace, customer: str, values: dict[str, Any]) -> None:
    """Refuse a number that names a purchase of the same customer, or an invoice of anybody."""
    kind = values.get("kind", "sale")
    term = f"number.is:{quoted(values['number'])}"
    rows = workspace.select(PURCHASE, [term], cols=("customer", "kind"), ordered=False).rows
    for holder, other in rows:
        if holder == customer or (other == kind and kind in NUMBERED):
            raise Refused(
                f"{holder} has {other.replace('_', ' ')} {values['number']} already",
                "--number next takes the next free one; --force adds it anyway",
            )


def _refuse_credit(workspace: Workspace, record: Item, made: Item) -> None:
    if made.get("kind") != "invoice" or made.get("status") == "draft":
        return
    found = objection(
        record, record.derived.get("balance"), workspace.clock.today, workspace.business
    )
    if found:
        what, hint = found
        raise Refused(
            f"{record.get('name') or record.id} ({record.id}) {what}",
            f"{hint}; --force adds the invoice anyway",
        )


def _notes(workspace: Workspace, made: Item, wanted: Wanted) -> list[str]:
    """Dates as they were understood, and when an invoice is due without anybody saying so."""
    notes = []
    if wanted.date and wanted.date != made.values["date"].isoformat():
        notes.append(said(workspace, "date", made.values["date"]))
    due = made.values.get("due_date") or made.derived.get("due")
    if due:
        source = "" if wanted.due else ", by the terms of payment"
        notes.append(f"{said(workspace, 'due', due)}{source}")
    elif made.get("kind") == "invoice" and not wanted.draft:
        notes.append("no due date: neither --due nor terms_days sets one")
    return notes


def _label(made: Item) -> str:
    return str(made.get("kind")).replace("_", " ")


def _sum(made: Item) -> str:
    currency = made.derived["currency"]
    sign = -1 if made.get("kind") == "credit_note" else 1
    net, gross = sign * made.derived["net"], sign * made.derived["gross"]
    text = f"{format_amount(net, currency)} {currency}"
    return text if net == gross else f"{text}, with tax {format_amount(gross, currency)}"
