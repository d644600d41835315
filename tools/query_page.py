"""docs/reference/query.md: the language, and every name that a query knows."""

from __future__ import annotations

import re

from markdown import MADE, code, codes, sentence, table

from crm_cli.cli.topics import TOPICS
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import KINDS
from crm_cli.query import expression
from crm_cli.query.explain import FieldRow, fields
from crm_cli.query.operands import FUNCTIONS

_INTRODUCTION = f"""\
# Queries

{MADE}

[Asking](../queries.md) shows the language on an example. This is all of it: the terms,
the dates, the full expressions, and every name there is. `crm query explain TERM…` shows
how a query was read, `crm query fields KIND` prints the tables below.
"""

_OPERATORS = (
    ("", "whole words of a text, whatever the accents, case or script; else equal"),
    (".is", "exactly this"),
    (".has", "this is a part of it"),
    (".starts", "it begins so"),
    (".ends", "it ends so"),
    (".re", "a regular expression matches"),
    (".not", "there is a value, and none is this"),
    (".before", "before the period begins"),
    (".after", "after the period ends"),
    (".by", "up to the end of the period"),
    (".over", "more than"),
    (".under", "less than"),
)


def query_page() -> str:
    """The page."""
    operators = table(
        ("operator", "meaning"), ((code(f"name{op}:value"), told) for op, told in _OPERATORS)
    )
    parts = [
        _INTRODUCTION,
        f"## Terms\n\n```text\n{TOPICS['query'].text}```\n",
        f"## Operators\n\n{operators}",
        f"## Dates\n\n```text\n{TOPICS['dates'].text}```\n",
        f"## Full expressions\n\n{_grammar()}",
    ]
    parts += [_kind(kind) for kind in KINDS]
    return "\n".join(parts)


def _grammar() -> str:
    """The grammar as it stands above the parser."""
    doc = expression.__doc__ or ""
    grammar = "\n".join(line.removeprefix("    ") for line in re.findall("^    .*", doc, re.M))
    rest = doc.strip().rpartition("\n\n")[2]
    return (
        "For `--where` and a segment's `where`.\n\n"
        f"```text\n{grammar}\n```\n\n"
        f"FUNCTION is one of {codes(FUNCTIONS)}. {rest}\n"
    )


def _kind(kind: Kind) -> str:
    rows = [row for row in fields(kind) if not row.origin.startswith("of its ")]
    names = [row for row in rows if row.origin not in ("items", "state")]
    parts = [
        f"## {kind.key}\n\n{sentence(kind.doc)}\n",
        table(("name", "type", "operators", "meaning", "where"), map(_row, names)),
    ]
    lists = [code(row.name) for row in rows if row.origin == "items"]
    if lists:
        parts.append(f"Collections: {', '.join(lists)}\n")
    if kind.measures:
        told = ((code(one.name), one.doc) for one in kind.measures)
        parts.append(table(("figure", "meaning in --agg"), told))
    own = {f"is:{state.name}" for state in kind.states}
    states = [row for row in rows if row.origin == "state" and row.name in own]
    if states:
        parts.append(table(("state", "meaning"), ((code(row.name), row.doc) for row in states)))
    if any(row.origin == "of its customer" for row in fields(kind)):
        parts.append("And every name of its customer, where it has none of its own.\n")
    return "\n".join(parts)


def _row(row: FieldRow) -> tuple[str, str, str, str, str]:
    type = "choice" if "|" in row.type else row.type
    return code(row.name), type, row.operators and code(row.operators), row.doc, row.origin
