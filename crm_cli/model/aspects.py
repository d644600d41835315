"""Aspects of a kind: what the timeline, reminders, cards … need to know about its items.

Each is part of the kind's declaration. What is left out has a default that suits most kinds.
Functions get the values of an item's `columns` by name, as a query answers them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from crm_cli.model.card import Fact
from crm_cli.model.declaration import AnItem, Declaration
from crm_cli.model.money import format_amount

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


class Exchange(Declaration):
    """How items are written into tables for other programs, and read from theirs."""

    needed: tuple[str, ...] = ()
    """What a row of a new item has to give."""
    rows: str = ""
    """The list whose items have a row each, such as the lines of a purchase."""
    keys: tuple[tuple[str, ...], ...] = ()
    """The fields that together tell which item a row is about, after its id and external id;
    one that is left out has its default."""


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
