"""Values of deals by the learned probabilities, where crm.yaml forecasts by them."""

from __future__ import annotations

from decimal import Decimal

from crm_cli.model.deal import DEAL
from crm_cli.query.ref import Ref, Step, Way
from crm_cli.query.rows import Row, Value


def estimated(ref: Ref, row: Row, made: Value) -> Value:
    """A deal's chance, or weighted value, by the learned probability of its stage; `made` is the
    one by the stage's own. What says its own probability, or is not open, keeps that."""
    frame = row.frame
    assert frame.scope.learned is not None
    dialect, deal = frame.dialect, row
    if row.kind is not DEAL:
        deal = row.up(Step(Way.PARENT, DEAL))
    shown = ref.column == "chance"
    whens = [
        f"WHEN {deal.column('in_pipeline')} = {frame.bind(pipeline)}"
        f" AND {deal.column('stage')} = {frame.bind(stage)}"
        f" THEN {frame.bind(_percent(one.probability, shown=shown))}"
        for (pipeline, stage), one in frame.scope.learned().items()
    ]
    own = f"{deal.column('probability')} IS NULL AND {deal.column('status')} = 'open'"
    chance = f"(CASE {' '.join(whens)} END)" if whens else "NULL"
    if shown:
        return made._replace(sql=f"(CASE WHEN {own} THEN {chance} ELSE {made.sql} END)")
    share = f"{dialect.number(chance)} / 100.0"
    worth = row.field("value")

    def weighted(column: str, otherwise: str) -> str:
        exact = dialect.whole(f"{row.column(column)} * {share}")
        return f"(CASE WHEN {own} THEN {exact} ELSE {otherwise} END)"

    return made._replace(
        sql=weighted(worth.value, made.sql), base=weighted(worth.base, made.base)
    )


def _percent(exact: Decimal, *, shown: bool) -> str:
    """A learned probability as text: to two decimals where it is shown, exact where it weighs."""
    return f"{(round(exact, 2) if shown else exact).normalize():f}"
