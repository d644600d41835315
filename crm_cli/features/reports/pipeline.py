"""`crm report pipeline`."""

from __future__ import annotations

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.looking_back import as_of
from crm_cli.features.reports.report import Choice, Headline, Report
from crm_cli.features.reports.selling import (
    MONTH,
    OWNER,
    PIPELINE,
    PRODUCT,
    SOURCE,
    STAGE,
    stage_order,
    with_pipeline,
)
from crm_cli.features.reports.table import Row, Table
from crm_cli.model.dates import shifted
from crm_cli.model.deal import DEAL
from crm_cli.model.duration import read_interval
from crm_cli.model.errors import Unreadable, UsageError

_STATUS = Figure("status", "", "open, or on_hold: those are in no sum", type="word", public=True)
_FIGURES = (
    Figure("deals", "deals", "how many there are"),
    Figure("amount", "sum:value", "what they are worth"),
    Figure("weighted", "sum:weighted", "amount × probability"),
    Figure("age", "median:age", "median days since they began", unit="days"),
    Figure("rotting", "count(where is(rotting))", "longer in their stage than rot_after"),
    Figure("stuck", "count(where is(stuck))", "without an open task or planned contact"),
)

_DAY = Key("day", "", "the day", timed=True)
_OVER_TIME = (
    Figure("deals", "deals", "open deals", type="integer"),
    Figure("amount", "sum:value", "what they are worth", type="money"),
    Figure("weighted", "sum:weighted", "amount × probability", type="money"),
)
_MOST = 520


def _compute(context: Context) -> Table:
    """The open deals, in the order of the stages; those on hold after them."""
    if context.option("trend"):
        return _trend(context)
    keys = with_pipeline(context)
    found = context.groups(keys, where="status = open")
    held = context.groups(keys, where="status = on_hold")
    for table, status in ((found, "open"), (held, "on_hold")):
        table.sort("" if MONTH in keys else "weighted-")
        if STAGE in keys:
            table.rows.sort(key=stage_order(context))
        for row in table.rows:
            row["status"] = status
    rows: list[Row] = [row for row in [*found.rows, *held.rows] if row["deals"]]
    total = {**(found.total or {}), "status": None}
    return Table(keys, (_STATUS, *found.columns), rows, total)


def _trend(context: Context) -> Table:
    """A line for each week: the open deals as the files had them at its end."""
    try:
        interval = read_interval(context.option("trend"))
    except Unreadable as error:
        raise UsageError(f"--trend: {error.message}", "such as --trend 12w") from error
    today = context.today
    weeks = (today - interval.before(today)).days // 7
    if not 1 <= weeks <= _MOST:
        raise UsageError(f"--trend {context.option('trend')} is no number of weeks", "--trend 12w")
    rows: list[Row] = []
    columns: tuple[Figure, ...] = _OVER_TIME
    for number in range(weeks, 0, -1):
        day = shifted(today, -7 * number)
        with as_of(context, day, clock=True) as past:
            if past is not None:
                rows.append({"day": day, **_sums(past)})
    rows.append({"day": today, **_sums(context)})
    return Table((_DAY,), columns, rows)


def _sums(context: Context) -> Row:
    total = context.groups((), _OVER_TIME, where="status = open").total or {}
    return {one.key: total.get(one.key) for one in _OVER_TIME}


REPORT = Report(
    name="pipeline",
    answers="Show the open deals by stage: how many, what they are worth, what is stuck.",
    formula="Open deals, in the order of the stages. weighted is the sum of amount × probability: "
    "the deal's own, else by forecast_by in crm.yaml its stage's or the learned one, (won + 20 × "
    "the stage's share) ÷ (closed deals that reached the stage + 20). Deals on hold have rows of "
    "their own and are in no sum. age is the median of days since they were created; rotting are "
    "those longer in their stage than its rot_after; stuck have no open task and no planned "
    "contact. By product the amounts are those of the lines. --trend 12w has a line for the end of "
    "each of the last twelve weeks, as git has it.",
    example="--by owner,stage",
    group="Selling",
    base=DEAL,
    by=(STAGE, PIPELINE, OWNER, SOURCE, PRODUCT, MONTH),
    usual=("stage",),
    figures=_FIGURES,
    options=(
        Choice("trend", "A line a week from history, this far back.", metavar="12w"),
    ),
    bar="weighted",
    title="Open deals by stage",
    headlines=(Headline("weighted", "in open deals, weighted"),),
    compute=_compute,
)
