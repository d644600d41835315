"""A progress line on a terminal, for long work."""

from __future__ import annotations

from time import monotonic
from typing import TextIO

from crm_cli.render.screen import Screen

PATIENCE = 0.4
"""Seconds before anything is shown, so that short work leaves no trace."""
PAUSE = 0.1


class Progress:
    """A line with a bar, redrawn in place; `screen` is what the stream is."""

    def __init__(
        self, label: str, total: int, stream: TextIO | None, screen: Screen | None = None
    ) -> None:
        self._label = label
        self._screen = screen or Screen(width=80)
        self._began = monotonic()
        self._total = total
        self._stream = stream
        self._done = 0
        self._next = monotonic() + PATIENCE
        self._drawn = 0

    def advance(self, count: int = 1) -> None:
        """So many more are done."""
        self.reach(self._done + count)

    def reach(self, done: int) -> None:
        """So many are done."""
        self._done = done
        if self._stream is not None and monotonic() >= self._next:
            self._next = monotonic() + PAUSE
            self._draw(self._stream)

    def close(self) -> None:
        """Take the line away."""
        if self._stream is not None and self._drawn:
            self._stream.write("\r" + " " * self._drawn + "\r")  # No terminal lacks this.
            self._stream.flush()
            self._drawn = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _draw(self, stream: TextIO) -> None:
        # Imported here: short work never gets this far.
        from crm_cli.render.terminal.progress import progress_line

        seconds = monotonic() - self._began
        line = progress_line(self._label, self._done, self._total, seconds, self._screen)
        room = (self._screen.width or 80) - 1
        stream.write("\r" + " " * self._drawn + "\r" + line)
        stream.flush()
        self._drawn = room
