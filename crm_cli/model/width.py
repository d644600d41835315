"""Display width of text, and truncating to it.

By Unicode's East Asian Width (UAX #11): wide and full-width characters take two
columns, combining marks and format characters none.
"""

from __future__ import annotations

import re

_ODD = "[^ -\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2027\u20a0-\u20bf]"
"""Whatever may not take exactly one column."""
_PRINTABLE = bytes(range(0x20, 0x7F))

ELLIPSIS = "…"


def is_plain(text: str) -> bool:
    """Whether each character takes one column; asked of a whole column at once, for speed."""
    if text.isascii():
        return True
    # Of what is not ASCII there is little, in most languages' tables.
    rest = text.encode("utf-8", "surrogatepass").translate(None, _PRINTABLE)
    return re.search(_ODD, rest.decode("utf-8", "surrogatepass")) is None


def columns_of(text: str) -> int:
    """The columns of a text without control characters."""
    return len(text) if is_plain(text) else sum(map(char_columns, text))


def fitted(text: str, width: int, *, ellipsis: str = ELLIPSIS) -> str:
    """The text, cut with an ellipsis to at most `width` columns."""
    plain = is_plain(text)
    if (len(text) if plain else columns_of(text)) <= width:
        return text
    room = width - len(ellipsis)
    if room < 0:
        return ellipsis[:width]
    if plain:
        return text[:room].rstrip() + ellipsis
    taken = 0
    for position, char in enumerate(text):
        taken += char_columns(char)
        if taken > room:
            return text[:position].rstrip() + ellipsis
    return text


def padded(text: str, width: int, *, right: bool = False) -> str:
    """The text with spaces to `width` columns, before it where it stands right."""
    missing = " " * (width - columns_of(text))
    return missing + text if right else text + missing


def wrapped(text: str, width: int, *, after: str = "") -> list[str]:
    """The text in lines of at most `width` columns, broken between words where it can be.

    A word that is too long is broken after one of the signs in `after`, if there is one.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, taken = "", 0
        for word in paragraph.split(" "):
            size = columns_of(word)
            if line and taken + 1 + size > width:
                lines.append(line)
                line, taken = "", 0
            while size > width:
                head = fitted(word, width, ellipsis="") or word[0]
                head = head[: max(map(head.rfind, after), default=-1) + 1] or head
                lines.append(head)
                word = word[len(head) :]
                size = columns_of(word)
            line, taken = (f"{line} {word}", taken + 1 + size) if line else (word, size)
        lines.append(line)
    return lines


def folded(text: str, width: int, *, first: int = 0, indent: int = 2) -> list[str]:
    """The text in lines: of the first so many columns are taken, the others are indented.

    A word is never broken: a path is to be copied, and the terminal itself goes on below.
    """
    lines: list[str] = []
    line, taken = "", first
    for number, word in enumerate(text.split(" ")):
        size = columns_of(word)
        if number and taken + 1 + size > width:
            lines.append(line)
            line, taken = word, indent + size
        else:
            line = f"{line} {word}" if number else word
            taken += size + (1 if number else 0)
    return [*lines, line]


def char_columns(char: str) -> int:
    """The columns of one character: 0, 1 or 2."""
    if char < "\u0300":
        return 1
    from unicodedata import category, combining, east_asian_width

    if combining(char) or category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
