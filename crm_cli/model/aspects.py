"""Aspects of a kind: what the timeline, reminders, cards … need to know about its items.

Each is part of the kind's declaration. What is left out has a default that suits most kinds.
Functions get the values of an item's `columns` by name, as a query answers them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crm_cli.model.card import Fact
from crm_cli.model.declaration import AnItem, Declaration
from crm_cli.model.money import format_amount

if TYPE_CHECKING:
    from crm_cli.model.business import Business

_NONE: Mapping[str, int] = {}

Row = Mapping[str, Any]
"""Values by column."""


class Happening(Declaration):
    """Items that have happened: an entry in the timeline each."""

    when: str = ""
    """The date of the entry; unless given, the kind's `when`."""
    terms: tuple[str, ...] = ()
    """Query terms for the items that have happened."""
    word: str = ""
    """The entry's kind; unless given, the kind's name."""
    word_from: str = ""
    """The field that holds the entry's kind, such as the channel of a contact."""
    others: str = ""
    """The field that names other customers who took part: it is in their timelines, too."""
    columns: tuple[str, ...] = ()
    """The fields that say what happened; unless given, the title."""
    text: Callable[[Row], str] | None = None
    """What happened, in one line; unless given, the columns with commas between them."""


class Fifth(Declaration, positional=2):
    """How all records that have a value are put into fifths by it.

    The four cuts are the quantiles at 20, 40, 60 and 80 %, of type 7 of Hyndman and Fan (1996),
    R's and NumPy's default; the fifth is 1 + the number of cuts that lie below the value.
    """

    of: str
    """The field by whose value."""
    among: str = ""
    """A field that a record must have, too, to be among them."""
    least: int = 25
    """Where there are fewer, none has a fifth."""
    reached: bool = False
    """Whether a value that is equal to a cut lies above it."""


class Cells(Declaration, positional=2):
    """A table of words with three sides of five: 125 cells."""

    by: tuple[str, str, str]
    """The fields, each a number from 1 to 5; the last one's changes first in `words`."""
    words: Callable[[Business], tuple[str, ...]]
    """The word of each cell, in the business's table."""


class Reminder(Declaration):
    """When items are due: a date of their own, as long as a state holds."""

    when: str
    """The date."""
    state: str = ""
    """The state, as `is:STATE` asks for it; unless given, items are due for ever."""
    word: str = ""
    """The kind of the entry in what is due; unless given, the kind's name."""
    word_from: str = ""
    """The field that holds the entry's kind."""
    columns: tuple[str, ...] = ()
    """The fields that say what is due; unless given, the title."""
    text: Callable[[Row], str] | None = None
    """What is due, in one line; unless given, the columns with commas between them."""
    after: str = ""
    """The field with the ids of items that come first: until they are done, it is not due."""
    minutes: Mapping[str, int] = _NONE
    """How long an item with a time of day takes, by the entry's kind; else no time at all."""
    duration: str = ""
    """The field with the minutes that an item takes."""


class Tracked(Declaration):
    """A field whose changes are dated: each adds an entry with the value, `at` and `by`."""

    field: str
    """The field: `stage`."""
    history: str
    """The list of its values: `stage_history`, whose items have the field, `at` and `by`."""
    ended: Callable[[AnItem], bool] | None = None
    """Whether it is over for an item, so that `stamp` says since when."""
    stamp: str = ""
    """The moment at which it was over: written when it is, removed when it no longer is."""
    clears: Callable[[AnItem], Iterable[str]] | None = None
    """The fields that no longer hold after a change."""


class Retained(Declaration, positional=1):
    """What of an item stays when the customer whom it is about is forgotten, and why it may."""

    fields: tuple[str, ...]
    """The fields that stay; what names or describes somebody is none of them."""
    when: Callable[[AnItem], bool] | None = None
    """Which items stay by themselves, and with them those that they refer to. Unless given, all
    stay as soon as another one does."""
    along: Callable[[AnItem], bool] | None = None
    """Which items may stay along with what refers to them; unless given, all."""
    through: str = ""
    """Of items that do not stand in the customer's record: the field with the ids of those that
    do, by which it is about them."""


