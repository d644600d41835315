"""The intended tree of an edit, to check the edited text against."""

from __future__ import annotations

from crm_cli.model.node import Mapping, Node, Scalar, Sequence, plain

Path = tuple[str | int, ...]
"""Keys exactly as they stand in the file, and positions in lists, from the root."""


def find(root: Node, path: Path) -> Node | None:
    """The node at `path`, or None."""
    node: Node | None = root
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int):
            node = node.items[step] if 0 <= step < len(node.items) else None
        else:
            return None
    return node


def copy(node: Node) -> Node:
    """The same tree with collections of its own; scalars are shared."""
    if isinstance(node, Scalar):
        return node
    if isinstance(node, Sequence):
        return Sequence(
            [copy(item) for item in node.items],
            node.flow, node.start, node.end, node.line, node.column, node.tag,
        )  # fmt: skip
    return Mapping(
        [(key, copy(value)) for key, value in node.entries],
        node.flow, node.start, node.end, node.line, node.column, node.tag,
    )  # fmt: skip


def put(root: Mapping, path: Path, node: Node) -> None:
    """Set what stands at `path`, which exists."""
    parent = find(root, path[:-1])
    step = path[-1]
    if isinstance(parent, Sequence) and isinstance(step, int):
        parent.items[step] = node
    elif isinstance(parent, Mapping):
        parent.entries = [
            (key, node if key.text == step else value) for key, value in parent.entries
        ]


def owner(root: Mapping, path: Path) -> Path:
    """`path`, or the ancestor that a deletion takes since nothing else would be in it."""
    while len(path) > 1:
        parent = find(root, path[:-1])
        if isinstance(parent, Scalar) or parent is None:
            break
        count = len(parent.items if isinstance(parent, Sequence) else parent.entries)
        if count > 1:
            break
        path = path[:-1]
    return path


def remove(root: Mapping, path: Path) -> None:
    """Take out what stands at `path`."""
    parent = find(root, path[:-1])
    step = path[-1]
    if isinstance(parent, Sequence) and isinstance(step, int):
        del parent.items[step]
    elif isinstance(parent, Mapping):
        parent.entries = [entry for entry in parent.entries if entry[0].text != step]


def same(wanted: Node, got: Node) -> bool:
    """Whether `got`, read from the new text, is `wanted`.

    Nodes that were read (with marks) must be unchanged to their style and tag; of
    new ones only what they say counts.
    """
    pairs: list[tuple[Node, Node]] = [(wanted, got)]
    while pairs:
        one, other = pairs.pop()
        if isinstance(one, Scalar):
            if not isinstance(other, Scalar) or not _same_scalar(one, other):
                return False
            continue
        old = one.start >= 0
        if old and one.tag != other.tag:
            return False
        if isinstance(one, Sequence):
            if not isinstance(other, Sequence):
                return False
            if old and one.items and one.flow != other.flow:
                return False
            if len(one.items) != len(other.items):
                return False
            pairs += zip(one.items, other.items, strict=True)
            continue
        if not isinstance(other, Mapping) or len(one.entries) != len(other.entries):
            return False
        if old and one.entries and one.flow != other.flow:
            return False
        for (key, value), (other_key, other_value) in zip(one.entries, other.entries, strict=True):
            if key.text != other_key.text or (key.start >= 0 and not _same_scalar(key, other_key)):
                return False
            pairs.append((value, other_value))
    return True


def _same_scalar(one: Scalar, other: Scalar) -> bool:
    if one.start < 0:
        if one.text == other.text and one.style == other.style:
            return True
        return plain(one) == plain(other)
    return one.text == other.text and one.style == other.style and one.tag == other.tag
