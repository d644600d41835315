"""Scanning a large directory in a second process while this one loads modules.

One `lstat` for each of 10,000 files takes as long as loading half of the program, and neither
needs the other. What comes back is what `Folder.entries` would have given.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
import time
from pathlib import Path
from typing import NoReturn

from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.places import CUSTOMERS
from crm_cli.store import files
from crm_cli.store.tree import Entry, Folder

_LARGE = 64 * 1024
"""A folder whose own list of names takes so many bytes is worth a process: some 1,000 files."""
_PIPE = 1024 * 1024
"""Bytes that a pipe may hold, as far as Linux lets everyone have: what 10,000 files look like."""
_FRESH = 0.5
"""Seconds after which what was seen is too old for an answer: a command may have waited."""


class Glance(NamedTuple):
    """What was seen of a directory."""

    began: int
    """Nanoseconds since the epoch, by the real clock."""
    packed: bytes
    """The list of entries, marshalled in version 2."""


class Look:
    """A look that has begun."""

    def __init__(self, process: int, pipe: int) -> None:
        self._process = process
        self._pipe = pipe
        self._began = time.monotonic()

    def taken(self) -> Glance | None:
        """What was seen, to be asked once; None where that process failed or saw anything odd,
        or began so long ago that what it sees may be out of date."""
        if time.monotonic() - self._began > _FRESH:
            os.close(self._pipe)
            return None
        pieces = []
        try:
            with open(self._pipe, "rb", buffering=0) as pipe:
                while piece := pipe.read(_PIPE):
                    pieces.append(piece)
            _, status = os.waitpid(self._process, 0)
            if status:
                return None
            began, _, packed = b"".join(pieces).partition(b" ")
            return Glance(int(began), packed)
        except (OSError, ValueError):
            return None


def look_ahead(root: Path) -> Look | None:
    """Begin to look at a data directory; None where it is small, or a process cannot be had."""
    # Only Linux forks safely and at little cost, and only while there is one thread.
    threading = sys.modules.get("threading")
    if sys.platform != "linux" or (threading is not None and threading.active_count() > 1):
        return None
    try:
        folder = files.calls.stat(str(root / CUSTOMERS.path))
        if folder.st_size < _LARGE:
            return None
        ours, theirs = os.pipe()
        _widen(theirs)
    except OSError:
        return None
    try:
        process = os.fork()
    except OSError:
        os.close(ours)
        os.close(theirs)
        return None
    if not process:
        _look(root, ours, theirs)
    os.close(theirs)
    return Look(process, ours)


def _widen(pipe: int) -> None:
    """Let the other process write all that it saw and end, without being read meanwhile."""
    import fcntl

    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)


def _look(root: Path, ours: int, theirs: int) -> NoReturn:
    """The second process's life. Nothing of the first one's may end with it, or be kept by it."""
    status = 1
    try:
        os.close(ours)  # Else it would wait for ever for itself, where nobody else reads.
        os.closerange(0, 3)  # Whoever reads our output does not wait for this process.
        began = time.time_ns()
        folder = Folder(root)
        entries: list[Entry] = list(folder.entries())
        if not folder.problems:
            with open(theirs, "wb") as file:
                file.write(b"%d " % began)
                file.write(marshal.dumps(entries, 2))
            status = 0
    finally:
        os._exit(status)
