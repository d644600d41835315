"""Adding an item of any kind to a customer, from what the user types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.items import new_id
from crm_cli.features.moves import present
from crm_cli.features.plan import Plan
from crm_cli.features.values import assigned, come, grouped, typed_all
from crm_cli.model.errors import UsageError
from crm_cli.model.fieldtypes import Text
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.text import a_or_an
from crm_cli.model.writing import new_item
from crm_cli.workspace import Change, Edit, Workspace


def titled(kind: Kind) -> bool:
    """Whether an item is named by words that people type, and not by a number."""
    title = kind.by_key.get(kind.title)
    return title is not None and isinstance(title.type, Text)


def add(
    workspace: Workspace,
    kind: Kind,
    customer: str,
    title: str,
    given: Mapping[str, str | Sequence[str] | None],
    assignments: Sequence[tuple[str, str]] = (),
    *,
    force: bool = False,
) -> Plan:
    """Plan a new item of a customer: its title, options by their fields, further KEY=VALUE.

    Raises UsageError for an empty title, an unknown field, a wrong value, and a beginning that is
    to come; NotFound and
    Ambiguous for what a reference names.
    """
    values: dict[str, Any] = {"id": new_id(workspace, kind)} if kind.letter else {}
    title = " ".join(title.split())
    if titled(kind):
        if not title:
            raise UsageError(
                f"{a_or_an(kind.name)} needs a {kind.title.replace('_', ' ')}",
                f"crm {kind.name} add {kind.example}",
            )
        values[kind.title] = title
    elif title:
        raise UsageError(f"{title} is no field of {a_or_an(kind.name)}", "write KEY=VALUE")
    notes: list[str] = []
    values |= typed_all(workspace, kind, given, notes, customer=customer)
    values |= assigned(workspace, kind, assignments, customer=customer)
    if kind.stamped and kind.stamped not in values:
        values[kind.stamped] = present(workspace, kind, kind.stamped)
    elif kind.stamped:
        come(workspace, kind.stamped, values[kind.stamped])
    values = grouped(begun(workspace, kind, _in_one_currency(workspace, kind, values)))
    made: Item = new_item(kind, values, workspace.business)
    trial = workspace.document(customer)
    name = str(trial.record.get("name") or customer)
    update = entered(lambda document: _ignore(document.add(kind.key, values)), force=force)
    update(trial)
    id = values.get("id", "")
    tracked = kind.tracked
    ended = tracked.ended if tracked is not None and tracked.stamp not in values else None
    if tracked is not None and ended is not None and ended(trial.find(id)):
        values[tracked.stamp] = present(workspace, kind, tracked.stamp)
    named = " ".join(part for part in (kind.name.replace("_", " "), id) if part)
    said = f": {made.title}" if made.title else ""
    return Plan(
        Change(f"add {named} of {customer}", (Edit(workspace.path_of(customer), update),)),
        f"added {named} of {name} ({customer}){said}",
        (customer,),
        notes=notes,
        made=(id,) if id else (),
    )


def _in_one_currency(workspace: Workspace, kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
    """The values with the amounts of lists in the item's own currency, which is theirs where
    it says none. One that is in another stays as it is: what it is written into refuses it."""
    if "currency" not in kind.by_key:
        return values
    listed = [field.key for field, _ in kind.lists if field.key in values]
    named = {
        value[1]
        for key in listed
        for item in values[key]
        for value in item.values()
        if isinstance(value, tuple)
    }
    base = workspace.business.currency
    currency = values.get("currency") or (named.pop() if len(named) == 1 else base)
    found = dict(values)
    for key in listed:
        found[key] = [
            {
                name: value[0] if isinstance(value, tuple) and value[1:] == (currency,) else value
                for name, value in item.items()
            }
            for item in values[key]
        ]
    return found if currency == base else {**found, "currency": currency}


def begun(workspace: Workspace, kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
    """The values of an item whose state is tracked, with that in which it begins and its date."""
    tracked = kind.tracked
    if tracked is None:
        return values
    if kind.begins_as is not None:
        values = {**values, **kind.begins_as(values, workspace.business)}
    if tracked.field in values:
        now = workspace.clock.now.replace(second=0, microsecond=0)
        entry = {tracked.field: values[tracked.field], "at": values.get(kind.stamped) or now}
        if workspace.user is not None:
            entry["by"] = workspace.user
        values[tracked.history] = [entry]
    return values


def _ignore(found: object) -> None:
    """An edit returns nothing."""
