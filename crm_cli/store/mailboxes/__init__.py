"""Where mails are: a server, folders and files. They are read, and never changed.

Each mailbox gives its letters one after the other, with what to write down once a letter was
dealt with, so that the next run goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple, Protocol

from crm_cli.model.errors import CrmError

Done = Mapping[str, object]
"""What was written down of a mailbox so far."""


class Letter(NamedTuple):
    """A mail as it lies in a mailbox.

    `data` has a byte more than LARGEST of a larger one. `mark` is the key and the value that say
    that it was dealt with; `fault` is why it could not be read, if it could not: its message
    names no place.
    """

    place: str
    data: bytes
    arrived: datetime | None = None
    mark: tuple[str, object] | None = None
    fault: CrmError | None = None


class Mailbox(Protocol):
    """A mailbox; `name` is what its state is kept under, empty where none is."""

    name: str

    def letters(self, done: Done, since: date | None) -> Iterator[Letter]:
        """The letters that were not dealt with, oldest first as far as it is known; with `since`
        those that came before a day may be left out. Raises UsageError, StorageError."""
        ...  # pragma: no cover

    def gone(self, done: Done) -> list[str]:
        """The keys of which the mailbox has no letter any more, once all letters were given."""
        ...  # pragma: no cover
