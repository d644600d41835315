"""`crm report lost`."""

from __future__ import annotations

from typing import Any

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Row, Table
from crm_cli.model.errors import UsageError
from crm_cli.model.loss import LOSS

_FIGURES = (
    Figure("customers", "customers", "different customers who were lost"),
    Figure("losses", "count", "how often"),
    Figure("revenue", "sum:revenue", "what they bought in the 12 months before"),
    Figure("won_back", "count(where won_back is not none and won_back <= today)",
           "of the losses, how many came back"),
)  # fmt: skip
_SEGMENT = Key("segment", "customer", "each segment that they are in today", public=True)


def _compute(context: Context) -> Table:
    if _SEGMENT.name not in [key.name for key in context.keys]:
        return context.groups(figures=_FIGURES)
    if len(context.keys) > 1:
        raise UsageError("--by segment stands alone", "leave the other keys out")
    return _by_segment(context)


def _by_segment(context: Context) -> Table:
    """A customer counts in each segment that they are in, so that the total is not the sum."""
    from crm_cli.query.ast import Segment

    whole = context.groups((), _FIGURES)
    rows: list[Row] = []
    columns = whole.columns
    for name in sorted(context.workspace.scope(LOSS).segments):
        found = context.groups((), _FIGURES, among=Segment(name))
        columns = found.columns
        row: dict[str, Any] = found.rows[0] if found.rows else {}
        if row.get("losses"):
            rows.append({"segment": name, **row})
    total = whole.rows[0] if whole.rows else None
    table = Table((_SEGMENT,), columns, rows, total)
    table.sort(context.order(REPORT.sort))
    return table


REPORT = Report(
    name="lost",
    answers="Show which customers were lost: to whom, why, and what they had bought.",
    formula="Losses dated in the period, up to today, by competitor, reason, owner, segment or "
    "month. Revenue is the net of what each customer bought in the 12 months up to the loss; a "
    "customer who was lost twice has each. Segments are those of today, and a customer counts in "
    "each.",
    example="--period last-12m --by reason",
    group="Service",
    base=LOSS,
    terms=("not:at.after:today",),
    by=(
        Key("competitor", "competitor", "to whom"),
        Key("reason", "reason", "why", public=True),
        Key("owner", "owner", "who of us had them"),
        Key("month", "at.month", "the month", timed=True),
        _SEGMENT,
        Key("customer", "customer", "who", label="customer.name", ids=True),
    ),
    usual=("competitor",),
    figures=_FIGURES,
    sort="revenue-,customers-",
    bar="revenue",
    counts=("losses",),
    compute=_compute,
)
