"""Front matter: `key: value` between two lines `---` at the top of a text."""

from __future__ import annotations

import re
from typing import NamedTuple

_HEAD = re.compile(r"---[ \t]*\n(.*?)\n?---[ \t]*(?:\n|\Z)", re.DOTALL)
_ENTRY = re.compile(r"([A-Za-z_-]+)[ \t]*:[ \t]*(.*)")


class Front(NamedTuple):
    """The entries by their keys in lower case, and the text below, which begins in line `line`."""

    entries: dict[str, str]
    body: str
    line: int


def read_front(text: str) -> Front:
    """Split a text; without front matter all of it is the body."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    head = _HEAD.match(text)
    if head is None:
        return Front({}, text, 1)
    found = (_ENTRY.fullmatch(line.strip()) for line in head[1].split("\n"))
    entries = {one[1].lower().replace("-", "_"): _bare(one[2]) for one in found if one is not None}
    rest = text[head.end() :]
    body = rest.removeprefix("\n")
    return Front(entries, body, text.count("\n", 0, len(text) - len(body)) + 1)


def _bare(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text
