"""Fields of kinds: what is written of an item, what is computed, what `is:` asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from crm_cli.model.aspects import Cells, Fifth
from crm_cli.model.declaration import Declaration
from crm_cli.model.fieldtypes import FieldType, Text

_TEXT = Text()
_NONE: Mapping[str, str] = {}


class Field(Declaration, positional=3):
    """A key of a kind."""

    key: str
    """The word that stands in files, queries, options and answers."""
    type: FieldType = _TEXT
    """How its text is read, kept and answered."""
    doc: str = ""
    """What it says, in a few words, for help and the reference."""
    aliases: tuple[str, ...] = ()
    """Other names for it in files and queries."""
    example: str = ""
    """A value as people write it; unless given, the type's."""
    label: str = ""
    """What people are shown in place of the key."""
    option: str = ""
    """What its option is called, if not as the key."""
    default: Any = None
    """What an absent value means."""
    searched: bool | None = None
    """Whether the full-text search finds its text; unless said, that of texts."""
    inherits: str = ""
    """The customer's field that answers where the item has none."""
    lifts: Mapping[str, str] = _NONE
    """Of a list: names that the owner answers to, each with the item's field that it means:
    `city` of a customer is `city` of any address, and shows the first one's. Where the items'
    kind says which are `answering`, only these are meant."""
    hoists: tuple[str, ...] = ()
    """Of a list: keys that may stand in the owner itself and then mean the first item."""
    headings: str = ""
    """What other programs call its column, in one word each, letters and `_`. Of a list, those
    of the second item follow after `; `, and then those of the third."""
    commas: bool = True
    """Of a text: whether it may have commas, so that none parts it from another one in a cell."""
    copied: str = ""
    """Where a new item has its value from unless it is given: `product.price`, the price of what
    the field `product` refers to."""
    sums: str = ""
    """Of a number: the derived value that functions of several items go over in its place, which
    is negative where an item takes away."""
    separate: bool = False
    """Of a list: whether one text may hold several items (`tags: a, b`)."""
    to_come: bool = False
    """Of a date: whether it is of what is still to come, so that a bare weekday is the next one."""
    also: str = ""
    """Of a date that comes round each year: the items, by a query term, whose date is asked as
    well where the year does not matter, and shown where there is none here."""
    calendar: str = ""
    """Of a date that comes round each year: the field that names the calendar it is in."""
    asked: str = ""
    """Of a list: the field of an item that a value after the list's name is compared with; unless
    said, the one that names it."""
    private: bool | None = None
    """Whether it stays here when agents ask, unless `mcp.fields` names it; unless said, free text
    does that is not the title of its kind."""
    acyclic: bool = False
    """Of a reference to the kind's own items: whether it may not lead back to where it began,
    through as many as there are: of what comes first, or stands above."""
    event: bool = False
    """Whether a change of it is an event of its own, by its name, as that of a stage is; of a
    field that is `tracked` it always is."""

    def complete(self) -> None:
        if self.searched is None:
            self.__dict__["searched"] = self.type.storage.folded

    def __repr__(self) -> str:
        return f"Field({self.key!r}, {self.type.name})"


class Derived(Declaration, positional=3):
    """A value that is computed, never stored in a record.

    Without `terms`, `of`, `since`, `promise`, `fifth`, `cells` and `overall` the kind's `derive`
    computes it, and the index keeps it. With one of them it is computed whenever it is asked for,
    since it depends on today or on other records.
    """

    key: str
    """The word for it in queries and answers."""
    type: FieldType
    """What it is."""
    doc: str
    """How it is computed, in a few words."""
    terms: str = ""
    """Query terms, with blanks between them. A yes or no says whether they hold for the item; of
    the items that `of` names they choose those that go into it."""
    since: str = ""
    """Of a number of days: the date that they are counted from, to today."""
    until: str = ""
    """The date that ends them, where there is one."""
    over: str = ""
    """Query terms of items that are over: where the date that ends them is not known, the number
    is not known either, rather than counted to today."""
    fifth: Fifth | None = None
    """Of a number from 1 to 5: in which fifth of all records its value lies."""
    cells: Cells | None = None
    """Of a word: the table that it is looked up in, by numbers from 1 to 5."""
    overall: Literal["", "suggested", "likely", "profiles", "permitted", "learned"] = ""
    """What it is computed from, that only all records together, or other files, tell: what is
    `suggested` to each, on which channel they are `likely` to answer, how many of the rules of
    `profiles` they meet, what is `permitted` to those on no suppression list, or what is `learned`
    from the deals that were closed. The documented views have no such columns."""
    promise: str = ""
    """What it says of the service that is promised to the customer, which depends on their
    segments: see `query/promises.py`."""
    inner: bool = False
    """Whether it is kept for other values' sake only, and not shown."""
    quiet: bool = False
    """Whether a card leaves it out: who wants it asks for it."""
    estimated: bool = False
    """Whether it goes by the learned probabilities, where crm.yaml says so."""
    note: str = ""
    """What stands beside it on the card of an item, with the values that are named in braces:
    those have no line of their own."""
    of: str = ""
    """What it is made of: `tasks` counts those items, `purchases.amount_due` adds that of
    theirs, `settlement` repeats a field of the kind itself."""
    unless: Mapping[str, str] = _NONE
    """Words that take the field's place, each by the query terms under which it does."""
    aliases: tuple[str, ...] = ()
    """Other names for it in queries."""
    base: bool = False
    """Whether money is in the base currency; otherwise it is in the item's own."""
    to_come: bool = False
    """Of a date: whether it is of what is still to come."""
    searched: bool = False
    """Whether the full-text search finds it."""

    @property
    def kept(self) -> bool:
        """Whether the index keeps it."""
        parts = (self.terms, self.of, self.since, self.promise, self.fifth, self.cells)
        return not any(parts) and not self.overall


class State(Declaration, positional=3):
    """A name for `is:NAME`."""

    name: str
    """The word after `is:`."""
    terms: str
    """The query terms that it stands for, with blanks between them; they may ask for others of
    the kind's states, and `today` is the day of the command."""
    doc: str
    """What it says of an item, in a few words."""
    unclear: tuple[str, ...] = ()
    """Words that may stand for it or for another: who asks for one is told of both."""
    event: bool = False
    """Whether reaching it is an event of its own, by its name: an invoice is `paid`. Its terms
    then ask only for values and other states, see `model/reached.py`."""
