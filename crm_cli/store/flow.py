"""Edits within flow style: `[a, b]` and `{k: v}` keep their layout."""

from __future__ import annotations

import re

from crm_cli.model.node import Mapping, Node, Scalar, Sequence
from crm_cli.store import layout
from crm_cli.store.emit import inline, spelled_key, tag_text

Edit = tuple[int, int, str]
"""Start, end and what stands there instead."""

_COMMA = re.compile(r"[ \t]*,")
_REST = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)")


def add_item(text: str, target: Sequence, node: Node, behind: int | None = None) -> Edit:
    """A new last item, or one right behind another; a list over several lines gets a line more."""
    if not target.items:
        return target.start, target.end, _tag(target) + f"[{inline(node)}]"
    last = target.items[-1 if behind is None else behind]
    return _after(text, last.start, last.end, inline(node))


def add_entry(text: str, target: Mapping, index: int, key: Scalar, node: Node) -> Edit:
    """A new entry after the `index` entries before it."""
    pair = f"{spelled_key(key, flow=True)}: {inline(node)}"
    if not target.entries:
        return target.start, target.end, _tag(target) + "{" + pair + "}"
    before, value = target.entries[max(index - 1, 0)]
    if index == 0:
        return before.start, before.start, pair + ", "
    return _after(text, before.start, value.end, pair)


def remove_item(text: str, target: Sequence, index: int) -> Edit:
    """Take out one of several items."""
    spans = [(item.start, item.end) for item in target.items]
    return _without(text, spans, index)


def remove_entry(text: str, target: Mapping, index: int) -> Edit:
    """Take out one of several entries."""
    spans = [(key.start, value.end) for key, value in target.entries]
    return _without(text, spans, index)


def _tag(node: Node) -> str:
    tag = tag_text(node)
    return f"{tag} " if tag else ""


def _after(text: str, start: int, end: int, new: str) -> Edit:
    """`new` after what stands from `start` to `end`, on a line of its own if that is."""
    pad = layout.lead(text, start)
    if pad.strip() or "#" in pad:
        return end, end, f", {new}"
    comma = _COMMA.match(text, end)
    rest = _REST.match(text, comma.end() if comma else end)
    if rest is None:
        return end, end, f", {new}"
    newline = layout.newline_of(text)
    if comma:
        return rest.end(), rest.end(), f"{newline}{pad}{new},"
    return end, rest.end(), f",{text[end : rest.end()]}{newline}{pad}{new}"


def _without(text: str, spans: list[tuple[int, int]], index: int) -> Edit:
    start, end = spans[index]
    comma = _COMMA.match(text, end)
    after = comma.end() if comma else end
    rest = _REST.match(text, after)
    if not layout.lead(text, start).strip() and rest is not None and comma:
        return layout.line_start(text, start), layout.next_line(text, rest.end()), ""
    if index + 1 < len(spans):
        following = spans[index + 1][0]
        if "#" not in text[end:following]:
            return start, following, ""
        return start, after, ""
    if index and "#" not in text[spans[index - 1][1] : start]:
        return spans[index - 1][1], end, ""
    return start, end, ""
