"""A second process that makes something while this one does other things."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from typing import Self

PIPE = 1024 * 1024
"""Bytes that a pipe may hold, as far as Linux lets everyone have: what 10,000 files look like."""
_HEAD = 8
"""The first bytes that the process writes say how many follow: with fewer, it has failed."""


class Beside:
    """A process that has begun."""

    def __init__(self, process: int, pipe: int) -> None:
        self.process = process
        self._pipe: int | None = pipe

    @classmethod
    def begin(cls, make: Callable[[], bytes | None]) -> Self | None:
        """Begin to make something; `make` gives None, or raises, where it cannot.

        None where no process can be had: only Linux forks safely and at little cost, and only
        while there is one thread.
        """
        threading = sys.modules.get("threading")
        if sys.platform != "linux" or (threading is not None and threading.active_count() > 1):
            return None
        try:
            ours, theirs = os.pipe()
        except OSError:
            return None
        _widen(theirs)
        try:
            process = os.fork()
        except OSError:
            os.close(ours)
            os.close(theirs)
            return None
        if not process:
            _live(make, ours, theirs)
        os.close(theirs)
        return cls(process, ours)

    def made(self) -> bytes | None:
        """What it made, once; None where it failed, and where that was asked for or left."""
        if self._pipe is None:
            return None
        pieces = []
        pipe, self._pipe = self._pipe, None
        try:
            with open(pipe, "rb", buffering=0) as file:
                while piece := file.read(PIPE):
                    pieces.append(piece)
        except OSError:
            return None
        # Only its parent can wait for it, and another one may ask what it made.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.process, 0)
        said = b"".join(pieces)
        made = said[_HEAD:]
        return made if said[:_HEAD] == _head(made) else None

    def leave(self) -> None:
        """Do without what it makes; it comes to an end by itself."""
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None


def _head(made: bytes) -> bytes:
    return len(made).to_bytes(_HEAD, "big")


def _widen(pipe: int) -> None:
    """Let the other process write all that it made and end, without being read meanwhile."""
    import fcntl

    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)


def _live(make: Callable[[], bytes | None], ours: int, theirs: int) -> NoReturn:
    """The second process's life. Nothing of the first one's may end with it, or be kept by it."""
    status = 1
    try:
        os.close(ours)  # Else it would wait for ever for itself, where nobody else reads.
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):  # Whoever reads our output does not wait for this process.
            os.dup2(nothing, standard)
        made = make()
        if made is not None:
            with open(theirs, "wb") as file:
                file.write(_head(made) + made)
            status = 0
    finally:
        os._exit(status)
