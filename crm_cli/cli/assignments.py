"""`KEY=VALUE` arguments after WHO: `=` sets, `+=` adds, `-=` removes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from crm_cli.model.kind import Kind, normal
from crm_cli.model.text import nearest

_ASSIGNMENT = re.compile(r"([^\W\d][\w.-]*?)(\+=|-=|=)(.*)", re.DOTALL)


class Assignment(NamedTuple):
    """A field, what is done to it (`=`, `+=`, `-=`) and the text; `KEY=` alone removes."""

    key: str
    operator: str
    text: str


def split_assignments(words: Sequence[str]) -> tuple[list[str], list[Assignment]]:
    """The words before the first assignment, and the assignments; others among those stay words."""
    rest: list[str] = []
    found: list[Assignment] = []
    for word in words:
        match = _ASSIGNMENT.fullmatch(word)
        if match:
            found.append(Assignment(match[1], match[2], match[3]))
        else:
            rest.append(word)
    return rest, found


def split_fields(words: Sequence[str], kind: Kind) -> tuple[list[str], list[tuple[str, str]]]:
    """As `split_values`, of words that are text otherwise: only what begins with a field of the
    kind, or nearly with one, is a value."""
    names = [*kind.by_name, "custom"]
    rest: list[str] = []
    found: list[tuple[str, str]] = []
    for word in words:
        match = _ASSIGNMENT.fullmatch(word)
        head = normal(match[1].partition(".")[0]) if match and match[2] != "-=" else ""
        if match and head and (head in names or nearest(head, names, 1)):
            found.append((match[1], match[3]))
        else:
            rest.append(word)
    return rest, found


def split_values(words: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """As `split_assignments`, for a new record: `=` and `+=` are the same, `-=` is a word."""
    rest, found = split_assignments(words)
    return rest, [(one.key, one.text) for one in found if one.operator != "-="]
