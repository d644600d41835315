"""Carrying comments from one text into another."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator

from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.node import Mapping, Node, Scalar, Sequence, plain
from crm_cli.store.compose import compose

Anchor = tuple[str, ...]
"""What a comment is about: keys, and of items their id or what they say."""


class Comment(NamedTuple):
    """A comment's text, and the thing that it stands above or beside; () is the file's end."""

    text: str
    anchor: Anchor


def with_comments(base: str, theirs: str, text: str, path: str) -> str:
    """`text` with the comments that `theirs` has and `base` had not, each at its place.

    A comment whose place is gone comes last. What the text says stays the same.
    """
    known = Counter(comment.text for comment in comments(base, path))
    known |= Counter(comment.text for comment in comments(text, path))
    for comment in comments(theirs, path):
        if known[comment.text] > 0:
            known[comment.text] -= 1
        else:
            text = _added(text, comment, path)
    return text


def carried(before: str, after: str, text: str, path: str) -> str:
    """`text` with the comments that went from another text with items that are in both now."""
    gone = Counter(comment.text for comment in comments(before, path))
    gone -= Counter(comment.text for comment in comments(after, path))
    root = compose(text, path).root
    there = {anchor for _, anchor in _places(root, ())} if root is not None else set()
    for comment in comments(before, path):
        if gone[comment.text] > 0 and comment.anchor in there:
            gone[comment.text] -= 1
            text = _added(text, comment, path)
    return text


def comments(text: str, path: str) -> list[Comment]:
    """The comments of a text, in its order; none where it cannot be read."""
    root = compose(text, path).root
    if root is None:
        return []
    places = list(_places(root, ()))
    starts = [start for start, _ in places]
    spans = sorted((node.start, node.end) for node in _leaves(root))
    found = []
    offset = 0
    for line in text.splitlines(keepends=True):
        for match in re.finditer(r"#", line):
            at = offset + match.start()
            if match.start() and line[match.start() - 1] not in " \t":
                continue
            before = bisect_right(spans, (at, len(text))) - 1
            if before >= 0 and at < spans[before][1]:
                continue
            beside = bool(line[: match.start()].strip())
            # The first thing on the line, or the first below it.
            place = bisect_left(starts, offset) if beside else bisect_right(starts, at)
            there = place < len(places) and (not beside or starts[place] < at)
            anchor = places[place][1] if there else ()
            found.append(Comment(line[match.start() :].strip(), anchor))
            break
        offset += len(line)
    return found


def _added(text: str, comment: Comment, path: str) -> str:
    root = compose(text, path).root
    newline = "\r\n" if "\r\n" in text else "\n"
    if root is None:
        return text
    place = next((at for at, anchor in _places(root, ()) if anchor == comment.anchor), None)
    if place is not None and comment.anchor:
        start = max(text.rfind("\n", 0, place), text.rfind("\r", 0, place)) + 1
        indent = re.match(r"[ \t]*", text[start:])
        lead = indent.group() if indent else ""
        changed = f"{text[:start]}{lead}{comment.text}{newline}{text[start:]}"
        got = compose(changed, path).root
        if got is not None and plain(got) == plain(root):
            return changed
    end = "" if text.endswith(("\n", "\r")) or not text else newline
    changed = f"{text}{end}{comment.text}{newline}"
    got = compose(changed, path).root
    return changed if got is not None and plain(got) == plain(root) else text


def _places(node: Node, anchor: Anchor) -> Iterator[tuple[int, Anchor]]:
    """Where each key and item begins, in the text's order."""
    if isinstance(node, Mapping):
        for key, value in node.entries:
            here = (*anchor, key.text)
            yield key.start, here
            yield from _places(value, here)
    elif isinstance(node, Sequence):
        for item in node.items:
            id = item.get("id") if isinstance(item, Mapping) else None
            name = id.text if isinstance(id, Scalar) else repr(plain(item))
            yield item.start, (*anchor, f"- {name}")
            yield from _places(item, (*anchor, f"- {name}"))


def _leaves(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _leaves(item)
    else:
        for key, value in node.entries:
            yield key
            yield from _leaves(value)
