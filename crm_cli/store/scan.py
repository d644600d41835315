"""The fast scanner: records as most people write them, read line by line.

The subset: block mappings and lists, keys that are one word, values on one line
that are plain or quoted without escapes, `|` and `|-` blocks, whole-line comments,
LF. Whatever else a text has, and whatever is wrong with it, is left to the event
composer; where both read a text their nodes are the same, mark for mark.
"""

from __future__ import annotations

import re

from crm_cli.model.node import DOUBLE, LITERAL, PLAIN, SINGLE, Mapping, Scalar, Sequence

_MAX_DEPTH = 31
_ODD = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
_VALUE = (
    rf"(?:[\w+/(.$~]|-(?=\w))[^{_ODD}:#]*(?:(?::(?=\S)|(?<=\S)\#)[^{_ODD}:#]*)*(?<!\ )(?=\n|\Z)"
    rf'|"[^{_ODD}"\\]*"(?=\n|\Z)'
    rf"|'[^{_ODD}']*'(?=\n|\Z)"
)
_LINE = re.compile(
    # indent, dash
    r"^(\ *)(?:(-\ )?(?:"
    # key, gap, value
    rf"(\w[\w.-]{{0,100}}):(?:(\ +)({_VALUE}"
    # or a block's header and lines, which are deeper than the key
    rf"|\|-?\n(?:(?:(?(2)\1\ \ \ |\1\ )[^{_ODD}]*)?\n)*(?:(?(2)\1\ \ \ |\1\ )[^{_ODD}]*)?"
    r"))?"
    # an item of its own
    rf"|({_VALUE}))"
    # comment
    rf"|(\#[^{_ODD}]*))?(\n|\Z)",
    re.MULTILINE | re.VERBOSE,
)
_LINES = _LINE.findall


def scan(text: str) -> Mapping | None:
    """The mapping that `text` is, or None where a line is not of the plain subset.

    One long loop without calls: it runs for each of ten thousand files, and every
    call in it would be paid a million times.
    """
    root = Mapping((), False, 0, -1, 1, 1)
    node: Mapping | Sequence = root
    column = 0
    seen: set[str] = set()
    stack: list[tuple[int, Mapping | Sequence, set[str]]] = []
    pending: Scalar | None = None
    offset = line = last = 0
    begun = False
    for indent, dash, word, gap, value, bare, comment, newline in _LINES(text):
        line += 1
        spaces = len(indent)
        start = offset + spaces
        if not word and not bare:
            offset = start + len(comment) + len(newline)
            continue
        if not begun:
            if spaces or dash or bare:
                return None
            begun = True
            root.start = start
            root.line = line
        deeper = False
        if pending is not None:
            if spaces > column or (dash and spaces == column):
                if len(stack) >= _MAX_DEPTH:
                    return None
                deeper = True
                stack.append((column, node, seen))
                made: Mapping | Sequence
                if dash:
                    made = Sequence((), False, start, -1, line, spaces + 1)
                else:
                    made = Mapping((), False, start, -1, line, spaces + 1)
                    seen = set()
                node.entries.append((pending, made))  # type: ignore[union-attr]
                node = made
                column = spaces
            else:
                empty = Scalar("", PLAIN, last, last, pending.line, last - pending.end)
                empty.column += pending.column + pending.end - pending.start
                node.entries.append((pending, empty))  # type: ignore[union-attr]
            pending = None
        if not deeper:
            while column > spaces:
                node.end = last
                column, node, seen = stack.pop()
            if not dash and column == spaces and type(node) is Sequence:
                node.end = last
                column, node, seen = stack.pop()
            if column != spaces:
                return None
        if dash:
            if type(node) is not Sequence:
                return None
            if bare:
                start += 2
                last = start + len(bare)
                if bare[0] == '"':
                    item = Scalar(bare[1:-1], DOUBLE, start, last, line, spaces + 3)
                elif bare[0] == "'":
                    item = Scalar(bare[1:-1], SINGLE, start, last, line, spaces + 3)
                else:
                    item = Scalar(bare, PLAIN, start, last, line, spaces + 3)
                node.items.append(item)
                offset = last + len(newline)
                continue
            if len(stack) >= _MAX_DEPTH:
                return None
            stack.append((column, node, seen))
            start += 2
            column = spaces = spaces + 2
            inner = Mapping((), False, start, -1, line, spaces + 1)
            seen = set()
            node.items.append(inner)
            node = inner
        elif bare or type(node) is not Mapping:
            return None
        if word in seen:
            return None
        seen.add(word)
        colon = start + len(word)
        key = Scalar(word, PLAIN, start, colon, line, spaces + 1)
        last = colon + 1
        if not value:
            pending = key
            offset = last + len(gap) + len(newline)
            continue
        start = last + len(gap)
        at = spaces + 2 + len(word) + len(gap)
        first = value[0]
        last = start + len(value)
        if first == '"':
            node.entries.append((key, Scalar(value[1:-1], DOUBLE, start, last, line, at)))
        elif first == "'":
            node.entries.append((key, Scalar(value[1:-1], SINGLE, start, last, line, at)))
        elif first != "|":
            node.entries.append((key, Scalar(value, PLAIN, start, last, line, at)))
        else:
            block = _block(value, newline, spaces)
            if block is None:
                return None
            offset = last + len(newline)
            last = start + block[1]
            node.entries.append((key, Scalar(block[0], LITERAL, start, last, line, at)))
            line += value.count("\n")
            continue
        offset = last + len(newline)
    if offset != len(text) or not begun:
        return None
    if pending is not None:
        at = pending.column + last - pending.start
        empty = Scalar("", PLAIN, last, last, pending.line, at)
        node.entries.append((pending, empty))  # type: ignore[union-attr]
    node.end = last
    for _, outer, _ in stack:
        outer.end = last
    return root


def _block(value: str, newline: str, column: int) -> tuple[str, int] | None:
    """A `|` block's text and its length in the file; `column` (from 0) is its key's."""
    header, *lines = value.split("\n")
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        return None
    first = lines[0]
    indent = len(first) - len(first.lstrip(" "))
    pad = " " * indent
    if indent <= column or indent == len(first):
        return None
    length = len(header)
    for row in lines:
        length += len(row) + 1
        if row and (not row.startswith(pad) or not row.strip(" ")):
            return None
    if not newline and value[-1] != "\n":
        return None  # The last line has no break: whether it ends the text is left to YAML.
    text = "\n".join(row[indent:] for row in lines)
    return (text if header == "|-" else text + "\n"), length
