"""Nodes as items: reading a record by its kind's declaration.

Everything under "Written by hand" is read as meant here. What is not understood is a
Problem with its place, and the rest is read all the same.
"""

from __future__ import annotations

from crm_cli.model.deriving import Deriver
from crm_cli.model.errors import Severity, Unreadable
from crm_cli.model.fieldtypes import Free, Texts
from crm_cli.model.item import Item
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf, MapOf, normal
from crm_cli.model.node import ABSENT, PLAIN, Mapping, Node, Scalar, Sequence, plain
from crm_cli.model.places import RULES, SETTINGS, Shape, place_of
from crm_cli.model.text import a_or_an

_IGNORED = frozenset(("id",))


def _plural(kind: Kind) -> str:
    """What several items are called: a setting's key may be of the whole, as `service` is."""
    words = kind.key if kind.key.endswith("s") else f"{kind.name}s"
    return words.replace("_", " ")


class Reader(Deriver):
    """Reads the records of one file; collects the problems it meets."""

    def record(self, root: Mapping, kind: Kind, id: str, *, derived: bool = True) -> Item:
        """A whole file as one item, with the ids of all its items, and what is derived of them
        unless that is not wanted."""
        item = self._mapping(root, kind, None)
        item.id = id
        item.written_id = True
        written = root.get("id")
        if isinstance(written, Scalar) and written.text != id and self._is_named_by_file():
            self.problem(
                written,
                "id-differs",
                f"the id is {id}, after the file's name; this says {written.text}",
                "remove the line, or rename the file with crm rename",
                Severity.WARNING,
            )
        _identify(item)
        if derived:
            self.derive(item)
        return item

    def _is_named_by_file(self) -> bool:
        place = place_of(self.path)
        return place is None or place.shape is Shape.RECORDS

    def mapped(self, root: Mapping, kind: Kind) -> dict[str, Item]:
        """A mapping from keys to items (products by SKU, segments by name)."""
        items: dict[str, Item] = {}
        for key, node in root.entries:
            if isinstance(node, Mapping):
                item = self._mapping(node, kind, None)
            elif isinstance(node, Scalar) and node.absent:
                item = Item(kind, node)
            elif isinstance(node, Sequence) and kind.whole:
                item = Item(kind, node)
                self._field(item, kind.by_key[kind.whole], node)
            else:
                self.problem(
                    node,
                    "not-a-mapping",
                    f"{key.text} should be a mapping with the fields of {a_or_an(kind.name)}",
                    f"write {key.text}: and its fields below, indented",
                )
                continue
            item.id = key.text
            item.written_id = True
            if kind.lists:
                _identify(item)
            self.derive(item)
            items[key.text] = item
        return items

    def _mapping(self, node: Mapping, kind: Kind, parent: Item | None) -> Item:
        item = Item(kind, node, parent)
        by_key = kind.by_key
        seen: dict[str, Scalar] = {}
        for key, value in node.entries:
            name = key.text
            field = by_key.get(name)
            if field is None:
                name = normal(name)
                if name in _IGNORED and name not in kind.by_name:
                    if name == "id" and parent is not None and isinstance(value, Scalar):
                        item.id = value.text
                        item.written_id = bool(value.text)
                    continue
                field = kind.by_name.get(name)
                if field is None:
                    hoisted = kind.hoisted.get(name)
                    if hoisted is not None:
                        self._hoist(item, hoisted, value)
                        continue
                    if kind.begins is not None and kind.begins(key.text):
                        self._begun(item, key, value)
                    else:
                        self._unknown(item, key, value)
                    continue
            if value.__class__ is Scalar:
                # Nearly all that a directory says passes here, so it is done in place.
                if value.style == PLAIN and value.text in ABSENT:
                    continue
                if field.key in kind.single and field.key not in seen:
                    seen[field.key] = key
                    self._scalar(item, field, value)
                    continue
            if field.key in seen and not isinstance(field.type, ListOf):
                self.problem(
                    key,
                    "duplicate-key",
                    f"{key.text} says the same as {seen[field.key].text} in line "
                    f"{seen[field.key].line}",
                    "keep one of them",
                )
                continue
            seen[field.key] = key
            self._field(item, field, value)
        return item

    def _field(self, item: Item, field: Field, node: Node) -> None:
        type = field.type
        if isinstance(type, ListOf):
            items = item.values.setdefault(field.key, [])
            items.extend(self._list(item, field, type.kind, node))
        elif isinstance(type, GroupOf):
            if isinstance(node, Mapping):
                item.values[field.key] = self._mapping(node, type.kind, item)
            else:
                self._not_a(node, field, "a mapping of its fields")
        elif isinstance(type, MapOf):
            if isinstance(node, Mapping):
                item.values[field.key] = self.mapped(node, type.kind)
            else:
                self._not_a(node, field, f"a mapping by {type.key}")
        elif isinstance(type, Free):
            item.values[field.key] = plain(node)
        elif isinstance(type, Texts):
            self._texts(item, field, type, node)
        elif isinstance(node, Scalar):
            self._scalar(item, field, node)
        else:
            self._not_a(node, field, f"one {type.name}")

    def _not_a(self, node: Node, field: Field, wanted: str) -> None:
        found = "a mapping" if isinstance(node, Mapping) else "a list"
        if isinstance(node, Scalar):
            found = "a text"
        self.problem(node, "wrong-shape", f"{field.key} should be {wanted}, and is {found}")

    def _scalar(self, item: Item, field: Field, node: Scalar) -> None:
        type = field.type
        try:
            value = type.read(node.text, self.business)
        except Unreadable as error:
            self.problem(node, error.code, f"{field.key}: {error.message}", error.hint)
            return
        if value.__class__ is tuple and type.priced:
            value, currency = value
            item.values.setdefault("currency", currency)
            if item.values["currency"] != currency:
                self.problem(
                    node,
                    "two-currencies",
                    f"{field.key} is in {currency}, and the {item.kind.name} in "
                    f"{item.values['currency']}",
                )
                return
        item.values[field.key] = value

    def _texts(self, item: Item, field: Field, type: Texts, node: Node) -> None:
        if isinstance(node, Sequence):
            texts = []
            for part in node.items:
                if isinstance(part, Scalar):
                    texts.append(part.text)
                else:
                    self._not_a(part, field, "a list of texts")
            item.values[field.key] = texts
        elif isinstance(node, Scalar):
            try:
                item.values[field.key] = type.read(node.text, self.business)
            except Unreadable as error:
                self.problem(node, error.code, f"{field.key}: {error.message}", error.hint)
        else:
            self._not_a(node, field, "a list of texts")

    def _list(self, owner: Item, field: Field, kind: Kind, node: Node) -> list[Item]:
        nodes = node.items if isinstance(node, Sequence) else [node]
        items = []
        for part in nodes:
            if isinstance(part, Mapping):
                if kind.shorthand is not None and self._unquoted(part, kind):
                    continue
                items.append(self._mapping(part, kind, owner))
            elif isinstance(part, Sequence):
                self._not_a(part, field, f"a list of {_plural(kind)}")
            elif part.absent:
                continue
            elif kind.shorthand is None:
                self._not_a(part, field, f"a list of {_plural(kind)} with their fields")
            elif field.separate and not isinstance(node, Sequence):
                for text in part.text.split(","):
                    if text.strip():
                        items += self._short(owner, field, kind, part, text.strip())
            else:
                items += self._short(owner, field, kind, part, part.text)
        return items

    def _short(self, owner: Item, field: Field, kind: Kind, node: Scalar, text: str) -> list[Item]:
        if kind.shorthand is None:
            return []
        item = Item(kind, node, owner)
        return [item] if self._expand(item, node, text) else []

    def _expand(self, item: Item, node: Scalar, text: str) -> bool:
        """Read a one-line item; False where it cannot be."""
        kind = item.kind
        assert kind.shorthand is not None
        try:
            texts = kind.shorthand(text, self.business)
        except Unreadable as error:
            self.problem(node, error.code, f"{kind.key}: {error.message}", error.hint)
            return False
        item.short = True
        for key, value in texts.items():
            part = Scalar(value, node.style, node.start, node.end, node.line, node.column)
            self._scalar(item, kind.by_key[key], part)
        return True

    def _begun(self, item: Item, key: Scalar, value: Node) -> None:
        """`- 2026-11-03 call in: Asked for beans`, which YAML takes for a mapping."""
        if isinstance(value, Scalar):
            self._expand(item, key, f"{key.text}: {value.text}".rstrip())
        else:
            self._not_a(value, Field("summary"), "a text")

    def _unquoted(self, node: Mapping, kind: Kind) -> bool:
        """Whether a text with `: ` in it was taken for a mapping; told with its cure."""
        if len(node.entries) != 1:
            return False
        key, value = node.entries[0]
        name = normal(key.text)
        known = name in kind.by_name or name in _IGNORED
        if known or not isinstance(value, Scalar) or (kind.begins and kind.begins(key.text)):
            return False
        self.problem(
            key,
            "unquoted-colon",
            f"this {kind.name} is a text with ': ' in it, which YAML takes for a key",
            f'quote it: "{key.text}: {value.text}"',
        )
        return True

    def _hoist(self, item: Item, hoisted: tuple[Field, Field], node: Node) -> None:
        """`city:` at the top is the first address's."""
        listed, field = hoisted
        if isinstance(node, Scalar) and node.absent:
            return
        items: list[Item] = item.values.setdefault(listed.key, [])
        kind = field_kind(listed)
        if not items or items[0].node is not item.node:
            items.insert(0, Item(kind, item.node, item))
        self._field(items[0], field, node)

    def _unknown(self, item: Item, key: Scalar, node: Node) -> None:
        item.extra[key.text] = node
        if self._cut(item, key, node):
            return
        near = _likely(normal(key.text), item.kind)
        if self.path == SETTINGS.path:
            # A record may have keys of people's own; a setting that is none does nothing.
            where = "" if item.parent is None else f" of {item.kind.key}"
            meant = f"did you mean {near}?" if near else "crm config shows what can be set"
            message = f"{key.text} is no setting{where}: nothing reads it"
            self.problem(key, "unknown-key", message, meant, Severity.WARNING)
        elif self.path == RULES.path:
            # What was to narrow a rule, and is not understood, must not leave it with all.
            meant = f"did you mean {near}?" if near else f"its keys: {', '.join(item.kind.by_key)}"
            message = f"{key.text} is no key of {a_or_an(item.kind.name.replace('_', ' '))}"
            self.problem(key, "unknown-key", message, meant, Severity.WARNING)
        elif near:
            self.problem(
                key,
                "unknown-key",
                f"{key.text} is no key of {a_or_an(item.kind.name)}",
                f"did you mean {near}? It is kept as it is",
                Severity.WARNING,
            )

    def _cut(self, item: Item, key: Scalar, node: Node) -> bool:
        """Whether a text in braces was cut at a comma: `{text: Rent, June}`; told if so."""
        braces = isinstance(item.node, Mapping) and item.node.flow
        if not braces or not _absent(node) or key.text[:1].isdigit():
            return False
        self.problem(
            key,
            "comma-in-braces",
            f"within braces a comma separates entries: '{key.text}' is an entry of its own",
            "quote the whole value, if it is part of the one before",
            Severity.WARNING,
        )
        return True


