"""The board: the deals in play, in columns by stage."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from crm_cli.model.deal import DEAL
from crm_cli.model.errors import NotFound
from crm_cli.model.money import round_money
from crm_cli.workspace import Workspace

_COLUMNS = (
    "id",
    "name",
    "customer.name",
    "value",
    "currency",
    "in_pipeline",
    "stage",
    "status",
    "days_in_stage",
    "rotting",
    "has_next_step",
    "due",
    "owner",
    "customer",
)
ROTTING, NO_STEP, DUE = "rotting", "no next step", "due"
MARKS = (ROTTING, NO_STEP, DUE)
"""What is to be seen of a deal at once."""


class Card(NamedTuple):
    """A deal on the board, of the customer with the id `who`; `age` are the days in its stage."""

    id: str
    name: str
    customer: str
    value: Decimal | None
    currency: str
    age: int | None
    marks: tuple[str, ...]
    owner: str | None
    who: str


class Column(NamedTuple):
    """A stage with its deals, those that have been in it longest first; sums are in the base
    currency."""

    pipeline: str
    stage: str | None
    label: str
    status: str
    deals: int
    amount: Decimal
    weighted: Decimal
    cards: tuple[Card, ...]


class Board(NamedTuple):
    """The columns of a pipeline, in the order of its stages."""

    label: str
    columns: tuple[Column, ...]
    currency: str


def boards(
    workspace: Workspace,
    terms: Sequence[str] = (),
    *,
    where: str | None = None,
    pipeline: str | None = None,
    limit: int | None = None,
) -> list[Board]:
    """A board for each pipeline that has deals in play, all of them where none has.

    `limit` is how many deals of a stage are shown. Raises UsageError for terms that cannot be,
    NotFound for a pipeline that there is not.
    """
    pipelines = workspace.business.pipelines.all
    if pipeline is not None:
        pipelines = tuple(one for one in pipelines if one.is_called(pipeline))
        if not pipelines:
            known = ", ".join(workspace.business.pipelines.ids)
            raise NotFound(f"there is no pipeline {pipeline}", f"known: {known}")
    asked = [*terms, "not:is:closed"]
    found = workspace.select(DEAL, asked, where=where, cols=_COLUMNS, sort="stage_since,id")
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in found.rows]
    sums = _sums(workspace, asked, where)
    made = []
    for one in pipelines:
        mine = [row for row in rows if row["in_pipeline"] == one.id]
        known_stages = {stage.id for stage in one.stages}
        stages: list[tuple[str | None, str, str]] = [
            (stage.id, stage.label, stage.type)
            for stage in one.stages
            if stage.type == "open" or any(row["stage"] == stage.id for row in mine)
        ]
        others = dict.fromkeys(row["stage"] for row in mine if row["stage"] not in known_stages)
        stages = [(stage, stage or "(none)", "open") for stage in others] + stages
        columns = []
        for stage, label, status in stages:
            if status in ("won", "lost"):
                continue
            cards = [_card(row, workspace) for row in mine if row["stage"] == stage]
            amount, weighted = sums.get((one.id, stage), (Decimal(0), Decimal(0)))
            columns.append(
                Column(
                    one.id,
                    stage,
                    label,
                    status,
                    len(cards),
                    round_money(amount, workspace.business.currency),
                    round_money(weighted, workspace.business.currency),
                    tuple(cards[:limit]),
                )
            )
        made.append(Board(one.label, tuple(columns), workspace.business.currency))
    filled = [board for board in made if any(column.deals for column in board.columns)]
    return filled or made


def _sums(
    workspace: Workspace, terms: Sequence[str], where: str | None
) -> dict[tuple[str, str | None], tuple[Decimal, Decimal]]:
    """Amount and weighted amount of each stage, by pipeline and stage."""
    from crm_cli.workspace import Groups

    groups = Groups("in_pipeline,stage", "sum:value,sum:weighted")
    answer = workspace.select(DEAL, terms, where=where, groups=groups)
    return {
        (row[0], row[1]): (row[2] or Decimal(0), row[3] or Decimal(0)) for row in answer.rows
    }


def _card(row: dict[str, object], workspace: Workspace) -> Card:
    today = workspace.clock.today
    due = row["due"]
    marks = [ROTTING] if row["rotting"] else []
    marks += [NO_STEP] if row["has_next_step"] is False else []
    marks += [DUE] if due is not None and due <= today else []  # type: ignore[operator]
    return Card(
        str(row["id"]),
        str(row["name"] or row["id"]),
        str(row["customer.name"] or ""),
        row["value"],  # type: ignore[arg-type]
        str(row["currency"] or ""),
        row["days_in_stage"],  # type: ignore[arg-type]
        tuple(marks),
        row["owner"],  # type: ignore[arg-type]
        str(row["customer"] or ""),
    )
