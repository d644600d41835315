"""Serbian Cyrillic in Latin letters: one is written as the other, letter by letter."""

from __future__ import annotations

_LOWER = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "đ", "е": "e", "ж": "ž", "з": "z",
    "и": "i", "ј": "j", "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "ћ": "ć", "у": "u", "ф": "f", "х": "h", "ц": "c",
    "ч": "č", "џ": "dž", "ш": "š",
}  # fmt: skip
_LETTERS = str.maketrans({**_LOWER, **{a.upper(): b.capitalize() for a, b in _LOWER.items()}})


def to_latin(text: str) -> str:
    """A text with its Cyrillic letters as Latin ones; the others stay."""
    return text.translate(_LETTERS)
