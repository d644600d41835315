"""What TYPE says of an address or number, and Apple's labels, as labels of ours."""

from __future__ import annotations

import re

_LABELS = {
    "HOME": "home",
    "WORK": "work",
    "OTHER": "other",
    "MAIN": "main",
    "CELL": "mobile",
    "FAX": "fax",
    "PAGER": "pager",
    "CAR": "car",
    "VIDEO": "video",
    "ISDN": "isdn",
    "IPHONE": "iphone",
}
_TYPES = {label: type for type, label in _LABELS.items()}
_SILENT = {
    "VOICE", "INTERNET", "PREF", "MSG", "X400", "DOM", "INTL", "POSTAL", "PARCEL", "TEXT", "SMS",
    "UTF-8", "JPEG", "URI", "DATE", "URL", "X-USER", "POINTER",
}  # fmt: skip
"""Types that tell nothing which a label would."""
_APPLE = re.compile(r"_\$!<(.*)>!\$_", re.DOTALL)


def label_of(types: tuple[str, ...]) -> str:
    """The label that types make together, in their order of ours: `work fax`."""
    said = dict.fromkeys(one for one in types if one not in _SILENT)
    known = [label for type, label in _LABELS.items() if type in said]
    others = [one.lower().removeprefix("x-") for one in said if one not in _LABELS]
    return " ".join((*known, *others))


def types_of(label: str) -> list[str] | None:
    """The types that stand for a label; None where only a label of its own can."""
    words = label.split(" ")
    types = [_TYPES[word] for word in words if word in _TYPES]
    return types if len(types) == len(words) and label_of(tuple(types)) == label else None


def is_preferred(types: tuple[str, ...], pref: str) -> int:
    """The place among others of a property: 1 is first, 101 without any (RFC 6350, 5.3)."""
    if pref.isascii() and pref.isdigit() and len(pref) < 4:
        return int(pref)
    return 1 if "PREF" in types else 101


def own_label(text: str) -> str:
    """What an `X-ABLabel` says; Apple's own words in small letters: `_$!<Home>!$_`."""
    match = _APPLE.fullmatch(text.strip())
    return match[1].lower() if match else text.strip()


def apple_label(word: str) -> str:
    """One of Apple's own labels: `_$!<Anniversary>!$_`."""
    return f"_$!<{word.capitalize()}>!$_"
