"""The vocabulary of iCalendar and ours: UIDs, states, priorities, titles, footers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from crm_cli.formats.content_lines import clean
from crm_cli.model.ids import derived_item_id
from crm_cli.model.kinds import BY_LETTER
from crm_cli.model.people import ANNIVERSARY

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item
    from crm_cli.model.kind import Kind

OWN = "X-CRM-"
"""Begins the properties that hold what iCalendar has no word for."""
STATE = "X-CRM-STATE"
CUSTOMER = "X-CRM-CUSTOMER"
WITH = "X-WITH"

BIRTHDAY = "birthday"
"""What the birth date of a customer is called among the entries of a calendar."""
LISTS = {kind.letter: kind.key for kind in BY_LETTER.values() if kind.calendar is not None}
LISTS |= {"a": ANNIVERSARY.key, "b": BIRTHDAY}
"""What an entry of ours is about, by the letter of its id."""

TASK_STATUS = MappingProxyType(
    {
        "open": "NEEDS-ACTION",
        "in_progress": "IN-PROCESS",
        "deferred": "NEEDS-ACTION",
        "completed": "COMPLETED",
        "cancelled": "CANCELLED",
    }
)
PRIORITY = MappingProxyType({"urgent": 1, "high": 3, "normal": 5, "low": 9})
ANNIVERSARIES = MappingProxyType(
    {
        "birth": "Birthday",
        "wedding": "Wedding anniversary",
        "death": "Day of death",
        "custom": "Anniversary",
    }
)

_FOOT = re.compile(r"(?:\A|\n\n)-- ?\n([^\n]*) \(([a-z0-9][a-z0-9._-]{0,79})\)([^\n]*)(?=\n|\Z)")


class Around(NamedTuple):
    """What calendars are written and read by.

    `uids` are the UIDs of items that came from other calendars, by the items' ids.
    """

    business: Business
    now: datetime
    uids: Mapping[str, str] = MappingProxyType({})

    @property
    def domain(self) -> str:
        """What follows the @ in the UIDs of this business: the same in every clone."""
        return self.business.domain


def uid_of(item: Item, around: Around) -> str:
    """An item's UID: the one it came with, else its id and the business."""
    if foreign := item.values.get("uid"):
        return str(foreign)
    return uid_for(_own_id(item), around)


def uid_for(id: str, around: Around) -> str:
    """The UID of an id: that of the calendar it came from, else our own."""
    return around.uids.get(id) or f"{id}@{around.domain}"


def own_id(uid: str, around: Around) -> str:
    """The id that a UID of ours is made of; empty for a foreign one."""
    id, _, domain = uid.rpartition("@")
    return id if domain == around.domain else ""


def _own_id(item: Item) -> str:
    if item.kind.name == "customer":
        return birthday_id(item.id)
    if item.kind.name != "anniversary":
        return item.id
    return anniversary_ids(item.owner)[item.owner.items("anniversaries").index(item)]


def birthday_id(customer: str) -> str:
    """Stands for the birth date of a customer, which has no id."""
    return derived_item_id("b", customer, "birth_date", "", 0)


def anniversary_ids(record: Item) -> list[str]:
    """Ids for the anniversaries of a customer, by what they are, not when."""
    ids = []
    seen: dict[tuple[str, str], int] = {}
    for item in record.items("anniversaries"):
        said = (str(item.get("kind") or ""), str(item.get("label") or ""))
        ordinal = seen[said] = seen.get(said, -1) + 1
        ids.append(derived_item_id("a", record.id, "anniversaries", "\0".join(said), ordinal))
    return ids


# The foot of a description says whom it is about, on telephones too.


def with_foot(text: str | None, record: Item, place: str = "") -> str:
    """A description with its foot: `-- `, the customer's name, id, phone and e-mail, and a place.

    Parentheses are of the id alone.
    """
    place = _one_line(place.replace("(", "[").replace(")", "]"))
    reached = [*record.texts("phones")[:1], *record.texts("emails")[:1], *filter(None, [place])]
    line = ", ".join([f"{name_of(record)} ({record.id})", *map(_one_line, reached)])
    body = clean(text) if text else ""
    return f"{body}\n\n-- \n{line}" if body else f"-- \n{line}"


def without_foot(text: str) -> tuple[str, str, str]:
    """(the text itself, the customer's id, their name); both empty where there is no foot."""
    text = re.sub("\r\n?", "\n", text)
    feet = list(_FOOT.finditer(text))
    if not feet:
        return text, "", ""
    foot = feet[-1]
    return text[: foot.start()] + text[foot.end() :], foot[2], foot[1]


def is_in_foot(place: str, text: str) -> bool:
    """Whether the foot of a description has a place, which then is not told for the first time."""
    foot = text.rpartition("-- ")[2]
    return f", {_one_line(place.replace('(', '[').replace(')', ']'))}" in foot


def name_of(record: Item) -> str:
    """A customer's name in one line, else the id."""
    return _one_line(str(record.get("name") or "")) or record.id


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


# Titles of what has none of its own


def event_title(kind: str, name: str) -> str:
    """`Call: Ana Novak`."""
    return f"{kind.replace('_', ' ').capitalize()}: {name}"


def day_title(kind: str, label: str | None, name: str) -> str:
    """`Birthday: Ana Novak`, `Founded: Hotel Breg`."""
    return f"{_one_line(label or '') or ANNIVERSARIES.get(kind, 'Anniversary')}: {name}"


def word_among(texts: Iterable[str], kind: Kind, business: Business) -> str | None:
    """The first of the texts that is a word for `kind` of a task or an interaction."""
    from crm_cli.model.fieldtypes import Choice

    type = kind.by_key["kind"].type
    assert isinstance(type, Choice)
    words = {word.casefold(): word for word in type.choices(business)}
    for text in texts:
        bare = re.sub("[ -]", "_", text.strip()).casefold()
        if bare in words:
            return words[bare]
    return None
