"""Fields of people's own in the text of a file.

A key of one's own stands at the top of the record, or below `custom`; it is one field in both
places, and is changed where it is. A new one comes below `custom`.
"""

from __future__ import annotations

from collections.abc import Sequence as Sequence_

from crm_cli.model.errors import NotFound, UsageError
from crm_cli.model.item import Item
from crm_cli.model.kind import normal
from crm_cli.model.node import PLAIN, Mapping, Node, Scalar, Sequence
from crm_cli.model.own import OWN, is_number
from crm_cli.model.quoting import style_for
from crm_cli.store.fields import Fields, matching
from crm_cli.store.intent import Path
from crm_cli.store.opened import Ref
from crm_cli.store.splice import Append, Delete, Insert, Replace

Names = Sequence_[str]
"""The steps to a value: a key, then keys below it, and positions in lists, from 1."""


class Owned(Fields):
    """Splices that are about a field of people's own."""

    def has_own(self, ref: Ref, name: str) -> bool:
        """Whether an item has a key of people's own."""
        return any(self._holders(self.find(ref), [name]))

    def set_own(self, ref: Ref, names: Names, node: Node) -> None:
        """Give a field, or what stands in it, a value; raises UsageError where it is no part of
        what is there."""
        item = self.writable(ref)
        holders = list(self._holders(item, names))
        if not holders:
            entry = item.node.get(OWN) if isinstance(item.node, Mapping) else None
            if isinstance(entry, Mapping):
                self._insert(entry, names, node)
            else:
                self.put(item, OWN, _nested(names, node))
            return
        if len(names) == 1:
            for holder in holders[1:]:  # It stood in both places.
                self.apply(Delete((*self.path_to(holder), _key(holder, names[0]))))
            holders = self._holders(self.find(ref), names)
        self._put_at(holders[0], names, node)

    def extend_own(self, ref: Ref, names: Names, nodes: Sequence_[Node]) -> None:
        """Add values to a list; one value that is there becomes its first, a new list has them
        alone."""
        there = self._node(ref, names)
        if there is None or (isinstance(there, Scalar) and there.absent):
            self.set_own(ref, names, Sequence(nodes))
        elif isinstance(there, Sequence):
            path = self.path_to(there)
            self.apply(*(Append(path, one) for one in nodes))
        else:
            self.set_own(ref, names, Sequence([bare_node(there), *nodes]))

    def reduce_own(self, ref: Ref, names: Names, texts: Sequence_[str]) -> None:
        """Take texts out of a list."""
        for text in texts:
            there = self._node(ref, names)
            items = there.items if isinstance(there, Sequence) else ()
            place = next(
                (n for n, one in enumerate(items) if isinstance(one, Scalar) and one.text == text),
                None,
            )
            if there is not None and place is not None:
                self.apply(Delete((*self.path_to(there), place)))

    def remove_own(self, ref: Ref, names: Names) -> None:
        """Take a field, or what stands in it, away; nothing happens where it is absent."""
        while (path := self._path(ref, names)) is not None:
            holder = self._at(path[:-1])
            if isinstance(holder, Mapping) and len(holder.entries) == 1 and len(path) > 1:
                path = path[:-1]
            self.apply(Delete(path))
            if len(names) > 1:
                return  # An item of a list: another has got its place.

    def _holders(self, item: Item, names: Names) -> list[Mapping]:
        """The mappings in which a key stands: below `custom`, and the item itself."""
        node = item.node
        if not isinstance(node, Mapping):
            return []
        entry = node.get(matching(node, OWN) or "")
        found = [entry] if isinstance(entry, Mapping) and _key(entry, *names) else []
        top = _key(node, *names)
        if top and (top in item.extra or normal(top) not in item.kind.by_name):
            found.append(node)
        return found

    def _put_at(self, holder: Mapping, names: Names, value: Node) -> None:
        node: Node = holder
        for place, name in enumerate(names):
            rest = names[place:]
            if isinstance(node, Mapping):
                dotted = matching(node, ".".join(rest))
                key = dotted or matching(node, name)
                if dotted is not None or (key is not None and len(rest) == 1):
                    made = _as_before(node.get(key or ""), value)
                    self.apply(Replace((*self.path_to(node), key or ""), made))
                    return
                if key is None:
                    self._insert(node, rest, value)
                    return
                inner = node.get(key)
                assert inner is not None
                if isinstance(inner, Scalar) and inner.absent:
                    self.apply(Replace((*self.path_to(node), key), _nested(rest[1:], value)))
                    return
            elif isinstance(node, Sequence):
                number = _position(node, names[:place], name)
                if len(rest) == 1:
                    self.apply(Replace((*self.path_to(node), number), value))
                    return
                inner = node.items[number]
            else:
                known = ".".join(names[:place])
                raise UsageError(
                    f"{known} is one value, and has no {name}",
                    f"write {OWN}.{known}=…; {OWN}.{known}= removes it",
                )
            node = inner

    def _insert(self, holder: Mapping, names: Names, value: Node) -> None:
        first, *rest = names
        made = _nested(rest, value) if rest else value
        self.apply(Insert(self.path_to(holder), first, made, tuple(holder.keys()), False))

    def _node(self, ref: Ref, names: Names) -> Node | None:
        path = self._path(ref, names)
        return None if path is None else self._at(path)

    def _path(self, ref: Ref, names: Names) -> Path | None:
        """The way to what names mean, as it is written; None where it is absent."""
        for holder in self._holders(self.find(ref), names):
            node: Node | None = holder
            path = self.path_to(holder)
            for place, name in enumerate(names):
                if isinstance(node, Mapping):
                    dotted = matching(node, ".".join(names[place:]))
                    if dotted is not None:
                        return (*path, dotted)
                    key = matching(node, name)
                    if key is None:
                        break
                    path, node = (*path, key), node.get(key)
                elif isinstance(node, Sequence):
                    number = _position(node, names[:place], name)
                    path, node = (*path, number), node.items[number]
                else:
                    break
            else:
                return path
        return None

    def _at(self, path: Path) -> Node | None:
        node: Node | None = self.root
        for step in path:
            if isinstance(node, Mapping):
                node = node.get(str(step))
            elif isinstance(node, Sequence):
                node = node.items[int(step)]
        return node


