"""Pipelines: the stages that the company's deals pass, as `crm.yaml` has them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from crm_cli.model.named_tuple import NamedTuple

if TYPE_CHECKING:
    from datetime import date

STAGE_TYPES = ("open", "on_hold", "won", "lost")
"""What a stage says of a deal."""

CATEGORIES = ("commit", "best_case", "pipeline", "omitted")
"""How a forecast counts the deals of a stage, the surest first."""

CHANCE_SOURCES = ("own", "stage", "learned")
"""Where the chance of a deal is from."""

WEIGHT = 20
"""So many deals a stage's own probability counts for in what is learned of it."""

FIRST = "sales"
"""The id of the pipeline that `stages` of crm.yaml is."""

StageRow = tuple[str, str, str, str, str, str, tuple[str, ...]]
"""A stage as texts, in the order of `Stage`."""

PipelineRow = tuple[str, str, tuple[StageRow, ...]]
"""A pipeline as texts: its id, its label, its stages."""

USUAL: tuple[PipelineRow, ...] = (
    (
        FIRST,
        "Sales",
        (
            ("prospecting", "Prospecting", "open", "10", "", "pipeline", ()),
            ("qualification", "Qualification", "open", "20", "", "pipeline", ()),
            ("proposal", "Proposal", "open", "50", "", "pipeline", ()),
            ("negotiation", "Negotiation", "open", "80", "", "commit", ()),
            ("won", "Won", "won", "100", "", "omitted", ()),
            ("lost", "Lost", "lost", "0", "", "omitted", ()),
        ),
    ),
)
"""The stages where crm.yaml names none."""


class Stage(NamedTuple):
    """A stage of a pipeline; `place` is its place there, from 0."""

    id: str
    label: str
    type: str
    probability: Decimal
    rot_after: str
    category: str
    requires: tuple[str, ...]
    place: int

    def rots_on(self, since: date) -> date | None:
        """The first day on which a deal has been here too long; None where it never has."""
        from crm_cli.model.dates import shifted
        from crm_cli.model.duration import read_interval

        return shifted(read_interval(self.rot_after).after(since), 1) if self.rot_after else None


class Pipeline(NamedTuple):
    """Stages in their order."""

    id: str
    label: str
    stages: tuple[Stage, ...]

    def is_called(self, name: str) -> bool:
        """Whether a name is its id or its label."""
        return _plain(name) in (_plain(self.id), _plain(self.label))

    def stage(self, name: str | None) -> Stage | None:
        """The stage of an id or a label."""
        wanted = _plain(name or "")
        for stage in self.stages:
            if name == stage.id or wanted in (_plain(stage.id), _plain(stage.label)):
                return stage
        return None

    def of_type(self, type: str) -> list[Stage]:
        """The stages of a type, in their order."""
        return [stage for stage in self.stages if stage.type == type]


class Place(NamedTuple):
    """The pipeline and the stage of a deal; no stage where it has none, or an unknown one."""

    pipeline: Pipeline
    stage: Stage | None


class Learned(NamedTuple):
    """Of the closed deals that ever reached a stage: how many there are, and were won; the
    probability in percent that follows."""

    closed: int
    won: int
    probability: Decimal


class Pipelines:
    """The company's pipelines, in the order of crm.yaml."""

    def __init__(self, rows: tuple[PipelineRow, ...]) -> None:
        self.all = tuple(
            Pipeline(id, label, tuple(_stage(*row, place=n) for n, row in enumerate(stages)))
            for id, label, stages in rows
        )
        self._by_id = {one.id: one for one in self.all}
        self._places: dict[tuple[str | None, str | None], Place] = {}

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The pipelines' ids."""
        return tuple(self._by_id)

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """The ids of all stages: those of the first pipeline, then what others have besides."""
        return tuple(dict.fromkeys(stage.id for one in self.all for stage in one.stages))

    def named(self, id: str | None) -> Pipeline | None:
        """The pipeline of an id."""
        return self._by_id.get(id or "")

    def place(self, id: str | None, stage: str | None) -> Place:
        """Where a deal is that says it is in the pipeline `id` and in `stage`: the pipeline is
        the named one, else the first that has the stage, else the first."""
        key = (id, stage)
        found = self._places.get(key)
        if found is None:
            having = (one for one in self.all if any(s.id == stage for s in one.stages))
            pipeline = self.named(id) or next(having, self.all[0])
            there = next((one for one in pipeline.stages if one.id == stage), None)
            found = self._places[key] = Place(pipeline, there)
        return found


def _stage(
    id: str,
    label: str,
    type: str,
    probability: str,
    rot_after: str,
    category: str,
    requires: tuple[str, ...],
    *,
    place: int,
) -> Stage:
    return Stage(id, label, type, Decimal(probability), rot_after, category, requires, place)


def unknown_stage(name: str, pipeline: Pipeline) -> tuple[str, str]:
    """(message, hint) on a stage that a pipeline does not have."""
    from crm_cli.model.text import nearest

    ids = [stage.id for stage in pipeline.stages]
    near = nearest(_plain(name), ids, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"'{name}' is no stage of {pipeline.id}", f"{hint}known: {', '.join(ids)}"


def next_open(pipeline: Pipeline, place: int, step: int) -> Stage | None:
    """The next open stage from a place, in the direction of `step`."""
    found: Iterator[Stage] = (
        stage
        for stage in pipeline.stages[:: 1 if step > 0 else -1]
        if stage.type == "open" and (stage.place - place) * step > 0
    )
    return next(found, None)


def _plain(name: str) -> str:
    """An id or a label as people may write it."""
    return name.strip().lower().replace("-", "_").replace(" ", "_")
