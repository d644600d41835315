"""Learned probabilities: what became of the closed deals that had come to a stage.

The share of them that was won, drawn to the stage's own probability while there are few:
(won + 20 × the stage's share) ÷ (closed + 20).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from crm_cli.model.deal import DEAL
from crm_cli.model.money import EXACT
from crm_cli.model.pipeline import WEIGHT, Learned
from crm_cli.query.database import Database
from crm_cli.query.group import GroupQuery, group
from crm_cli.query.scope import Scope
from crm_cli.query.terms import parse_terms

_HUNDRED = Decimal(100)


def learned(database: Database, scope: Scope) -> Mapping[tuple[str, str], Learned]:
    """What is learned of each open stage, by pipeline and stage."""
    scope = scope._replace(base=DEAL, learned=None)
    node = parse_terms(["is:closed"], scope)
    by = ("in_pipeline", "furthest", "status")
    rows = group(database, GroupQuery(DEAL, by, ("count",), node), scope).rows
    found: dict[tuple[str, str], Learned] = {}
    for pipeline in scope.business.pipelines.all:
        places = {stage.id: stage.place for stage in pipeline.stages}
        mine = [row[1:] for row in rows if row[0] == pipeline.id]
        for stage in pipeline.of_type("open"):
            there = [row for row in mine if places.get(row[0], -1) >= stage.place]
            closed = sum(count for _, _, count in there)
            won = sum(count for _, status, count in there if status == "won")
            share = EXACT.divide(WEIGHT * stage.probability, _HUNDRED)
            exact = EXACT.divide((won + share) * _HUNDRED, Decimal(closed + WEIGHT))
            found[pipeline.id, stage.id] = Learned(closed, won, exact.quantize(Decimal("1e-9")))
    return found
