"""Quoting for fish, which quotes what it inserts, and hands over the token as it is typed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crm_cli.cli.quoting import FILES, Candidate, Quote
from crm_cli.model.named_tuple import NamedTuple

_TOKENS = {
    Quote.NONE: re.compile(
        r"(?P<open>['\"])|\\(?P<escaped>[^\na-zA-Z0-9])"
        r"|(?P<text>[^\\\s$*?(){}<>|&;~#]|(?<=.)[~#])"
    ),
    Quote.SINGLE: re.compile(r"(?P<close>')|\\(?P<escaped>['\\])|(?P<text>[^'])", re.S),
    Quote.DOUBLE: re.compile(
        r"(?P<close>\")|\\(?P<escaped>[\"$\\])|(?P<text>\\(?=[^\n])|[^\"$\\])", re.S
    ),
}

_WILDCARDS = frozenset("*?")


class Line(NamedTuple):
    """A line up to the cursor, as fish reads it."""

    words: tuple[str, ...]
    current: str | None
    quote: Quote

    def reply(self, found: Sequence[Candidate], *, files: bool = True) -> list[str]:
        """Return the words, each with a tab and its description if it has one."""
        # fish leaves a tilde as it is, for somebody's home.
        lines = [
            f"{one.word}\t{one.about}".rstrip("\t")
            for one in found
            if self.quote or not one.word.startswith("~")
        ]
        return [*lines, FILES] if files and not found else lines


def parse(arguments: Sequence[str]) -> Line:
    """Read the finished words, and the token at the cursor with its quotes."""
    *words, token = arguments
    value, quote = unquoted(token)
    if value is not None and not _WILDCARDS.isdisjoint(value):
        # fish matches what follows as a pattern, even if they are quoted.
        value = None
    return Line(tuple(words), value, quote)


def unquoted(token: str) -> tuple[str | None, Quote]:
    """Return the token's value, and the quote that is open at its end.

    The value is None where it is fish's to find out: of variables, globs, commands, and
    of escapes that stand for another character.
    """
    value, quote, at = "", Quote.NONE, 0
    while at < len(token):
        found = _TOKENS[quote].match(token, at)
        if found is None or found.lastgroup is None:
            return None, quote
        at = found.end()
        if found.lastgroup == "open":
            quote = Quote(found["open"])
        elif found.lastgroup == "close":
            quote = Quote.NONE
        else:
            value += found[found.lastgroup]
    return value, quote
