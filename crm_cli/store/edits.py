"""One edit of a parsed text, as the span it replaces; nothing else is touched.

Every function takes the text and its tree and gives an Edit; marks come from the
tree, and what a line belongs to from `layout`.
"""

from __future__ import annotations

import re

from crm_cli.model.errors import DataError
from crm_cli.model.node import (
    DOUBLE,
    FOLDED,
    LITERAL,
    PLAIN,
    SINGLE,
    Mapping,
    Node,
    Scalar,
    Sequence,
)
from crm_cli.model.quoting import spelled
from crm_cli.store import flow, layout
from crm_cli.store.emit import (
    STEP,
    ends_with_break,
    entry_lines,
    fits_inline,
    inline,
    item_lines,
    item_value_lines,
    sectioned,
    spelled_key,
    value_lines,
)
from crm_cli.store.flow import Edit
from crm_cli.store.intent import Path, find

_COLON = re.compile(r"\s*:")


def insertion_index(text: str, root: Mapping, target: Mapping, after: tuple[str, ...]) -> int:
    """Where a new entry goes: after the nearest of `after` that is there, else first.

    Not before a first entry of the file that has comments above it: those may be
    the file's own heading, and would come to stand over the wrong key.
    """
    present = {key.text: index for index, (key, _) in enumerate(target.entries)}
    for name in reversed(after):
        if name in present:
            return present[name] + 1
    if target is root and target.entries and not target.flow:
        first = target.entries[0][0]
        start = layout.line_start(text, first.start)
        if layout.attached(text, start, first.column, 0) < start:
            return 1
    return 0


def insert(
    text: str, root: Mapping, path: Path, index: int, key: Scalar, node: Node, *, blank: bool
) -> Edit:
    """A new entry in the mapping at `path`, which has entries or is `{}`."""
    target = find(root, path)
    assert isinstance(target, Mapping)
    if target.flow:
        if not target.entries and not path:
            lines = entry_lines(key, node, target.column - 1)
            return target.start, target.end, layout.newline_of(text).join(lines)
        if not target.entries and not _within_flow(root, path):
            return replace(text, root, path, Mapping([(key, node)]))
        return flow.add_entry(text, target, index, key, node)
    newline = layout.newline_of(text)
    first = target.entries[0][0]
    lines = entry_lines(key, node, first.column - 1, dash=layout.dash_offset(root))
    if index == 0:
        block = newline.join(lines).lstrip(" ")
        pad = " " * (first.column - 1)
        return first.start, first.start, f"{block}{newline}{pad}"
    before, value = target.entries[index - 1]
    at = layout.next_line(text, max(value.end, before.end))
    at = layout.past_deeper_comments(text, at, first.column)
    if blank and target is root and sectioned(node) and _airy(text, root):
        lines.insert(0, "")
    return _new_lines(text, at, lines, newline)


def append(
    text: str, root: Mapping, path: Path, node: Node, behind: int | None = None
) -> Edit:
    """A new item of the list at `path`, the last one, or right behind another; an empty value
    becomes a list."""
    target = find(root, path)
    if isinstance(target, Scalar) and target.absent and target.tag is None:
        return replace(text, root, path, Sequence([node]))
    if not isinstance(target, Sequence):
        raise DataError(f"`{_shown(path)}` is no list", "write its items one a line, after `- `")
    if target.flow:
        if target.items or _within_flow(root, path) or isinstance(path[-1], int):
            return flow.add_item(text, target, node, behind)
        return replace(text, root, path, Sequence([node]))
    place = len(target.items) - 1 if behind is None else behind
    last = target.items[place]
    dash = layout.dash(text, target, place)
    column = dash - layout.line_start(text, dash) + 1
    at = layout.next_line(text, max(last.end, dash))
    at = layout.past_deeper_comments(text, at, column)
    lines = item_lines(node, column - 1, dash=layout.dash_offset(root))
    return _new_lines(text, at, lines, layout.newline_of(text))


def rename(text: str, root: Mapping, path: Path, new: str) -> Edit:
    """Another key for the entry at `path`."""
    key = _key(root, path)
    style = key.style if key.style in (SINGLE, DOUBLE) else PLAIN
    return key.start, key.end, spelled_key(Scalar(new, style), flow=_within_flow(root, path))


