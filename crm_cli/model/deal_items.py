"""What deals hold: their lines, and the stages they have entered."""

from __future__ import annotations

from crm_cli.model.aspects import Happening, joined
from crm_cli.model.fieldtypes import Choice, Date, Integer, Moment, Money, StageName, User, Word
from crm_cli.model.kind import Derived, Field, Kind
from crm_cli.model.line import LINE
from crm_cli.model.measure import Measure

LOST_REASONS = (
    "price",
    "competitor",
    "budget",
    "missing_feature",
    "timing",
    "no_decision",
    "unresponsive",
    "poor_fit",
    "other",
)
"""Why deals are lost."""

DEAL_LINE = LINE.but(
    name="deal_line",
    key="deal_lines",
    fields=tuple(one for one in LINE.fields if one.key != "interactions"),
    doc="one product or service that a deal is about",
    derived=(
        *(one for one in LINE.derived if one.key in ("net", "units")),
        Derived("value", Money(), "the same as net"),
        Derived("weighted", Money(), "net × the chance of the deal", estimated=True),
    ),
    columns=(),
    sought=(),
    measures=(
        Measure("deals", "distinct", "number of different deals", of="deal"),
        Measure("unconverted", "unconverted", "number of lines without a rate", of="value"),
    ),
    exchange=None,
    counted="",
    found="",
)


DEAL_MOVE = Kind(
    name="deal_move",
    key="deal_moves",
    doc="a stage that a deal has entered",
    fields=(
        Field("stage", StageName(), "the stage"),
        Field("at", Moment(), "when"),
        Field("by", User(), "who moved it"),
        Field(
            "lost_reason",
            Choice(LOST_REASONS, vocabulary="lost_reason"),
            "why it was lost then, of one that was reopened",
        ),
    ),
    title="stage",
    when="at",
    notes=False,
    derived=(
        Derived("until", Date(), "the day of the next move, or on which the deal was closed"),
        Derived("stage_type", Word(), "open, on_hold, won or lost"),
        Derived("days", Integer(adds=False), "days in the stage", since="at", until="until"),
    ),
    timeline=(
        Happening(
            terms=("not:at.after:today",),
            word="deal",
            columns=("name", "stage"),
            text=lambda row: joined(" → ", (row["name"], row["stage"])),
        ),
    ),
)
