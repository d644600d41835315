"""How far a mailbox was read, and how far that may be written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class Marks:
    """The marks of a mailbox in this run.

    `read` are those of all that was read, `kept` those that may be written down: what could not be
    noted is to be read again, with all that follows it under the same key; and so is what waits
    for the end of the run, unless that comes.
    """

    def __init__(self, held: Mapping[str, object]) -> None:
        self.read = dict(held)
        self.kept = dict(held)
        self._stuck: set[str] = set()
        self._waiting: set[str] = set()

    def add(self, mark: tuple[str, object] | None, *, failed: bool, waits: bool) -> None:
        """Mark a letter as dealt with, if it was."""
        if mark is None:
            return
        key, value = mark
        if failed:
            self._stuck.add(key)
        if waits:
            self._waiting.add(key)
        if key not in self._stuck:
            self.read[key] = value
            if key not in self._waiting:
                self.kept[key] = value

    def prune(self, keys: Iterable[str]) -> bool:
        """Drop the marks of what is there no more; whether there were any."""
        gone = list(keys)
        for key in gone:
            self.read.pop(key, None)
            self.kept.pop(key, None)
        return bool(gone)

    def end(self) -> None:
        """Keep the marks of what waited, too."""
        self.kept.update({key: self.read[key] for key in self._waiting if key in self.read})