def delete(text: str, root: Mapping, path: Path) -> Edit:
    """Take out the entry or item at `path`, which is not the only one there."""
    parent = find(root, path[:-1])
    index = _index(parent, path[-1])
    if isinstance(parent, Sequence) and parent.flow:
        return flow.remove_item(text, parent, index)
    if isinstance(parent, Mapping) and parent.flow:
        return flow.remove_entry(text, parent, index)
    starts = _starts(text, parent)
    value = find(root, path)
    assert value is not None
    start = starts[index]
    end = layout.next_line(text, max(value.end, start))
    if layout.lead(text, start).strip():
        # The entry shares its line with the dash before it, which stays.
        following = starts[index + 1]
        body = text[end:following]
        if "#" in body:
            return start, end + len(body) - len(body.lstrip(" \t\r\n")), ""
        return start, following, ""
    line = layout.line_start(text, start)
    top = layout.attached(text, line, start - line + 1, 0)
    if top == 0 and len(path) == 1:
        top = line
    if len(path) == 1 and top > 0:
        above = layout.previous_line(text, top)
        gap = layout.blank(text, above) and (end >= len(text) or layout.blank(text, end))
        if gap and not _keeps_blanks(root, above):
            top = above
    return top, end, ""


def replace(text: str, root: Mapping, path: Path, node: Node) -> Edit:
    """Another value at `path`."""
    old = find(root, path)
    assert old is not None
    if _within_flow(root, path):
        return _replace_inline(text, root, path, old, node)
    if isinstance(old, Scalar) or old.flow:
        return _replace_line(text, root, path, old, node)
    return _replace_block(text, root, path, old, node)


def _replace_inline(text: str, root: Mapping, path: Path, old: Node, node: Node) -> Edit:
    if isinstance(old, Scalar) and isinstance(node, Scalar):
        new = spelled(node.text, _kept_style(old, node), flow=True)
        if "\n" in node.text or not new:
            new = inline(node)
    else:
        new = inline(node)
    return old.start, old.end, _joined(text, root, path, old, new)


def _replace_line(
    text: str, root: Mapping, path: Path, old: Scalar | Mapping | Sequence, node: Node
) -> Edit:
    """A scalar or bracketed value replaced; a comment after it stays on its line."""
    newline = layout.newline_of(text)
    if not isinstance(old, Scalar) and type(old) is type(node) and _stays_flow(old, node):
        return old.start, old.end, inline(node)
    if isinstance(old, Scalar) and isinstance(node, Scalar):
        node = Scalar(node.text, _kept_style(old, node))
    indent = _indent(text, root, path)
    lines = _value(node, path, indent, layout.dash_offset(root))
    end = layout.line_end(text, old.end)
    if len(lines) > 1 and _swallows(text, end, indent) and isinstance(node, Scalar):
        lines = [spelled(node.text, DOUBLE)]
    first = _joined(text, root, path, old, lines[0])
    if len(lines) == 1:
        if first or not layout.lead(text, old.start).strip():
            return old.start, old.end, first
        start = old.start - (len(text[: old.start]) - len(text[: old.start].rstrip(" \t")))
        return start, old.end, ""
    start = old.start
    if not lines[0]:
        start -= len(text[:start]) - len(text[:start].rstrip(" \t"))
    rest = text[old.end : end]
    tail = newline if end >= len(text) else ""
    return start, end, newline.join([first + rest, *lines[1:]]) + tail


def _replace_block(
    text: str, root: Mapping, path: Path, old: Mapping | Sequence, node: Node
) -> Edit:
    """A block list or mapping replaced; comments before its first line stay."""
    newline = layout.newline_of(text)
    end = layout.line_end(text, old.end)  # A comment there belonged to the last item.
    indent = _indent(text, root, path)
    offset = layout.dash_offset(root)
    lines = _value(node, path, indent, offset)
    shared = layout.lead(text, old.start).strip()
    # A text of several lines ends with its line break, where the file has none, too.
    last = newline if end >= len(text) and ends_with_break(node) else ""
    if shared:
        first = _joined(text, root, path, old, lines[0])
        start = old.start
        if not lines[0]:
            start -= len(text[:start]) - len(text[:start].rstrip(" \t"))
        return start, end, newline.join([first, *lines[1:]]) + last
    top = layout.line_start(text, old.start)
    if not lines[0]:
        return top, end, newline.join(lines[1:]) + last
    head = _head_end(text, root, path)
    between = text[head:top]
    eol = layout.line_end(text, head)
    rest, above = text[head:eol], text[eol:top].rstrip("\r\n")
    if len(lines) > 1 and between.strip():
        lines = [spelled(node.text, DOUBLE)] if isinstance(node, Scalar) else lines
    tail = newline if len(lines) > 1 and end >= len(text) else ""
    return head, end, newline.join([f" {lines[0]}{rest}", *lines[1:]]) + above + tail


