"""Lists that are looked at through a window: a part of the rows, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from crm_cli.model.kind import Kind
from crm_cli.query.select import Query, count, select
from crm_cli.workspace import Workspace


class Window(NamedTuple):
    """Rows of a list from `offset` on, and how many it has in all."""

    offset: int
    rows: list[tuple[Any, ...]]
    total: int


def window(
    workspace: Workspace,
    base: Kind,
    terms: Sequence[str],
    cols: Sequence[str],
    *,
    where: str | None = None,
    sort: str = "",
    offset: int = 0,
    limit: int = 100,
) -> Window:
    """Rows of a kind that query terms, and an expression, describe; at most `limit` after the
    first `offset`.

    Raises UsageError, or QueryError where a term cannot be.
    """
    scope = workspace.scope(base)
    node = workspace.node(scope, terms, where)
    query = Query(base, node, cols, sort or base.sort, limit, True, offset)
    found = select(workspace.database, query, scope)
    if not offset and len(found.rows) < limit:
        return Window(offset, found.rows, len(found.rows))
    return Window(offset, found.rows, count(workspace.database, query, scope))
