"""Adding an item of any kind to a customer, from what the user types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.items import new_id
from crm_cli.features.moves import present
from crm_cli.features.plan import Plan
from crm_cli.features.values import assigned, typed_all
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
    given: Mapping[str, str | None],
    assignments: Sequence[tuple[str, str]] = (),
) -> Plan:
    """Plan a new item of a customer: its title, options by their fields, further KEY=VALUE.

    Raises UsageError for an empty title, an unknown field and a wrong value, NotFound and
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
    values = _grouped(values)
    made: Item = new_item(kind, values, workspace.business)
    trial = workspace.document(customer)
    name = str(trial.record.get("name") or customer)
    update = entered(lambda document: _ignore(document.add(kind.key, values)))
    update(trial)
    id = values.get("id", "")
    named = " ".join(part for part in (kind.name.replace("_", " "), id) if part)
    said = f": {made.title}" if made.title else ""
    return Plan(
        Change(f"add {named} of {customer}", (Edit(workspace.path_of(customer), update),)),
        f"added {named} of {name} ({customer}){said}",
        (customer,),
        notes=notes,
        made=(id,) if id else (),
    )


def _ignore(found: object) -> None:
    """An edit returns nothing."""


def _grouped(values: Mapping[str, Any]) -> dict[str, Any]:
    """`GROUP.FIELD` as groups within."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        head, dot, rest = key.partition(".")
        if dot:
            found.setdefault(head, {})[rest] = value
        else:
            found[key] = value
    return found
