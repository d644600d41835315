"""Conflict markers in a text: both sides' lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from crm_cli.model.errors import DataError, Problem
from crm_cli.model.places import Shape, place_of
from crm_cli.store.compose import conflicts
from crm_cli.store.tree import Tree

_MARK = re.compile(r"(<{7}|\|{7}|={7}|>{7})(?: .*)?")


class Side(NamedTuple):
    """A stretch of which there are two versions; `line` is its first mark's, from 1."""

    line: int
    ours: str
    theirs: str


def split(text: str) -> list[str | Side]:
    """The text in order: what is settled as it is, what is not as both sides."""
    parts: list[str | Side] = []
    settled: list[str] = []
    ours: list[str] = []
    theirs: list[str] = []
    state, first = "", 0
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        mark = _MARK.fullmatch(line.rstrip("\r\n"))
        kind = mark[1][0] if mark else ""
        if kind == "<" and not state:
            parts.append("".join(settled))
            settled, ours, theirs, state, first = [], [], [], "<", number
        elif kind in "|=" and kind and state in ("<", "|"):
            state = kind
        elif kind == ">" and state == "=":
            parts.append(Side(first, "".join(ours), "".join(theirs)))
            state = ""
        elif state == "<":
            ours.append(line)
        elif state == "=":
            theirs.append(line)
        elif not state:
            settled.append(line)
    if state:
        # A mark without its end: nothing is taken for settled that may not be.
        parts.append(Side(first, "".join(ours), "".join(theirs)))
    parts.append("".join(settled))
    return [part for part in parts if part != ""]


def sides(text: str) -> list[Side]:
    """What is not settled in a text."""
    return [part for part in split(text) if isinstance(part, Side)]


def in_texts(tree: Tree) -> Iterator[Problem]:
    """The unresolved merges in the directory's texts; those in YAML are found by reading it."""
    for path, *_ in tree.entries():
        place = place_of(path)
        if place is None or place.shape is not Shape.TEXTS:
            continue
        try:
            data = tree.read(path)
        except (FileNotFoundError, DataError):
            continue
        if b"<<<<<<<" in data:
            yield from conflicts(data.decode("utf-8", "replace"), path)


def joined(text: str, chosen: Sequence[str]) -> str:
    """The text with the chosen lines in place of each pair of sides, in their order."""
    choices = iter(chosen)
    return "".join(part if isinstance(part, str) else next(choices) for part in split(text))
