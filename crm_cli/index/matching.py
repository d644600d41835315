"""Regular expressions of users, whose work has an end.

An expression such as `(a+)+$` tries every way to divide a text, and may come with the
segments that somebody else wrote. Where the system can interrupt it, each statement has so
many seconds of the processor for all that its expressions do.
"""

from __future__ import annotations

import re
import signal
from functools import lru_cache
from types import FrameType

SECONDS = 2.0
"""Of the processor, for the expressions of one statement."""

LINES = "(?m)"
"""Begins an expression in which `^` and `$` are the ends of each line; flags of its own may follow,
which within a group would be an error."""

HINT = "a repeat within a repeat, as in (a+)+, tries every way to divide a text: leave one out"
"""How an expression that takes too long is mended."""


class Exhausted(Exception):
    """The work that a statement's expressions may do was done; `pattern` was at work."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.pattern = pattern


class Pattern(str):
    """A regular expression as a parameter, and the segment that it stands in, if in one."""

    __slots__ = ("segment",)

    def __new__(cls, text: str, segment: str) -> Pattern:
        """The text is all that a database sees of it."""
        made = super().__new__(cls, text)
        made.segment = segment
        return made

    segment: str


class _Work:
    """What is left of a statement's time, and the expression that used it up."""

    def __init__(self) -> None:
        self.left = SECONDS
        self.exhausted: str | None = None


_work = _Work()


def allow() -> None:
    """Begin a statement: its expressions have all of their time."""
    _work.left, _work.exhausted = SECONDS, None


def exhausted() -> str | None:
    """The expression that was stopped in this statement."""
    return _work.exhausted


def found(pattern: str, text: str) -> bool:
    """Whether a regular expression is found in a text, in any case. Raises Exhausted."""
    compiled = _compiled(pattern)
    if not _interruptible():
        return compiled.search(text) is not None
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, max(_work.left, 1e-6))
        try:
            return compiled.search(text) is not None
        finally:
            _work.left = signal.setitimer(signal.ITIMER_VIRTUAL, 0)[0]
    except _Stop:
        _work.left, _work.exhausted = 0, pattern
        raise Exhausted(pattern) from None


class _Stop(BaseException):
    """Raised from within the search by the timer's signal."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise _Stop


@lru_cache(maxsize=1)
def _interruptible() -> bool:
    """Whether the timer could be set up: on POSIX, in the first thread."""
    try:
        signal.signal(signal.SIGVTALRM, _stop)
    except (AttributeError, ValueError):
        return False
    return True


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
