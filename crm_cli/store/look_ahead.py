"""Scanning a large directory in a second process while this one loads modules.

One `lstat` for each of 10,000 files takes as long as loading half of the program, and neither
needs the other. What comes back is what `Folder.entries` would have given.
"""

from __future__ import annotations

import marshal
import time
from pathlib import Path

from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.places import CUSTOMERS
from crm_cli.store import files
from crm_cli.store.beside import Beside
from crm_cli.store.tree import Entry, Folder

_LARGE = 64 * 1024
"""A folder whose own list of names takes so many bytes is worth a process: some 1,000 files."""
_FRESH = 0.5
"""Seconds after which what was seen is too old for an answer: a command may have waited."""


class Glance(NamedTuple):
    """What was seen of a directory."""

    began: int
    """Nanoseconds since the epoch, by the real clock."""
    packed: bytes
    """The list of entries, marshalled in version 2."""


class Look(Beside):
    """A look that has begun."""

    def __init__(self, process: int, pipe: int) -> None:
        super().__init__(process, pipe)
        self._began = time.monotonic()

    def taken(self) -> Glance | None:
        """What was seen, to be asked once; None where that process failed or saw anything odd,
        or began so long ago that what it sees may be out of date."""
        if time.monotonic() - self._began > _FRESH:
            self.leave()
            return None
        if (made := self.made()) is None:
            return None
        began, _, packed = made.partition(b" ")
        return Glance(int(began), packed)


def look_ahead(root: Path) -> Look | None:
    """Begin to look at a data directory; None where it is small, or a process cannot be had."""
    try:
        folder = files.calls.stat(str(root / CUSTOMERS.path))
    except OSError:
        return None
    if folder.st_size < _LARGE:
        return None
    return Look.begin(lambda: _seen(root))


def _seen(root: Path) -> bytes | None:
    """What there is to see; None where anything is odd, which is left to who asks."""
    began = time.time_ns()
    folder = Folder(root)
    entries: list[Entry] = list(folder.entries())
    return None if folder.problems else b"%d " % began + marshal.dumps(entries, 2)