def _value(node: Node, path: Path, indent: int, offset: int) -> list[str]:
    if isinstance(path[-1], int):
        return item_value_lines(node, indent, dash=offset)
    return value_lines(node, indent, dash=offset)


def _kept_style(old: Scalar, node: Scalar) -> str:
    """The old quotes where the new text fits them; blocks only for several lines."""
    if node.style in (LITERAL, FOLDED) or not node.text:
        return node.style
    if old.style in (SINGLE, DOUBLE) and "\n" not in node.text:
        return old.style
    return node.style


def _stays_flow(old: Mapping | Sequence, node: Node) -> bool:
    if isinstance(old, Sequence) and isinstance(node, Sequence):
        return bool(old.items and node.items) and fits_inline(node)
    if isinstance(old, Mapping) and isinstance(node, Mapping):
        return bool(old.entries and node.entries) and fits_inline(node)
    return False


def _joined(text: str, root: Mapping, path: Path, old: Node, new: str) -> str:
    """`new` with the colon or space it needs where an empty value stood."""
    if not new or old.start != old.end:
        return new
    before = text[old.start - 1 : old.start]
    if isinstance(path[-1], str) and text[_key(root, path).end : old.start].strip() != ":":
        return f": {new}"
    return new if before in (" ", "\t") else f" {new}"


def _head_end(text: str, root: Mapping, path: Path) -> int:
    """Just after the colon or dash that a value follows."""
    if isinstance(path[-1], int):
        parent = find(root, path[:-1])
        assert isinstance(parent, Sequence)
        return layout.dash(text, parent, path[-1]) + 1
    key = _key(root, path)
    colon = _COLON.match(text, key.end)
    return colon.end() if colon else key.end


def _indent(text: str, root: Mapping, path: Path) -> int:
    """The spaces before the key or dash at `path`."""
    if isinstance(path[-1], int):
        parent = find(root, path[:-1])
        assert isinstance(parent, Sequence)
        at = layout.dash(text, parent, path[-1])
        return at - layout.line_start(text, at)
    return _key(root, path).column - 1


def _key(root: Mapping, path: Path) -> Scalar:
    parent = find(root, path[:-1])
    if isinstance(parent, Mapping):
        for key, _ in parent.entries:
            if key.text == path[-1]:
                return key
    raise DataError(f"there is no `{_shown(path)}`")


def _index(parent: Node | None, step: str | int) -> int:
    if isinstance(parent, Sequence) and isinstance(step, int):
        return step
    assert isinstance(parent, Mapping)
    return [key.text for key, _ in parent.entries].index(str(step))


def _starts(text: str, parent: Node | None) -> list[int]:
    if isinstance(parent, Sequence):
        return [layout.dash(text, parent, index) for index in range(len(parent.items))]
    assert isinstance(parent, Mapping)
    return [key.start for key, _ in parent.entries]


def _within_flow(root: Mapping, path: Path) -> bool:
    """Whether something that holds the node at `path` is in brackets."""
    for depth in range(len(path)):
        holder = find(root, path[:depth])
        if isinstance(holder, Mapping | Sequence) and holder.flow:
            return True
    return False


def _airy(text: str, root: Mapping) -> bool:
    """Whether a new section gets a blank line: the file has none that goes without."""
    for key, node in root.entries[1:]:
        if sectioned(node) and not getattr(node, "flow", False):
            start = layout.attached(text, layout.line_start(text, key.start), key.column, 0)
            if start > 0 and not layout.blank(text, layout.previous_line(text, start)):
                return False
    return True


def _keeps_blanks(root: Mapping, offset: int) -> bool:
    """Whether the line at `offset` is content of a `|+` block."""
    return any(start <= offset <= end for start, end in layout.leaves(root) if end > start)


def _swallows(text: str, end: int, indent: int) -> bool:
    """Whether a comment after `end` is so deep that a block would take it for text."""
    start = layout.next_line(text, end)
    while start < len(text):
        row = text[start : layout.line_end(text, start)]
        body = row.lstrip(" ")
        if body.strip():
            return body.startswith("#") and len(row) - len(body) >= indent + STEP
        start = layout.next_line(text, start)
    return False


def _new_lines(text: str, at: int, lines: list[str], newline: str) -> Edit:
    """Whole new lines at the start of a line, or at a text's end that has no line break."""
    block = "".join(line + newline for line in lines)
    if at >= len(text) and not text.endswith(("\n", "\r")):
        block = newline + block
    return at, at, block


def _shown(path: Path) -> str:
    return ".".join(str(step) for step in path)
