"""References: which kind a value refers to, and where that kind lives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from crm_cli.model.fieldtypes import FieldType
from crm_cli.model.item import Item
from crm_cli.model.kind import GroupOf, Kind
from crm_cli.model.kinds import HOLDERS, HOMES, KINDS

_BY_NAME = {kind.name: kind for kind in KINDS}


def named_kind(type: FieldType) -> Kind | None:
    """The kind of which a value of a type has to name a record; None where anything will do.

    That is so of a type that names nothing, of one whose reference is not required, and
    while the kind it names is not declared, or its items have no ids.
    """
    kind = _BY_NAME.get(type.to) if type.required else None
    return kind if kind is not None and has_id(kind) else None


def has_id(kind: Kind) -> bool:
    """Whether a kind's rows have ids: records, entries of a file, items with a letter."""
    return kind in HOMES or bool(kind.letter)


def own_holder(type: FieldType, kind: Kind) -> Kind | None:
    """The kind of records of which one has to hold both an item and what a value in it names.

    `kind` is that of the item, or of the record itself. None where what is named may stand
    anywhere, or cannot stand in the same record.
    """
    named = named_kind(type)
    if named is None or type.anywhere:
        return None
    holders = HOLDERS[named]
    return next((one for one in (kind, *HOLDERS[kind]) if one in holders), None)


def fields_naming(item: Item, kind: Kind, id: str, path: str = "") -> Iterator[tuple[str, Any]]:
    """(path, value) of the fields of an item that refer to `id` of a kind, in groups too."""
    for field in item.kind.fields:
        value = item.values.get(field.key)
        if isinstance(field.type, GroupOf) and value is not None:
            yield from fields_naming(value, kind, id, f"{path}{field.key}.")
        elif field.type.to == kind.name and (
            value == id or (isinstance(value, list) and id in value)
        ):
            yield f"{path}{field.key}", value


def naming(record: Item, kind: Kind, name: str) -> dict[str, str]:
    """The items of a record that call one of a kind `name`, each with the field that does first:
    `for`, `allocations.2.purchase`."""
    found: dict[str, str] = {}
    for item in record.walk():
        for key, _ in fields_naming(item, kind, name):
            within, path = item, key
            while within.parent is not None and within.parent is not record:
                place = within.parent.items(within.kind.key).index(within) + 1
                within, path = within.parent, f"{within.kind.key}.{place}.{path}"
            found.setdefault(within.id, path)
    return found


def references_within(record: Item, ids: Iterable[str]) -> list[Item]:
    """The items of a record that belong to some of its others, named by id or by what names
    them, and those that belong to these in turn."""
    items = {item.id: item for item in record.walk() if item.kind.letter and item.parent is record}
    found: dict[str, Item] = {}
    waiting = [items[id] for id in ids if id in items]
    known = {item.id for item in waiting}
    while waiting:
        named = waiting.pop()
        called = named.values.get(named.kind.named_by) if named.kind.named_by else None
        names = [str(one) for one in (named.id, called) if one]
        for item in items.values():
            if item.id not in known and any(
                True
                for part in item.walk()
                for name in names
                for _ in fields_naming(part, named.kind, name)
            ):
                known.add(item.id)
                found[item.id] = item
                waiting.append(item)
    return list(found.values())
