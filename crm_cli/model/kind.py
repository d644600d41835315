"""Kinds: one declaration each, from which everything else about them follows.

A kind says its fields once. Storage reads and writes by it, the index makes a table
of it, queries and completion know its names, the reference page prints it. A new
kind is a module that declares it and a line in `kinds.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import FieldType, GroupOf, ListOf, Shorthand, Storage, Text

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

_TEXT = Text()


class Field:
    """A key of a kind.

    `aliases` are other names for it in files and queries. `default` is what an absent
    value means. `searched` puts its text into the full-text search. `inherits` names a
    field of the customer that answers where the item has none. `lifts` (of a list)
    maps a name that the owner answers to, to the item's field that it means:
    `city` of a customer is `city` of any address, and shows the first one's.
    `hoists` (of a list) are the item's keys that may stand in the owner itself and then
    mean the first item. `separate` says that one text may hold several (`tags: a, b`).
    """

    __slots__ = (
        "aliases", "default", "doc", "hoists", "inherits", "key", "lifts", "searched",
        "separate", "type",
    )  # fmt: skip

    def __init__(
        self,
        key: str,
        type: FieldType = _TEXT,
        doc: str = "",
        *,
        aliases: tuple[str, ...] = (),
        default: Any = None,
        searched: bool | None = None,
        inherits: str = "",
        lifts: Mapping[str, str] | None = None,
        hoists: tuple[str, ...] = (),
        separate: bool = False,
    ) -> None:
        self.key = key
        self.type = type
        self.doc = doc
        self.aliases = aliases
        self.default = default
        self.searched = (
            type.storage in (Storage.TEXT, Storage.TEXTS) if searched is None else searched
        )
        self.inherits = inherits
        self.lifts = lifts or {}
        self.hoists = hoists
        self.separate = separate

    def __repr__(self) -> str:
        return f"Field({self.key!r}, {self.type.name})"


class Derived:
    """A value that is computed, never stored in a record.

    Without `sql` it is computed by the kind's `derive` and kept in the index. With
    `sql` it depends on today: an expression over the kind's columns (`{t}` stands for
    its row) and `:today`. `base` says that money is in the business's base currency;
    otherwise it is in the item's own.
    """

    __slots__ = ("aliases", "base", "doc", "key", "sql", "type")

    def __init__(
        self,
        key: str,
        type: FieldType,
        doc: str,
        *,
        sql: str = "",
        aliases: tuple[str, ...] = (),
        base: bool = False,
    ) -> None:
        self.key = key
        self.type = type
        self.doc = doc
        self.sql = sql
        self.aliases = aliases
        self.base = base


class State:
    """A name for `is:NAME`, with the SQL condition that it stands for (`{t}` is the row)."""

    __slots__ = ("doc", "name", "sql")

    def __init__(self, name: str, sql: str, doc: str) -> None:
        self.name = name
        self.sql = sql
        self.doc = doc


Derive = Callable[["Item", "Business"], None]
"""Sets an item's derived values, after those of its own items."""


class Finding(NamedTuple):
    """Something that a kind's own check noticed in an item, at the value of `key`.

    `absent` is the key whose absence it is about: one that stands there and could not be
    read has been told already.
    """

    key: str
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    absent: str = ""


Check = Callable[["Item", "Business"], Iterator[Finding]]
"""Looks at an item after `derive`: rules that no single field can see."""


class Kind:
    """A declaration: see the module."""

    def __init__(
        self,
        name: str,
        key: str,
        doc: str,
        fields: tuple[Field, ...],
        *,
        letter: str = "",
        derived: tuple[Derived, ...] = (),
        states: tuple[State, ...] = (),
        shorthand: Shorthand | None = None,
        derive: Derive | None = None,
        check: Check | None = None,
        aliases: tuple[str, ...] = (),
        title: str = "",
        columns: tuple[str, ...] = (),
        ranked: tuple[str, ...] = (),
        when: str = "",
        counted: str = "",
        summed: tuple[str, ...] = (),
        sought: tuple[str, ...] = (),
        begins: Callable[[str], bool] | None = None,
        notes: bool = True,
    ) -> None:
        """`name` is the singular, `key` the plural and the list's key in a record.

        `letter` begins the ids of items that have one. `title` is the field that names
        an item to people, `columns` the fields that a list shows, `ranked` the same by
        importance, for a narrow terminal, `when` the date that
        `date:` and windows go by. `counted` is the SQL condition for the items that sums
        and counts go over (`{t}` is the row); without it all are; `summed` are the fields
        that sums over a time mostly read, `sought` those of which a value that few have is
        often sought. `begins` tells the
        beginning of a shorthand that has `: ` in it, which YAML takes for a key.
        """
        self.name = name
        self.key = key
        self.doc = doc
        if notes and not any(field.key == "notes" for field in fields):
            fields = (*fields, Field("notes", Text(), "anything else"))
        self.fields = fields
        self.letter = letter
        self.derived = derived
        self.states = states
        self.shorthand = shorthand
        self.derive = derive
        self.check = check
        self.counted = counted
        self.summed = summed
        self.sought = sought
        self.begins = begins
        self.aliases = aliases
        self.title = title
        self.columns = columns
        self.ranked = ranked or columns
        self.when = when

    def __repr__(self) -> str:
        return f"Kind({self.name!r})"

    @cached_property
    def by_key(self) -> dict[str, Field]:
        """The fields by their key."""
        return {field.key: field for field in self.fields}

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by every name that people may write: key, singular, alias."""
        names: dict[str, Field] = {}
        for field in self.fields:
            names[field.key] = field
            for alias in (*field.aliases, singular(field.key)):
                names.setdefault(alias, field)
            if isinstance(field.type, ListOf):
                names.setdefault(field.type.kind.name, field)
        return names

    @cached_property
    def hoisted(self) -> dict[str, tuple[Field, Field]]:
        """Keys of the first item of a list that may stand here: (the list, the item's field)."""
        return {
            key: (field, field.type.kind.by_key[key])
            for field in self.fields
            if isinstance(field.type, ListOf)
            for key in field.hoists
        }

    @cached_property
    def single(self) -> frozenset[str]:
        """The keys of the fields that are one text in a file."""
        several = (Storage.NESTED, Storage.FREE, Storage.TEXTS)
        return frozenset(f.key for f in self.fields if f.type.storage not in several)

    @cached_property
    def lists(self) -> tuple[tuple[Field, Kind], ...]:
        """The lists of items, each with their kind."""
        return tuple(
            (field, field.type.kind) for field in self.fields if isinstance(field.type, ListOf)
        )

    @cached_property
    def groups(self) -> tuple[tuple[Field, Kind], ...]:
        """The groups of fields, each with their kind."""
        return tuple(
            (field, field.type.kind) for field in self.fields if isinstance(field.type, GroupOf)
        )

    def walk(self) -> Iterator[Kind]:
        """This kind and the kinds of its lists, and of theirs."""
        yield self
        for _, kind in self.lists:
            yield from kind.walk()


def singular(key: str) -> str:
    """A list's key as one of its items would be called: `phones` → `phone`."""
    if key.endswith("ies"):
        return key[:-3] + "y"
    if key.endswith(("sses", "xes")):
        return key[:-2]
    return key[:-1] if key.endswith("s") and not key.endswith("ss") else key


def normal(name: str) -> str:
    """A key as people may write it, in the form that declarations use."""
    return name.strip().lower().replace("-", "_").replace(" ", "_")
