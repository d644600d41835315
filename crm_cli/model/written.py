"""Where the values of an item stand in its file."""

from __future__ import annotations

from crm_cli.model.item import Item
from crm_cli.model.kind import normal
from crm_cli.model.node import Mapping, Node, Scalar


def value_node(item: Item, key: str) -> Node | None:
    """The node that holds a field's value as it stands in the file, or None."""
    entry = entry_of(item, key)
    return entry[1] if entry else None


def entry_of(item: Item, key: str) -> tuple[Scalar, Node] | None:
    """(key, value) nodes of a field as they stand in the file, or None."""
    if not isinstance(item.node, Mapping):
        return None
    for name, node in item.node.entries:
        if name.text == key:
            return name, node
    for name, node in item.node.entries:
        field = item.kind.by_name.get(normal(name.text))
        if field is not None and field.key == key:
            return name, node
    return None
