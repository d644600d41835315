"""Keys and orders that the reports on deals share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.table import Row
from crm_cli.model.deal_items import DEAL_LINE
from crm_cli.model.money import round_money
from crm_cli.model.pipeline import Stage

STAGE = Key("stage", "stage", "the stage, in the pipeline's order", public=True)
PIPELINE = Key("pipeline", "in_pipeline", "the pipeline, where there are several", public=True)
OWNER = Key("owner", "owner", "who of us sells")
SOURCE = Key("source", "customer.source", "how the customers found us", public=True)
INDUSTRY = Key("industry", "customer.industry", "the customers' industry", public=True)
PRODUCT = Key("product", "product", "what they are about", label="product.name", ids=True,
              parts=DEAL_LINE, public=True)  # fmt: skip
MONTH = Key("month", "expected_close.month", "the month of the expected close", timed=True)


def with_pipeline(context: Context) -> tuple[Key, ...]:
    """The report's keys; before the stage its pipeline, where there are several."""
    keys = context.keys
    several = len(context.workspace.business.pipelines.all) > 1
    if several and STAGE in keys and PIPELINE not in keys:
        place = keys.index(STAGE)
        return (*keys[:place], PIPELINE, *keys[place:])
    return keys


def stage_order(context: Context) -> Callable[[Row], tuple[int, int]]:
    """What rows with a stage are sorted by: the order of crm.yaml; unknown stages are last."""
    pipelines = context.workspace.business.pipelines.all
    places: dict[tuple[str, str | None], tuple[int, int]] = {
        (pipeline.id, stage.id): (number, stage.place)
        for number, pipeline in enumerate(pipelines)
        for stage in pipeline.stages
    }
    names = {pipeline.id: number for number, pipeline in enumerate(pipelines)}

    def order(row: Row) -> tuple[int, int]:
        stage = row.get("stage")
        pipeline = row.get("pipeline") or pipelines[0].id
        last = len(pipelines) + 1_000
        unknown = (names.get(pipeline, last), last if stage else -1)
        return places.get((pipeline, stage), unknown)

    return order


def open_stages(context: Context) -> list[tuple[str, list[Stage]]]:
    """The open stages of each pipeline, in their order."""
    return [(one.id, one.of_type("open")) for one in context.workspace.business.pipelines.all]


def nothing(context: Context) -> Decimal:
    """An amount of nothing, in the base currency."""
    return round_money(Decimal(0), context.currency)


def typed(figures: Iterable[Figure], types: Sequence[str]) -> tuple[Figure, ...]:
    """Figures with the names of their types."""
    return tuple(one.but(type=type) for one, type in zip(figures, types, strict=True))


def added(rows: Iterable[Row], keys: Sequence[str]) -> dict[str, Any]:
    """The sums of some columns; what is missing adds nothing."""
    total: dict[str, Any] = {}
    for row in rows:
        for key in keys:
            if row.get(key) is not None:
                total[key] = total.get(key, 0) + row[key]
    return total
