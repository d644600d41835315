"""Canonical form of a file, with all its comments.

A comment belongs to what it stands beside or above, and moves with it. The marks
of the nodes tell: a node in canonical order that was read keeps its marks, so what
stood at that offset is found again. A comment whose node is gone stands at the end
of the file rather than nowhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from crm_cli.model.errors import DataError
from crm_cli.model.node import (
    DOUBLE,
    FOLDED,
    LITERAL,
    SINGLE,
    Mapping,
    Node,
    Scalar,
    Sequence,
    plain,
)
from crm_cli.model.quoting import quoted, style_for
from crm_cli.store import layout
from crm_cli.store.compose import compose
from crm_cli.store.emit import STEP, scalar_lines, sectioned, spelled_key, value_lines

_HEADER = re.compile(r"[|>][-+0-9]*[ \t]+(#[^\r\n]*)")


def canonical(text: str, root: Mapping, ordered: Mapping) -> str:
    """`ordered` as canonical text, with the comments of `text`, whose tree is `root`.

    The nodes of `ordered` that come from `root` must have kept their marks; their
    styles are the writer's choice, except that single quotes, folded and literal
    texts become what canonical form has for them. LF, one blank line before each
    list or mapping at the top, the heading and the final comments in their places.
    Raises DataError where the result would say something else or lose a comment.
    """
    placed = _Comments(text, root)
    writer = _Writer(placed)
    lines = writer.whole(ordered)
    result = "".join(line + "\n" for line in lines)
    again = compose(result, "canonical form").root
    if again is None or plain(again) != plain(ordered) or placed.lost(result):
        raise DataError(
            "this file cannot be brought to canonical form without changing what it says",
            "nothing was written; crm check shows what is unusual in it",
        )
    return result


class _Comments:
    """The comments of a text by the node that they belong to."""

    def __init__(self, text: str, root: Mapping) -> None:
        self.heading: list[str] = []
        self.above: dict[int, list[str]] = {}
        self.items: dict[int, list[str]] = {}
        self.beside: dict[int, list[str]] = {}
        self.final: list[str] = []
        self.all: list[str] = []
        leaves = layout.leaves(root)
        closed = dict(_closed(root))
        self._headers(text, root)
        index = 0
        for start, end in layout.comments(text, root):
            while index < len(leaves) and leaves[index][0] < start:
                index += 1
            following = leaves[index][0] if index < len(leaves) else None
            before = leaves[index - 1][0] if index else None
            said = text[start:end].rstrip()
            self.all.append(said)
            if layout.lead(text, start).strip(" \t-") and before is not None:
                # After a closing bracket it is about all that stands within.
                end_before = len(text[:start].rstrip(" \t"))
                self.beside.setdefault(closed.get(end_before, before), []).append(said)
            elif following is None:
                self.final.append(said)
            else:
                self._over(text, start, end, following, before, said)

    def _over(
        self, text: str, start: int, end: int, following: int, before: int | None, said: str
    ) -> None:
        """A comment on a line of its own: a heading, or above an item or a key."""
        between = text[end:following].replace("\r\n", "\n").replace("\r", "\n")
        rows = between.split("\n")[1:]
        if before is None and any(not row.strip() for row in rows[:-1]):
            gap = self.heading and re.search(
                r"(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)[ \t]*\Z", text[:start]
            )
            self.heading += ["", said] if gap else [said]
            return
        dashed = any(row.lstrip(" \t").startswith("-") for row in rows)
        where = self.items if dashed else self.above
        where.setdefault(following, []).append(said)

    def _headers(self, text: str, root: Mapping) -> None:
        """Comments after `|` and `>` stand beside their text."""
        stack: list[Node] = [root]
        while stack:
            node = stack.pop()
            if isinstance(node, Sequence):
                stack += node.items
            elif isinstance(node, Mapping):
                stack += [value for _, value in node.entries]
            elif node.style in (LITERAL, FOLDED):
                head = text[node.start : layout.line_end(text, node.start)]
                found = _HEADER.search(head)
                if found:
                    said = found.group(1).rstrip()
                    self.beside.setdefault(node.start, []).append(said)
                    self.all.append(said)

    def rest(self) -> list[str]:
        """What was not placed, in the text's order, and then what ended the text."""
        left: list[tuple[int, str]] = []
        for where in (self.above, self.items, self.beside):
            left += [(start, said) for start, group in where.items() for said in group]
        left.sort(key=lambda pair: pair[0])
        return [said for _, said in left] + self.final

    def lost(self, result: str) -> bool:
        """Whether a comment is missing from the result."""
        wanted = Counter(self.all)
        return any(result.count(said) < count for said, count in wanted.items())


