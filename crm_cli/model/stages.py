"""Pipelines as settings: how `stages` and `pipelines` of crm.yaml are written and checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.contacts import alone
from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import Choice, Every, Percent, Text, Texts, Word
from crm_cli.model.kind import Field, Finding, Kind, ListOf, normal
from crm_cli.model.money import decimal_text
from crm_cli.model.pipeline import CATEGORIES, FIRST, STAGE_TYPES, PipelineRow, StageRow

if TYPE_CHECKING:
    from crm_cli.model.item import Item

_USUAL = {"won": ("won", 100), "lost": ("lost", 0), "on_hold": ("on_hold", 0)}
"""Type and probability of stages that are called so."""

STAGE = Kind(
    name="stage",
    table=False,
    key="stages",
    doc="a stage of deals",
    fields=(
        Field("id", Word(), "what deals are said to be in; it stays when the label changes"),
        Field("label", Text(), "what people call it; the id unless given"),
        Field("type", Choice(STAGE_TYPES), "what it says of a deal (open if absent)"),
        Field("probability", Percent(), "how likely its deals are won, percent"),
        Field("rot_after", Every(), "how long a deal may stay before it rots"),
        Field(
            "forecast_category",
            Choice(CATEGORIES),
            "how the forecast counts it (pipeline if absent; of negotiation commit)",
            aliases=("category",),
        ),
        Field("requires", Texts(), "what a deal has to say before it may enter"),
    ),
    shorthand=alone("id"),
    title="id",
    notes=False,
)

PIPELINE = Kind(
    name="pipeline",
    table=False,
    key="pipelines",
    doc="a pipeline of deals",
    fields=(
        Field("label", Text(), "what people call it"),
        Field("stages", ListOf(STAGE), "its stages, in their order"),
    ),
    title="label",
    whole="stages",
    notes=False,
)


def pipeline_rows(settings: Item) -> tuple[PipelineRow, ...]:
    """The pipelines that settings describe, as texts; empty where they describe none."""
    found: list[PipelineRow] = []
    for id, item in _pipelines(settings):
        rows = [row for stage in item.items("stages") if (row := _row(stage)) is not None]
        # The first of two with one id is meant; the check tells of the other.
        unique = {row[0]: row for row in reversed(rows)}
        stages = tuple(row for row in rows if unique.get(row[0]) is row)
        if stages:
            label = item.values.get("label") or id.replace("_", " ").capitalize()
            found.append((id, label, stages))
    return tuple(found)


def _pipelines(settings: Item) -> Iterator[tuple[str, Item]]:
    if settings.items("stages"):
        yield FIRST, settings
    named: dict[str, Item] = settings.values.get("pipelines") or {}
    yield from named.items()


def _row(stage: Item) -> StageRow | None:
    id = str(stage.values.get("id") or "")
    if not id:
        return None
    type, usual = _USUAL.get(id, ("open", 0))
    type = stage.values.get("type") or type
    usual = {"won": 100, "lost": 0}.get(type, usual)
    probability = stage.values.get("probability", Decimal(usual))
    category = "commit" if id == "negotiation" else "pipeline"
    category = stage.values.get("forecast_category") or category
    label = stage.values.get("label") or id.replace("_", " ").capitalize()
    requires = tuple(map(normal, stage.values.get("requires") or ()))
    rot_after = str(stage.values.get("rot_after") or "")
    return (id, label, type, decimal_text(probability), rot_after, category, requires)


def check_pipelines(settings: Item) -> Iterator[Finding]:
    """Stages without an id or with that of another, and pipelines that lead nowhere."""
    if FIRST in (settings.values.get("pipelines") or {}) and settings.items("stages"):
        yield Finding(
            "pipelines",
            "pipeline",
            f"{FIRST} is the pipeline of `stages`, and cannot be in pipelines as well",
            "move the stages of both into pipelines",
        )
    for id, item in _pipelines(settings):
        if item.kind is PIPELINE and not item.items("stages"):
            message = f"the pipeline {id} has no stages"
            yield Finding("stages", "pipeline", message, "list some", item=item)
        ids = Counter(stage.values.get("id") for stage in item.items("stages"))
        for stage in item.items("stages"):
            yield from _check_stage(stage, ids)
        types = {row[2] for stage in item.items("stages") if (row := _row(stage)) is not None}
        for type in ("open", "won", "lost"):
            if types and type not in types:
                yield Finding(
                    "stages",
                    "pipeline-incomplete",
                    f"the pipeline {id} has no stage of type {type}",
                    f"add one: - id: {type}",
                    Severity.WARNING,
                    item=item,
                )


def _check_stage(stage: Item, ids: Counter[str | None]) -> Iterator[Finding]:
    from crm_cli.model.deal import DEAL
    from crm_cli.model.text import did_you_mean

    id = stage.values.get("id")
    if not id:
        yield Finding("label", "pipeline", "this stage has no id", "add id", item=stage)
    elif ids[id] > 1:
        message = f"two stages of a pipeline are called {id}"
        yield Finding("id", "pipeline", message, "give one another id", item=stage)
    for name in stage.values.get("requires") or ():
        if DEAL.by_name.get(normal(name)) is None:
            yield Finding(
                "requires",
                "unknown-field",
                f"deals have no '{name}'",
                did_you_mean(normal(name), DEAL.by_key),
                Severity.WARNING,
                item=stage,
            )
