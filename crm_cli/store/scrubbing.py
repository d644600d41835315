"""Taking traces of somebody out of a file's bytes, and nothing else.

The same is done with the files as they are and with those of git's history.
"""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.model.node import Mapping, Node, Scalar, Sequence
from crm_cli.model.quoting import style_for
from crm_cli.model.traces import Traces
from crm_cli.store import splice
from crm_cli.store.compose import compose
from crm_cli.store.intent import Path


def scrubbed(data: bytes, path: str, traces: Traces) -> bytes:
    """The bytes with `(forgotten)` in place of each trace, also of those in YAML's escapes."""
    text = data.decode("utf-8", "surrogateescape")
    after = traces.scrubbed(text)
    if path.endswith(".yaml") and "\\" in text:
        after = _unescaped(after, path, traces)
    return after.encode("utf-8", "surrogateescape") if after != text else data


def _unescaped(text: str, path: str, traces: Traces) -> str:
    """The text of a YAML file without traces that only its escapes spell: `\\u0160u\\u0161tar`."""
    root = compose(text, path).root
    if root is None:
        return text
    ops: list[splice.Op] = []
    for scalar, place in _scalars(root):
        clean = traces.scrubbed(scalar.text)
        if clean != scalar.text:
            ops.append(splice.Replace(place, Scalar(clean, style_for(clean))))
    return splice.apply(text, ops, path) if ops else text


def _scalars(root: Mapping) -> Iterator[tuple[Scalar, Path]]:
    stack: list[tuple[Node, Path]] = [(root, ())]
    while stack:
        node, path = stack.pop()
        if isinstance(node, Mapping):
            stack.extend((value, (*path, key.text)) for key, value in node.entries)
        elif isinstance(node, Sequence):
            stack.extend((value, (*path, place)) for place, value in enumerate(node.items))
        elif isinstance(node, Scalar):
            yield node, path
