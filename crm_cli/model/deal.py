"""Deals: sales opportunities on their way through the company's pipelines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_cli.model.aspects import (
    CardColumn,
    CardTable,
    Exchange,
    Happening,
    Reminder,
    Row,
    Tracked,
    amount_text,
    joined,
)
from crm_cli.model.deal_fields import FIELDS
from crm_cli.model.deal_moves import (
    is_live,
    is_over,
    missing,
    no_longer_open,
    to_hold,
    to_lost,
    to_open,
    to_stage,
    to_won,
)
from crm_cli.model.deal_standing import begins_as, check, derive
from crm_cli.model.fieldtypes import Boolean, Choice, Date, Integer, Money, Percent, Word
from crm_cli.model.kind import Derived, Kind, Move, State
from crm_cli.model.measure import Measure
from crm_cli.model.next_steps import NEXT_STEPS
from crm_cli.model.pipeline import CHANCE_SOURCES, WEIGHT

if TYPE_CHECKING:
    from crm_cli.model.item import Item


def _clears(deal: Item) -> Iterator[str]:
    if deal.derived["status"] != "lost":
        yield "lost_reason"


def _due(row: Row) -> str:
    """The deal, and why something has to be done about it."""
    why = "expected to close"
    if row["due"] == row["rots_on"] and row["stage_since"] is not None:
        why = f"in {row['stage']} since {row['stage_since'].isoformat()}"
    amount = amount_text(row["value"], row["currency"])
    return joined(": ", (joined(", ", (row["name"], amount)), f"{why}, no next step"))


def _closed(row: Row) -> str:
    amount = amount_text(row["value"], row["currency"])
    reason = str(row["lost_reason"] or "").replace("_", " ")
    return joined(": ", (row["status"], joined(", ", (row["name"], amount, reason))))


def _marks(row: Row) -> str:
    marks = ["on hold"] if row["status"] == "on_hold" else []
    marks += [word for word in ("rotting", "slipped") if row[word]]
    marks += ["no next step"] if row["has_next_step"] is False else []
    return ", ".join(marks)


_HAS_COME = "not:ended.after:today"
"""What is closed on a day after today counts in no figure yet."""

DEAL = Kind(
    name="deal",
    key="deals",
    doc="a sales opportunity",
    aliases=("opportunity", "opportunities"),
    fields=FIELDS,
    letter="d",
    title="name",
    amount="value",
    when="expected_close",
    sort="closed,expected_close",
    tracked=Tracked(
        field="stage",
        history="stage_history",
        ended=is_over,
        stamp="closed_at",
        clears=_clears,
    ),
    stamped="created",
    asked=(
        "amount",
        "lines",
        "stage",
        "pipeline",
        "expected_close",
        "owner",
        "probability",
        "kind",
        "next_step",
    ),
    example='ana "Beans for the office" --amount 2400 --close 2026-12-15',
    live=is_live,
    begins_as=begins_as,
    moves=(
        Move(
            "move",
            "Move deals to another stage: its id, its label, next or back.",
            done="moved",
            sets={"stage": ""},
            to=to_stage,
            asks=missing,
            word="STAGE|next|back",
            among=is_live,
            takes=("amount", "expected_close", "probability", "next_step"),
        ),
        Move(
            "win",
            "Note that deals are won.",
            done="won",
            sets={"stage": ""},
            to=to_won,
            asks=missing,
            among=is_live,
            takes=("amount", "closed_at"),
            own=True,
        ),
        Move(
            "lose",
            "Note that deals are lost, and why.",
            done="lost",
            sets={"stage": ""},
            to=to_lost,
            asks=missing,
            among=is_live,
            takes=("lost_reason", "competitor", "competitor_price", "closed_at"),
            needs=("lost_reason",),
        ),
        Move(
            "hold",
            "Put deals on hold: no forecast counts them.",
            done="put on hold",
            sets={"stage": ""},
            to=to_hold,
            among=lambda deal: deal.derived["status"] == "open",
        ),
        Move(
            "reopen",
            "Reopen deals that were won, lost or on hold, in the stage they were in.",
            done="opened again",
            sets={"stage": ""},
            to=to_open,
            among=no_longer_open,
            takes=("expected_close",),
        ),
    ),
    exchange=Exchange(needed=("name",)),
    columns=(
        "expected_close",
        "customer",
        "name",
        "stage",
        "value",
        "currency",
        "chance",
        "chance_source",
        "weighted",
        "owner",
        "id",
    ),
    ranked=(
        "name",
        "stage",
        "value",
        "id",
        "expected_close",
        "customer",
        "owner",
        "weighted",
        "currency",
        "chance",
        "chance_source",
    ),
    card=CardTable(
        heading="Open deals",
        terms=("not:is:closed",),
        sort="expected_close",
        columns=(
            "expected_close",
            "name",
            "stage",
            "value",
            "currency",
            CardColumn("marks", ("status", "rotting", "slipped", "has_next_step"), _marks),
            "id",
        ),
        alert="slipped",
        most=0,
        leading=True,
    ),
    timeline=(
        Happening(
            when="ended",
            terms=("is:closed", "has:ended", "no:left"),
            columns=("status", "name", "value", "currency", "lost_reason"),
            text=_closed,
        ),
    ),
    due=Reminder(
        when="due",
        state="open",
        word="deal",
        columns=(
            "name",
            "value",
            "currency",
            "stage",
            "stage_since",
            "rots_on",
            "due",
        ),
        text=_due,
    ),
    derived=(
        Derived("status", Word(), "open, on_hold, won or lost, as its stage is"),
        Derived("in_pipeline", Word(), "its pipeline, or the first that has its stage"),
        Derived("value", Money(), "the amount, or what the lines come to"),
        Derived(
            "chance",
            Percent(),
            "how likely it is won, percent: its own probability, else by forecast_by in crm.yaml "
            "that of its stage or the learned one",
            estimated=True,
            note="source: {chance_source}",
        ),
        Derived(
            "chance_source",
            Choice(CHANCE_SOURCES),
            "where the chance is from: its own probability, its stage's, or the learned one",
            estimated=True,
        ),
        Derived("stage_chance", Percent(), "the probability of its stage, percent"),
        Derived(
            "learned_chance",
            Percent(),
            f"(won + {WEIGHT} × its stage's share) ÷ (closed + {WEIGHT}), percent, of the closed "
            "deals that ever reached its stage",
            overall="learned",
            note=f"{{learned_won}} of {{learned_closed}} closed deals won, drawn to the stage's "
            f"own with weight {WEIGHT}",
        ),
        Derived(
            "learned_won",
            Integer(adds=False),
            "how many of the closed deals that ever reached its stage were won",
            overall="learned",
        ),
        Derived(
            "learned_closed",
            Integer(adds=False),
            "how many closed deals ever reached its stage",
            overall="learned",
        ),
        Derived("weighted", Money(), "value × chance", estimated=True),
        Derived("forecast", Word(), "how the forecast counts it: the category of its stage"),
        Derived("begun", Date(), "the day it was created, or first moved"),
        Derived("stage_since", Date(), "the day it entered its stage"),
        Derived("ended", Date(), "the day it was won or lost"),
        Derived("furthest", Word(), "the furthest open stage that it ever was in"),
        Derived("left", Word(), "the open stage that it was won or lost from"),
        Derived("moves", Integer(), "how often it has been moved"),
        Derived("rots_on", Date(), "the first day on which it has been too long in its stage"),
        Derived("has_next_step", Boolean(), "an open task or a planned interaction is about it"),
        Derived(
            "due",
            Date(),
            "when it rots or is expected to close, unless it has a next step",
            to_come=True,
        ),
        Derived("age", Integer(adds=False), "days since it began, until it was won or lost",
                since="begun", until="ended", over="is:closed"),
        Derived(
            "days_in_stage",
            Integer(adds=False),
            "days since it entered its stage",
            since="stage_since",
            until="ended",
            over="is:closed",
        ),
        Derived("won", Boolean(), "it is won", terms="is:won"),
        Derived("lost", Boolean(), "it is lost", terms="is:lost"),
        Derived("closed", Boolean(), "it is won or lost", terms="is:closed"),
        Derived("rotting", Boolean(), "open, and too long in its stage", terms="is:rotting"),
        Derived(
            "slipped", Boolean(), "open, and its expected close is past", terms="is:slipped"
        ),
    ),
    derive=derive,
    check=check,
    summary=NEXT_STEPS,
    measures=(
        Measure("deals", "count", "number of deals"),
        Measure("unconverted", "unconverted", "number of those without a rate", of="value"),
    ),
    states=(
        State("open", "status.is:open", "open"),
        State("on_hold", "status.is:on_hold", "on hold"),
        State("won", f"{_HAS_COME} status.is:won", "won", event=True),
        State("lost", f"{_HAS_COME} status.is:lost", "lost", event=True),
        State("closed", f"{_HAS_COME} status.is:won,lost", "won or lost, not on a day to come"),
        State("rotting", "is:open has:rots_on rots_on:..today", "open, and too long in its stage"),
        State(
            "slipped",
            "is:open has:expected_close expected_close.before:today",
            "open, and past its expected close",
        ),
        State("stuck", "is:open has_next_step:no", "open, without a next step"),
    ),
)
