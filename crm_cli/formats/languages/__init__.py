"""Headings of tables in other languages, as data: one file a language, `sl.txt`, `de.txt` …

A line is `FIELD: heading, heading`, under the kind it is of; `[all]` is for the kinds that
have such a field, after their own. A field is named as in a map: `phone.2`, `credit.limit`.
English is declared beside the fields (`headings=`), since their names are English already.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ALL = "all"
_FOLDER = Path(__file__).parent
_SERBIAN = "sr"
_LETTERS = str.maketrans("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш")


class Heading(NamedTuple):
    """A heading: its language, and what it stands for."""

    language: str
    key: str
    text: str


@cache
def languages() -> tuple[str, ...]:
    """The languages that there are headings of, as codes."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.txt")))


def headings(kind: str) -> Iterator[Heading]:
    """The headings of a kind by its key, of every language; its own stand before those of all."""
    own = [one for language in languages() for one in _headings(language, kind)]
    yield from own
    taken = {one.text for one in own}
    for language in languages():
        yield from (one for one in _headings(language, ALL) if one.text not in taken)


def _headings(language: str, section: str) -> Iterator[Heading]:
    for key, texts in _sections(language).get(section, {}).items():
        yield from (Heading(language, key, text) for text in texts)


@cache
def _sections(language: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """The lines of a language's file by kind and field."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    section: dict[str, tuple[str, ...]] = {}
    for line in (_FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, _, rest = line.partition(": ")
            texts = [text.strip() for text in rest.split(",")]
            if language == _SERBIAN:
                texts += map(_cyrillic, list(texts))
            section[key] = tuple(texts)
    return found


def _cyrillic(text: str) -> str:
    """Serbian in its other script, letter by letter."""
    text = text.lower()
    for latin, cyrillic in (("lj", "љ"), ("nj", "њ"), ("dž", "џ")):
        text = text.replace(latin, cyrillic)
    return text.translate(_LETTERS)
