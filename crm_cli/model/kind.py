"""Kinds: one declaration each, from which everything else about them follows.

A kind says its fields once. Storage reads and writes by it, the index makes a table
of it, queries and completion know its names, the reference page prints it. A new
kind is a module that declares it, and a line in `places.py` or in the kind that it is part of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crm_cli.model.aspects import (
    CardLine,
    CardRecord,
    CardTable,
    Exchange,
    Happening,
    Mirrored,
    Reminder,
    Retained,
    Tracked,
)
from crm_cli.model.declaration import AnItem, Declaration
from crm_cli.model.field import Derived, Field, State
from crm_cli.model.fieldtypes import FieldType, Free, Shorthand, Storage, Text
from crm_cli.model.measure import Measure
from crm_cli.model.move import Move, Target
from crm_cli.model.summary import Check, Derive, Finding, Summary, all_of, each

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.rows import Rows

__all__ = (
    "NOTES",
    "Check",
    "Derive",
    "Derived",
    "Field",
    "Finding",
    "GroupOf",
    "Kind",
    "ListOf",
    "MapOf",
    "Move",
    "State",
    "Summary",
    "Target",
    "normal",
    "singular",
)
"""What declares a kind, from one place."""

NOTES = "note comment comments remarks opomba opombe notiz bemerkung"

class Kind(Declaration, kw_only=True):
    """What there is to know of customers, tasks, purchases …; see the module."""

    name: str
    """The singular: `task`."""
    key: str
    """The plural, and the list's key in a record: `tasks`."""
    doc: str
    """What one of them is, in a few words."""
    fields: tuple[Field, ...]
    """What is written of it, in the order of the canonical form; `notes` comes of itself."""
    letter: str = ""
    """What the ids of its items begin with; without one, items have no id."""
    derived: tuple[Derived, ...] = ()
    """What is computed."""
    states: tuple[State, ...] = ()
    """What `is:` asks."""
    shorthand: Shorthand | None = None
    """Reads an item that is written as one text."""
    whole: str = ""
    """The list that an entry may be written as alone: `wholesale: [offer, won, lost]`."""
    words: str = ""
    """The field for a typed text that names no record, where it has a price: `description` of a
    line."""
    linked: str = ""
    """The field that a typed text stands for where it is the id of a record, in place of what
    the shorthand says: `id` of a contact."""
    begins: Callable[[str], bool] | None = None
    """Whether a key is the beginning of a shorthand with `: ` in it, which YAML takes for a key."""
    derive: Derive | None = None
    """Sets the derived values of an item."""
    summary: Summary | None = None
    """What is derived from the items for the record that they stand in."""
    check: Check | None = None
    """Looks at an item as a whole."""
    aliases: tuple[str, ...] = ()
    """Other names for the kind in commands and queries."""
    id_name: str = ""
    """Another name of the id in queries: the SKU of products."""
    id_headings: str = ""
    """What other programs call the id's column."""
    title: str = ""
    """The field that names an item to people."""
    amount: str = ""
    """The amount that names an item, beside its title."""
    columns: tuple[str, ...] = ()
    """The fields that a list shows; a kind without columns is not listed on its own."""
    ranked: tuple[str, ...] = ()
    """The columns by importance, for a narrow terminal; unless said, as they stand."""
    sort: str = ""
    """The order of a list, unless another is asked for: `closed,due`, `at-`."""
    when: str = ""
    """The date that `date:`, periods and windows go by."""
    effective: str = ""
    """The date from which an item counts in the figures of its record; before it, it does not."""
    turns: Callable[[AnItem], Iterable[date]] | None = None
    """Further days of an item from which on something else is derived: a payment's return."""
    counted: str = ""
    """Query terms for the items that sums and counts go over; without them, all of them."""
    found: str = ""
    """Query terms for the items that conditions of their record find, unless all are asked for;
    unless said, those that sums go over."""
    answering: str = ""
    """The derived yes or no of the items that answer for their record under the names that it
    has for fields of theirs (`lifts`); unless said, all do."""
    measures: tuple[Measure, ...] = ()
    """The figures over many items that have a name, such as `spend` and `orders`."""
    summed: tuple[str, ...] = ()
    """The fields that sums over a time, or over the parts of items, mostly read."""
    sought: tuple[str, ...] = ()
    """The fields of which a value that few items have is often looked for."""
    live: Callable[[AnItem], bool] | None = None
    """Whether something is still to be done about an item: a customer with one such item stands
    for it, and query terms mean such items."""
    handed_on: Callable[[AnItem], bool] | None = None
    """Whether an item goes to whoever takes over its user's work; unless given, one about which
    something is still to be done, and every record."""
    moves: tuple[Move, ...] = ()
    """The verbs that take items from one state to another."""
    begins_as: Callable[[Mapping[str, Any], Business], Mapping[str, Any]] | None = None
    """What `add` fills in besides, from the values that are given."""
    tracked: Tracked | None = None
    """The field whose changes are noted in a list of the item, whichever command makes them."""
    upheld: Callable[[AnItem], Iterator[str]] | None = None
    """What is lost with an item beside what it says itself: each is told, and asked about, before
    one is removed."""
    asked: tuple[str, ...] = ()
    """The fields that `add` has options for; all others are given as KEY=VALUE."""
    stamped: str = ""
    """The date or moment that `add` fills in with the present one unless it is given."""
    example: str = ""
    """What the help shows behind `crm NOUN add`."""
    named_by: str = ""
    """The field by which references may name an item as well as by its id."""
    identified: tuple[tuple[str, ...], ...] = ()
    """The fields, or sets of fields, of which one in common makes two records of different files
    the same thing: `LIST.FIELD` for one of a list's items."""
    added_by: str = ""
    """The command that adds one, with `{id}` for its id: what is said where a reference names
    one that is not there."""
    table: bool = True
    """Whether the index keeps its items; groups of a query and the settings it does not."""
    notes: bool = True
    """Whether items may have `notes`."""
    append_only: bool = False
    """Whether items are evidence: commands add some, and neither change nor remove any."""
    timeline: tuple[Happening, ...] | None = None
    """How items appear in the timeline, once their date has come; unless given, those with an id
    and a `when`, by their title."""
    due: Reminder | None = None
    """When items are due; unless given, never."""
    card: CardTable | CardLine | CardRecord | None = None
    """What the card of a customer shows; unless given, a table of items with an id, and a line
    for each of those without."""
    chain: Callable[[AnItem], Rows | None] | None = None
    """The items that hang together with one, as its card shows them."""
    chain_name: str = "chain"
    """The heading of those items, and their key in what programs get."""
    exchange: Exchange | None = Exchange()
    """How records, and items with an id, are imported and exported; None where they are not."""
    retained: Retained | None = None
    """What of an item stays when the customer whom it is about is forgotten; unless given,
    nothing."""
    mirrored: Mirrored | None = None
    """Where a link is stated that may as well be stated in the record that it names."""
    calendar: str | None = None
    """The query term for the items that a whole calendar shows, where items are entries of
    calendars; an empty text stands for all of them."""

    def complete(self) -> None:
        self._complete_summaries()
        if self.letter and all(field.key != "custom" for field in self.fields):
            own = Field("custom", Free(), "your own fields")
            self.__dict__["fields"] = (*self.fields, own)
        if self.notes and all(field.key != "notes" for field in self.fields):
            notes = Field("notes", Text(), "anything else", headings=NOTES)
            self.__dict__["fields"] = (*self.fields, notes)
        if not self.found:
            self.__dict__["found"] = self.counted
        if not self.ranked:
            self.__dict__["ranked"] = self.columns
        if self.timeline is None:
            told = self.letter and self.columns and self.when
            self.__dict__["timeline"] = (Happening(),) if told else ()

    def _complete_summaries(self) -> None:
        """Take over what the kinds of the lists say of this one."""
        found = [kind.summary for _, kind in self.lists if kind.summary is not None]
        if not found:
            return
        found.sort(key=lambda summary: not summary.leading)
        steps = [summary.derive for summary in found] + [self.derive]
        self.__dict__ |= {
            "derived": (*self.derived, *(one for part in found for one in part.derived)),
            "states": (*self.states, *(one for part in found for one in part.states)),
            "derive": each(*filter(None, steps)),
            "check": all_of(*filter(None, [summary.check for summary in found] + [self.check])),
        }

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

    def at(self, path: str) -> tuple[str, Field] | None:
        """(path, field) of a field by any of its names, of one in a group as `GROUP.FIELD`."""
        head, _, rest = path.partition(".")
        field = self.by_name.get(normal(head))
        if field is None or not rest:
            return None if field is None else (field.key, field)
        inner = field.type.kind.at(rest) if isinstance(field.type, GroupOf) else None
        return None if inner is None else (f"{field.key}.{inner[0]}", inner[1])

    @cached_property
    def hoisted(self) -> dict[str, tuple[Field, Field]]:
        """Keys of the first item of a list that may stand here: (the list, the item's field)."""
        return {
            key: (field, field.type.kind.by_key[key])
            for field in self.fields
            if isinstance(field.type, ListOf)
            for key in field.hoists
        }

    @property
    def apart(self) -> bool:
        """Whether items have tables of their own where they are imported and exported: those with
        an id do, and those that are declared so."""
        return bool(self.letter) or (self.exchange is not None and self.exchange.apart)

    @cached_property
    def single(self) -> frozenset[str]:
        """The keys of the fields that are one text in a file."""
        return frozenset(field.key for field in self.fields if field.type.storage.single)

    @cached_property
    def doubtful(self) -> tuple[Field, ...]:
        """The fields of which some values cannot be."""
        return tuple(field for field in self.fields if field.type.doubts)

    @cached_property
    def amounts(self) -> tuple[tuple[str, bool], ...]:
        """The amounts that are computed and kept, and whether each is in the base currency."""
        return tuple(
            (one.key, one.base)
            for one in self.derived
            if one.kept and one.type.storage is Storage.MONEY
        )

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


class Nested(FieldType):
    """What holds items of another kind."""

    storage = Storage.NESTED
    example = ""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.name = kind.name


class ListOf(Nested):
    """A list of items of a kind."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.name = f"list of {kind.name}"


class GroupOf(Nested):
    """A mapping with the fields of a kind; queried as `GROUP.FIELD`."""


class MapOf(Nested):
    """A mapping from a key to items of a kind: products by SKU, segments by name."""

    def __init__(self, kind: Kind, key: str) -> None:
        super().__init__(kind)
        self.key = key
        self.name = f"{kind.name} by {key}"


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
