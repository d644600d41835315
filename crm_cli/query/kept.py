"""Totals over all purchases, from what the index keeps of each customer.

Without any condition they come to the same, and there are fewer customers to read. A test holds
both against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_cli.index.plan import plan_of
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.kind import Kind
from crm_cli.model.measure import Measure
from crm_cli.model.purchase import PURCHASE
from crm_cli.query.ast import And, Node
from crm_cli.query.columns import split_alias
from crm_cli.query.database import Database
from crm_cli.query.figures import measure_of, shared_of
from crm_cli.query.scope import Scope


def kept_totals(
    database: Database, kind: Kind, asked: Sequence[str], node: Node, scope: Scope
) -> tuple[Any, ...] | None:
    """The aggregates over all rows of a kind; None where customers do not keep them, a condition
    chooses among the rows, or what a customer comes to is not known."""
    whole = scope.converts_all and not scope.everything and not database.dialect.several
    if kind is not PURCHASE or not whole or not _is_everything(node):
        return None
    found = [measure_of(shared_of(split_alias(text)[0]), kind) for text in asked]
    measures = [one for one in found if one is not None and one.kept]
    if len(measures) < len(asked):
        return None
    name = database.dialect.name
    columns = {one.kept: name(plan_of(CUSTOMER).fields[one.kept].value) for one in measures}
    sums = ", ".join(_over(one, columns[one.kept]) for one in measures)
    known = " + ".join(f"COUNT(*) - COUNT({column})" for column in columns.values())
    (row,) = database.rows(f"SELECT {sums}, {known} FROM customer")
    return None if row[-1] else row[:-1]


def _is_everything(node: Node) -> bool:
    return isinstance(node, And) and all(map(_is_everything, node.parts))


def _over(measure: Measure, column: str) -> str:
    if measure.function == "distinct" and not measure.each:
        return f"COUNT(CASE WHEN {column} > 0 THEN 1 END)"
    return f"COALESCE(SUM({column}), 0)"
