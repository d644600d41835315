"""What a `crm` line came to, where its output was captured."""

from __future__ import annotations

from typing import NamedTuple


class Outcome(NamedTuple):
    """The exit code of a line, its answer (stdout), and what it said beside it (stderr)."""

    code: int
    answer: str
    said: str

    @property
    def text(self) -> str:
        """All that it printed."""
        return "\n".join(part.rstrip("\n") for part in (self.answer, self.said) if part.strip())
