"""Items to nodes: the canonical form of a record, by its kind's declaration.

A node keeps the marks of the one it was read from, so that comments can be found again.
"""

from __future__ import annotations

from typing import Any

from crm_cli.model.fieldtypes import FieldType, GroupOf, ListOf, MapOf, Texts
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.node import PLAIN, Mapping, Node, Scalar, Sequence, made
from crm_cli.model.quoting import style_for
from crm_cli.model.reading import entry_of

SIMPLE = "value"
"""The key of an item that may be written as its text alone (a tag, an e-mail)."""


def item_node(item: Item, *, top: bool = False) -> Node:
    """An item in canonical form: keys in the declaration's order, then unknown ones.

    An item of a simple list that has nothing but its text is that text. The id comes
    first where items of the kind have one; a whole record (`top`) has none.
    """
    if not top and not item.kind.letter and not item.extra and set(item.values) == {SIMPLE}:
        field = item.kind.by_key[SIMPLE]
        return _from(field.type.write(item.values[SIMPLE]), _written(item, SIMPLE) or item.node)
    entries: list[tuple[Scalar, Node]] = []
    if item.kind.letter and item.id and not top:
        written = entry_of(item, "id")
        entries.append((_from(Scalar("id"), written[0] if written else None), Scalar(item.id)))
    for field in item.kind.fields:
        value = item.values.get(field.key)
        if value is None or value == []:
            continue
        written = entry_of(item, field.key)
        origin = written[1] if written else None
        node = value_to_node(field.type, value, origin)
        key = _from(Scalar(field.key), written[0] if written else None)
        entries.append((key, node))
    known = {key.text for key, _ in entries}
    for key, node in _original(item):
        if key.text in item.extra and key.text not in known:
            entries.append((_from(Scalar(key.text, key.style), key), node))
    return _from(Mapping(entries), item.node if isinstance(item.node, Mapping) else None)


def value_to_node(type: FieldType, value: Any, origin: Node | None = None) -> Node:
    """A field's typed value as a node in canonical form."""
    if isinstance(type, ListOf):
        return _from(
            Sequence(item_node(_item(type.kind, part)) for part in value),
            origin if isinstance(origin, Sequence) else None,
        )
    if isinstance(type, GroupOf):
        return _from(item_node(_item(type.kind, value), top=True), origin)
    if isinstance(type, MapOf):
        return Mapping(
            (Scalar(key, style_for(key)), item_node(_item(type.kind, part), top=True))
            for key, part in value.items()
        )
    if isinstance(type, Texts):
        sources = origin.items if isinstance(origin, Sequence) else [None] * len(value)
        return _from(
            Sequence(
                _from(Scalar(text, style_for(text)), source)
                for text, source in zip(value, sources, strict=False)
            ),
            origin if isinstance(origin, Sequence) else None,
        )
    if type.storage.value == "free":
        return origin if origin is not None else free_node(value)
    return _from(type.write(value), origin)


def free_node(value: Any) -> Node:
    """What no declaration describes, with each text quoted where it needs to be."""
    node = made(value)
    _style(node)
    return node


def new_item(kind: Kind, values: dict[str, Any]) -> Item:
    """An item to be written; lists of items are given as lists of dictionaries."""
    return _item(kind, values)


def _item(kind: Kind, value: Any) -> Item:
    if isinstance(value, Item):
        return value
    item = Item(kind)
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "id" and "id" not in kind.by_key:
                item.id = part
            elif key in kind.by_key:
                item.values[key] = part
            elif part is not None:
                item.extra[key] = free_node(part)
    else:
        item.values[SIMPLE] = value
    return item


def _original(item: Item) -> list[tuple[Scalar, Node]]:
    if isinstance(item.node, Mapping):
        return list(item.node.entries)
    return [(Scalar(key), node) for key, node in item.extra.items()]


def _written(item: Item, key: str) -> Node | None:
    entry = entry_of(item, key)
    return entry[1] if entry else None


def _from(node: Any, origin: Node | None) -> Any:
    if origin is not None:
        node.start, node.end = origin.start, origin.end
        node.line, node.column = origin.line, origin.column
    return node


def _style(node: Node) -> None:
    if isinstance(node, Scalar):
        if node.style == PLAIN and node.text:
            node.style = style_for(node.text)
    elif isinstance(node, Sequence):
        for part in node.items:
            _style(part)
    else:
        for _, part in node.entries:
            _style(part)
