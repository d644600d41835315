"""Making one purchase of another: an order of a quote, invoices of an order, credit notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.features.entering import Update
from crm_cli.features.moves import Found
from crm_cli.features.numbers import NEXT, NUMBERED
from crm_cli.features.plan import Plan
from crm_cli.features.purchases.entry import credit_notes, enter, label, total
from crm_cli.features.purchases.parts import Part, amount_part, line_parts, share
from crm_cli.features.purchases.quotes import acceptance
from crm_cli.features.purchases.standing import refuse_state
from crm_cli.features.values import day, echoed, said
from crm_cli.model import chain
from crm_cli.model.errors import UsageError
from crm_cli.model.item import Item
from crm_cli.model.line import CREDIT_NOTE, QUOTE
from crm_cli.model.money import format_amount
from crm_cli.model.purchase_amounts import unusual
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Workspace

_CARRIED = (
    "currency", "tax_included", "rounding", "payment_terms", "buyer_reference", "deal", "campaign",
    "owner",
)  # fmt: skip
"""What a purchase has from the one that it is made of."""


_ROUNDED = Decimal("0.05")
"""More than this for each invoice is no difference of rounding."""


class Asked(NamedTuple):
    """What of a purchase is made into another: all that is left, unless lines
    (`PRODUCT[:QUANTITY]`), a percentage or an amount say how much. Texts as typed."""

    lines: Sequence[str] = ()
    percent: str | None = None
    amount: str | None = None
    date: str | None = None
    number: str | None = None
    due: str | None = None
    reason: str | None = None
    draft: bool = False


def convert(
    workspace: Workspace,
    found: Found,
    target: str,
    asked: Asked,
    *,
    besides: Update | None = None,
    force: bool = False,
) -> Plan:
    """Plan to make an order, an invoice or a credit note of a purchase, or of a part of it;
    `besides` changes the file as well.

    Raises UsageError for what cannot be made of it, Refused for what is a draft, cancelled,
    made already or more than is left (the latter unless `force`); see `enter` for the rest.
    """
    source = found.item
    _refuse_kind(source, target)
    if not force:
        refuse_state(source, workspace.clock.today)
    purchases = source.owner.items("purchases")
    made = chain.followers(source, purchases)
    notes: list[str] = []
    values = _values(workspace, source, target, asked, notes)
    part = _part(workspace, source, made, asked, force=force)
    _fill(values, source, part)
    notes += part.notes
    steps = [besides] if besides is not None else []
    if source.get("kind") == QUOTE:
        steps.insert(0, acceptance(workspace, source, notes))

    def also(document: Document) -> None:
        for step in steps:
            step(document)

    entry = enter(workspace, found.customer, [values], also=also, force=force)
    (new,) = entry.made
    if "due_date" in new.values:
        source_of = "" if asked.due else ", by the terms of payment"
        notes.append(f"{said(workspace, 'due', new.values['due_date'])}{source_of}")
    notes += [*_left(entry.record, source.id), *credit_notes(workspace, new)]
    return Plan(
        Change(
            f"convert {chain.said(source)} of {found.customer} to {label(new)}", (entry.edit,)
        ),
        f"made {label(new)} of {chain.said(source)} of {entry.customer}: {total(new)}, {new.id}",
        (found.customer,),
        notes=notes,
        made=(new.id,),
    )


def _refuse_kind(source: Item, target: str) -> None:
    kind = source.get("kind")
    possible = chain.TARGETS.get(kind, ())
    if target in possible:
        return
    called, wanted = chain.said(source), target.replace("_", " ")
    if not possible:
        raise UsageError(f"{called} is the end of its chain", "nothing is made of a credit note")
    shown = " or ".join(possible)
    cure = f"crm purchase convert {chain.named(source)} {shown}"
    if kind == target == "invoice":
        cure = f"crm invoice correct {chain.named(source)} credits it, and drafts another"
    raise UsageError(f"no {wanted} is made of {called}", cure)


def _values(
    workspace: Workspace, source: Item, target: str, asked: Asked, notes: list[str]
) -> dict[str, Any]:
    """The fields of the new purchase but for its lines or its amount."""
    values: dict[str, Any] = {"kind": target, "date": day(workspace, asked.date)}
    if asked.date:
        notes += echoed(workspace, "date", asked.date, values["date"])
    if asked.draft:
        values["status"] = "draft"
    number = (asked.number or (NEXT if target in NUMBERED and not asked.draft else "none")).strip()
    if number.lower() != "none":
        values["number"] = NEXT if number.lower() == NEXT else number
    if asked.due:
        if target != "invoice":
            raise UsageError("only an invoice is due", "leave --due out")
        values["due_date"] = day(workspace, asked.due, ahead=True, after=values["date"])
    values |= {key: source.values[key] for key in _CARRIED if key in source.values}
    if source.items("lines"):
        values = unusual(workspace.business) | values
    values[chain.REFERENCE[source.get("kind")]] = chain.named(source)
    if asked.reason:
        if target != CREDIT_NOTE:
            raise UsageError("--reason is why something was returned", "leave it out")
        values["return_reason"] = asked.reason.strip()
    return values


def _part(
    workspace: Workspace, source: Item, made: list[Item], asked: Asked, *, force: bool
) -> Part:
    """What of the source the new purchase has."""
    given = [key for key in ("lines", "percent", "amount") if getattr(asked, key)]
    if len(given) > 1:
        raise UsageError(f"--line, --percent and --amount do not go together: {', '.join(given)}")
    if asked.percent:
        return share(workspace, source, made, asked.percent, force=force)
    if source.items("lines"):
        if asked.amount:
            raise UsageError(
                f"{chain.said(source)} has lines", "say how much of them: --line beans-1kg:10"
            )
        return line_parts(source, made, asked.lines, workspace, force=force)
    if asked.lines:
        raise UsageError(f"{chain.said(source)} has no lines", "say how much: --amount 500")
    return amount_part(workspace, source, made, asked.amount, force=force)


def _fill(values: dict[str, Any], source: Item, part: Part) -> None:
    if part.deposit:
        values["deposit_of"] = chain.named(source)
    if part.amount is not None:
        values["amount"] = part.amount
        values["text"] = part.text or source.values.get("text") or chain.said(source)
        return
    values["lines"] = part.lines
    if part.whole and source.items("instalments") and values["kind"] == "invoice":
        values["instalments"] = [dict(one.values) for one in source.items("instalments")]


def _left(record: Item, id: str) -> Iterator[str]:
    """What is left of a purchase after all that was made of it."""
    purchases = record.items("purchases")
    source = next(one for one in purchases if one.id == id)
    made = chain.followers(source, purchases)
    yield chain.left_of(source, made)
    if source.get("kind") != "order" or source.derived["counts"] or not source.items("lines"):
        return
    billed = sum((one.derived["gross"] for one in made), chain.ZERO)
    whole, currency = source.derived["gross"], str(source.derived["currency"])
    if billed == whole or abs(billed - whole) > _ROUNDED * len(made):
        return
    parts, all_of = (f"{format_amount(one, currency)} {currency}" for one in (billed, whole))
    yield f"with tax its invoices come to {parts}, the order to {all_of}: each rounds its own tax"
