"""A command line as far as it is typed, split into words as a shell would."""

from __future__ import annotations

from typing import NamedTuple

DEFAULT_BREAKS = " \t\n\"'@><=;|&(:"
_SPECIAL = set(" \t\n\"'\\$`*?[]{}()<>|&;#!~")


class Typed(NamedTuple):
    """The finished words, the word being typed, and how much of it bash will not replace.

    `kept` counts the characters of `current` before bash's last word break;
    `quote` is the quote that is open, else empty.
    """

    words: list[str]
    current: str
    kept: int = 0
    quote: str = ""

    def replacement(self, candidate: str) -> str:
        """What bash is to put in for the candidate."""
        rest = candidate[self.kept :]
        return rest if self.quote else escaped(rest)


def split_line(line: str, breaks: str = DEFAULT_BREAKS) -> Typed:
    """Split a bash line up to the cursor; `breaks` is `COMP_WORDBREAKS`."""
    words: list[str] = []
    current: list[str] = []
    kept = 0
    quote = ""
    started = False
    characters = iter(line)
    for char in characters:
        if quote:
            if char == quote:
                quote = ""
            elif char == "\\" and quote == '"':
                current.append(next(characters, ""))
            else:
                current.append(char)
        elif char in " \t\n":
            if started:
                words.append("".join(current))
            current, kept, started = [], 0, False
        elif char in "\"'":
            quote, started, kept = char, True, len(current)
        elif char == "\\":
            current.append(next(characters, ""))
            started = True
        else:
            current.append(char)
            started = True
            if char in breaks:
                kept = len(current)
    return Typed(words, "".join(current), kept, quote)


def escaped(text: str) -> str:
    """The text so that bash reads it as one word."""
    return "".join(f"\\{char}" if char in _SPECIAL else char for char in text)
