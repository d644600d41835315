"""A file of records, edited by its kind.

Every edit is a splice on the text: what was not asked for keeps its bytes. After each
edit the text is parsed and read again, so a document is always what its file would say.
"""

from __future__ import annotations

from typing import Any

from crm_cli.model.errors import Unreadable, UsageError
from crm_cli.model.fieldtypes import FieldType, Free, Texts
from crm_cli.model.ids import new_item_id
from crm_cli.model.item import Item
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf, MapOf, Nested, normal
from crm_cli.model.kinds import SINGLE
from crm_cli.model.node import Mapping, Node, Scalar, Sequence
from crm_cli.model.quoting import style_for
from crm_cli.model.text import a_or_an
from crm_cli.model.writing import free_node, item_node, new_item, value_to_node, with_currency
from crm_cli.model.written import entry_of
from crm_cli.store.fields import matching, own_entry
from crm_cli.store.opened import BOM, Ref
from crm_cli.store.owned import Owned
from crm_cli.store.splice import Append, Delete, Insert, RenameKey, Replace

__all__ = ["BOM", "Document", "Ref"]


class Document(Owned):
    """The edits of one file; see the module, `Owned`, `Fields` and `Opened` for the rest."""

    # Fields

    def set(self, ref: Ref, key: str, value: Any) -> None:
        """Give a field a value: typed, or a text that the field reads.

        `key` may be a field of a group (`credit.limit`), of the user's own
        (`custom.size`), or one that the first item of a list answers (`city`, `email`).
        Raises UsageError for a value that the field cannot have.
        """
        self.assign(self.writable(ref), key, value)

    def assign(self, item: Item, key: str, value: Any) -> None:
        """As `set`, for an item of this document as it now is."""
        head, _, rest = key.partition(".")
        field = item.kind.by_name.get(normal(head))
        item = self._in_list(item, field)
        lifted = _lifted(item.kind, normal(head))
        if lifted is not None and not rest and (field is None or field is lifted[0]):
            self._set_lifted(item, *lifted, value)
        elif field is None:
            self.put(item, key, free_node(value))
        elif rest:
            self._set_within(item, field, rest, value)
        else:
            self._set_field(item, field, value)

    def remove(self, ref: Ref, key: str) -> None:
        """Take a field away; nothing happens where it is absent.

        Raises UsageError where the name means one of several items of a list.
        """
        item = self.writable(ref)
        head, _, rest = key.partition(".")
        name = normal(head)
        field = item.kind.by_name.get(name)
        lifted = _lifted(item.kind, name)
        if lifted is not None and (field is None or (field is lifted[0] and name != field.key)):
            self._remove_lifted(item, *lifted)
            return
        entry = entry_of(item, field.key) if field is not None else own_entry(item, key)
        if entry is None and field is None:
            entry = own_entry(item, head)
        if entry is None:
            return
        name_node, node = entry
        if (rest and field is not None) or (rest and isinstance(node, Mapping)):
            if not isinstance(node, Mapping):
                return
            if field is not None and isinstance(field.type, MapOf) and "." in rest:
                self._drop_within(item, field, rest)
                return
            while (inner := matching(node, rest)) is None:
                outer, dot, rest = rest.partition(".")
                deeper = node.get(matching(node, outer) or "") if dot else None
                if not isinstance(deeper, Mapping):
                    return
                node = deeper
            whole = len(node.entries) == 1
            path = self.path_to(node)
            self.apply(Delete(path) if whole else Delete((*path, inner)))
            return
        self.apply(Delete((*self.path_of(item), name_node.text)))

    def _set_field(self, item: Item, field: Field, value: Any) -> None:
        type = field.type
        if isinstance(type, (ListOf, Texts)):
            parts = _parts(value)
            if isinstance(type, ListOf):
                parts = [
                    new_item(type.kind, self._simple(type.kind, part), self.business)
                    for part in parts
                ]
            if not parts:
                self.drop(item, field.key)
                return
            self.put(item, field.key, value_to_node(type, parts))
            return
        if isinstance(type, Nested):
            raise UsageError(
                f"{field.key} has fields of its own",
                f"name one, as {field.key}.{_first(type)}=…",
            )
        typed = self.cast(field, value)
        if typed.__class__ is tuple:  # not a partial date, which is one too
            typed, currency = typed
            if "currency" not in item.kind.by_key:
                self.put(item, field.key, with_currency(value_to_node(type, typed), currency))
                return
            self.put(item, "currency", Scalar(currency))
            item = self.again(item)
        self.put(item, field.key, value_to_node(type, typed))

    def _set_within(self, item: Item, field: Field, rest: str, value: Any) -> None:
        """`credit.limit=500`, `custom.size=L`, `users.petra.name=Petra`."""
        type = field.type
        if isinstance(type, GroupOf):
            self.set_grouped(item, field, rest.split("."), value)
        elif isinstance(type, MapOf) and "." in rest:
            self._set_entry(item, field, type, rest, value)
        elif isinstance(type, Free):
            self.put_within(item, (field,), rest, free_node(value))
        else:
            raise UsageError(f"{field.key} has no fields of its own", f"write {field.key}=…")

    def _set_entry(self, item: Item, field: Field, type: MapOf, rest: str, value: Any) -> None:
        """`users.petra.name=Petra`: a field of an entry, which is new or there."""
        name, _, own = rest.partition(".")
        part = type.kind.by_name.get(normal(own))
        if part is None:
            known = ", ".join(one.key for one in type.kind.fields)
            raise UsageError(f"{field.key} have no {own}", f"they have: {known}")
        entries: dict[str, Item] = item.values.get(field.key) or {}
        if name in entries and isinstance(entries[name].node, Mapping):
            self._set_field(entries[name], part, value)
            return
        made = Mapping([(Scalar(part.key), value_to_node(part.type, self.cast(part, value)))])
        entry = entry_of(item, field.key)
        key = Scalar(name, style_for(name))
        if entry is None or not isinstance(entry[1], Mapping):
            self.put(item, field.key, Mapping([(key, made)]))
        elif name in entries:
            self.apply(Replace((*self.path_to(entry[1]), name), made))
        else:
            keys = tuple(entry[1].keys())
            self.apply(Insert(self.path_to(entry[1]), name, made, keys, False))

    def _drop_within(self, item: Item, field: Field, rest: str) -> None:
        """A field of an entry, as `_set_entry` has it; raises UsageError for its only one."""
        name, _, own = rest.partition(".")
        entry: Item | None = (item.values.get(field.key) or {}).get(name)
        if entry is None or entry_of(entry, normal(own)) is None:
            return
        if isinstance(entry.node, Mapping) and len(entry.node.entries) == 1:
            whole = f"{field.key}.{name}"
            raise UsageError(f"{whole} has nothing else", f"{whole}= removes it as a whole")
        self.drop(entry, normal(own))

    def _in_list(self, item: Item, field: Field | None) -> Item:
        """The item; in the list if it stood in its owner, and gets what cannot stand there."""
        owner = item.parent
        if owner is None or item.node is not owner.node or field is None:
            return item
        listed = next(one for one, kind in owner.kind.lists if kind is item.kind)
        if field.key in listed.hoists:
            return item
        items = list(owner.items(listed.key))
        for key in listed.hoists:
            self.drop(self.again(owner), key)
        self.put(self.again(owner), listed.key, value_to_node(listed.type, items))
        return self.again(owner).items(listed.key)[0]

    def _set_lifted(self, item: Item, field: Field, key: str, value: Any) -> None:
        """`city=Koper` is the present address's city, `email=…` the preferred e-mail."""
        kind = _kind(field)
        items = item.items(field.key)
        first = next(iter(item.answering(field.key)), None)
        if first is None:
            self.add(field.key, {key: self.cast(kind.by_key[key], value)})
            return
        if isinstance(first.node, Scalar):
            entry = entry_of(item, field.key)
            shared = entry is not None and entry[1] is first.node and len(items) > 1
            if shared or key != "value":
                first.values[key] = self.cast(kind.by_key[key], value)
                self.put(item, field.key, value_to_node(field.type, items))
            else:
                part = kind.by_key[key]
                self.apply(
                    Replace(self.path_to(first.node), part.type.write(self.cast(part, value)))
                )
            return
        self._set_field(first, kind.by_key[key], value)

    def _remove_lifted(self, item: Item, field: Field, key: str) -> None:
        items = item.items(field.key)
        first = next(iter(item.answering(field.key)), None)
        if first is None:
            return
        if key != "value":
            if first.node is item.node:
                written = entry_of(first, key)
                if written is not None:
                    self.apply(Delete((written[0].text,)))
            elif set(first.values) == {key}:
                self.delete((field.key, items.index(first)))
            else:
                self.drop(first, key)
            return
        if len(items) > 1:
            shown = ", ".join(str(part.values.get("value", "")) for part in items)
            raise UsageError(
                f"{item.id or self.path} has {len(items)} {field.key}: {shown}",
                f"say which: {field.key}-=…, or all: {field.key}=",
            )
        self.drop(item, field.key)

    # Items

    def add(
        self, key: str, values: dict[str, Any], *, ref: Ref = None, behind: int | None = None
    ) -> str:
        """Append an item, in canonical form, to a list, or put it right behind the item at a
        place; its new id ("" where it has none)."""
        owner = self.writable(ref)
        if self.mapped and ref is None:
            node = item_node(new_item(self.kind, values, self.business), top=True)
            self.apply(Insert((), key, node, tuple(self.root.keys()), True))
            return key
        field = owner.kind.by_name[key]
        kind = _kind(field)
        made = dict(values)
        if kind.letter:
            taken = {item.id for item in self.record.walk()}
            made.setdefault("id", new_item_id(kind.letter, taken, self._random))
        self._append(owner, field, item_node(new_item(kind, made, self.business)), behind)
        return str(made.get("id", ""))

    def adopt(self, item: Item) -> None:
        """Append an item of another document, with its id and the keys that its kind does not
        know."""
        field = next(one for one, kind in self.record.kind.lists if kind is item.kind)
        self._append(self.record, field, item_node(item))

    def _append(self, owner: Item, field: Field, node: Node, behind: int | None = None) -> None:
        entry = entry_of(owner, field.key)
        path = self.path_of(owner)
        if entry is None:
            self.put(owner, field.key, Sequence([node]))
        elif isinstance(entry[1], Sequence) or (isinstance(entry[1], Scalar) and entry[1].absent):
            listed = isinstance(entry[1], Sequence)
            self.apply(Append((*path, entry[0].text), node, behind if listed else None))
        else:
            kept = [
                item_node(item) for item in owner.items(field.key) if item.node is not owner.node
            ]
            self.apply(Replace((*path, entry[0].text), Sequence([*kept, node])))
            if entry[0].text != field.key and normal(entry[0].text) != field.key:
                self.apply(RenameKey((*path, entry[0].text), field.key))

    def extend(self, key: str, many: list[dict[str, Any]]) -> None:
        """Append many items to a list of the record at once: one parse, not one for each."""
        field = self.record.kind.by_name[key]
        kind = _kind(field)
        entry = entry_of(self.record, field.key)
        if len(many) < 2 or (entry is not None and not isinstance(entry[1], Sequence)):
            for values in many:
                self.add(key, values)
            return
        taken = {item.id for item in self.record.walk()} if kind.letter else set()
        nodes = []
        for values in many:
            made = dict(values)
            if kind.letter:
                made.setdefault("id", new_item_id(kind.letter, taken, self._random))
                taken.add(made["id"])
            nodes.append(item_node(new_item(kind, made, self.business)))
        if entry is None:
            self.put(self.record, field.key, Sequence(nodes))
        else:
            self.apply(*(Append((entry[0].text,), node) for node in nodes))

    def extend_records(self, many: dict[str, dict[str, Any]]) -> None:
        """Append many records, by their keys, to a file that maps keys to records."""
        before = tuple(self.root.keys())
        ops = []
        for key, values in many.items():
            node = item_node(new_item(self.kind, values, self.business), top=True)
            ops.append(Insert((), key, node, before, True))
            before = (*before[-1:], key)
        if ops:
            self.apply(*ops)

    def delete(self, ref: Ref) -> None:
        """Remove an item; the last one takes the list's key with it."""
        item = self.find(ref)
        if self.mapped:
            self.apply(Delete((str(ref),)))
            return
        owner = item.parent
        if owner is None or item.node is None:
            raise UsageError("a record is removed with its file")
        field = next(one for one, kind in owner.kind.lists if kind is item.kind)
        if item.node is owner.node:
            for key in field.hoists:
                self.drop(self.again(owner), key)
            return
        entry = entry_of(owner, field.key)
        if entry is not None and entry[1] is item.node:
            left = [part for part in owner.items(field.key) if part is not item]
            if left:
                self.put(owner, field.key, value_to_node(field.type, left))
            else:
                self.drop(owner, field.key)
            return
        if self.kind in SINGLE and len(self.root.entries) == len(owner.items(field.key)) == 1:
            # There is no record to be removed with its last item.
            self.put(owner, field.key, Sequence([]))
            return
        self.apply(Delete(self.path_to(item.node)))

    def add_texts(self, key: str, texts: list[str]) -> list[str]:
        """Add texts to a simple list (tags, e-mails); those already there are left out."""
        field = self.record.kind.by_name[normal(key)]
        added = []
        for text in texts:
            there = self._texts(field)
            if text not in there:
                if isinstance(field.type, ListOf):
                    self.add(field.key, self._simple(field.type.kind, text))
                else:
                    self._set_field(self.record, field, [*there, text])
                added.append(text)
        return added

    def remove_texts(self, key: str, texts: list[str]) -> list[str]:
        """Remove texts from a simple list; returns those that were there."""
        field = self.record.kind.by_name[normal(key)]
        removed = []
        for text in texts:
            there = self._texts(field)
            if text not in there:
                continue
            if isinstance(field.type, ListOf):
                self.delete((field.key, there.index(text)))
            else:
                self._set_field(self.record, field, [one for one in there if one != text])
            removed.append(text)
        return removed

    def _texts(self, field: Field) -> list[str]:
        if isinstance(field.type, ListOf):
            return [str(item.values.get("value", "")) for item in self.record.items(field.key)]
        return list(self.record.values.get(field.key) or ())

    def _simple(self, kind: Kind, text: Any) -> dict[str, Any]:
        if isinstance(text, dict):
            return text
        if kind.shorthand is None:
            raise UsageError(
                f"{a_or_an(kind.name)} has several fields", f"edit the file: {self.path}"
            )
        try:
            read = kind.shorthand(text, self.business)
        except Unreadable as error:
            raise UsageError(error.message, error.hint) from error
        return {key: self.cast(kind.by_key[key], part) for key, part in read.items()}


def _kind(field: Field) -> Kind:
    assert isinstance(field.type, ListOf)
    return field.type.kind


def _first(type: FieldType) -> str:
    return type.kind.fields[0].key if isinstance(type, (GroupOf, ListOf)) else "KEY"


def _parts(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return list(value)


def _lifted(kind: Kind, name: str) -> tuple[Field, str] | None:
    found = (one for one in kind.fields if name in one.lifts and not one.separate)
    return next(((one, one.lifts[name]) for one in found), None)