def _as_before(before: Node | None, value: Node) -> Node:
    """A number that is written without quotes where another one was."""
    if not isinstance(before, Scalar) or not isinstance(value, Scalar):
        return value
    plain = before.style == PLAIN and is_number(before.text) and is_number(value.text)
    return Scalar(value.text) if plain else value


def bare_node(node: Node) -> Node:
    """A node as it is written, without its marks: to be written somewhere else."""
    if isinstance(node, Mapping):
        return Mapping((Scalar(key.text, key.style), bare_node(one)) for key, one in node.entries)
    if isinstance(node, Sequence):
        return Sequence(bare_node(one) for one in node.items)
    return Scalar(node.text, node.style)


def _key(node: Mapping, *names: str) -> str:
    """The key of a mapping, as written, that begins names; empty where there is none."""
    return matching(node, names[0]) or matching(node, ".".join(names)) or ""


def _position(node: Sequence, before: Names, name: str) -> int:
    """The place in a list that a number means; raises NotFound."""
    if name.isascii() and name.isdigit() and 0 < int(name) <= len(node.items):
        return int(name) - 1
    key = f"{OWN}.{'.'.join(before)}"
    raise NotFound(
        f"{key} is a list of {len(node.items)}, and there is no {name} in it",
        f"name one by its position, as {key}.1; {key}+=… adds one",
    )


def _nested(names: Names, node: Node) -> Node:
    for name in reversed(names):
        node = Mapping([(Scalar(name, style_for(name)), node)])
    return node
