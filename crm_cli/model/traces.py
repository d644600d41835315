"""Traces of somebody in texts: their addresses, numbers and names, in the spellings people use.

A name is found with or without its accents, in any case, and with the family name first; a
telephone number with any separators, with or without its country's prefix. What may as well be
a word of its own is not looked for: an id or a name of one short word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

INSTEAD = "(forgotten)"
"""What stands in a text where somebody was named. YAML reads it as a plain text anywhere."""

_LEAST_NAME = 5
"""A name of one word has at least so many letters, and is found as it is written."""
_LEAST_DIGITS = 6
_SEPARATOR = r"[ ()/.,\u00a0\u2010-\u2015-]*"
_SPACE = r"[\s,]+"


class Trace(NamedTuple):
    """Something that gives somebody away: what it is (`id`, `name`, `email`, `phone`, `code`)."""

    what: str
    text: str


class _Sought(NamedTuple):
    """A trace as it is looked for: what a text must have for it to be there at all, letters
    without accents or digits alone, and how it is written."""

    letters: tuple[str, ...]
    digits: bytes
    pattern: str

    def may_be_in(self, letters: str, digits: bytes) -> bool:
        return self.digits in digits and all(word in letters for word in self.letters)


class Traces:
    """What is looked for, all at once. `country` is that of numbers without a prefix."""

    def __init__(self, traces: Iterable[Trace], country: str = "") -> None:
        self.all = tuple(dict.fromkeys(one for one in traces if one.text.strip()))
        self._country = country

    @cached_property
    def _sought(self) -> list[_Sought]:
        found = [one for trace in self.all for one in _sought(trace, self._country)]
        # The longest first: an address before the name that is a part of it.
        return sorted(found, key=lambda one: len(one.pattern), reverse=True)

    def _in(self, text: str) -> re.Pattern[str] | None:
        """The pattern of those that a text may have; most texts have none."""
        letters = _bare(text)
        digits = text.encode("utf-8", "surrogateescape").translate(None, _NO_DIGITS)
        found = [one.pattern for one in self._sought if one.may_be_in(letters, digits)]
        return _compiled(tuple(found)) if found else None

    def found(self, text: str) -> list[re.Match[str]]:
        """Each passage of a text that gives them away."""
        pattern = self._in(text)
        return [] if pattern is None else list(pattern.finditer(text))

    def scrubbed(self, text: str) -> str:
        """The text without them."""
        pattern = self._in(text)
        return text if pattern is None else pattern.sub(INSTEAD, text)

    def is_all_of(self, text: str) -> bool:
        """Whether a text says nothing else."""
        pattern = self._in(text)
        return pattern is not None and pattern.fullmatch(text.strip()) is not None


_MARKS = dict.fromkeys(range(0x300, 0x370))
"""Accents as characters of their own."""
_NO_DIGITS = bytes(point for point in range(256) if not 0x30 <= point <= 0x39)


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in patterns))


def _bare(text: str) -> str:
    """A text in small letters without accents."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFD", text).translate(_MARKS).lower()


def _sought(trace: Trace, country: str) -> Iterator[_Sought]:
    text = " ".join(trace.text.split())
    if trace.what == "name":
        words = tuple(word for word in re.split(_SPACE, text) if word)
        for pattern in _names(words):
            yield _Sought(tuple(map(_bare, words)), b"", pattern)
    elif trace.what == "phone":
        yield from _phone(text, country)
    elif trace.what == "id":
        if re.search(r"[^a-z]", text):
            after = r"(?![a-z0-9_-]|\.(?!yaml\b)[a-z0-9])"
            yield _Sought((text,), b"", rf"(?<![a-z0-9_.-]){re.escape(text)}{after}")
    elif len(text) >= _LEAST_DIGITS:
        pattern = rf"(?i:(?<![\w.+-]){re.escape(text)}(?![\w-]|\.\w))"
        yield _Sought((_bare(text),), b"", pattern)


def _names(words: tuple[str, ...]) -> Iterator[str]:
    if len(words) == 1:
        if len(words[0]) >= _LEAST_NAME:
            yield rf"(?<!\w){re.escape(words[0])}(?!\w)"
        return
    for order in sorted({words, (words[-1], *words[:-1])}):
        yield rf"(?i:(?<!\w){_SPACE.join(map(_word, order))}(?!\w))"


def _word(word: str) -> str:
    """A word with any accents or none, also as separate characters (NFD)."""
    letters = unicodedata.normalize("NFD", word).translate(_MARKS)
    return "".join(f"{_alike(char)}[\u0300-\u036f]*" for char in letters)


def _alike(char: str) -> str:
    more = _accented().get(char.casefold(), "")
    return f"[{re.escape(char)}{more}]" if more else re.escape(char)


@lru_cache(maxsize=1)
def _accented() -> dict[str, str]:
    """Letters of Latin alphabets with an accent, by the letter without it."""
    found: dict[str, str] = {}
    for point in range(0xC0, 0x250):
        bare = unicodedata.normalize("NFD", chr(point))[0]
        if bare != chr(point) and bare.isalpha():
            found[bare.casefold()] = found.get(bare.casefold(), "") + chr(point)
    return found


def _phone(text: str, country: str) -> Iterator[_Sought]:
    from crm_cli.model.phones import e164

    whole = e164(text, country or None)
    digits = re.sub(r"\D", "", whole or text)
    code = _calling_code(digits) if whole is not None else ""
    national = digits[len(code) :]
    if len(national) < _LEAST_DIGITS:
        return
    # A separator never follows another one: on a long row of them that would take for ever.
    number = _SEPARATOR.join(national)
    before = ""
    if code:
        abroad = rf"(?:00 ?)?{_SEPARATOR.join(code)}{_SEPARATOR}(?:0\)?{_SEPARATOR})?"
        before = rf"(?:{abroad}|0{_SEPARATOR})?"
    yield _Sought((), national.encode(), rf"(?<![\d+])[+(]{{0,2}}{before}{number}(?!\d)")


def _calling_code(digits: str) -> str:
    """The code of a country with which an international number begins (ITU-T E.164)."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    known = COUNTRY_CODE_TO_REGION_CODE
    return next((digits[:n] for n in (1, 2, 3) if int(digits[:n]) in known), "")
