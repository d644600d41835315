"""Watches over what a line writes: a plan is only looked at, and carried out as it was shown.

Each is for one run of a line (`workspace.Watch`). Files are compared by their digests, under
the lock, just before they are written: what somebody else has changed is never overwritten by
a plan that did not know of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from crm_cli.model.errors import ConflictError, Refused
from crm_cli.store.staging import digest

if TYPE_CHECKING:
    from crm_cli.store.transaction import FileChange
    from crm_cli.workspace.querying import Guard

_ID = re.compile(rb"\b[a-z]-[0-9a-hjkmnp-tv-z]{7}\b")
_MOMENT = re.compile(rb"\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:[+-]\d\d:\d\d|Z)?")
"""What a run makes anew each time: ids of new items, the present time."""


class State(NamedTuple):
    """A file before and after a change (None: there is none)."""

    before: bytes | None
    after: bytes | None


States = Mapping[str, State]


class Seeing:
    """Lets one change through, to so many files at most, and keeps what it did to each."""

    guard: Guard | None = None

    def __init__(self, most: int | None = None) -> None:
        self.states: dict[str, State] = {}
        self._most = most
        self.done = False
        """Whether it went through, whatever the line says of other records."""
        self._seen: set[bool] = set()
        """Whether a preview was seen, and a write: undo looks at what it does first."""

    def watched(self, changes: Sequence[FileChange], *, dry_run: bool) -> list[FileChange]:
        """The changes; raises Refused for a second write."""
        if dry_run in self._seen:
            raise Refused(
                "this makes several changes, and agents make one at a time",
                "name fewer records, or leave it to the command line",
            )
        self._seen.add(dry_run)
        return [one._replace(update=partial(self._see, one)) for one in changes]

    def wrote(self) -> None:
        """Note that the change went through."""
        self.done = True

    def _see(self, change: FileChange, data: bytes | None) -> bytes | None:
        after = change.update(data)
        self.states[change.path] = State(data, after)
        if self._most is not None and len(changed(self.states)) > self._most:
            raise Refused(
                "this changes more records than were named",
                "name them one by one; plan previews a change of several, apply carries it out",
            )
        return after


class Previewing(Seeing):
    """Lets a preview through, and nothing else."""

    def watched(self, changes: Sequence[FileChange], *, dry_run: bool) -> list[FileChange]:
        """The changes; raises Refused where they would be written."""
        if not dry_run:
            raise Refused("this cannot be previewed", "it is left to the command line")
        return super().watched(changes, dry_run=dry_run)


class Expecting(Seeing):
    """Lets a change through if it does to the same files what was expected."""

    def __init__(self, expected: States, message: str, hint: str) -> None:
        super().__init__()
        self._expected = {path: _essence(state) for path, state in changed(expected).items()}
        self._refusal = ConflictError(message, hint)

    def watched(self, changes: Sequence[FileChange], *, dry_run: bool) -> list[FileChange]:
        """The changes; raises ConflictError if one that was expected is not among them."""
        if not {one.path for one in changes} >= set(self._expected):
            raise self._refusal
        return super().watched(changes, dry_run=dry_run)

    def _see(self, change: FileChange, data: bytes | None) -> bytes | None:
        after = super()._see(change, data)
        expected = self._expected.get(change.path)
        same = after == data and expected is None
        if not same and expected != _essence(State(data, after)):
            raise self._refusal
        return after


def changed(states: States) -> States:
    """The files that differ."""
    return {path: state for path, state in states.items() if state.before != state.after}


def reversed_states(states: States) -> States:
    """What taking a change back does."""
    return {path: State(state.after, state.before) for path, state in states.items()}


def name_of(words: Sequence[str], states: States) -> str:
    """A name for what a line does to files in the state in which they are."""
    parts = [*words, *(f"{path} {_essence(states[path])}" for path in sorted(states))]
    made = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"plan-{made[:16]}"


def _essence(state: State) -> tuple[str | None, str | None]:
    """Digests of both sides, without the ids and times that are made anew in each run."""
    after = state.after
    if after is not None:
        known = state.before or b""
        for pattern in (_ID, _MOMENT):
            after = pattern.sub(lambda match: match[0] if match[0] in known else b"new", after)
    return digest(state.before), digest(after)
