"""Saved segments in queries: their terms and their full expression."""

from __future__ import annotations

from crm_cli.query.ast import And, Node
from crm_cli.query.database import Database
from crm_cli.query.fault import QueryError
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


def read_segments(database: Database) -> dict[str, SegmentSpec]:
    """The saved segments of a directory, from the index."""
    columns = ", ".join(map(database.dialect.name, ("id", "query", "where", "members", "kind")))
    rows = database.rows(f"SELECT {columns} FROM segment ORDER BY id")
    return {
        name: SegmentSpec(
            tuple((query or "").split("\n")) if query else (),
            where or "",
            tuple((members or "").split("\n")) if members else (),
            kind or "dynamic",
        )
        for name, query, where, members, kind in rows
    }


def read_extra_keys(database: Database) -> frozenset[str]:
    """The users' own keys that their files have."""
    return frozenset(database.column("SELECT DISTINCT key FROM extra"))
