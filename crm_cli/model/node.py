"""Nodes of a YAML text: value, style and position.

A node read from a file has marks; one made to be written has none (`start == -1`).
Offsets count characters of the file's decoded text, without its byte-order mark;
`line` and `column` count from 1 as problems do. Every scalar is text: types come
from the kinds, not from YAML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

PLAIN = ""
SINGLE = "'"
DOUBLE = '"'
LITERAL = "|"
FOLDED = ">"

ABSENT = frozenset(("", "~", "null", "Null", "NULL"))
"""Plain texts that say that there is no value."""


class Scalar:
    """A text with its style: plain, single- or double-quoted, literal or folded."""

    __slots__ = ("column", "end", "line", "start", "style", "tag", "text")

    def __init__(
        self,
        text: str,
        style: str = PLAIN,
        start: int = -1,
        end: int = -1,
        line: int = 0,
        column: int = 0,
        tag: str | None = None,
    ) -> None:
        self.text = text
        self.style = style
        self.start = start
        self.end = end
        self.line = line
        self.column = column
        self.tag = tag

    @property
    def absent(self) -> bool:
        """Whether the value is empty or a plain null (`key:`, `~`, `null`)."""
        return self.style == PLAIN and self.text in ABSENT

    def __repr__(self) -> str:
        return f"Scalar({self.text!r}, {self.style!r})"


class Mapping:
    """Keys and their nodes, in the file's order."""

    __slots__ = ("column", "end", "entries", "flow", "line", "start", "tag")

    def __init__(
        self,
        entries: Iterable[tuple[Scalar, Node]] = (),
        flow: bool = False,
        start: int = -1,
        end: int = -1,
        line: int = 0,
        column: int = 0,
        tag: str | None = None,
    ) -> None:
        self.entries = list(entries)
        self.flow = flow
        self.start = start
        self.end = end
        self.line = line
        self.column = column
        self.tag = tag

    def get(self, key: str) -> Node | None:
        """The node under exactly this key, or None."""
        for name, node in self.entries:
            if name.text == key:
                return node
        return None

    def keys(self) -> Iterator[str]:
        return (name.text for name, _ in self.entries)

    def __repr__(self) -> str:
        return f"Mapping({self.entries!r})"


class Sequence:
    """Nodes in order."""

    __slots__ = ("column", "end", "flow", "items", "line", "start", "tag")

    def __init__(
        self,
        items: Iterable[Node] = (),
        flow: bool = False,
        start: int = -1,
        end: int = -1,
        line: int = 0,
        column: int = 0,
        tag: str | None = None,
    ) -> None:
        self.items = list(items)
        self.flow = flow
        self.start = start
        self.end = end
        self.line = line
        self.column = column
        self.tag = tag

    def __repr__(self) -> str:
        return f"Sequence({self.items!r})"


Node = Scalar | Mapping | Sequence

Plain = str | list["Plain"] | dict[str, "Plain"] | None
"""A node without style or marks: what it says."""


def plain(node: Node) -> Plain:
    """The node as text, lists and dictionaries; a plain null is None."""
    if isinstance(node, Scalar):
        return None if node.absent else node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.entries}


def made(value: Plain) -> Node:
    """A new node, to be written, that says `value`."""
    if value is None:
        return Scalar("")
    if isinstance(value, str):
        return Scalar(value) if value else Scalar("", DOUBLE)
    if isinstance(value, list):
        return Sequence(made(item) for item in value)
    return Mapping((Scalar(key), made(item)) for key, item in value.items())
