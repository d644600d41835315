"""Texts of cells before they are read by a field's type: trimmed, nothing, parted.

White space and invisible marks at both ends are no part of a text. `-`, `N/A`, `null` and
the like are nothing where a date, number, code or word of a list is wanted; in free text
they stay, since somebody may be called Null. The apostrophe that keeps a spreadsheet from
reading `'04616` as a number is taken away from what is no free text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import (
    Code,
    Date,
    Email,
    FieldType,
    Moment,
    Partial,
    Phone,
    Text,
    Texts,
)

_MARKS = (
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_NOTHING = frozenset(
    ("-", "--", "---", "—", "–", "n/a", "#n/a", "n.a.", "null", "(null)", "nan", "nat", "\\n")
)
_NO_DAY = r"0{1,4}([./-])0{1,2}\1(?:0{4}|0{1,2})(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?)?|0{8}"
_GUARDED = r"'+[\d+(.,-].*"
_SHORTENED = r"[+-]?\d(?:[.,]\d+)?E\+\d{2,3}"
_GROUP_OF_GOOGLE = " ::: "
_ADDRESS = re.compile(r'(?:"[^"]*"|[^";,])+')
"""An address, whose name may hold the signs that part addresses within quotes."""


def cleaned(text: str) -> str:
    """A text without white space and invisible marks at its ends; its lines end as ours do."""
    text = text.strip()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text
    before = None
    while before != text:
        before, text = text, text.strip(_MARKS).strip()
    return text


def is_free(type: FieldType) -> bool:
    """Whether any text is a value of a type."""
    return isinstance(type, Text) and not isinstance(type, Email)


def is_nothing(type: FieldType, text: str) -> bool:
    """Whether a cleaned text stands for no value."""
    if not text:
        return True
    if len(text) > 30 or is_free(type) or isinstance(type, Texts):
        return False
    if text.lower() in _NOTHING:
        return True
    dated = isinstance(type, Date | Moment | Partial)
    return dated and re.fullmatch(_NO_DAY, text, re.ASCII) is not None


def bare(type: FieldType, text: str) -> str:
    """A cleaned text without the apostrophe of a spreadsheet; of codes, raises Unreadable for
    one whose digits are gone."""
    if is_free(type):
        return text
    if text[:1] == "'" and re.fullmatch(_GUARDED, text, re.ASCII):
        text = text.lstrip("'")
    if isinstance(type, Code) and "E+" in text and re.fullmatch(_SHORTENED, text, re.ASCII):
        raise Unreadable(
            f"{text} is what a spreadsheet made of a long number: its digits are gone",
            "export it again, with the column formatted as text",
        )
    return text


def parts(type: FieldType, text: str, *, commas: bool) -> Iterator[str]:
    """The texts that one cell holds: parted by ` ::: ` as Google does, by `;`, and by commas.

    Groups that Google made itself (`* myContacts`) are none of the user's.
    """
    for group in text.split(_GROUP_OF_GOOGLE):
        if isinstance(type, Email):
            found = _ADDRESS.findall(group)
        elif isinstance(type, Phone):
            found = [group]  # see `phones`
        elif commas:
            found = re.split("[;,]", group)
        else:
            found = group.split("; ")
        for one in found:
            one = cleaned(one)
            if commas and re.fullmatch('".+"', one):
                one = cleaned(one[1:-1])  # as Mailchimp writes tags
            if one and not one.startswith("* "):
                yield one


def is_grouped(text: str) -> bool:
    """Whether a cell holds several values as Google writes them."""
    return _GROUP_OF_GOOGLE in text
