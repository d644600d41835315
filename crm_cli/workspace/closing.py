"""Closed books: no change touches what is dated in a time that is closed, unless it is forced.

Whatever writes goes through here: adding, setting, importing, removing, and undoing any of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from crm_cli.model.closing import Booked, Books, booked, changed, moved
from crm_cli.model.errors import DataError, Refused
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.places import CUSTOMERS, DESK, SETTINGS, place_of
from crm_cli.workspace.anew import Anew

if TYPE_CHECKING:
    from crm_cli.store.document import Document
    from crm_cli.store.transaction import FileChange
    from crm_cli.workspace.tracking import Moment

Update = Callable[["bytes | None"], "bytes | None"]
Open = Callable[[str, bytes], "Document"]
Resum = Callable[[date, "bytes | None", "bytes | None"], Anew]
NOTE = "books closed until "
"""The subject of a note that they were changed begins so."""
_MOST = 5
"""So many of what is touched are named in the subject; the others are, below the reason."""


class Closing:
    """Watches a change to files; see the module.

    `reason` forces it: it is noted at the desk, as a part of the same change. `unread` is where
    the day stands if it cannot be read: then all that is dated is closed, and nothing forces it.
    With `figures` only these have to stay, not the names and words beside them. `resum` says what
    comes to something else where settings are changed.
    """

    def __init__(
        self, until: date, reason: str, open: Open, moment: Moment, unread: str = "", *,
        resum: Resum, figures: bool = False,
    ) -> None:  # fmt: skip
        self._until = until
        self._reason = reason
        self._open = open
        self._moment = moment
        self._unread = unread
        self._figures = figures
        self._resum = resum
        self._anew = Anew()
        self._moved: list[Booked] = []
        self._seen: dict[str, Books] = {}

    def watched(self, changes: Sequence[FileChange]) -> list[FileChange]:
        """The changes, the last of which raises Refused, or notes the reason at the desk."""
        from crm_cli.store.transaction import FileChange

        if not any(place_of(one.path) in (CUSTOMERS, SETTINGS) for one in changes):
            return list(changes)
        found = [
            one._replace(update=self._seeing(one.path, one.update))
            for one in changes
            if one.path != DESK.path
        ]
        desk = next((one for one in changes if one.path == DESK.path), None)
        last: Update = desk.update if desk is not None else lambda data: data
        mode = desk.mode if desk is not None else 0o600
        return [*found, FileChange(DESK.path, self._judging(last), mode)]

    def _seeing(self, path: str, update: Update) -> Update:
        if place_of(path) is SETTINGS:
            return self._resumming(update)
        if place_of(path) is not CUSTOMERS:
            return update

        def seen(data: bytes | None) -> bytes | None:
            after = update(data)
            if after != data:
                sides = (self._booked(path, data), self._booked(path, after))
                self._seen[path] = Books(*sides, data is None, after is None)
            return after

        return seen

    def _resumming(self, update: Update) -> Update:
        def seen(data: bytes | None) -> bytes | None:
            after = update(data)
            self._anew = self._resum(self._until, data, after)
            return after

        return seen

    def _booked(self, path: str, data: bytes | None) -> list[Booked]:
        if data is None or (b"urchase" not in data and b"ayment" not in data):
            return []
        try:
            record = self._open(path, data).record
            return list(booked(record, self._until, figures=self._figures))
        except DataError:
            return []  # What cannot be read is in no books.

    def _judging(self, update: Update) -> Update:
        def judged(data: bytes | None) -> bytes | None:
            touched = self._touched()
            if touched and self._unread:
                raise DataError(
                    f"{self._unread}: closed_until cannot be read, and {touched[0].said} of "
                    f"{touched[0].day} may be in closed books; nothing was changed",
                    "crm config set closed_until=DAY sets it; without a day it opens the books",
                )
            if touched and not self._reason:
                raise self._refusal(touched)
            after = update(data)
            return self._noted(after, touched) if touched else after

        return judged

    def _touched(self) -> list[Booked]:
        """What is not in the books any more, or new in them, or in those of another customer."""
        sides = list(self._seen.values())
        touched = changed((one for of in sides for one in of.old),
                          (one for of in sides for one in of.new))  # fmt: skip
        self._moved = [] if touched else moved(sides)
        return [
            *touched, *self._moved, *([self._anew.booked(self._until)] if self._anew.keys else [])
        ]  # fmt: skip

    def _refusal(self, touched: Sequence[Booked]) -> Refused:
        if self._anew.keys:
            return self._resummed(self._anew)
        first = touched[0]
        more = f" (and {len(touched) - 1:,} more)" if touched[1:] else ""
        if self._moved:
            return Refused(
                f"{first.said} of {first.day} would be another customer's{more}: "
                f"the books are closed until {self._until}",
                "--force-closed REASON writes it, and keeps the reason",
            )
        return Refused(
            f"{first.said} is dated {first.day}{more}: the books are closed until {self._until}",
            "date it later, or correct it with a document of a later day; "
            "--force-closed REASON writes it, and keeps the reason",
        )

    def _resummed(self, anew: Anew) -> Refused:
        what, first = anew.what, anew.what[0]
        more = f" (and {len(what) - 1:,} more)" if what[1:] else ""
        hint = "--force-closed REASON writes it, and keeps the reason"
        if anew.keep:
            key = anew.keys[0]
            ids = f"$(crm purchase list date:..{self._until} no:{key} -o ids)"
            hint = f"crm set {ids} {key}={anew.keep} keeps them as they are; {hint}"
        return Refused(
            f"{anew.named} changes what {first.said} of {first.day} comes to{more}: "
            f"the books are closed until {self._until}",
            hint,
        )

    def _noted(self, data: bytes | None, touched: Sequence[Booked]) -> bytes:
        """The desk with a note of what was changed in closed books, when, by whom and why."""
        document = self._open(DESK.path, data or b"")
        names = list(dict.fromkeys(f"{one.said} of {one.day}" for one in touched))
        named, rest = ", ".join(names[:_MOST]), names[_MOST:]
        more = f" and {len(rest):,} more" if rest else ""
        values = {
            "at": self._moment.now.replace(second=0, microsecond=0),
            "kind": "note",
            "subject": f"{NOTE}{self._until} changed: {named}{more}",
            "summary": "\n".join([self._reason, *([", ".join(rest)] if rest else [])]),
            "owner": self._moment.user(),
        }
        known = {key: value for key, value in values.items() if value is not None}
        document.add(INTERACTION.key, known)
        return document.data


