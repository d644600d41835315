"""The state of the directory at the last refresh, and what has changed since."""

from __future__ import annotations

import gc
import marshal
import time
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.places import PLACES
from crm_cli.store import files

if TYPE_CHECKING:
    from crm_cli.model.errors import Problem
    from crm_cli.store.look_ahead import Look
    from crm_cli.store.tree import Entry, Tree

RACY = 2_000_000_000
"""Nanoseconds: as coarse as any file system's times. A file that was touched so shortly
before it was looked at may be written again without its times showing it."""


class Walk:
    """One look at the directory.

    `began` is in nanoseconds since the epoch, by the real clock; `seen` is the entries, or
    what `packed` makes of them.
    """

    def __init__(self, began: int, seen: list[Entry] | bytes, problems: list[Problem]) -> None:
        self.began = began
        self.problems = problems
        self._seen = seen

    @cached_property
    def entries(self) -> list[Entry]:
        """Every file; unpacked only where something has changed."""
        seen = self._seen
        unpacked: list[Entry] = marshal.loads(seen) if isinstance(seen, bytes) else seen
        return unpacked

    @cached_property
    def packed(self) -> bytes:
        """See `packed`."""
        return self._seen if isinstance(self._seen, bytes) else packed(self._seen)


class Difference(NamedTuple):
    """Paths that are new or look different, and paths that are gone."""

    changed: list[str]
    gone: list[str]


def walk(tree: Tree, look: Look | None = None) -> Walk:
    """Look at every file of the directory, or take what was seen in a look begun before."""
    glance = look.taken() if look is not None else None
    if glance is not None:
        return Walk(glance.began, glance.packed, [])
    began = time.time_ns()
    collecting = gc.isenabled()
    gc.disable()  # among 100,000 new tuples it would look for garbage, and find none
    try:
        entries = list(tree.entries())
    finally:
        if collecting:
            gc.enable()
    return Walk(began, entries, list(tree.problems))


def as_known(known: bytes, written: int, root: str) -> Walk | None:
    """What the index knew when it was last written, at `written` nanoseconds, in place of a look.

    None where a file has come or gone since. One that was changed in place is not noticed.
    """
    scanned = [place.path for place in PLACES if place.is_folder and place.scanned]
    for folder in (root, *(f"{root}/{path}" for path in scanned)):
        try:
            if files.calls.stat(folder).st_mtime_ns >= written:
                return None
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return Walk(time.time_ns(), known, [])


def packed(entries: Iterable[Entry]) -> bytes:
    """The entries as bytes: the same for the same entries in the same order.

    Version 2 of the format is the last that says nothing of how often an object is
    referred to, so that bytes can be compared without reading them back.
    """
    return marshal.dumps(list(entries), 2)


def difference(before: bytes, entries: list[Entry]) -> Difference:
    """What has changed since; raises ValueError, EOFError or TypeError for other bytes."""
    old: set[Entry] = set(marshal.loads(before))
    new = set(entries)
    changed = [entry[0] for entry in new - old]
    now = {entry[0] for entry in entries}
    gone = {entry[0] for entry in old - new if entry[0] not in now}
    return Difference(sorted(changed), sorted(gone))


def racy(walk: Walk) -> list[str]:
    """The files that were touched so shortly before that they must be read again."""
    limit = walk.began - RACY
    return [entry[0] for entry in walk.entries if entry[2] >= limit or entry[3] >= limit]
