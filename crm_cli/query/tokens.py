"""The tokens of full expressions: words, quoted texts, signs."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from crm_cli.query.fault import Fault, Span
from crm_cli.query.lexer import Piece

KEYWORDS = frozenset(("and", "or", "not", "in", "is", "none", "where", "during"))


class Sort(Enum):
    """What a token is."""

    WORD = "a word"
    QUOTED = "a quoted text"
    SIGN = "a sign"
    END = "the end"


class Token(NamedTuple):
    """A token; `text` is without its quotes."""

    sort: Sort
    text: str
    span: Span

    def piece(self) -> Piece:
        """As a value: what was quoted is literal."""
        quoted = self.sort is Sort.QUOTED
        start = self.span.start + quoted
        places = [min(start + n, self.span.end) for n in range(len(self.text))]
        return Piece(self.text, [quoted] * len(self.text), places, self.span, quoted=quoted)


# A word holds whatever a value may: 2026-11-03T10:30, last-30d, 5..9, ana@novak.example.
_TOKEN = r"""
    \s*(?:
        (?P<sign>!=|<=|>=|[()=<>~,])
      | "(?P<double>(?:[^"]|"")*)"
      | '(?P<single>(?:[^']|'')*)'
      | (?P<word>[^\s()=<>~,"'!]+)
    )
"""


def tokenize(text: str) -> list[Token]:
    """The tokens of an expression, the end included; raises Fault for what is none."""
    pattern = re.compile(_TOKEN, re.VERBOSE)
    found: list[Token] = []
    place = 0
    end = len(text.rstrip())
    while place < end:
        match = pattern.match(text, place, end)
        if match is None:
            start = place + len(text[place:end]) - len(text[place:end].lstrip())
            quote = text[start] in "\"'"
            raise Fault(
                "this quote is not closed" if quote else f"'{text[start]}' is not valid here",
                "close it; a quote itself is doubled" if quote else "write text between quotes",
                Span(text, start, end if quote else start + 1),
            )
        kind = match.lastgroup or "word"
        span = Span(text, match.start(kind), match.end(kind))
        value = match[kind]
        if kind in ("double", "single"):
            mark = '"' if kind == "double" else "'"
            span = Span(text, span.start - 1, span.end + 1)
            found.append(Token(Sort.QUOTED, value.replace(mark * 2, mark), span))
        else:
            found.append(Token(Sort.SIGN if kind == "sign" else Sort.WORD, value, span))
        place = match.end()
    return [*found, Token(Sort.END, "", Span(text, len(text), len(text)))]
