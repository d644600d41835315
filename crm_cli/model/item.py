"""Items: a record, or one entry of its lists, as its kind has read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crm_cli.model.node import Node, plain

if TYPE_CHECKING:
    from crm_cli.model.kind import Kind


class Item:
    """A customer, task, purchase, line …: typed values by key, as its kind declares.

    `values` holds what is written (lists of items as lists of Item, groups as Item);
    `derived` what was computed; `extra` the keys that the kind does not know, as nodes.
    `written_id` tells whether the id stands in the file, `short` whether the item is
    written in one line, in its kind's shorthand. `node` is where it came from.
    """

    __slots__ = (
        "derived",
        "extra",
        "id",
        "kind",
        "node",
        "parent",
        "short",
        "values",
        "written_id",
    )

    def __init__(self, kind: Kind, node: Node | None = None, parent: Item | None = None) -> None:
        self.kind = kind
        self.node = node
        self.parent = parent
        self.id = ""
        self.written_id = False
        self.short = False
        self.values: dict[str, Any] = {}
        self.derived: dict[str, Any] = {}
        self.extra: dict[str, Node] = {}

    def get(self, key: str) -> Any:
        """The value, else the field's default (None without one), else the derived value."""
        value = self.values.get(key)
        if value is not None:
            return value
        field = self.kind.by_key.get(key)
        if field is not None:
            return field.default
        return self.derived.get(key)

    def items(self, key: str) -> list[Item]:
        """The items of a list; empty where there is none."""
        found: list[Item] = self.values.get(key) or []
        return found

    def answering(self, key: str) -> list[Item]:
        """The items of a list that answer for this one: of addresses those in use today."""
        return [one for one in self.items(key) if one.answers]

    @property
    def answers(self) -> bool:
        """Whether it answers for the record, as one of a list; see `Kind.answering`."""
        key = self.kind.answering
        return not key or self.derived.get(key) is not False

    def texts(self, key: str) -> list[str]:
        """The `value` of each item of a simple list: tags, e-mails, phones."""
        return [item.values["value"] for item in self.items(key) if "value" in item.values]

    def walk(self) -> Iterator[Item]:
        """This item and those of its lists, and of theirs."""
        yield self
        for field, _ in self.kind.lists:
            for item in self.values.get(field.key) or ():
                yield from item.walk()

    def release(self) -> None:
        """Let the items within go: they point at this one, and would only be found as garbage.

        For who reads many records and keeps none; the item itself is of no use afterwards.
        """
        for value in self.values.values():
            if value.__class__ is list:
                for part in value:
                    if part.__class__ is Item:
                        part.release()
            elif value.__class__ is Item:
                value.release()
        self.parent = None

    @property
    def owner(self) -> Item:
        """The record that the item stands in (a record's is itself)."""
        item = self
        while item.parent is not None:
            item = item.parent
        return item

    @property
    def title(self) -> str:
        """What names it to people."""
        return str(self.get(self.kind.title) or "") if self.kind.title else ""

    @property
    def name(self) -> str:
        """A line that names it: its title and its amount, else what it says first, else its id."""
        parts: list[str | None] = [self.title]
        amount = self.values.get(self.kind.amount, self.derived.get(self.kind.amount))
        if amount is not None:
            parts += [str(amount), self.values.get("currency") or self.derived.get("currency")]
        said = " ".join(" ".join(part for part in parts if part).split())
        if not said:
            plain = (v for v in self.values.values() if not isinstance(v, list | dict | Item))
            said = " ".join(_said(value) for value in list(plain)[:3])
        return said or self.id

    def answer(self) -> dict[str, Any]:
        """What JSON shows: the stored keys in the declaration's order, typed, then unknown ones."""
        answer: dict[str, Any] = {}
        if self.id and self.parent is not None and self.kind.letter:
            answer["id"] = self.id
        for field in self.kind.fields:
            value = self.values.get(field.key)
            if value is None:
                continue
            if isinstance(value, Item):
                answer[field.key] = value.answer()
            elif isinstance(value, list) and value and isinstance(value[0], Item):
                answer[field.key] = [item.brief() for item in value]
            else:
                answer[field.key] = field.type.answer(value)
        for key, node in self.extra.items():
            answer[key] = plain(node)
        return answer

    def brief(self) -> Any:
        """As `answer`, but the text alone where an item of a simple list has nothing else."""
        if not self.kind.letter and not self.extra and set(self.values) == {"value"}:
            return self.values["value"]
        return self.answer()

    def __repr__(self) -> str:
        return f"Item({self.kind.name}, {self.id!r}, {self.values!r})"


def _said(value: Any) -> str:
    """A value for people: of a moment the day and the time."""
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
