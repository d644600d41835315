"""Saved segments in queries: their terms and their full expression."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crm_cli.model.errors import Problem, UsageError
from crm_cli.model.item import Item
from crm_cli.model.places import SEGMENTS
from crm_cli.model.segment import place
from crm_cli.query.ast import And, Node
from crm_cli.query.database import Database
from crm_cli.query.fault import QueryError
from crm_cli.query.own import read_extra_keys
from crm_cli.query.scope import Scope, SegmentSpec


def segment_node(name: str, spec: SegmentSpec, scope: Scope) -> Node | None:
    """The condition of a segment on customers; None where it has nothing but members.

    Raises QueryError that names the segment; also for one that says nothing at all,
    since nothing is ever read as "match all".
    """
    from crm_cli.query.terms import parse_terms

    parts: list[Node] = []
    try:
        if spec.query:
            parts.append(parse_terms(spec.query, scope))
        if spec.where.strip():
            from crm_cli.query.expression import parse_expression

            parts.append(parse_expression(spec.where, scope))
    except QueryError as error:
        raise QueryError(error.faults, f"in segment @{name}: ") from None
    if not parts:
        if spec.kind == "dynamic" and not spec.members:
            raise QueryError((), f"segment @{name} has neither query, where nor members")
        return None
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def segment_faults(segment: Item, error: UsageError) -> Iterator[Problem]:
    """Each fault of a segment at its place; one in another that it asks for, where it does."""
    name = segment.id
    asked = [*(segment.values.get("query") or ()), segment.values.get("where")]
    faults = error.faults if isinstance(error, QueryError) else ()
    own = [fault for fault in faults if fault.span.text in asked]
    for fault in own:
        line, column = place(segment, fault.span.text, fault.span.start)
        message = f"in segment @{name}: {fault.message}"
        hint = " ".join(fault.hint.split())
        yield Problem(SEGMENTS.path, line, column, "segment-query", message, hint)
    if own:
        return
    message, *_ = error.message.splitlines()
    hint = " ".join(error.hint.split())
    other = re.match(r"in segment (@[\w-]+): ", message)
    if other is not None and other[1] != f"@{name}":
        message = f"in segment @{name}: {other[1]} is not a valid query"
        hint = f"correct {other[1]}"
    asks = other[1] if other is not None else f"@{name}"
    line, column = place(segment, asks, 0)
    yield Problem(SEGMENTS.path, line, column, "segment-query", message, hint)


def read_segments(database: Database) -> dict[str, SegmentSpec]:
    """The saved segments of a directory, from the index."""
    columns = ", ".join(map(database.dialect.name, ("id", "query", "where", "members", "kind")))
    rows = database.of_settings(f"SELECT {columns} FROM segment ORDER BY id")
    return {
        name: SegmentSpec(
            tuple((query or "").split("\n")) if query else (),
            where or "",
            tuple((members or "").split("\n")) if members else (),
            kind or "dynamic",
        )
        for name, query, where, members, kind in rows
    }


__all__ = ["read_extra_keys", "read_segments", "segment_faults", "segment_node"]
