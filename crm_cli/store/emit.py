"""New nodes as text in canonical form: block style, two spaces, `  - ` under a key."""

from __future__ import annotations

from crm_cli.model.node import DOUBLE, FOLDED, LITERAL, PLAIN, Mapping, Node, Scalar, Sequence
from crm_cli.model.quoting import block, quoted, spelled

STEP = 2
"""Spaces of one level."""


def emit(root: Mapping, *, newline: str = "\n") -> str:
    """A whole new file: one blank line before each list or mapping at the top."""
    lines: list[str] = []
    for key, node in root.entries:
        if lines and sectioned(node):
            lines.append("")
        lines += entry_lines(key, node, 0)
    return "".join(line + newline for line in lines)


def sectioned(node: Node) -> bool:
    """Whether a top-level value gets a blank line before it: a list, or a mapping."""
    if isinstance(node, Scalar):
        return False
    return bool(node.items if isinstance(node, Sequence) else node.entries)


def entry_lines(key: Scalar, node: Node, indent: int, *, dash: int = STEP) -> list[str]:
    """`key: value` as lines without line breaks; `dash` is a list's indent under its key."""
    name = " " * indent + spelled_key(key) + ":"
    if isinstance(node, Scalar) and node.tag is None and node.style not in (LITERAL, FOLDED):
        text = spelled(node.text, node.style).rstrip(" ")
        return [f"{name} {text}" if text else name]
    first, *rest = value_lines(node, indent, dash=dash)
    return [f"{name} {first}" if first else name, *rest]


def item_lines(node: Node, indent: int, *, dash: int = STEP) -> list[str]:
    """`- value` as lines without line breaks."""
    first, *rest = item_value_lines(node, indent, dash=dash)
    mark = " " * indent + "-"
    return [f"{mark} {first}" if first else mark, *rest]


def value_lines(node: Node, indent: int, *, dash: int = STEP) -> list[str]:
    """What follows `key:`: the rest of that line ("" for a block), then further lines.

    `indent` is the key's, in spaces.
    """
    if isinstance(node, Scalar):
        return scalar_lines(node, indent + STEP)
    lines = [tag_text(node)]
    if isinstance(node, Sequence):
        for item in node.items:
            lines += item_lines(item, indent + dash, dash=dash)
        brackets = "[]"
    else:
        lines += mapping_lines(node, indent + STEP, dash=dash)
        brackets = "{}"
    if len(lines) == 1:
        lines[0] = f"{lines[0]} {brackets}".lstrip()
    return lines


def item_value_lines(node: Node, indent: int, *, dash: int = STEP) -> list[str]:
    """What follows `-`: the rest of that line, then further lines; `indent` is the dash's."""
    if isinstance(node, Mapping) and node.entries and node.tag is None:
        first, *rest = mapping_lines(node, indent + STEP, dash=dash)
        return [first.lstrip(" "), *rest]
    return value_lines(node, indent)


def mapping_lines(node: Mapping, indent: int, *, dash: int = STEP) -> list[str]:
    """The entries of a mapping, each at `indent` spaces."""
    lines: list[str] = []
    for key, value in node.entries:
        lines += entry_lines(key, value, indent, dash=dash)
    return lines


def scalar_lines(node: Scalar, indent: int) -> list[str]:
    """A scalar: one line, or `|` with its lines at `indent` spaces."""
    tag = tag_text(node)
    lead = f"{tag} " if tag else ""
    if node.style not in (LITERAL, FOLDED) or not block(node.text):
        return [(lead + spelled(node.text, node.style)).rstrip(" ")]
    header = "|" if node.text.endswith("\n") else "|-"
    pad = " " * indent
    body = node.text.removesuffix("\n").split("\n")
    return [lead + header, *(pad + line if line else "" for line in body)]


def tag_text(node: Node) -> str:
    """A node's tag as it is written, or "" without one."""
    if node.tag is None or node.tag.startswith("!"):
        return node.tag or ""
    core = "tag:yaml.org,2002:"
    return "!!" + node.tag.removeprefix(core) if node.tag.startswith(core) else f"!<{node.tag}>"


def spelled_key(key: Scalar, *, flow: bool = False) -> str:
    """A key before its colon: as it stood; a new one plain where it is text to every program.

    A key has no type here, but elsewhere `on` is true and `1` a number.
    """
    if not key.text or (key.start < 0 and key.style == PLAIN):
        return quoted(key.text, flow=flow, key=True)
    return spelled(key.text, key.style, flow=flow, key=True)


def inline(node: Node) -> str:
    """A node on one line within brackets: `[a, b]`, `{k: v}`, or a one-line scalar."""
    if isinstance(node, Scalar):
        style = DOUBLE if "\n" in node.text else node.style
        return spelled(node.text, style, flow=True) if node.text or style else "null"
    if isinstance(node, Sequence):
        return "[" + ", ".join(inline(item) for item in node.items) + "]"
    pairs = (
        f"{spelled_key(key, flow=True)}: {inline(value)}" for key, value in node.entries
    )
    return "{" + ", ".join(pairs) + "}"


def ends_with_break(node: Node) -> bool:
    """Whether the last text of a node ends with a line break."""
    while not isinstance(node, Scalar):
        inner = node.items if isinstance(node, Sequence) else [one for _, one in node.entries]
        if not inner:
            return False
        node = inner[-1]
    return node.text.endswith("\n")


def fits_inline(node: Node) -> bool:
    """Whether a node is short and simple enough to stand within brackets."""
    if isinstance(node, Scalar):
        return (
            "\n" not in node.text
            and len(node.text) < 60
            and (bool(node.text) or node.style != PLAIN)
        )
    if isinstance(node, Sequence):
        return all(fits_inline(item) for item in node.items)
    return all(fits_inline(value) for _, value in node.entries)
