"""Query errors: located, and shown with `^` under the token."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crm_cli.model.errors import UsageError
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.text import visible


class Span(NamedTuple):
    """A stretch of a query's text: `text[start:end]`."""

    text: str
    start: int
    end: int


class Fault(ValueError):
    """One thing wrong at one place; the parsers collect them into a QueryError."""

    def __init__(self, message: str, hint: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.span = span

    def shown(self) -> str:
        """The message, and below it the text with the token marked."""
        text, start, end = self.span
        before, token = visible(text[:start]), visible(text[start:end])
        line = f"{before}{token}{visible(text[end:])}"
        return f"{self.message}\n  {line}\n  {' ' * len(before)}{'^' * max(len(token), 1)}"


class QueryError(UsageError):
    """A query cannot be read: each fault with its token marked, the cures as hint."""

    def __init__(self, faults: Sequence[Fault], where: str = "", hint: str = "") -> None:
        shown = "\n".join(fault.shown() for fault in faults)
        hints = dict.fromkeys(fault.hint for fault in faults if fault.hint)
        super().__init__(f"{where}{shown}", "\n".join(hints) or hint)
        self.faults = tuple(faults)


class Unknown(LookupError):
    """A name that nothing answers to, before its place is known.

    The nearest names are looked for when the hint is read: often a word is a value, after all.
    """

    def __init__(self, message: str, hint: str | Callable[[], str]) -> None:
        super().__init__(message)
        self.message = message
        self._hint = hint

    @property
    def hint(self) -> str:
        """What may be meant, or where names are listed."""
        return self._hint if isinstance(self._hint, str) else self._hint()
