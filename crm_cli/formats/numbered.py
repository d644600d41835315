"""Headings of one of several items: `Phone 2`, `E-mail 2 Address`, `Phone 1 - Type`, `Home Fax`."""

from __future__ import annotations

import re
from typing import NamedTuple

_LABELS = {
    "home": "home",
    "private": "home",
    "work": "work",
    "business": "work",
    "office": "work",
    "company": "work",
    "other": "other",
}
_WHOLE = ("value", "name")
_LABEL = ("type", "label")


class Item(NamedTuple):
    """A heading as that of an item of a list: the list's own heading, and which item is meant.

    `part` is the field of the item, empty for the item itself; `label` its label.
    """

    heading: str
    number: int = 0
    part: str = ""
    label: str = ""


def item_of(heading: str) -> Item | None:
    """The item of a list that a heading speaks of, None where it speaks of none."""
    heading = heading.strip()
    if match := re.fullmatch(r"(\D+?) (\d{1,2}) - (\D+)", heading):
        part = match[3].strip().lower()
        part = "" if part in _WHOLE else "label" if part in _LABEL else part
        return Item(match[1], int(match[2]), part)
    if match := re.fullmatch(r"(\D*[^\W\d_])[ _-]?(\d{1,2})", heading):
        return Item(match[1], int(match[2]))
    if match := re.fullmatch(r"(\D+) (\d{1,2}) (\D+)", heading):
        return Item(f"{match[1]} {match[3]}", int(match[2]))
    first, _, rest = heading.partition(" ")
    if rest and first.lower() in _LABELS:
        return Item(rest, label=_LABELS[first.lower()])
    return None
