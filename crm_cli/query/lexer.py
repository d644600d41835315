"""Lexer of terms: quotes, commas, ranges and slashes, each with its position.

Inside `"…"` everything is literal and `""` is a quote; outside, a comma is OR and the
first `..` of a value is a range.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from crm_cli.query.fault import Fault, Span


class Piece:
    """A stretch of a term with its quotes taken away; `literal` tells which characters had some.

    `quoted` says that it had quotes at all, so that an empty one was meant.
    """

    __slots__ = ("chars", "literal", "places", "quoted", "span")

    def __init__(
        self, chars: str, literal: list[bool], places: list[int], span: Span, *, quoted: bool
    ) -> None:
        self.chars = chars
        self.literal = literal
        self.places = places
        self.span = span
        self.quoted = quoted

    def cut(self, start: int, end: int) -> Piece:
        """The characters from `start` to `end`, with their place in the term."""
        if start < end:
            span = Span(self.span.text, self.places[start], self.places[end - 1] + 1)
        else:
            place = self.places[start] if start < len(self.places) else self.span.end
            span = Span(self.span.text, place, place)
        return Piece(
            self.chars[start:end],
            self.literal[start:end],
            self.places[start:end],
            span,
            quoted=any(self.literal[start:end]),
        )

    def split(self, sign: str) -> list[Piece]:
        """Cut at every unquoted `sign` (one character)."""
        parts, start = [], 0
        for place, char in enumerate(self.chars):
            if char == sign and not self.literal[place]:
                parts.append(self.cut(start, place))
                start = place + 1
        return [*parts, self.cut(start, len(self.chars))] if parts else [self]

    def range(self) -> tuple[Piece, Piece] | None:
        """What stands before and after the first unquoted `..`; None without one."""
        place = self.chars.find("..")
        while place >= 0 and (self.literal[place] or self.literal[place + 1]):
            place = self.chars.find("..", place + 1)
        if place < 0:
            return None
        return self.cut(0, place), self.cut(place + 2, len(self.chars))

    def stripped(self) -> Piece:
        """Without unquoted blanks at its ends."""
        start, end = 0, len(self.chars)
        while start < end and self.chars[start].isspace() and not self.literal[start]:
            start += 1
        while end > start and self.chars[end - 1].isspace() and not self.literal[end - 1]:
            end -= 1
        return self if end - start == len(self.chars) else self.cut(start, end)


def read_piece(text: str, start: int, end: int | None = None) -> Piece:
    """`text[start:end]` with its quotes read; a quote that is not closed is a Fault."""
    stop = len(text) if end is None else end
    span = Span(text, start, stop)
    if '"' not in text[start:stop]:
        size = stop - start
        places = list(range(start, stop))
        return Piece(text[start:stop], [False] * size, places, span, quoted=False)
    chars: list[str] = []
    literal: list[bool] = []
    places = []
    opened = -1
    place = start
    while place < stop:
        char = text[place]
        if char == '"':
            if opened >= 0 and text[place + 1 : place + 2] == '"' and place + 1 < stop:
                place += 1
            else:
                opened = -1 if opened >= 0 else place
                place += 1
                continue
        chars.append(char)
        literal.append(opened >= 0)
        places.append(place)
        place += 1
    if opened >= 0:
        raise Fault(
            "this quote is not closed",
            'close it; a quote itself is written "" between quotes',
            Span(text, opened, stop),
        )
    return Piece("".join(chars), literal, places, span, quoted=True)


def quoted(text: str) -> str:
    """A text as a term's value that means it literally."""
    return '"' + text.replace('"', '""') + '"'


def conditions(text: str, start: int, is_field: Callable[[str], bool]) -> list[tuple[int, int]]:
    """Where the conditions after `COLLECTION/` stand: (start, end) in the text of each.

    A `/` parts two only where a field of the collection and a `:` follow, so that
    `url.has:https://a/b` stays whole; never inside quotes.
    """
    found: list[tuple[int, int]] = []
    begin, opened = start, False
    for place in range(start, len(text)):
        if text[place] == '"':
            opened = not opened
        if text[place] == "/" and not opened and place > start:
            head = re.match(r"(?:not:)*([^\W\d_][\w.-]*?)(?:@[^:/]*)?:", text[place + 1 :])
            if head and is_field(head[1]):
                found.append((begin, place))
                begin = place + 1
    return [*found, (begin, len(text))]
