"""Adding purchases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from crm_cli.features.entering import Update
from crm_cli.features.given import as_options
from crm_cli.features.numbers import NEXT, NUMBERED, doubts
from crm_cli.features.plan import Plan
from crm_cli.features.purchases.entry import credit_notes, enter, label, total
from crm_cli.features.purchases.lines import Lines, in_currency, percent
from crm_cli.features.purchases.logged import logged
from crm_cli.features.purchases.repeated import repeated
from crm_cli.features.values import assigned, day, grouped, read, said, typed
from crm_cli.model.errors import UsageError
from crm_cli.model.item import Item
from crm_cli.model.line import LINE
from crm_cli.model.purchase import PURCHASE
from crm_cli.workspace import Change, Workspace

_OPTIONS = {"due_date": "due", "valid_until": "valid"} | {
    key: key
    for key in ("kind", "number", "date", "currency", "amount", "text", "deal", "every", "until")
}
"""The options by the fields that they fill in."""
_OTHERWISE = {"status": "--draft", "lines": "--line beans-1kg:2"}


class Wanted(NamedTuple):
    """A purchase as it was typed; texts as the fields read them, empty where not given.

    `lines` are `PRODUCT[:QUANTITY[:PRICE]]`; `tax` is the rate of lines that have none,
    0 of all; `tax_category` says why;
    `from_log` a period whose logged time is billed at `rate`; `number` may be `next`;
    `values` are further fields and their texts.
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
    tax: str | None = None
    from_log: str | None = None
    rate: str | None = None
    deal: str | None = None
    valid: str | None = None
    every: str | None = None
    until: str | None = None
    tax_category: str | None = None


def add(
    workspace: Workspace,
    customer: str,
    wanted: Wanted,
    *,
    also: Update | None = None,
    force: bool = False,
) -> Plan:
    """Plan to add a purchase to a customer; `also` changes the file besides.

    A line's price, unit and tax are copied from the product where they are not given.
    Raises UsageError and NotFound for what cannot be; Refused for a number that is
    taken, and for an invoice over the customer's credit limit or on hold, unless `force`;
    NumberTaken, while it is written, where the next number is gone.
    """
    notes: list[str] = []
    taken, others = as_options(PURCHASE, wanted.values, _OPTIONS, wanted._asdict())
    wanted = wanted._replace(**taken, values=others)
    values = _values(workspace, customer, wanted, notes)
    entry = enter(workspace, customer, [grouped(values)], also=also, force=force)
    (made,) = entry.made
    notes += _notes(workspace, made, wanted)
    return Plan(
        Change(f"add {label(made)} of {customer}", (entry.edit,)),
        f"added {label(made)} of {entry.customer}: {total(made)}, {made.id}",
        (customer,),
        notes=notes,
        made=(made.id,),
    )


def _values(
    workspace: Workspace, customer: str, wanted: Wanted, notes: list[str]
) -> dict[str, Any]:
    """The fields of the new purchase, typed."""
    values = assigned(
        workspace, PURCHASE, wanted.values, customer=customer, without=_OTHERWISE
    )
    if wanted.kind:
        values["kind"] = typed(workspace, PURCHASE, "kind", wanted.kind)
    if wanted.draft:
        values["status"] = "draft"
    number = _number(wanted, values.get("kind", "sale"))
    if number:
        values["number"] = number
    _set_dates(workspace, wanted, values)
    if number and number != NEXT:
        notes += doubts(workspace, values.get("kind", "sale"), number, values["date"])
    notes += repeated(workspace, wanted.every, wanted.until, values)
    if wanted.currency:
        values["currency"] = typed(workspace, PURCHASE, "currency", wanted.currency)
    if wanted.deal:
        values["deal"] = typed(workspace, PURCHASE, "deal", wanted.deal, customer=customer)
    _fill(workspace, customer, wanted, values, notes)
    if values.get("currency") == workspace.business.currency:
        del values["currency"]
    if values.get("kind") == "sale":
        del values["kind"]
    return values


