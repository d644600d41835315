"""Customers who move: an address ends, another one begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.plan import Plan, counted
from crm_cli.features.values import day, echoed, typed_all
from crm_cli.model.address import ADDRESS, holds, said
from crm_cli.model.assignments import Assignment
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Ambiguous, UsageError
from crm_cli.model.item import Item
from crm_cli.model.kind import normal
from crm_cli.model.places import labelled
from crm_cli.model.text import did_you_mean
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_PLACE = ("street", "city", "region", "postcode", "country")
_EXAMPLE = 'crm address move ana street="Glavni trg 5" city=Koper postcode=6000'


def move(
    workspace: Workspace,
    ids: Sequence[str],
    assignments: Sequence[Assignment],
    *,
    start: str | None = None,
    label: str | None = None,
    force: bool = False,
) -> Plan:
    """Plan to note that customers have another address from a day on, today unless given.

    Their address then (of several the one with `label`) gets the day before as its end. The new
    one takes over its label, and its country unless one is given. Raises UsageError for what is
    no field of addresses or no address, Ambiguous for which of several.
    """
    first = day(workspace, start, ahead=True)
    if first == date.min:
        raise UsageError("--from needs a day before it")
    values = _values(workspace, assignments)
    notes = echoed(workspace, "from", start, first) if start else []
    steps, left, made = [], [], []
    for id in ids:
        record = workspace.record(id)
        old = _old(workspace, record, label, first)
        new = _new(old, values, label, first)
        made.append(new)
        told = workspace.tells(ADDRESS, "street")
        if old is not None and told and all(old.get(key) == new.get(key) for key in _PLACE):
            raise UsageError(f"{_name(record)} has that address already: {said(old)}")
        if old is None:
            notes.append(f"{_name(record)} had no address before")
        else:
            left.append((id, old))
        place = None if old is None else record.items(ADDRESS.key).index(old)
        update = entered(partial(_put, place, new, first), force=force)
        steps.append(Edit(workspace.path_of(id), update))
    notes += _who_stays(workspace, ids, left)
    who = _name(workspace.record(ids[0])) if len(ids) == 1 else counted(len(ids), "customer")
    shown = said(_as_item(_common(made)))
    return Plan(
        Change(f"move {ids[0] if len(ids) == 1 else who} to another address", tuple(steps)),
        f"{who}: {shown} from {first} on",
        ids,
        f"Note {shown} from {first} on for {who}?",
        notes,
    )


def _values(workspace: Workspace, assignments: Sequence[Assignment]) -> dict[str, Any]:
    """What is said of the new address."""
    given: dict[str, str | None] = {}
    for key, operator, text in assignments:
        field = ADDRESS.by_name.get(normal(key))
        if operator != "=" or field is None or field.key in ("start", "end"):
            near = did_you_mean(normal(key), ADDRESS.by_name)
            raise UsageError(
                f"{key}{operator if operator != '=' else ''} is no part of an address",
                f"{near} known: {', '.join(_PLACE)}".strip(),
            )
        given[field.key] = text
    if not any(given.get(key) for key in ("street", "city", "postcode")):
        raise UsageError("where do they move to?", _EXAMPLE)
    return typed_all(workspace, ADDRESS, given, [])


def _old(workspace: Workspace, record: Item, label: str | None, first: date) -> Item | None:
    """The address that is given up: the one of a label, or the only one, on the day before."""
    last = first - timedelta(days=1)
    wanted = label.strip().lower() if label else None
    named = [one for one in record.items(ADDRESS.key) if wanted in (None, _label(one))]
    later = next((one for one in named if (one.values.get("start") or date.min) >= first), None)
    if later is not None:
        since = later.values["start"]
        raise UsageError(
            f"{_name(record)} has an address from {since} on already: {_told(workspace, later)}",
            f"crm edit {record.id} to change it, or name another one by --label",
        )
    there = [one for one in named if holds(one, last)]
    if len(there) > 1:
        listed = "; ".join(
            f"{_label(one) or 'no label'}: {_told(workspace, one)}" for one in there
        )
        raise Ambiguous(
            f"{_name(record)} has {len(there)} addresses: {listed}",
            "--label says which is given up",
        )
    if not there and wanted is not None and record.items(ADDRESS.key):
        labels = [_label(one) for one in record.items(ADDRESS.key) if holds(one, last)]
        known = ", ".join(filter(None, labels)) or "none"
        raise UsageError(f"{_name(record)} has no address labelled {label}", f"labels: {known}")
    return there[0] if there else None


def _label(address: Item) -> str:
    return str(address.get("label") or "").lower()


def _new(
    old: Item | None, values: Mapping[str, Any], label: str | None, first: date
) -> dict[str, Any]:
    kept = {} if old is None else {key: old.get(key) for key in ("label", "country")}
    if label:
        kept.setdefault("label", label)
    found = {**kept, **values, "start": first}
    order = [field.key for field in ADDRESS.fields]
    return {key: found[key] for key in sorted(found, key=order.index) if found[key] is not None}


def _put(place: int | None, new: dict[str, Any], first: date, document: Document) -> None:
    """Write the end of the address that is given up, and the new one in its place: of several
    in use at once the first is the customer's."""
    if place is not None:
        document.set((ADDRESS.key, place), "end", first - timedelta(days=1))
    document.add(ADDRESS.key, new, behind=place)


def _who_stays(
    workspace: Workspace, ids: Sequence[str], left: Sequence[tuple[str, Item]]
) -> list[str]:
    """Who else has the address that is given up: those of a household, or of a firm."""
    found: dict[str, None] = {}
    for _, old in left:
        street, city = old.get("street"), old.get("city")
        if not street or not city or not workspace.tells(ADDRESS, "street"):
            continue
        terms = [f"street.is:{_quoted(street)}", f"city.is:{_quoted(city)}"]
        for (id,) in workspace.select(CUSTOMER, terms, cols=("id",), limit=20).rows:
            if id not in ids:
                found[str(id)] = None
    if not found:
        return []
    listed = ", ".join(list(found)[:5]) + (" …" if len(found) > 5 else "")
    return [f"the address stays that of {listed}"]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "") + '"'


def _common(made: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What addresses have in common: each may have kept the country of its customer."""
    first, *others = made
    return {
        key: value for key, value in first.items() if all(one.get(key) == value for one in others)
    }


def _told(workspace: Workspace, address: Item) -> str:
    """An address in one line, as far as who asks may know it."""
    values = address.values.items()
    return said(_as_item({key: one for key, one in values if workspace.tells(ADDRESS, key)}))


def _as_item(values: Mapping[str, Any]) -> Item:
    item = Item(ADDRESS)
    item.values = dict(values)
    return item


def _name(record: Item) -> str:
    return labelled(str(record.get("name") or record.id), record.id)
