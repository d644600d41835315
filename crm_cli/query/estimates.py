"""Values of deals by the learned probabilities, where crm.yaml forecasts by them."""

from __future__ import annotations

from collections.abc import Callable

from crm_cli.model.deal import DEAL
from crm_cli.model.pipeline import CHANCE_SOURCES, Learned
from crm_cli.query.ref import Ref, Step, Way
from crm_cli.query.rows import Row, Value

_LEARNED = CHANCE_SOURCES[-1]


def estimated(ref: Ref, row: Row, made: Value) -> Value:
    """A deal's chance, its source, or its weighted value, by the learned probability of its stage;
    `made` is the one by the stage's own. What says its own probability, or is not open, keeps
    that."""
    deal = row
    if row.kind is not DEAL:
        deal = row.up(Step(Way.PARENT, DEAL))
    own = f"{deal.column('probability')} IS NULL AND {deal.column('status')} = 'open'"
    if ref.column == "chance_source":
        known = f"{own} AND {_by_stage(deal, _percent)} IS NOT NULL"
        return made._replace(
            sql=f"(CASE WHEN {known} THEN {row.frame.bind(_LEARNED)} ELSE {made.sql} END)"
        )
    if ref.column == "chance":
        chance = _by_stage(deal, _percent)
        return made._replace(sql=f"(CASE WHEN {own} THEN {chance} ELSE {made.sql} END)")
    dialect = row.frame.dialect
    share = f"{dialect.number(_by_stage(deal, _exact))} / 100.0"
    worth = row.field("value")

    def weighted(column: str, otherwise: str) -> str:
        exact = dialect.whole(f"{row.column(column)} * {share}")
        return f"(CASE WHEN {own} THEN {exact} ELSE {otherwise} END)"

    return made._replace(
        sql=weighted(worth.value, made.sql), base=weighted(worth.base, made.base)
    )


def learned_of(key: str, row: Row) -> str:
    """What is learned of the stage that a deal is in; NULL of one that is not open."""
    shown: dict[str, Callable[[Learned], str | int]] = {
        "learned_chance": _percent,
        "learned_won": lambda one: one.won,
        "learned_closed": lambda one: one.closed,
    }
    return _by_stage(row, shown[key])


def _by_stage(deal: Row, shown: Callable[[Learned], str | int]) -> str:
    """SQL for a value of what is learned of the stage of a deal; NULL where that is not open."""
    frame = deal.frame
    if frame.scope.learned is None:
        return "NULL"
    whens = [
        f"WHEN {deal.column('in_pipeline')} = {frame.bind(pipeline)}"
        f" AND {deal.column('stage')} = {frame.bind(stage)}"
        f" THEN {frame.bind(shown(one))}"
        for (pipeline, stage), one in frame.scope.learned().items()
    ]
    return f"(CASE {' '.join(whens)} END)" if whens else "NULL"


def _percent(one: Learned) -> str:
    """A learned probability as it is shown, to two decimals."""
    return f"{round(one.probability, 2).normalize():f}"


def _exact(one: Learned) -> str:
    """A learned probability as it weighs."""
    return f"{one.probability.normalize():f}"