def _set_dates(workspace: Workspace, wanted: Wanted, values: dict[str, Any]) -> None:
    values["date"] = day(workspace, wanted.date)
    for text, key, what in (
        (wanted.due, "due_date", "due"),
        (wanted.valid, "valid_until", "valid until"),
    ):
        if not text:
            continue
        values[key] = day(workspace, text, ahead=True, after=values["date"])
        if values[key] < values["date"]:
            raise UsageError(
                f"{what} {values[key]} is before the purchase's date, {values['date']}"
            )
    if wanted.valid and values.get("kind") != "quote":
        raise UsageError("only a quote is valid until a day", "--due is for an invoice")


def _fill(
    workspace: Workspace, customer: str, wanted: Wanted, values: dict[str, Any], notes: list[str]
) -> None:
    """Lines, or an amount: those that are typed, logged, or the deal's."""
    if (wanted.lines or wanted.from_log) and (wanted.amount or wanted.text):
        raise UsageError("a purchase has lines, or an amount and a text", "give one of them")
    record = workspace.record(customer)
    tax = percent(workspace, wanted.tax, "tax", notes)
    category = wanted.tax_category and read(
        LINE.by_key["tax_category"], wanted.tax_category.upper(), workspace
    )
    lines = Lines(workspace, record, values, notes, tax=tax, category=category or "")
    discount = percent(workspace, wanted.discount, "discount", notes)
    if wanted.lines:
        lines.take(wanted.lines)
    if wanted.from_log:
        logged(workspace, lines, wanted.from_log, wanted.rate)
    elif wanted.rate:
        raise UsageError("--rate is for logged time", "bill some with --from-log last-month")
    if not lines and not wanted.amount and "deal" in values:
        _take_deal(record, values, lines)
    if not lines and "amount" not in values:
        _fill_amount(workspace, wanted, values)
    if not lines and lines.taxed and "amount" in values:
        # What has a tax is a line.
        lines.take_amount(values.pop("amount"), values.pop("text", ""))
    if lines:
        values["lines"] = lines.found(discount)


def _take_deal(record: Item, values: dict[str, Any], lines: Lines) -> None:
    """The lines of the deal that a purchase is of; without any its amount and its name."""
    deal = next((one for one in record.items("deals") if one.id == values["deal"]), None)
    if deal is None:
        return
    if "currency" in deal.values:
        values.setdefault("currency", deal.values["currency"])
    if deal.items("lines"):
        lines.take_items(deal.items("lines"))
    elif "amount" in deal.values:
        values["amount"] = deal.values["amount"]
        values["text"] = deal.title


def _number(wanted: Wanted, kind: str) -> str:
    """The number as given; `next` for what needs one, and is no draft, unless `none` is."""
    if wanted.number is None:
        return NEXT if kind in NUMBERED and not wanted.draft else ""
    text = wanted.number.strip()
    if not text:
        raise UsageError("--number is empty", "give a number, next or none")
    return {NEXT: NEXT, "none": ""}.get(text.lower(), text)


def _fill_amount(workspace: Workspace, wanted: Wanted, values: dict[str, Any]) -> None:
    if wanted.amount is None:
        raise UsageError(
            "what was bought?",
            'crm purchase add WHO --line beans-1kg:20, or --amount 1200 --text "Machine rent"',
        )
    if wanted.discount:
        raise UsageError("a discount is for lines", "subtract it from the amount")
    amount = typed(workspace, PURCHASE, "amount", wanted.amount)
    values["amount"] = in_currency(values, amount, "--amount")
    if values.get("kind") == "credit_note":
        values["amount"] = abs(values["amount"])  # It is taken away, however it is signed.
    if values["amount"] < 0:
        raise UsageError("an amount is not negative", "for a return use --kind credit_note")
    if wanted.text and wanted.text.strip():
        values["text"] = wanted.text.strip()


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
    if wanted.valid:
        notes.append(said(workspace, "valid until", made.values["valid_until"]))
    return [*notes, *credit_notes(workspace, made)]
