"""Adding an item of any kind to a customer, from what the user types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_cli.features.items import new_id
from crm_cli.features.moves import present
from crm_cli.features.plan import Plan
from crm_cli.features.values import typed, typed_all
from crm_cli.model.errors import UsageError
from crm_cli.model.fieldtypes import Text
from crm_cli.model.item import Item
from crm_cli.model.kind import GroupOf, Kind, ListOf, normal
from crm_cli.model.text import a_or_an, did_you_mean
from crm_cli.model.writing import new_item
from crm_cli.store.document import Document
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
    for key, text in assignments:
        name = _field(kind, key)
        values[name] = typed(workspace, kind, name, text, customer=customer)
    if kind.stamped and kind.stamped not in values:
        values[kind.stamped] = present(workspace, kind, kind.stamped)
    values = _grouped(values)
    made: Item = new_item(kind, values, workspace.business)
    name = str(workspace.record(customer).get("name") or customer)

    def update(document: Document) -> None:
        document.add(kind.key, values)

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


def _field(kind: Kind, key: str) -> str:
    """The field that a key means, of a group `GROUP.FIELD`; raises UsageError."""
    head, _, rest = key.partition(".")
    field = kind.by_name.get(normal(head))
    if field is not None and isinstance(field.type, GroupOf) and rest:
        part = field.type.kind.by_name.get(normal(rest))
        if part is not None:
            return f"{field.key}.{part.key}"
    elif field is not None and not rest and not isinstance(field.type, (GroupOf, ListOf)):
        return field.key
    names = sorted(kind.single)
    for group, inner in kind.groups:
        names += [f"{group.key}.{part.key}" for part in inner.fields]
    raise UsageError(
        f"{key} cannot be set here", did_you_mean(key, names) or f"there are {', '.join(names)}"
    )


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
