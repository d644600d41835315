"""References that lead back to where they begin: found in the tables, located in their files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_cli.index.naming import path_sql
from crm_cli.index.plan import plan_of
from crm_cli.index.references import items_in
from crm_cli.model.errors import Problem
from crm_cli.model.kind import Field, Kind
from crm_cli.model.kinds import KINDS
from crm_cli.model.rings import rings, shown
from crm_cli.model.written import value_node

if TYPE_CHECKING:
    import sqlite3

    from crm_cli.model.business import Business
    from crm_cli.store.tree import Tree


def ringed(connection: sqlite3.Connection, tree: Tree, business: Business) -> Iterator[Problem]:
    """A problem at each field that may not lead back to its own item, and does."""
    for kind in KINDS:
        for field in kind.fields:
            if field.acyclic:
                yield from _ringed(connection, tree, business, kind, field)


def _ringed(
    connection: sqlite3.Connection, tree: Tree, business: Business, kind: Kind, field: Field
) -> Iterator[Problem]:
    column = plan_of(kind).fields[field.key].value
    rows = connection.execute(
        f'SELECT t."id", {path_sql(kind)}, t."{column}" FROM "{kind.name}" t'
        f" WHERE t.\"{column}\" <> ''"
    ).fetchall()
    edges = {str(id): str(value).split("\n") for id, _, value in rows}
    found = {way[0]: way for way in rings(edges)}
    for path in sorted({str(path) for id, path, _ in rows if id in found}):
        for item in items_in(tree, path, business):
            id = path.rpartition("/")[2].removesuffix(".yaml") if item.parent is None else item.id
            node = value_node(item, field.key)
            if item.kind is kind and id in found and node is not None:
                yield Problem(
                    path, node.line, node.column, "ring",
                    f"{field.key} leads back to {id}: {shown(found[id])}",
                    f"take one of them out: crm set {id} {field.key}=",
                )  # fmt: skip
