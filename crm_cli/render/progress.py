"""A progress line on a terminal, for long work."""

from __future__ import annotations

from time import monotonic
from typing import TextIO

from crm_cli.model.text import visible

PATIENCE = 0.4
"""Seconds before anything is shown, so that short work leaves no trace."""
PAUSE = 0.1


class Progress:
    """A line such as `Reading records  3,200 of 10,000  [######      ]`, redrawn in place."""

    def __init__(self, label: str, total: int, stream: TextIO | None) -> None:
        self._label = visible(label)
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
            self._stream.write("\r" + " " * self._drawn + "\r")
            self._stream.flush()
            self._drawn = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _draw(self, stream: TextIO) -> None:
        filled = min(20 * self._done // self._total, 20) if self._total else 0
        bar = "#" * filled + " " * (20 - filled)
        text = f"{self._label}  {self._done:,} of {self._total:,}  [{bar}]"[:79]
        stream.write("\r" + text.ljust(self._drawn))
        stream.flush()
        self._drawn = max(self._drawn, len(text))
