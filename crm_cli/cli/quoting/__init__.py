"""Quoting for the shells: reading a line that is being typed, and inserting words into it.

Each shell has a module with `parse`, which reads what the shell's script passes on, and
whose result has `reply`: the lines that the script reads. A word that the shell would not
read back exactly is not offered. Which words there are is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Protocol

from crm_cli.model.named_tuple import NamedTuple

FILES = "\tfiles"
"""The line by which zsh and fish are told that a file's name may stand there."""

UNFINISHED = tuple(":=/@,")
"""A candidate that ends so is to be continued: no space follows it."""


class Quote(StrEnum):
    """The quote that is open at a place in a line."""

    NONE = ""
    SINGLE = "'"
    DOUBLE = '"'
    ANSI = "$'"


class Candidate(NamedTuple):
    """A whole word that could stand where the cursor is, and a description, or ""."""

    word: str
    about: str = ""


class Typed(Protocol):
    """A line up to the cursor, as its shell reads it.

    `words` are the finished arguments, without the program. `current` is the value of the
    word at the cursor, or None where it is not known, so that nothing may be offered.
    """

    @property
    def words(self) -> Sequence[str]: ...

    @property
    def current(self) -> str | None: ...

    def reply(self, found: Sequence[Candidate], *, files: bool = True) -> list[str]:
        """Return the lines for the shell's script; `files` says that where nothing is offered
        the shell may complete names of files."""


def insertable(lines: Iterable[str], current: str, encoding: str) -> list[Candidate]:
    """Parse `word<TAB>description` lines, leaving out the words that no shell may insert.

    Those are words with control, bidi or other invisible characters, words that would be
    an option where `current` begins none, and words that the encoding lacks or writes with
    bytes that a shell could take for ASCII (as Shift JIS and GBK do). A description with
    such characters is dropped without its word.
    """
    found = []
    for line in lines:
        word, _, about = line.partition("\t")
        option = word.startswith("-") and not current.startswith("-")
        if word and not option and _plain(word, encoding):
            found.append(Candidate(word, about if _plain(about, encoding) else ""))
    return found


def _plain(text: str, encoding: str) -> bool:
    try:
        data = text.encode(encoding)
    except UnicodeError:
        return False
    return text.isprintable() and sum(map(str.isascii, text)) == sum(byte < 128 for byte in data)


def divided(pieces: Sequence[Sequence[str]]) -> int | None:
    """Return how many pieces are common to all, if a shell would insert part of another.

    `pieces` are the quoted characters of each of several candidates. A shell inserts their
    common prefix, which could end within an escape: `\\` of `\\$` and `\\;`. Case is ignored,
    and `-` equals `_`, as in readline if it is set up so.
    """
    common = len(shared(["".join(one) for one in pieces]))
    whole = 0
    length = 0
    for column in zip(*pieces, strict=False):
        length += len(column[0])
        if length > common or len(set(map(len, column))) > 1:
            break
        whole, reached = whole + 1, length
        if reached == common:
            return None
    return whole if common else None


def shared(texts: Sequence[str]) -> str:
    """What all texts begin with; case is ignored, and `-` equals `_`."""
    count = 0
    for column in zip(*texts, strict=False):
        if len({"-" if char == "_" else char.lower() for char in column}) > 1:
            break
        count += 1
    return texts[0][:count] if texts else ""
