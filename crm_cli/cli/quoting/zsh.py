"""Quoting for zsh, whose `compadd` quotes each word for where it lands, by zsh's options.

In an open quote that is not enough: where `_expand` is among the user's completers, the
next TAB runs `$(…)`, backquotes and glob qualifiers even within quotes. A word with those
is offered only where no quote is open, since it gets a backslash before each there.
"""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.cli.quoting import FILES, Candidate, Quote, divided
from crm_cli.model.named_tuple import NamedTuple

_RUN = frozenset("$`(")
_ESCAPED = frozenset('$`"\\!')


class Line(NamedTuple):
    """A line up to the cursor: zsh itself has taken the quotes away."""

    words: tuple[str, ...]
    current: str
    quote: str

    def reply(self, found: Sequence[Candidate], *, files: bool = True) -> list[str]:
        """Return the words, each with a tab and its description if it has one."""
        none = not found
        if self.quote:
            found = [one for one in found if not _RUN.intersection(one.word)]
        if self.quote == Quote.DOUBLE:
            found = _with_stop(found)
        lines = [f"{one.word}\t{one.about}".rstrip("\t") for one in found]
        return [*lines, FILES] if files and none else lines


def _with_stop(found: Sequence[Candidate]) -> Sequence[Candidate]:
    """Add a word that zsh stops at where it would insert half of an escape.

    If the words have nothing else in common, none is left.
    """
    words = [one.word for one in found]
    pieces = [[f"\\{char}" if char in _ESCAPED else char for char in word] for word in words]
    match divided(pieces):
        case None:
            return found
        case 0:
            return []
        case count:
            return [*found, Candidate(words[0][:count])]


def parse(arguments: Sequence[str]) -> Line:
    """Read `$compstate[quote]`, the finished words, and the word at the cursor."""
    quote, *words, current = arguments
    return Line(tuple(words), current, quote)
