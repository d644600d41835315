"""Prices of subscriptions that change from a day on."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.moves import Found
from crm_cli.features.plan import Plan
from crm_cli.features.purchases.lines import in_currency
from crm_cli.features.values import day, read, said
from crm_cli.model.chain import title
from crm_cli.model.errors import NotFound, Refused, UsageError
from crm_cli.model.item import Item
from crm_cli.model.money import format_amount
from crm_cli.model.price_change import PRICE_CHANGE
from crm_cli.model.subscription import is_pattern, made_of, occasion_of, occasions
from crm_cli.model.text import did_you_mean, fold
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_LIST = "price_changes"


def reprice(
    workspace: Workspace, found: Found, price: str, start: str | None, line: str | None = None
) -> Plan:
    """Plan a new unit price of a subscription from a day on, texts as typed; `line` names one of
    its lines by product or description.

    Another change of the same line on that day is replaced. Raises UsageError for what is no
    subscription, no price or no day, and where several lines could be meant; NotFound.
    """
    pattern = found.item
    refuse_single(found)
    if not start:
        raise UsageError("from which day on?", f"crm purchase reprice {found.id} {price} --from …")
    values: dict[str, Any] = {"start": day(workspace, start, ahead=True)}
    base = workspace.business.currency
    beside = {"currency": pattern.values.get("currency") or base}
    field = PRICE_CHANGE.by_key["unit_price"]
    values["unit_price"] = in_currency(beside, read(field, price, workspace), "the price")
    if values["unit_price"] < 0:
        raise UsageError("a price is not negative", "crm set ID until=… ends a subscription")
    values |= _line_of(pattern, line)
    before = _same(pattern, values)

    def put(document: Document) -> None:
        if before is not None:
            same = document.find(found.id).items(_LIST)[pattern.items(_LIST).index(before)]
            document.assign(same, "unit_price", values["unit_price"])
        else:
            document.add(_LIST, values, ref=found.id)

    update = entered(put)
    update(workspace.document(found.customer))
    what = values.get("product") or values.get("description") or ""
    shown = f"{format_amount(values['unit_price'])} {beside['currency']}"
    of = f"{what} of " if what else ""
    return Plan(
        Change(f"reprice {found.id} of {found.customer}", (Edit(found.path, update),)),
        f"{of}{found.said} costs {shown} from {values['start']} on",
        (found.customer,),
        notes=list(_notes(workspace, pattern, values, start)),
    )


def refuse_single(found: Found) -> None:
    """Refuse a purchase that is no subscription."""
    if found.item.get("status") == "cancelled":
        raise Refused(f"{found.said} is cancelled", f"crm set {found.id} status=posted revives it")
    if is_pattern(found.item):
        return
    source = found.item.values.get("subscription")
    raise UsageError(
        f"{found.said} is no subscription",
        f"it was made of {source}" if source else f"crm set {found.id} every=month makes it one",
    )


def _line_of(pattern: Item, line: str | None) -> dict[str, Any]:
    """What names the line that is meant; nothing where there is one only."""
    lines = [one for one in pattern.items("lines") if not one.values.get("once")]
    if line is None:
        if len(lines) > 1:
            named = ", ".join(map(title, lines))
            raise UsageError(f"it has several lines: {named}", "name one: --product SKU")
        return {}
    for key in ("product", "description"):
        for one in lines:
            if fold(str(one.values.get(key, ""))) == fold(line):
                return {key: one.values[key]}
    names = [title(one) for one in lines]
    hint = did_you_mean(line, names) or f"its lines: {', '.join(names) or 'none'}"
    raise NotFound(f"it has no line {line}", hint)


def _same(pattern: Item, values: dict[str, Any]) -> Item | None:
    """The change of the same line on the same day that is there already."""
    keys = ("start", "product", "description")
    for one in pattern.items(_LIST):
        if all(one.values.get(key) == values.get(key) for key in keys):
            return one
    return None


def _refuse_unbilled(pattern: Item, values: dict[str, Any], first: date) -> None:
    """Refuse a price that is never billed, since another one holds before its first occasion."""
    keys = ("product", "description")
    for number, one in enumerate(pattern.items(_LIST), 1):
        start, price = one.values.get("start"), one.values.get("unit_price")
        if start is None or price is None or not values["start"] < start <= first:
            continue
        if all(one.values.get(key) == values.get(key) for key in keys):
            raise Refused(
                f"that is never billed: {format_amount(price)} from {start} on goes before it",
                f"give a later day, or take that away: crm set {pattern.id} {_LIST}.{number}=",
            )


def _notes(workspace: Workspace, pattern: Item, values: dict[str, Any], start: str) -> list[str]:
    notes = []
    begin = values["start"]
    if start != begin.isoformat():
        notes.append(said(workspace, "from", begin))
    made = made_of(pattern, pattern.owner.items("purchases"))
    kept = [one for one in made if (occasion_of(one) or begin) >= begin]
    if kept:
        ids = ", ".join(one.id for one in kept[:3])
        notes.append(f"made already at the old price: {ids}{' …' if kept[3:] else ''}")
    after = max([begin, *(shown for one in kept if (shown := occasion_of(one)) is not None)])
    coming = (one for one in occasions(pattern) if one >= begin and (not kept or one > after))
    first = next(islice(coming, 1), None)
    if first is None:
        notes.append("it ends before that: nothing is billed at the new price")
    else:
        _refuse_unbilled(pattern, values, first)
        notes.append(said(workspace, "first billed", first))
    if begin < pattern.values["date"]:
        notes.append(f"{begin} is before it began, on {pattern.values['date']}")
    return notes