class _Writer:
    def __init__(self, comments: _Comments) -> None:
        self.comments = comments
        self.lines: list[str] = []

    def whole(self, root: Mapping) -> list[str]:
        self.lines += self.comments.heading
        if self.lines:
            self.lines.append("")
        fresh = len(self.lines)
        for key, node in root.entries:
            if len(self.lines) > fresh and sectioned(node):
                self.lines.append("")
            self.entry(key, node, 0)
        rest = self.comments.rest()
        if rest:
            self.lines += ["", *rest]
        return self.lines

    def entry(self, key: Scalar, node: Node, indent: int, *, dash: int = -1) -> None:
        """One key with its value; `dash` is the indent of the dash before it, if any."""
        scalar = isinstance(node, Scalar)
        over = indent if dash < 0 else dash
        starts = [key.start, node.start] if scalar else [key.start]
        self.over(self.comments.above, starts, over)
        beside = self.beside(starts)
        mark = " " * indent if dash < 0 else " " * dash + "- "
        first, *further = self.value(node, indent)
        name = mark + spelled_key(_settled_key(key)) + ":"
        self.lines.append(name + (f" {first}" if first else "") + beside)
        self.lines += further
        self.inside(node, indent + STEP)

    def item(self, node: Node, indent: int) -> None:
        """One item of a list, its dash at `indent`."""
        self.over(self.comments.items, _starts(node), indent)
        self.over(self.comments.above, [_first(node)], indent)
        if isinstance(node, Mapping) and node.entries and node.tag is None:
            for index, (key, value) in enumerate(node.entries):
                self.entry(key, value, indent + STEP, dash=-1 if index else indent)
            return
        starts = [node.start] if isinstance(node, Scalar) else []
        beside = self.beside(starts)
        first, *further = self.value(node, indent)
        self.lines.append(" " * indent + "-" + (f" {first}" if first else "") + beside)
        self.lines += further
        self.inside(node, indent + STEP)

    def value(self, node: Node, indent: int) -> list[str]:
        """What follows a colon or dash; of a list or mapping only what is on that line."""
        if isinstance(node, Scalar):
            return scalar_lines(_settled(node), indent + STEP)
        return value_lines(node, indent)[:1]

    def inside(self, node: Node, indent: int) -> None:
        if isinstance(node, Sequence):
            for item in node.items:
                self.item(item, indent)
        elif isinstance(node, Mapping):
            for key, value in node.entries:
                self.entry(key, value, indent)

    def over(self, where: dict[int, list[str]], starts: list[int], indent: int) -> None:
        """The comments above, on lines of their own."""
        for start in starts:
            if start >= 0:
                self.lines += [" " * indent + said for said in where.pop(start, [])]

    def beside(self, starts: list[int]) -> str:
        """The comments at the end of the line, with a space before each."""
        said: list[str] = []
        for start in starts:
            if start >= 0:
                said += self.comments.beside.pop(start, [])
        return "".join(f" {each}" for each in said)


def _closed(node: Node) -> Iterator[tuple[int, int]]:
    """The end of each outermost list or mapping in brackets, and where it begins: its key, or
    what is first in an item."""
    parts: list[tuple[int, Node]] = []
    if isinstance(node, Mapping):
        parts = [(key.start, value) for key, value in node.entries]
    elif isinstance(node, Sequence):
        parts = [(_first_value(item), item) for item in node.items]
    for start, part in parts:
        if isinstance(part, Sequence | Mapping) and part.flow:
            yield part.end, start
        else:
            yield from _closed(part)


def _first_value(node: Node) -> int:
    """The offset of the first value of an item, which it keeps where it becomes a text."""
    if isinstance(node, Mapping) and node.entries and isinstance(node.entries[0][1], Scalar):
        return node.entries[0][1].start
    return _first(node)


def _settled(node: Scalar) -> Scalar:
    """A scalar in a style that canonical form has."""
    if node.style not in (SINGLE, FOLDED, LITERAL):
        return node
    return Scalar(node.text, style_for(node.text), tag=node.tag)


def _settled_key(key: Scalar) -> Scalar:
    if key.style in (SINGLE, DOUBLE, FOLDED, LITERAL):
        return Scalar(key.text, "" if quoted(key.text, key=True) == key.text else DOUBLE)
    return key


def _first(node: Node) -> int:
    """The offset of the first key or scalar of a node."""
    while not isinstance(node, Scalar):
        if isinstance(node, Mapping):
            return node.entries[0][0].start if node.entries else node.start
        if not node.items:
            return node.start
        node = node.items[0]
    return node.start


def _starts(node: Node) -> list[int]:
    """Offsets that tell an item: its own, its first leaf's, and its keys' in any order."""
    starts = {node.start}
    while isinstance(node, Sequence) and node.items:
        node = node.items[0]
        starts.add(node.start)
    if isinstance(node, Mapping):
        starts |= {key.start for key, _ in node.entries}
    return sorted(starts)
