"""Links that both records state, and not alike: the organization's counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_cli.index.plan import plan_of
from crm_cli.index.references import items_in
from crm_cli.model.errors import Problem, Severity
from crm_cli.model.people import ORGANIZATION
from crm_cli.model.written import value_node

if TYPE_CHECKING:
    import sqlite3

    from crm_cli.model.business import Business
    from crm_cli.store.tree import Tree

_KEYS = ("role", "title", "start", "end")


def contradictions(
    connection: sqlite3.Connection, tree: Tree, business: Business
) -> list[Problem]:
    """A warning at each value in a person's record that the organization's record has another of.

    Where one of the two has a person there more than once, nothing can be compared.
    """
    columns = [plan_of(ORGANIZATION).fields[key].value for key in _KEYS]
    shown = ", ".join(f'o."{column}", c."{column}"' for column in columns)
    differ = " OR ".join(f'o."{column}" <> c."{column}"' for column in columns)
    rows = connection.execute(
        f'SELECT p."path", g."id", {shown} FROM "organization" o'
        ' JOIN "customer" p ON p."pk" = o."customer" JOIN "customer" g ON g."id" = o."id"'
        ' JOIN "contact" c ON c."customer" = g."pk" AND c."id" = p."id"'
        f" WHERE ({differ}) GROUP BY p.\"pk\", g.\"pk\" HAVING count(*) = 1"
    )
    found: list[Problem] = []
    for path, organization, *values in rows.fetchall():
        pairs = dict(zip(_KEYS, zip(values[::2], values[1::2], strict=True), strict=True))
        for item in items_in(tree, path, business):
            if item.kind is not ORGANIZATION or item.values.get("id") != organization:
                continue
            for key, (mine, other) in pairs.items():
                node = value_node(item, key)
                if node is not None and other is not None and mine != other:
                    found.append(
                        Problem(
                            path,
                            node.line,
                            node.column,
                            "link-differs",
                            f"{key}: {organization} has {str(other)[:10]} for them, which counts",
                            "correct one of the two, or remove it here",
                            Severity.WARNING,
                        )
                    )
    return found
