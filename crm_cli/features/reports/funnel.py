"""`crm report funnel`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.selling import OWNER, PIPELINE, SOURCE, STAGE
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.deal import DEAL
from crm_cli.model.deal_items import DEAL_MOVE
from crm_cli.model.pipeline import Pipeline, Stage

_COUNT = (Figure("count", "count", ""),)
_DAYS = (Figure("days", "median:days", ""),)
_COLUMNS = (
    Figure("reached", "", "deals that ever reached the stage", type="integer"),
    Figure("of_before", "", "reached ÷ reached of the stage before", type="rate", cases="before"),
    Figure("before", "", "reached of the stage before", type="integer", compared=False),
    Figure("of_first", "", "reached ÷ reached of the first", type="rate", cases="first",
           drawn=True),
    Figure("first", "", "reached of the first stage", type="integer", compared=False),
    Figure("days", "", "median days in the stage, up to today", type="decimal"),
)


def _compute(context: Context) -> Table:
    others = tuple(key for key in context.keys if key not in (STAGE, PIPELINE))
    by = (PIPELINE, Key("furthest", "furthest", ""), Key("status", "status", ""), *others)
    found = context.groups(by, _COUNT, dated="begun").rows
    stays = _days(context, others)
    groups = list(dict.fromkeys(tuple(row[key.name] for key in others) for row in found))
    groups.sort(key=lambda group: [(value is None, str(value)) for value in group])
    several = len(context.workspace.business.pipelines.all) > 1
    rows: list[Row] = []
    for group in groups:
        given = dict(zip((key.name for key in others), group, strict=True))
        mine = [row for row in found if tuple(row[key.name] for key in others) == group]
        for pipeline in context.workspace.business.pipelines.all:
            made = _stages(pipeline, [row for row in mine if row["pipeline"] == pipeline.id])
            for row in made:
                row["days"] = stays.get((pipeline.id, row["stage"], *group))
            rows += [{**given, "pipeline": pipeline.id, **row} for row in made]
    keys = (*others, *((PIPELINE,) if several else ()), STAGE)
    return Table(keys, _COLUMNS, rows)


def _stages(pipeline: Pipeline, found: Sequence[Row]) -> list[Row]:
    """The open stages of a pipeline, and won, each with how many reached it."""
    if not found:
        return []
    places = {stage.id: stage.place for stage in pipeline.stages}
    reached: list[tuple[str, int]] = []
    for stage in [*pipeline.of_type("open"), *pipeline.of_type("won")[:1]]:
        come = [row for row in found if row["status"] == "won" or _beyond(row, stage, places)]
        reached.append((stage.id, sum(row["count"] for row in come)))
    rows: list[Row] = []
    first = reached[0][1] if reached else 0
    before: int | None = None
    for id, count in reached:
        row: Row = {"stage": id, "reached": count, "before": before, "first": first}
        row["of_before"] = quotient(count, before) if before is not None else None
        row["of_first"] = quotient(count, first)
        rows.append(row)
        before = count
    return rows


def _beyond(row: Row, stage: Stage, places: Mapping[str, int]) -> bool:
    """Whether deals came to an open stage, or to a later one."""
    return stage.type == "open" and places.get(row["furthest"], -1) >= stage.place


def _days(context: Context, others: Sequence[Key]) -> dict[tuple[Any, ...], Any]:
    """The median days of the stays in each stage."""
    from crm_cli.query.ast import How, Node, Quantified
    from crm_cli.query.fields import collection

    among: Node | None = None
    if context.asked.period is not None:
        deals = collection(DEAL.name, DEAL_MOVE)
        assert deals is not None
        within = context.workspace.within(DEAL, context.asked.period, "begun")
        among = Quantified(How.ANY, deals, within)
    keys = (PIPELINE, STAGE, *others)
    where = "stage_type = open"
    rows = context.groups(keys, _DAYS, kind=DEAL_MOVE, where=where, dated="-", among=among).rows
    return {tuple(row[key.name] for key in keys): row["days"] for row in rows}


REPORT = Report(
    name="funnel",
    answers="Show how far deals get: how many reached each stage, and how long they stay.",
    formula="Of the deals created in the period. A deal has reached each open stage in its "
    "stage_history, the one it is in, and the open stages before the furthest of these; one that "
    "is won all of them, and won. of_before is the part of those that reached the stage before, "
    "of_first of the first. days is the median of the days spent in the stage: to the next move, "
    "else to today.",
    example="--period last-12m --by owner",
    group="Selling",
    base=DEAL,
    by=(STAGE, PIPELINE, OWNER, SOURCE),
    usual=("stage",),
    open=False,
    figures=_COLUMNS,
    period="begun",
    chart="reached",
    shape="funnel",
    title="How far deals get",
    compute=_compute,
)
