"""Explaining a query, and listing what can be asked."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.model.errors import UsageError
from crm_cli.model.kind import Kind, normal
from crm_cli.model.kinds import BY_NAME
from crm_cli.query.explain import Explained, FieldRow
from crm_cli.query.explain import explain as explained
from crm_cli.query.explain import fields as rows_of
from crm_cli.query.select import Query
from crm_cli.workspace import Workspace


def kind_named(name: str) -> Kind:
    """A kind by its singular or plural; raises UsageError with the nearest."""
    kind = BY_NAME.get(normal(name))
    if kind is None:
        from crm_cli.model.text import nearest

        near = nearest(normal(name), BY_NAME)
        known = ", ".join(dict.fromkeys(one.name for one in BY_NAME.values()))
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {known}"
        raise UsageError(f"there is no kind {name}", hint)
    return kind


def explain(
    workspace: Workspace,
    terms: Sequence[str],
    *,
    where: str | None = None,
    base: str = "customer",
    sort: str = "",
) -> Explained:
    """A query's canonical expression, its dates and its SQL; raises UsageError."""
    if not terms and not where:
        raise UsageError("no query to explain", "crm query explain +vip spend@12m:1000..")
    kind = kind_named(base)
    scope = workspace.scope(kind)
    query = Query(kind, workspace.node(scope, terms, where), sort=sort)
    return explained(query, scope, workspace.database.dialect)


def fields(name: str | None) -> list[tuple[str, FieldRow]]:
    """(kind, field) of a kind, or of the customer where none is named."""
    kind = kind_named(name or "customer")
    return [(kind.name, row) for row in rows_of(kind)]
