"""`crm report velocity`."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crm_cli.features.reports.columns import Figure
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.selling import INDUSTRY, OWNER, SOURCE
from crm_cli.features.reports.table import Row, Table
from crm_cli.model.deal import DEAL
from crm_cli.model.money import EXACT, round_money

_USUAL = "last-12m"
_OPEN = (Figure("open", "count", "open deals now"),)
_CLOSED = (
    Figure("closed", "count", "closed in the period"),
    Figure("won", "count(where status = won)", "of them won"),
    Figure("rate", "rate(where status = won)", "won ÷ closed", cases="closed",
           ratio=("won", "closed")),
    Figure("average_won", "avg(value where status = won)", "mean value of the won"),
    Figure("cycle", "median(age where status = won)", "median days until they were won",
           unit="days"),
)
_PER_DAY = Figure("per_day", "", "open × rate × average_won ÷ cycle", type="money")


def _compute(context: Context) -> Table:
    opened = context.groups(figures=_OPEN, where="status = open", dated="-")
    asked = context if context.asked.period else _of_a_year(context)
    closed = asked.groups(figures=_CLOSED, where="is(closed)", dated="ended")
    rows: dict[tuple[Any, ...], Row] = {}
    for table in (opened, closed):
        for row in table.rows:
            rows.setdefault(table.group(row), {}).update(row)
    total = {**(closed.total or {}), **(opened.total or {})}
    columns = (*opened.columns, *closed.columns, _PER_DAY)
    for row in [*rows.values(), total]:
        for figure in columns:
            row.setdefault(figure.key, 0 if figure.type == "integer" else None)
        row["per_day"] = _speed(row, context.currency)
    table = Table(context.keys, columns, rows.values() if context.keys else [total], total)
    table.sort(context.order(REPORT.sort))
    return table


def _of_a_year(context: Context) -> Context:
    asked = context.asked._replace(period=_USUAL)
    return Context(context.workspace, context.about, asked, context.keys)


def _speed(row: Row, currency: str) -> Decimal | None:
    """What comes in on a day: from the factors as they are, not as they are shown."""
    if not row["closed"] or row["average_won"] is None or not row["cycle"]:
        return None
    rate = EXACT.divide(Decimal(row["won"]), Decimal(row["closed"]))
    value = EXACT.multiply(EXACT.multiply(Decimal(row["open"]), rate), row["average_won"])
    exact = EXACT.divide(value, Decimal(str(row["cycle"])))
    return round_money(exact.quantize(Decimal("1e-9"), ROUND_HALF_UP, EXACT), currency)


REPORT = Report(
    name="velocity",
    answers="Show how much the open deals bring in per day, and its four factors.",
    formula="open × rate × average_won ÷ cycle: open are the open deals of today; rate, "
    "average_won and cycle are those of crm report win-loss, of the last 12 months unless "
    "--period says otherwise.",
    example="--by owner",
    group="Selling",
    base=DEAL,
    by=(OWNER, SOURCE, INDUSTRY),
    figures=(*_OPEN, *_CLOSED, _PER_DAY),
    period="-",
    counts=("open", "closed"),
    sort="per_day-",
    chart="per_day",
    compute=_compute,
)
