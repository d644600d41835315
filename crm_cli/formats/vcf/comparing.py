"""Comparing a card with its customer: what was changed there since it was written here.

A field or an item that the card still says as it was written is no news, whatever became of
it here since. What was changed on both sides, differently, is a conflict. A list of which the
card has nothing left is one that its program does not know, and stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from crm_cli.formats.kept_lines import lines_together
from crm_cli.formats.vcf.cards import Values
from crm_cli.formats.vcf.marks import FIELDS, LISTS, identity, item_marks, rest
from crm_cli.formats.written_state import short
from crm_cli.model.business import Business
from crm_cli.model.names import names_agree


class ItemNews(NamedTuple):
    """What becomes of an item that a list here has: `was` is what its card said of it.

    `values` are set, `gone` are keys to take away; without both the item itself goes.
    """

    list: str
    was: Values
    values: Values
    gone: tuple[str, ...] = ()


@dataclass(slots=True)
class News:
    """What a card changes: values to set, items that change or go, and new ones by list.

    `conflicts` are (field, here, there), `vanished` the fields that the card no longer has.
    """

    values: Values = field(default_factory=dict)
    items: list[ItemNews] = field(default_factory=list)
    added: dict[str, list[Values]] = field(default_factory=dict)
    conflicts: list[tuple[str, str, str]] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.values or self.items or self.added)


def news(there: Values, here: Values, state: Mapping[str, str], business: Business) -> News:
    """What a card says (`there`) that its customer's own card (`here`) does not, and should."""
    found = News()
    for key in FIELDS:
        _one(found, key, there.get(key), here.get(key), state.get(key, ""))
    for key in LISTS:
        _List(found, key, there, here, state, business).compare()
    _kept(found, there, here, state)
    return found


def says_more(there: Values, here: Values, business: Business) -> bool:
    """Whether a card of another program says what its customer's own card does not.

    A name that only is another way to write it is the customer's own to keep.
    """
    for key, said in there.items():
        held = here.get(key)
        if key in LISTS:
            known = {identity(key, one, business) for one in held or ()}
            if not all(identity(key, one, business) in known for one in said):
                return True
        elif key == "vcard":
            if not all(line in (held or ()) for line in said):
                return True
        elif key not in ("name", "given_name", "family_name", "kind") and held != said:
            return True
    return not names_agree(str(there.get("name", "")), str(here.get("name", "")))


def _one(found: News, key: str, there: Any, here: Any, mark: str) -> None:
    if there is None:
        if mark and here is not None:
            found.vanished.append(key)
        return
    if short(there) == mark or (here is not None and short(there) == short(here)):
        return
    if (short(here) if here is not None else "") != mark:
        found.conflicts.append((key, str(here or "nothing"), str(there)))
    else:
        found.values[key] = there


def _kept(found: News, there: Values, here: Values, state: Mapping[str, str]) -> None:
    """Lines that no field is for: new ones come, and those go that others took the place of."""
    said, held = there.get("vcard") or [], here.get("vcard") or []
    marks = set(state.get("vcard", "").split(","))
    new = [line for line in said if line not in held and short(line) not in marks]
    if not new:
        return
    found.values["vcard"] = lines_together(held, [line for line in said if line in held] + new)


class _List:
    """One list of a card, compared with that of the customer's own."""

    def __init__(
        self,
        found: News,
        key: str,
        there: Values,
        here: Values,
        state: Mapping[str, str],
        business: Business,
    ) -> None:
        self._found = found
        self._key = key
        self._base = item_marks(state, key)
        self._there = {identity(key, one, business): one for one in there.get(key, ())}
        self._here = {identity(key, one, business): one for one in here.get(key, ())}

    def compare(self) -> None:
        """Add what is news to what was found."""
        if not self._there:
            if self._base and self._here:
                self._found.vanished.append(self._key)
            return
        added = []
        for mark, item in self._there.items():
            if mark in self._here:
                self._changed(mark, item)
            elif mark not in self._base:
                added.append(item)
        for mark in self._base:
            if mark not in self._there and mark in self._here:
                self._gone(mark, added)
        if added:
            self._found.added[self._key] = added

    def _changed(self, mark: str, item: Values) -> None:
        """An item that both have."""
        held = self._here[mark]
        said, mine = rest(self._key, item), rest(self._key, held)
        base = self._base.get(mark)
        if said in (base, mine) or said == rest(self._key, {}):
            return
        if base is not None and mine != base:
            self._found.conflicts.append((self._key, _told(held), _told(item)))
            return
        if base is None and held.keys() - item.keys() == set() and held.get("label"):
            return  # it was added on both sides, and is called something here already
        change = {key: value for key, value in item.items() if held.get(key) != value}
        gone = tuple(held.keys() - item.keys()) if self._key == "organizations" else ()
        change.pop("value", None)  # another spelling is no other number
        if change or gone:
            self._found.items.append(ItemNews(self._key, held, change, gone))

    def _gone(self, mark: str, added: list[Values]) -> None:
        """An item that the card no longer has: another took its place, or it was removed."""
        held = self._here[mark]
        if rest(self._key, held) != self._base[mark]:
            return  # it was changed here meanwhile, and stays
        new = next((one for one in added if _alike(self._key, held, one)), None)
        if new is None:
            self._found.items.append(ItemNews(self._key, held, {}))
            return
        added.remove(new)
        change = {key: value for key, value in new.items() if held.get(key) != value}
        gone = tuple(key for key in held if key not in new)
        self._found.items.append(ItemNews(self._key, held, change, gone))


def _alike(key: str, old: Values, new: Values) -> bool:
    """Whether a new item is an old one with another value: both are called the same."""
    if key == "tags":
        return False
    names = ("label", "service", "kind")
    return all(old.get(name) == new.get(name) for name in names)


def _told(item: Values) -> str:
    return ", ".join(str(text) for text in item.values() if text)
