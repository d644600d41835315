"""A vCard as values of our fields, not yet matched or written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from crm_cli.model.business import Business
from crm_cli.model.errors import Unreadable
from crm_cli.model.item import Item

STATE = "X-CRM-STATE"
"""Holds what a card said when it was written here."""
KIND = "X-CRM-KIND"
_LONGEST_LIST = 500
"""Items that a card may have of one sort."""
ID = "X-CRM-ID"
"""A parameter with the id of whom a line names."""

LINE = "line"
"""Of a relation to somebody of another card: the line itself, in case they are not found."""

Values = dict[str, Any]


def bare(uid: str) -> str:
    """A UID as it is compared: without `urn:uuid:`, in small letters."""
    return re.sub(r"(?i)\Aurn:uuid:", "", uid).lower()


def _nobody(text: str) -> str | None:
    """The id of a customer that a text names: of none."""
    return None


def _none(path: str) -> bytes | None:
    """The bytes of a picture: there is none."""
    return None


class Book(NamedTuple):
    """What cards are read and written by.

    `names` are customers' names by id, `uids` the UIDs of those that came from other address
    books. `find` is the id of the customer that a UID, an id or a whole name means, `picture`
    the bytes of a picture that is kept here, None where its file is missing. `there` are the bare
    UIDs and the names of cards that are read beside, whom lines may name.
    """

    business: Business
    names: Mapping[str, str] = MappingProxyType({})
    uids: Mapping[str, str] = MappingProxyType({})
    find: Callable[[str], str | None] = _nobody
    picture: Callable[[str], bytes | None] = _none
    there: frozenset[str] = frozenset()

    def uid_of(self, record: Item) -> str:
        """The UID of a customer: the one they came with, else the id and the business."""
        return str(record.values.get("card_uid") or f"{record.id}@{self.business.domain}")

    def own_id(self, uid: str) -> str:
        """The id that a UID of ours is made of; empty for a foreign one."""
        id, _, domain = uid.rpartition("@")
        return id if domain == self.business.domain else ""


@dataclass(frozen=True, slots=True)
class Card:
    """A card: its line, UID, and what it says.

    `state` has short marks of what it said when it was written here, empty where it was not;
    `members` are the UIDs of those in a group, of which `values` has only the name.
    `only_there` are lines that no record can hold, such as sounds, `left_out` their names.
    `picture` is (path, bytes) of the picture in it, to which `values` name the path.
    """

    line: int
    uid: str
    values: Values
    state: Mapping[str, str]
    source: str
    is_group: bool = False
    members: tuple[str, ...] = ()
    only_there: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    file: str = ""
    picture: tuple[str, bytes] | None = None


@dataclass(slots=True)
class Draft:
    """The values of a card while it is read."""

    values: Values = field(default_factory=dict)

    def put(self, key: str, value: Any) -> None:
        """A value of a field that has none yet; an empty one is none."""
        if value not in ("", None):
            self.values.setdefault(key, value)

    def add(self, key: str, item: Values) -> None:
        """An item of a list, once; raises Unreadable for more than anybody has."""
        items = self.values.setdefault(key, [])
        if len(items) >= _LONGEST_LIST:
            raise Unreadable(f"it has more than {_LONGEST_LIST} {key}")
        if item not in items:
            items.append(item)
