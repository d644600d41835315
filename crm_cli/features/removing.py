"""Removing a customer, or one of their items."""

from __future__ import annotations

from collections import Counter

from crm_cli.features.items import item_ref
from crm_cli.features.pictures import without_pictures
from crm_cli.features.plan import Plan, counted
from crm_cli.features.references import referring
from crm_cli.features.unread import doubtful
from crm_cli.model.chain import shares_number
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.item import Item
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.references import naming
from crm_cli.model.rule import made_by
from crm_cli.model.subscription import occasion_of, pattern_of
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Remove, Workspace


def remove_item(workspace: Workspace, text: str) -> Plan | None:
    """Plan to remove the item that a text is the id, or the number, of; None where it is no
    item's. Notes say what hangs on it; if anything does, there is a question."""
    found = item_ref(workspace, [text], strict=True)
    if found is None or workspace.has(text, CUSTOMER):
        return None
    customer, ref = found
    path = workspace.path_of(customer)
    item = workspace.document(customer).find(ref)
    shown = f" ({item.name})" if item.name != item.id else ""

    hanging = _hanging(workspace, path, item)
    pattern, day = (pattern_of(item), occasion_of(item)) if item.kind is PURCHASE else (None, None)
    told = [f"subscription {pattern.id} leaves out {day} from now on"] if pattern else []
    if unsure := [one for one in doubtful(workspace, ref) if one != path]:
        hanging.append(f"{', '.join(unsure)} may refer to it, and cannot be read as a whole")

    def update(document: Document) -> None:
        document.delete(ref)
        if made_by(item):
            # Else the rule would make it again.
            now = workspace.clock.now.replace(second=0, microsecond=0)
            document.add("rules", {"rule": made_by(item), "at": now, "item": item.id})
        if pattern is not None and day is not None:
            # Else it would be made again.
            left_out = document.find(pattern.id).values.get("exdate") or []
            document.set(pattern.id, "exdate", sorted({*left_out, day.isoformat()}))

    return Plan(
        Change(f"remove {ref} of {customer}", (Edit(path, update),)),
        f"removed {item.kind.name} {ref}{shown} of {customer}",
        (customer,),
        f"Remove {item.kind.name} {ref}{shown} of {customer}?" if hanging else "",
        [*_held(item), *hanging, *told],
    )


def _hanging(workspace: Workspace, path: str, item: Item) -> list[str]:
    """What hangs on an item: what it holds up, and what refers to it."""
    hanging = list(item.kind.upheld(item)) if item.kind.upheld is not None else []
    for one, key in referring(workspace, path, item):
        named = next((part for part in (one, one.parent) if part is not None and part.id), one)
        hanging.append(f"{named.kind.name} {named.id} refers to it ({key})")
    if item.kind is PURCHASE and shares_number(item):
        number = str(item.values["number"])
        hanging += [
            f"{one} names {number}, which another purchase has too, and means that one then"
            for one in naming(item.owner, PURCHASE, number)
        ]
    return hanging


def _held(item: Item) -> list[str]:
    """A note that counts what goes with an item: all that has an id of its own."""
    found = Counter(part.kind for part in item.walk() if part is not item and part.kind.letter)
    kinds = dict.fromkeys(kind for kind in item.kind.walk() if kind in found)
    told = [counted(found[kind], kind.name, kind.key) for kind in kinds]
    return [f"with {', '.join(told)}"] if told else []


def remove_customer(workspace: Workspace, id: str) -> Plan:
    """Plan to remove a customer's file, and their picture; notes say what goes with it and who
    refers to it."""
    path = workspace.path_of(id)
    record = workspace.record(id)
    notes = _held(record)
    naming = [one for one in workspace.index.naming("customer", id) if one != path]
    if naming:
        notes.append(f"{', '.join(naming)} will refer to a missing customer")
    if unsure := [one for one in doubtful(workspace, id) if one not in (path, *naming)]:
        notes.append(f"{', '.join(unsure)} may refer to {id}, and cannot be read as a whole")
    name = record.get("name") or id
    return Plan(
        Change(f"remove {id}", (Remove(path), *without_pictures(workspace, [id], stay=()))),
        f"removed {name} ({id})",
        (id,),
        f"Remove {name} ({id})?",
        notes,
    )