def field_kind(field: Field) -> Kind:
    """The kind of a list's items."""
    assert isinstance(field.type, ListOf)
    return field.type.kind


def _absent(node: Node) -> bool:
    return isinstance(node, Scalar) and node.absent


def _likely(name: str, kind: Kind) -> str:
    """The known key that a name is probably a slip of, or an empty text."""
    from crm_cli.model.text import nearest

    near = nearest(name, [*kind.by_name, *kind.hoisted], 1)
    if not near or abs(len(near[0]) - len(name)) > 2 or len(name) < 4:
        return ""
    return near[0]


def _identify(record: Item) -> None:
    """Give an id, derived from what it says, to each item that has none written.

    Of equal items the ordinal tells them apart. An id that is written down by now is one
    of theirs, and passed over: so the others keep theirs.
    """
    counts: dict[str, int] = {}
    written: set[str] | None = None
    for item in record.walk():
        if item.id or not item.kind.letter or item.node is None:
            continue
        from crm_cli.model.ids import derived_item_id

        content = repr(plain(item.node))
        if written is None:
            written = {other.id for other in record.walk() if other.written_id}
        letter, key = item.kind.letter, item.kind.key
        ordinal = counts.get(key + content, 0)
        while (id := derived_item_id(letter, record.id, key, content, ordinal)) in written:
            ordinal += 1
        counts[key + content] = ordinal + 1
        item.id = id
