"""Lists as they are typed: `a, b`, `[a, b]`, and items in braces, with brackets around or not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from crm_cli.model.errors import Severity, UsageError
from crm_cli.model.kind import Field
from crm_cli.model.node import Mapping, Node, Scalar
from crm_cli.model.node import Sequence as Sequence_
from crm_cli.workspace import Workspace


def flow(key: str, text: str, cure: str) -> Node:
    """What a text spells as YAML writes it in one line; raises UsageError."""
    from crm_cli.store.compose import compose

    composed = compose(f"value: {text}\n", key)
    node = composed.root.get("value") if composed.root is not None else None
    faults = [one for one in composed.problems if one.severity is Severity.ERROR]
    if faults or node is None:
        raise UsageError(
            f"{key}: {faults[0].message if faults else 'this is no list'}",
            (faults and faults[0].hint) or cure,
        )
    return node


def parts(field: Field, text: str) -> list[Scalar | Mapping]:
    """The items that a text spells, as texts or mappings; raises UsageError."""
    cure = f"write {field.key}+='{{KEY: value, KEY: value}}'"
    if "{" in text:
        wrapped = text if is_bracketed(text) else f"[{text}]"
        return of_nodes(field, [flow(field.key, wrapped, cure)])
    found = texts(field.key, text)
    if not is_bracketed(text):
        for before, after in pairwise(found):
            _refuse_decimal(field, before, after)
    return [Scalar(part) for part in found]


def of_nodes(field: Field, nodes: Sequence[Node]) -> list[Scalar | Mapping]:
    """The items that nodes are, a list's own for the list; raises UsageError for what is none."""
    found: list[Scalar | Mapping] = []
    for node in nodes:
        inner = node.items if isinstance(node, Sequence_) else (node,)
        for one in inner:
            if not isinstance(one, (Scalar, Mapping)):
                raise UsageError(
                    f"{field.key}: there is a list within the list", "take out the inner brackets"
                )
            found.append(one)
    return found


def texts(key: str, text: str) -> list[str]:
    """The texts that stand in a text with a comma between two, with brackets around or not."""
    if is_bracketed(text):
        try:
            node = flow(key, text, "")
        except UsageError:
            node = None  # such as `[gift] tea [green]`
        if isinstance(node, Sequence_) and all(isinstance(one, Scalar) for one in node.items):
            stripped = (one.text.strip() for one in node.items if isinstance(one, Scalar))
            return [one for one in stripped if one]
    return [part.strip() for part in text.split(",") if part.strip()]


def read_texts(workspace: Workspace, field: Field, text: str) -> Any:
    """The value of a field of several texts; raises Unreadable."""
    if not is_bracketed(text):
        return field.type.read(text, workspace.business)
    return [
        one for part in texts(field.key, text) for one in field.type.read(part, workspace.business)
    ]


def is_bracketed(text: str) -> bool:
    """Whether a text has brackets around it."""
    return text.lstrip().startswith("[") and text.rstrip().endswith("]")


def _refuse_decimal(field: Field, before: str, after: str) -> None:
    """Refuse a comma between digits, which parts two items, or the decimals of a number."""
    number = re.search(r":(\d+)$", before)
    decimals = re.match(r"(\d+)(?=$|:)", after)
    if number and decimals:
        text = f"{number[1]},{decimals[1]}"
        raise UsageError(
            f"{field.key}: '{text}' is one number, or the end of one of the {field.key} and the "
            "beginning of another",
            f"write {number[1]}.{decimals[1]}, or each with a {field.key}+= of its own",
        )
