"""Which customer a calendar entry belongs to: by what the entry says, never by a guess."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cached_property

from crm_cli.formats.ics.entries import Entry
from crm_cli.formats.ics.words import BIRTHDAY, Around, birthday_id
from crm_cli.model.errors import Ambiguous, DataError, NotFound, Unreadable, UsageError
from crm_cli.model.ids import is_item_id, new_item_id
from crm_cli.model.kinds import BY_LETTER
from crm_cli.workspace import Workspace

_KINDS = {kind.key: kind for kind in BY_LETTER.values() if kind.calendar is not None}
"""The kinds whose items, with an id each, are entries of calendars."""


class Addressees:
    """Finds the customers of entries, and the ids of the items that they are about.

    An item that is here keeps its customer. Else the first of: the customer that the entry
    names in a line of ours, or at the foot of its text; the one whose e-mail, or else whose
    exact name, takes part; `who`.
    """

    def __init__(self, workspace: Workspace, around: Around, who: str | None) -> None:
        self._workspace = workspace
        self._around = around
        self._who = who
        self._named: dict[str, str | None] = {}
        self._new: dict[str, str] = {}
        self._ours = {mail.casefold() for mail in workspace.business.users.values() if mail}

    def customer(self, entry: Entry) -> str:
        """The id of the customer whose an entry is. Raises Unreadable with the reason."""
        held = self._items.get(self.item(entry) or "")
        if held is not None:
            return held
        if entry.kind == BIRTHDAY and entry.id in self._birthdays:
            return self._birthdays[entry.id]
        ours = [hint.text for hint in entry.hints if hint.ours]
        for text in ours:
            if text in self._ids:
                return text
        for text in ours:
            self._meant(text)  # It is nobody else's where that record cannot be read.
        found: dict[str, None] = {}
        for texts in (
            [hint.text for hint in entry.hints if not hint.ours and "@" in hint.text],
            [hint.text for hint in entry.hints if not hint.ours and "@" not in hint.text],
        ):
            found = {id: None for text in texts if (id := self._meant(text)) is not None}
            if found:
                break
        if len(found) == 1:
            return next(iter(found))
        if self._who is not None:
            return self._who
        if found:
            raise Unreadable(f"could be {' or '.join(list(found)[:5])}", "name one with --who")
        if ours:
            raise Unreadable(f"there is no customer {ours[0]}", "name the customer with --who")
        raise Unreadable("it names no customer", "name the customer with --who")

    def item(self, entry: Entry) -> str | None:
        """The id of the item that an entry is about, None where it is not here yet."""
        if entry.kind not in _KINDS:
            return None
        if entry.id in self._items:
            return entry.id
        if entry.uid in self._uids:
            return self._uids[entry.uid]
        id, _, domain = entry.uid.rpartition("@")
        # The business was called otherwise when it was written.
        return id if domain.endswith(".crm") and id in self._items else None

    def new_id(self, entry: Entry) -> str:
        """The id of the item that an entry becomes; the same whenever it is asked for."""
        letter = _KINDS[entry.kind].letter
        if is_item_id(entry.id) and entry.id[0] == letter and entry.id not in self._items:
            return entry.id
        if entry.uid not in self._new:
            taken = {*self._items, *self._new.values()}
            self._new[entry.uid] = new_item_id(letter, taken, os.urandom)
        return self._new[entry.uid]

    def resolved(self, entry: Entry) -> Entry:
        """The entry with the tasks that come first by their ids."""
        if "depends_on" not in entry.values:
            return entry
        ids = [self._uids.get(text, text) for text in entry.values["depends_on"]]
        return replace(entry, values={**entry.values, "depends_on": ids})

    def participants(self, entry: Entry, customer: str) -> list[str]:
        """The others who take part: neither the customer nor one of us."""
        found = []
        for name, address in entry.people:
            if address.casefold() in self._ours:
                continue
            try:
                if customer in (self._meant(address), self._meant(name)):
                    continue
            except Unreadable:
                pass  # another customer, whose record cannot be read
            if name or address:
                found.append(name or address)
        return list(dict.fromkeys(found))

    def _meant(self, text: str) -> str | None:
        """The customer of an address or a whole name; one of us, or nobody, is None.

        Raises Unreadable where it is somebody whose record cannot be read.
        """
        if not text or text.casefold() in self._ours:
            return None
        if text not in self._named:
            try:
                self._named[text] = self._workspace.who(text, strict=True)
            except (NotFound, Ambiguous, UsageError):
                self._named[text] = None
            except DataError as error:
                raise Unreadable(error.message, error.hint) from error
        return self._named[text]

    @cached_property
    def _ids(self) -> set[str]:
        return self._workspace.customer_ids()

    @cached_property
    def _items(self) -> dict[str, str]:
        """The customer of each item that is an entry of a calendar."""
        found: dict[str, str] = {}
        for kind in _KINDS.values():
            answer = self._workspace.select(kind, cols=("id", "customer"), ordered=False)
            found.update((str(id), str(customer)) for id, customer in answer.rows)
        return found

    @cached_property
    def _uids(self) -> dict[str, str]:
        return {uid: id for id, uid in self._around.uids.items()}

    @cached_property
    def _birthdays(self) -> dict[str, str]:
        return {birthday_id(id): id for id in self._ids}
