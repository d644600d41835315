"""Tokens of full expressions: words, quoted texts, punctuation."""

from __future__ import annotations

import re
from enum import Enum

from crm_cli.model.errors import UsageError
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.query.fault import Fault, QueryError, Span
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


class Tokens:
    """The tokens of one expression, read one after the other; raises Fault as `tokenize` does."""

    def __init__(self, text: str) -> None:
        self.tokens = tokenize(text)
        self.place = 0

    @property
    def next(self) -> Token:
        """The token that is to be read."""
        return self.tokens[self.place]

    def take(self) -> Token:
        """Read a token."""
        token = self.next
        if token.sort is not Sort.END:
            self.place += 1
        return token

    def word(self, *words: str) -> bool:
        """Read one of these words, if it comes next."""
        if self.next.sort is Sort.WORD and self.next.text.lower() in words:
            self.take()
            return True
        return False

    def sign(self, sign: str) -> bool:
        """Read a sign, if it comes next."""
        if self.next.sort is Sort.SIGN and self.next.text == sign:
            self.take()
            return True
        return False

    def expect(self, sign: str, why: str) -> None:
        """Read a sign; a Fault without it."""
        if not self.sign(sign):
            raise self.unexpected(f"there should be a '{sign}' {why}")

    def unexpected(self, wanted: str) -> Fault:
        """What is wrong about the next token."""
        end = self.next.sort is Sort.END
        found = "the expression ends here" if end else f"'{self.next.text}' is not expected here"
        return Fault(found, wanted, self.next.span)

    def finish(self) -> None:
        """Nothing may be left."""
        if self.next.sort is not Sort.END:
            raise self.unexpected(
                "join conditions with and, or; put text of several words in quotes"
            )

    def since(self, start: Token) -> Span:
        """From a token to the one read last."""
        return Span(start.span.text, start.span.start, self.tokens[max(self.place - 1, 0)].span.end)

    def opens(self) -> bool:
        """Whether a parenthesis follows the next token."""
        after = self.tokens[self.place + 1] if self.place + 1 < len(self.tokens) else self.next
        return after.sort is Sort.SIGN and after.text == "("


def split_call(text: str) -> tuple[str, str, str]:
    """What stands in the parentheses of a function: FIELD, where EXPR, during PERIOD.

    Each may be missing, and is empty then; raises QueryError.
    """
    parts, marks, depth = ["field"], [(0, 0)], 0
    try:
        tokens = tokenize(text)
    except Fault as fault:
        raise QueryError((fault,)) from None
    for token in tokens:
        word = token.text.lower() if token.sort is Sort.WORD else ""
        if token.sort is Sort.SIGN and token.text in "()":
            depth += 1 if token.text == "(" else -1
        elif word in ("where", "during") and not depth and word not in parts:
            parts.append(word)
            marks.append((token.span.start, token.span.end))
    ends = [*(start for start, _ in marks[1:]), len(text)]
    found = {
        part: text[start:end].strip()
        for part, (_, start), end in zip(parts, marks, ends, strict=True)
    }
    for part in parts[1:]:
        if not found[part]:
            raise UsageError(f"nothing follows {part} in '{text}'", "write sum(net where EXPR)")
    return found["field"], found.get("where", ""), found.get("during", "")