class Exchange(Declaration):
    """How items are written into tables for other programs, and read from theirs."""

    needed: tuple[str, ...] = ()
    """What a row of a new item has to give."""
    rows: str = ""
    """The list whose items have a row each, such as the lines of a purchase."""
    either: tuple[str, ...] = ()
    """Of these a row of a new item has to give one."""
    also: tuple[AnItem, ...] = ()
    """Fields that rows may have beside those of the kind; an import makes others of them."""
    shown: Mapping[str, str] = MappingProxyType({})
    """Columns that an export has beside, of what is derived for an item; an import reads none of
    them. In a table they stand in the first row of an item, so that they add up."""
    keys: tuple[tuple[str, ...], ...] = ()
    """The fields that together tell which item a row is about, after its id and external id;
    one that is left out has its default."""
    apart: bool = False
    """Whether items without an id have tables of their own, too, in place of columns in that of
    their record. A row is an item that says the same, or else a new one: none is ever changed."""


class Mirrored(Declaration, positional=1):
    """Links that may be stated in either of two records, and hold in both.

    Each side has a list of them, whose items name the other record in their `id`.
    """

    kind: str
    """The kind of the other side's items, such as `organization` of a `contact`."""
    wins: bool = False
    """Whether this side's counts where both state a link."""
    named: str = ""
    """The field that has the other record's name."""


class CardColumn(Declaration, positional=3):
    """A column of a table on a card, made from several fields."""

    key: str
    """What it holds."""
    columns: tuple[str, ...]
    """The fields that `value` reads."""
    value: Callable[[Row], Any]
    """What stands in it."""
    type: str = "text"
    """The name of its values' type."""


class CardTable(Declaration):
    """Items with an id on the card of their customer, a row each."""

    heading: str = ""
    """Its heading; unless given, `Latest` and the list's key, or the key alone without dates."""
    terms: tuple[str, ...] = ()
    """Query terms for the items that are shown."""
    sort: str = ""
    """Their order; unless given, the latest first."""
    columns: tuple[str | CardColumn, ...] = ()
    """What is shown of each; unless given, what a list shows, without the customer."""
    alert: str = ""
    """The field that is true of an item which needs attention."""
    most: int = 5
    """How many are shown at most; 0 shows all."""
    leading: bool = False
    """Whether it comes before other tables."""


class CardLine(Declaration):
    """Items without an id, or a group, on the card of what has them: a line each."""

    heading: str = "More"
    """The section that they stand in; an empty one is the top of the card."""
    fact: Callable[[AnItem], Fact] | None = None
    """The line; unless given, the kind's name, the title, and what else it says."""
    tree: bool = False
    """Whether the items of the section are parts of the record, such as its people."""
    joined: bool = False
    """Whether all items stand in one line, with commas between them."""


class CardRecord(Declaration):
    """The top of the card of a record."""

    subtitle: Callable[[AnItem], Iterable[str | None]]
    """What stands below the name, beside the id."""
    hidden: tuple[str, ...] = ()
    """The fields that are not shown on their own."""


def joined(separator: str, parts: Iterable[object]) -> str:
    """The parts that are not empty, in one line."""
    texts = (" ".join(str(part).split()) for part in parts if part is not None)
    return separator.join(text for text in texts if text)


def since(when: date | None, day: date) -> str:
    """A date and how far it is from a day: `2026-11-20, 3 days ago`; empty without a date."""
    if when is None:
        return ""
    days = (day - when).days
    if days < 0:
        far = f"in {-days} days" if days < -1 else "tomorrow"
    else:
        far = "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"
    return f"{when.isoformat()}, {far}"


def amount_text(amount: Decimal | None, currency: str | None) -> str:
    """`1,234.50 EUR`; empty without an amount."""
    if amount is None:
        return ""
    return f"{format_amount(amount, currency or '')} {currency}"
