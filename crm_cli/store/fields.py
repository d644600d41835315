"""Writing fields of an item into the text of its file, groups included."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Sequence as Sequence_
from typing import Any

from crm_cli.model.errors import Unreadable, UsageError
from crm_cli.model.item import Item
from crm_cli.model.kind import Field, GroupOf, normal
from crm_cli.model.node import Mapping, Node, Scalar
from crm_cli.model.quoting import style_for
from crm_cli.model.writing import SIMPLE, value_to_node, with_currency
from crm_cli.model.written import entry_of
from crm_cli.store.opened import Opened
from crm_cli.store.splice import Delete, Insert, Replace


class Fields(Opened):
    """Splices that are about one field."""

    def cast(self, field: Field, value: Any) -> Any:
        """A typed value, where a text was given; raises UsageError."""
        if not isinstance(value, str):
            return value
        try:
            return field.type.read(value, self.business)
        except Unreadable as error:
            raise UsageError(f"{field.key}: {error.message}", error.hint) from error

    def drop(self, item: Item, key: str) -> None:
        """Take a key away, if it is there."""
        entry = entry_of(item, key)
        if entry is not None:
            self.apply(Delete((*self.path_of(item), entry[0].text)))

    def put(self, item: Item, key: str, node: Node) -> None:
        """Replace the value of a key, or insert the key where the declaration puts it."""
        if item.short and key == SIMPLE and set(item.values) == {SIMPLE}:
            self.apply(Replace(self.path_of(self.spread(item)), node))
            return
        if item.short:
            self.write_out(item)
            item = self.again(item)
        path = self.path_of(item)
        entry = entry_of(item, key) if key in item.kind.by_key else own_entry(item, key)
        if entry is not None:
            self.apply(Replace((*path, entry[0].text), node))
        else:
            self.apply(Insert(path, key, node, self._before(item, key), not path))

    def put_each(self, found: Callable[[Item], Iterable[tuple[Item, str]]], node: Node) -> None:
        """Insert a key that many items of a record lack, all at once; their ids are written, too.

        `found` says which items of the record as it then is, and the key of each.
        """
        short = [item.id for item, _ in found(self.record) if item.short]
        for id in reversed(short):  # an id that is not written counts those before it
            self.identified(self.find(id))
        bare = [item for item, _ in found(self.record) if item.kind.letter and not item.written_id]
        self.apply(*(Insert(self.path_of(one), "id", Scalar(one.id), (), False) for one in bare))
        self.apply(
            *(
                Insert(self.path_of(one), key, node, self._before(one, key), False)
                for one, key in found(self.record)
            )
        )

    def _before(self, item: Item, key: str) -> tuple[str, ...]:
        """The keys of an item, as written, that the declaration puts before `key`."""
        if not isinstance(item.node, Mapping):
            return ()
        names = list(item.node.keys())
        order = {field.key: place for place, field in enumerate(item.kind.fields)}
        if key not in order:
            return tuple(names)
        before = []
        for name in names:
            field = item.kind.by_name.get(normal(name))
            if field is None and normal(name) in item.kind.hoisted:
                field = item.kind.hoisted[normal(name)][0]
            place = -1 if name == "id" else order[field.key] if field else len(order)
            if place < order[key]:
                before.append((place, name))
        return tuple(name for _, name in sorted(before, key=lambda pair: pair[0]))

    def set_grouped(self, item: Item, field: Field, names: Sequence_[str], value: Any) -> None:
        """Give a field of a group a value, or one of a group in it; `names` lead to it.

        The currency of an amount goes into the group's own key for it, else beside the amount.
        """
        assert isinstance(field.type, GroupOf)
        groups, kind = [field], field.type.kind
        *inner, last = names
        for name in inner:
            group = _known(groups[-1], name)
            if not isinstance(group.type, GroupOf):
                raise UsageError(f"{group.key} has no fields of its own", f"write {group.key}=…")
            groups.append(group)
            kind = group.type.kind
        part = _known(groups[-1], last)
        typed, currency = self.cast(part, value), ""
        if part.type.priced and isinstance(typed, tuple):
            typed, currency = typed
        node = value_to_node(part.type, typed)
        if currency and "currency" in kind.by_key:
            self.put_within(item, groups, "currency", Scalar(currency))
            item = self.again(item)
        elif currency:
            node = with_currency(node, currency)
        self.put_within(item, groups, part.key, node)

    def put_within(self, item: Item, groups: Sequence_[Field], key: str, node: Node) -> None:
        """Replace the value of a key in groups, one in the other, or insert it in its place."""
        first, *further = groups
        entry = entry_of(item, first.key)
        if entry is None or not isinstance(entry[1], Mapping):
            self.put(item, first.key, _nested([*(group.key for group in further), key], node))
            return
        holder, within = entry[1], first
        for place, group in enumerate(further):
            written = matching(holder, group.key)
            inner = holder.get(written) if written is not None else None
            if not isinstance(inner, Mapping):
                keys = [*(one.key for one in further[place + 1 :]), key]
                self._put_into(holder, within, group.key, _nested(keys, node))
                return
            holder, within = inner, group
        self._put_into(holder, within, key, node)

    def _put_into(self, holder: Mapping, group: Field, key: str, node: Node) -> None:
        path = self.path_to(holder)
        written = matching(holder, key)
        if written is not None:
            self.apply(Replace((*path, written), node))
            return
        order = _order(group)
        before = tuple(order[: order.index(key)]) if key in order else tuple(holder.keys())
        self.apply(Insert(path, key, node, before, False))


def own_entry(item: Item, key: str) -> tuple[Scalar, Node] | None:
    """(key, value) nodes of a key that no kind declares, spelled as it is."""
    if isinstance(item.node, Mapping):
        for name, node in item.node.entries:
            if name.text == key:
                return name, node
    return None


def matching(node: Mapping, key: str) -> str | None:
    """The key of a mapping as written that is `key` in another spelling."""
    for name in list(node.keys()):
        if name == key or normal(name) == normal(key):
            return name
    return None


def _known(group: Field, name: str) -> Field:
    """The field that a name means in a group."""
    assert isinstance(group.type, GroupOf)
    found = group.type.kind.by_name.get(normal(name))
    if found is None:
        known = ", ".join(_order(group))
        raise UsageError(f"{group.key} has no {name}", f"it has: {known}")
    return found


def _order(group: Field) -> list[str]:
    """The keys of a group in the order of its declaration; none of what is the user's own."""
    type = group.type
    return [field.key for field in type.kind.fields] if isinstance(type, GroupOf) else []


def _nested(keys: Sequence_[str], node: Node) -> Node:
    """A value under keys, one in the other."""
    for key in reversed(keys):
        node = Mapping([(Scalar(key, style_for(key)), node)])
    return node
