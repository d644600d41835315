"""YAML tags: custom ones kept, YAML's own checked.

Nothing is constructed from a tag. Those of the core schema (YAML 1.2, chapter 10.3,
and the 1.1 types that older programs write) must fit the text they stand before.
"""

from __future__ import annotations

import re

from crm_cli.model.errors import Severity
from crm_cli.model.node import Mapping, Node, Scalar, Sequence

_CORE = "tag:yaml.org,2002:"
_OBJECT = re.compile(r"(?:tag:yaml\.org,2002:|!)?(?:python|ruby|perl|java|php|js)\b")
_FORMS = {
    "int": re.compile(r"[-+]?(?:0|[1-9][0-9_]*|0o?[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+)"),
    "float": re.compile(
        r"[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
    ),
    "bool": re.compile(r"true|false|yes|no|on|off|y|n", re.IGNORECASE),
    "null": re.compile(r"|~|null|Null|NULL"),
    "timestamp": re.compile(
        r"[0-9]{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])"
        r"(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]*)?)?"
        r"[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?)?)?"
    ),
    "binary": re.compile(r"[A-Za-z0-9+/=\s]*"),
}

Wrong = tuple[Severity, str, str, str]


def tag_problem(tag: str, node: Node) -> Wrong | None:
    """What is wrong with `tag` on `node`: severity, code, message, hint; None if nothing."""
    if _OBJECT.match(tag):
        shown = tag.replace(_CORE, "!!")
        message = f"the tag {shown} would make an object of another program"
        return Severity.ERROR, "bad-tag", message, "delete the tag; the text is kept as text"
    name = tag.removeprefix(_CORE)
    if tag.startswith(_CORE) and name in ("map", "seq", "str"):
        wanted = {"map": Mapping, "seq": Sequence, "str": Scalar}[name]
        return None if isinstance(node, wanted) else _misfit(name)
    if tag.startswith(_CORE) and name in _FORMS:
        fits = isinstance(node, Scalar) and _FORMS[name].fullmatch(node.text) is not None
        return None if fits else _misfit(name)
    if tag == "!":
        return None
    shown = tag.replace(_CORE, "!!")
    return Severity.WARNING, "unknown-tag", f"unknown tag {shown}: read as plain text", ""


def _misfit(name: str) -> Wrong:
    message = f"the value is no !!{name}"
    return Severity.ERROR, "bad-tag", message, f"delete the tag !!{name}, or correct the value"
