"""How long a text message is: its alphabet, and the parts that it is sent in (3GPP TS 23.038)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""What takes one septet of the default alphabet."""
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""What takes two: an escape goes before it."""
_SEPTETS, _SEPTETS_OF_MANY = 160, 153
_UNITS, _UNITS_OF_MANY = 70, 67


class Length(NamedTuple):
    """`alphabet` is GSM-7 or UCS-2, `units` its septets or 16-bit units; a message of one part has
    room for `room`, of several each for a little less."""

    alphabet: str
    units: int
    parts: int
    room: int

    def __str__(self) -> str:
        parts = "1 part" if self.parts == 1 else f"{self.parts} parts"
        return f"{parts}, {self.units} of {self.room} characters ({self.alphabet})"


def length_of(text: str) -> Length:
    """The length of a text. What takes two units is never divided between two parts."""
    if all(char in _BASIC or char in _EXTENDED for char in text):
        sizes = [2 if char in _EXTENDED else 1 for char in text]
        return _length("GSM-7", sizes, _SEPTETS, _SEPTETS_OF_MANY)
    sizes = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return _length("UCS-2", sizes, _UNITS, _UNITS_OF_MANY)


def _length(alphabet: str, sizes: list[int], alone: int, of_many: int) -> Length:
    units = sum(sizes)
    if units <= alone:
        return Length(alphabet, units, 1, alone)
    parts = sum(1 for _ in _parts(sizes, of_many))
    return Length(alphabet, units, parts, parts * of_many)


def _parts(sizes: list[int], room: int) -> Iterator[int]:
    """How many units each part holds."""
    held = 0
    for size in sizes:
        if held + size > room:
            yield held
            held = 0
        held += size
    yield held


def foreign(text: str) -> str:
    """The characters for which a text is sent as UCS-2, each once, in their order."""
    others = (char for char in text if char not in _BASIC and char not in _EXTENDED)
    return "".join(dict.fromkeys(others))
