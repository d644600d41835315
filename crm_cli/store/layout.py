"""Layout of a text: line ends, dashes, and the comments that belong to a node."""

from __future__ import annotations

import re

from crm_cli.model.node import Mapping, Node, Scalar, Sequence

_BREAK = re.compile(r"\r\n|\n|\r")
_DASH = re.compile(r"(?:\A|[\r\n])[ \t]*(-)(?=\s|\Z)")
_COMMENT = re.compile(r"(?<![^\s,\[\]{}:-])#[^\r\n]*")


def newline_of(text: str) -> str:
    """The line break that the text uses: its first."""
    first = _BREAK.search(text)
    return first.group() if first else "\n"


def line_start(text: str, offset: int) -> int:
    """The first character of the line that `offset` is on."""
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def line_end(text: str, offset: int) -> int:
    """Where the line that `offset` is on ends, before its line break."""
    found = _BREAK.search(text, offset)
    return found.start() if found else len(text)


def next_line(text: str, offset: int) -> int:
    """The first character of the line after that of `offset`, or the text's end."""
    found = _BREAK.search(text, offset)
    return found.end() if found else len(text)


def previous_line(text: str, start: int) -> int:
    """The first character of the line before the one that starts at `start` (> 0)."""
    at = start - 1
    if text[at] == "\n" and at and text[at - 1] == "\r":
        at -= 1
    return line_start(text, at)


def lead(text: str, offset: int) -> str:
    """What stands before `offset` on its line."""
    return text[line_start(text, offset) : offset]


def dash(text: str, node: Sequence, index: int) -> int:
    """The offset of the `-` of a block list's item."""
    item = node.items[index]
    if index == 0 and text[node.start] == "-" and node.tag is None:
        return node.start
    after = node.items[index - 1].end if index else node.start
    found = list(_DASH.finditer(text, after, max(item.start, after + 1)))
    return found[-1].start(1) if found else item.start


def attached(text: str, start: int, column: int, floor: int) -> int:
    """The start of the comment lines directly above a line, or that line's own start.

    Only whole-line comments at the same `column` (from 1) count, with no blank
    line between, and none before `floor`.
    """
    top = start
    while top > floor:
        above = previous_line(text, top)
        row = text[above : line_end(text, above)]
        body = row.lstrip(" ")
        if above < floor or not body.startswith("#") or len(row) - len(body) != column - 1:
            break
        top = above
    return top


def past_deeper_comments(text: str, start: int, column: int) -> int:
    """The start of the first line from `start` on that is no comment deeper than `column`.

    Blank lines count as passed only where such a comment comes after them.
    """
    at = start
    while at < len(text):
        row = text[at : line_end(text, at)]
        body = row.lstrip(" ")
        following = next_line(text, at)
        if body.startswith("#") and len(row) - len(body) >= column:
            start = following
        elif body.strip():
            break
        at = following
    return start


def blank(text: str, start: int) -> bool:
    """Whether the line that starts at `start` holds nothing but spaces."""
    return not text[start : line_end(text, start)].strip(" \t")


def dash_offset(root: Mapping) -> int:
    """How far lists are indented under their keys in this file: 2, or 0 where 0 is its way."""
    stack: list[Node] = [root]
    flush = False
    while stack:
        node = stack.pop()
        if isinstance(node, Sequence):
            stack += node.items
        elif isinstance(node, Mapping):
            for key, value in node.entries:
                stack.append(value)
                if isinstance(value, Sequence) and not value.flow and value.tag is None:
                    if value.column > key.column:
                        return 2
                    flush = True
    return 0 if flush else 2


def comments(text: str, root: Mapping) -> list[tuple[int, int]]:
    """Start and end of each comment, in order; those in a block scalar's header are not told."""
    spans = leaves(root)
    found: list[tuple[int, int]] = []
    at = 0
    for start, end in [*spans, (len(text), len(text))]:
        found += [match.span() for match in _COMMENT.finditer(text, at, max(at, start))]
        at = max(at, end)
    return found


def leaves(root: Mapping) -> list[tuple[int, int]]:
    """Start and end of each key and scalar, in the text's order."""
    spans: list[tuple[int, int]] = []
    stack: list[Node] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Scalar):
            spans.append((node.start, node.end))
        elif isinstance(node, Sequence):
            stack += node.items
        else:
            for key, value in node.entries:
                spans.append((key.start, key.end))
                stack.append(value)
    spans.sort()
    return spans
