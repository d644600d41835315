"""A file of records as parsed: text, nodes, items, and finding them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from crm_cli.model.business import Business
from crm_cli.model.errors import DataError, NotFound, Problem, Severity
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.node import Mapping, Node, Scalar, Sequence
from crm_cli.model.quoting import style_for
from crm_cli.model.reading import Reader
from crm_cli.model.writing import item_node, value_to_node
from crm_cli.store import splice
from crm_cli.store.compose import Composed, compose, decode
from crm_cli.store.emit import emit
from crm_cli.store.intent import Path
from crm_cli.store.splice import Insert, Op, Replace

BOM = b"\xef\xbb\xbf"

Ref = str | tuple[str, int] | tuple[str, str, int] | None
"""What an edit is about: the record (None), an item by its id, (list key, position), or with
the id of the item that has the list before it.
In a file of several records (products) it is the record's key."""


class _Items(NamedTuple):
    """What a text says, and what is wrong with it."""

    record: Item
    records: dict[str, Item]
    problems: tuple[Problem, ...]
    unread: list[Problem]


class Opened:
    """The text of one file and what it says; see the module.

    Raises DataError where the text cannot be read.
    """

    def __init__(
        self,
        path: str,
        data: bytes,
        kind: Kind,
        business: Business,
        *,
        mapped: bool = False,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.path = path
        self.kind = kind
        self.business = business
        self.mapped = mapped
        self._random = random
        decoded = decode(data, path)
        if isinstance(decoded, Problem):
            raise DataError(f"{decoded.place}: {decoded.message}", decoded.hint, (decoded,))
        self.text, self._bom = decoded.text, decoded.has_bom
        self.read()

    @property
    def id(self) -> str:
        """The record's id: the stem of its file."""
        return self.path.rsplit("/", 1)[-1].removesuffix(".yaml")

    @property
    def data(self) -> bytes:
        """The bytes of the file as it now reads."""
        return (BOM if self._bom else b"") + self.text.encode()

    def read(self) -> None:
        """Make nodes of the text; raises DataError where it cannot be read."""
        self._take(compose(self.text, self.path))

    def _take(self, composed: Composed) -> None:
        """Hold the nodes of the text as it now is; its items are made when they are asked for."""
        self._composed = composed
        self._items: _Items | None = None
        if composed.root is None:
            errors = [one for one in composed.problems if one.severity is Severity.ERROR]
            if any(one.code != "empty" for one in errors):
                first = errors[0]
                raise DataError(
                    f"{first.place}: {first.message}",
                    first.hint or "correct the file by hand; nothing was written",
                    tuple(errors),
                )
            self.root = Mapping()
            self.blank = True
        else:
            self.root = composed.root
            self.blank = not composed.root.entries

    @property
    def record(self) -> Item:
        """The whole of a record's file."""
        return self._made().record

    @property
    def stated(self) -> Item:
        """The record as far as it stands in the file, without what is derived of it."""
        reader = Reader(self.path, self.business)
        return reader.record(self.root, self.kind, self.id, derived=False)

    def record_by(self, business: Business) -> Item:
        """The record as it is by other settings, or on another day."""
        return Reader(self.path, business).record(self.root, self.kind, self.id)

    @property
    def records(self) -> dict[str, Item]:
        """The records of a file that maps keys to records, by key; else empty."""
        return self._made().records

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong or odd in the text."""
        return self._made().problems

    @property
    def unread(self) -> list[Problem]:
        """The errors among the problems: what could not be read."""
        return self._made().unread

    def _made(self) -> _Items:
        """The items of the nodes."""
        if self._items is None:
            reader = Reader(self.path, self.business)
            if self.mapped:
                record = Item(self.kind, self.root)
                records = reader.mapped(self.root, self.kind)
            else:
                record, records = reader.record(self.root, self.kind, self.id), {}
            found = self._composed.problems
            broken = [one for one in found if one.severity is Severity.ERROR]
            self._items = _Items(
                record, records, (*found, *reader.problems), [*broken, *reader.unread]
            )
        return self._items

    def apply(self, *ops: Op) -> None:
        """Do splices, all of them together; raises DataError."""
        if self.blank:
            self.text = self._begun(ops)
            self.read()
            return
        spliced = splice.spliced(self.text, ops, self.path, self._composed)
        self.text = spliced.text
        self._take(spliced.composed)

    def _begun(self, ops: tuple[Op, ...]) -> str:
        """The text of an empty file with its first entries."""
        root = Mapping()
        for op in ops:
            if isinstance(op, Insert) and not op.path:
                root.entries.append((Scalar(op.key, style_for(op.key)), op.node))
        before = self.text
        if before and not before.endswith("\n"):
            before += "\n"
        return before.replace("{}\n", "") + emit(root)

    # What an edit is about

    def find(self, ref: Ref) -> Item:
        """The item that a reference means; NotFound where it is gone."""
        if ref is None:
            return self.record
        if isinstance(ref, tuple):
            *holder, key, position = ref
            owner = self.find(str(holder[0])) if holder else self.record
            items = owner.items(str(key))
            if 0 <= int(position) < len(items):
                return items[int(position)]
            raise NotFound(f"{self.path} has no {key} number {int(position) + 1}")
        if self.mapped and ref in self.records:
            return self.records[ref]
        for record in self.records.values() if self.mapped else (self.record,):
            for item in record.walk():
                if item.id == ref and item is not record:
                    return item
        if self.mapped:
            raise NotFound(f"there is no {self.kind.name} {ref} in {self.path}")
        raise NotFound(f"there is no {ref} in {self.path}", "it was changed or removed meanwhile")

    def ref_of(self, item: Item) -> Ref:
        """The reference that `find` finds an item by."""
        if item.parent is None:
            return item.id if self.mapped else None
        if item.kind.letter:
            return item.id
        field = next(one for one, kind in item.parent.kind.lists if kind is item.kind)
        position = next(
            place for place, one in enumerate(item.parent.items(field.key)) if one is item
        )
        return (field.key, position)

    def path_to(self, node: Node) -> Path:
        """The keys and positions that lead to a node."""
        found = _search(self.root, node)
        if found is None:
            raise NotFound(f"{self.path} was changed meanwhile")
        return found

    def writable(self, ref: Ref) -> Item:
        """The item, after its id is written down where it only had a derived one."""
        return self.identified(self.find(ref))

    def identified(self, item: Item) -> Item:
        """As `writable`, for an item of this document as it now is."""
        if item.kind.letter and not item.written_id and item.parent is not None:
            if item.short:
                self.write_out(item)
            else:
                self.apply(Insert(self.path_of(item), "id", Scalar(item.id), (), False))
            item = self.find(item.id)
        return item

    def write_out(self, item: Item) -> None:
        """Write a one-line item as a mapping."""
        item = self.spread(item)
        assert item.node is not None
        self._require_read(item.node)
        path = self.path_to(item.node)
        full = item_node(item)
        if isinstance(full, Scalar):
            full = Mapping([(Scalar("value"), full)])
        self.apply(Replace(path, full))

    def spread(self, item: Item) -> Item:
        """The item, after a text with commas that holds others too is written as a list."""
        owner = item.parent
        if owner is None or item.node is None or item.node is owner.node:
            return item
        field = next(one for one, kind in owner.kind.lists if kind is item.kind)
        those = [one for one in owner.items(field.key) if one.node is item.node]
        if len(those) < 2:
            return item
        self._require_read(item.node)
        self.apply(Replace(self.path_to(item.node), value_to_node(field.type, those)))
        return self.again(item)

    def _require_read(self, node: Node) -> None:
        """Refuse to write out a node of which a part could not be read, since it would be lost.

        Raises DataError with the first such problem.
        """
        for one in self.unread:
            if (one.line, one.column) == (node.line, node.column):
                raise DataError(
                    f"{one.place}: {one.message}",
                    one.hint or "correct it; nothing was written",
                    tuple(self.unread),
                )

    def again(self, item: Item) -> Item:
        """The same item in the text as it now is."""
        if item.parent is None:
            return self.records[item.id] if self.mapped and item.id in self.records else self.record
        if item.kind.letter:
            return self.find(item.id)
        owner = self.again(item.parent)
        field = next(one for one, kind in owner.kind.lists if kind is item.kind)
        position = next(
            place for place, one in enumerate(item.parent.items(field.key)) if one is item
        )
        return owner.items(field.key)[position]

    def path_of(self, item: Item) -> Path:
        if item.node is None or item.node is self.root:
            return ()
        return self.path_to(item.node)


def _search(root: Mapping, wanted: Node) -> Path | None:
    """The path to a node, found without recursion: files may be deep."""
    stack: list[tuple[Node, Path]] = [(root, ())]
    while stack:
        node, path = stack.pop()
        if node is wanted:
            return path
        stack.extend(_children(node, path))
    return None


def _children(node: Node, path: Path) -> Iterator[tuple[Node, Path]]:
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield value, (*path, key.text)
    elif isinstance(node, Sequence):
        for place, value in enumerate(node.items):
            yield value, (*path, place)
