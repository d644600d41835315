"""Items as nodes: the canonical form of a record, by its kind's declaration.

A node keeps the marks of the one it was read from, so that comments can be found again.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Mapping_
from typing import TYPE_CHECKING, Any, TypeVar

from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import FieldType, Free, Texts
from crm_cli.model.item import Item
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf, MapOf
from crm_cli.model.node import PLAIN, Mapping, Node, Scalar, Sequence, made
from crm_cli.model.quoting import style_for
from crm_cli.model.written import entry_of

if TYPE_CHECKING:
    from crm_cli.model.business import Business

_N = TypeVar("_N", Scalar, Mapping, Sequence, Node)

SIMPLE = "value"
"""The key of an item that may be written as its text alone (a tag, an e-mail)."""
CURRENCY = "currency"
"""The key that has the currency of an item's amounts, whether the kind declares it or not."""


def item_node(item: Item, *, top: bool = False) -> Node:
    """An item in canonical form: keys in the declaration's order, then unknown ones.

    An item of a simple list that has nothing but its text is that text. The id comes
    first where items of the kind have one; a whole record (`top`) has none.
    """
    if not top and not item.kind.letter and not item.extra and set(item.values) == {SIMPLE}:
        field = item.kind.by_key[SIMPLE]
        return _from(field.type.write(item.values[SIMPLE]), _written(item, SIMPLE) or item.node)
    if item.node is None and not item.extra:
        return Mapping(_new_entries(item, top=top))
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
        if field.type.priced and item.kind.by_key.get(CURRENCY) is None and CURRENCY in item.values:
            node = with_currency(node, item.values[CURRENCY])
        key = _from(Scalar(field.key), written[0] if written else None)
        entries.append((key, node))
    known = {key.text for key, _ in entries}
    for key, node in _original(item):
        if key.text in item.extra and key.text not in known:
            entries.append((_from(Scalar(key.text, key.style), key), node))
    return _from(Mapping(entries), item.node if isinstance(item.node, Mapping) else None)


def _new_entries(item: Item, *, top: bool) -> Iterator[tuple[Scalar, Node]]:
    """The keys and values of an item that was never read: there are no marks to be kept."""
    kind, values = item.kind, item.values
    if kind.letter and item.id and not top:
        yield Scalar("id"), Scalar(item.id)
    beside = None if CURRENCY in kind.by_key else values.get(CURRENCY)
    for field in kind.fields:
        value = values.get(field.key)
        if value is None or value == []:
            continue
        type = field.type
        node = type.write(value) if type.storage.single else value_to_node(type, value)
        if beside is not None and type.priced:
            node = with_currency(node, beside)
        yield Scalar(field.key), node


def value_to_node(type: FieldType, value: Any, origin: Node | None = None) -> Node:
    """A field's typed value as a node in canonical form."""
    if isinstance(type, ListOf):
        return _from(
            Sequence(item_node(part) for part in value),
            origin if isinstance(origin, Sequence) else None,
        )
    if isinstance(type, GroupOf):
        return _from(item_node(value, top=True), origin)
    if isinstance(type, MapOf):
        return Mapping(
            (Scalar(key, style_for(key)), item_node(part, top=True)) for key, part in value.items()
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
    if isinstance(type, Free):
        return origin if origin is not None else free_node(value)
    return _from(type.write(value), origin)


def with_currency(node: Node, currency: str) -> Node:
    """An amount with its currency beside it: `200 USD`, where no key has the currency."""
    assert isinstance(node, Scalar)
    return _from(Scalar(f"{node.text} {currency}"), node)


def free_node(value: Any) -> Node:
    """What no declaration describes, with each text quoted where it needs to be; nodes within it
    stay as they are."""
    if isinstance(value, dict):
        return Mapping((Scalar(key), free_node(one)) for key, one in value.items())
    if isinstance(value, list):
        return Sequence(free_node(one) for one in value)
    if isinstance(value, (Scalar, Mapping, Sequence)):
        return value
    node = made(value)
    _style(node)
    return node


def new_item(kind: Kind, values: Mapping_[str, Any], business: Business) -> Item:
    """An item to be written: typed values, or texts that the fields read.

    Lists of items are lists of dictionaries (or of texts, for simple lists). Keys that
    the kind does not know are kept as the user's own. Raises Unreadable.
    """
    item = Item(kind)
    for key, value in values.items():
        if value is None:
            continue
        field = kind.by_key.get(key)
        if field is not None:
            _set(item, field, value, business)
        elif key == "id":
            item.id = value
        else:
            item.extra[key] = free_node(value)
    return item


def _set(item: Item, field: Field, value: Any, business: Business) -> None:
    """Set a value; the currency that an amount was written with is the item's."""
    typed = _typed(field.type, value, business)
    if field.type.priced and isinstance(typed, tuple):
        typed, currency = typed
        if item.values.setdefault(CURRENCY, currency) != currency:
            raise Unreadable(
                f"{field.key} is in {currency}, and the {item.kind.name} in {item.values[CURRENCY]}"
            )
    item.values[field.key] = typed


def _typed(type: FieldType, value: Any, business: Business) -> Any:
    if isinstance(type, ListOf):
        return [
            part
            if isinstance(part, Item)
            else new_item(type.kind, part if isinstance(part, dict) else {SIMPLE: part}, business)
            for part in value
        ]
    if isinstance(type, GroupOf):
        return value if isinstance(value, Item) else new_item(type.kind, value, business)
    if isinstance(type, MapOf):
        return {
            key: part if isinstance(part, Item) else new_item(type.kind, part, business)
            for key, part in value.items()
        }
    return type.read(value, business) if isinstance(value, str) else value


def _original(item: Item) -> list[tuple[Scalar, Node]]:
    if isinstance(item.node, Mapping):
        return list(item.node.entries)
    return [(Scalar(key), node) for key, node in item.extra.items()]


def _written(item: Item, key: str) -> Node | None:
    entry = entry_of(item, key)
    return entry[1] if entry else None


def _from(node: _N, origin: Node | None) -> _N:
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
