"""`crm report churn`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from crm_cli.features.reports import keys
from crm_cli.features.reports.advice import amount, whom
from crm_cli.features.reports.columns import Figure
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Choice, Headline, Report
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError

if TYPE_CHECKING:
    from crm_cli.query.ast import Node

_DAYS = 3
"""Days with a purchase that make a rhythm."""
_FIGURES = (
    Figure("at_risk", "", "silent for more than K intervals, or marked as lost", type="boolean"),
    Figure("at_stake", "", "what they bought in the 12 months before today", type="money"),
    Figure("silence", "", "silent ÷ interval", type="decimal"),
    Figure("silent", "", "days since the last purchase", type="integer", unit="days"),
    Figure("interval", "", "median days between days with a purchase", type="integer",
           unit="days"),
    Figure("last", "", "day of the last purchase", type="date"),
    Figure("lost", "", "marked as lost", type="boolean"),
    Figure("owner", "", "who of us they belong to"),
)


def _compute(context: Context) -> Table:
    least = _least(context)
    columns = ("id", "name", "spend@12m", "purchase_days", "last_purchase", "purchase_interval",
               "owner")  # fmt: skip
    lost = {id for (id,) in context.rows("id", among=_among(context, "is:lost"))}
    rows: list[Row] = []
    for id, name, stake, days, last, interval, owner in context.rows(*columns):
        if days < _DAYS and id not in lost:
            continue
        silent = (context.today - last).days if last is not None else None
        known = days >= _DAYS
        silence = quotient(silent, interval, unit=Decimal("0.01")) if known else None
        rows.append(
            {
                "customer": id,
                "name": name,
                "at_risk": id in lost or (known and Decimal(silent or 0) > least * interval),
                "at_stake": stake,
                "silence": silence,
                "silent": silent,
                "interval": interval,
                "last": last,
                "lost": id in lost,
                "owner": owner,
            }
        )
    if context.option("at-risk"):
        rows = [row for row in rows if row["at_risk"]]
    table = Table((keys.CUSTOMER,), _FIGURES, rows)
    table.sort(context.order(REPORT.sort))
    return table


def _least(context: Context) -> Decimal:
    text = context.option("k")
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal(0)
    if not (found.is_finite() and 0 < found <= 1000):
        raise UsageError(f"--k {text} is no number of intervals", "write --k 2")
    return found


def _among(context: Context, *terms: str) -> Node:
    return context.workspace.node(context.workspace.scope(CUSTOMER), terms)


def _advice(table: Table, currency: str) -> Iterator[str]:
    rows = [row for row in table.rows if row["at_risk"] and not row["lost"]]
    rows = [row for row in rows if row["at_stake"] and row["at_stake"] > 0]
    if rows:
        stake = amount(sum((row["at_stake"] for row in rows), Decimal(0)), currency)
        have = "has" if len(rows) == 1 else "have"
        yield (
            f"{stake} a year is at stake with {whom(rows)}, who {have} been silent for longer "
            "than usual."
        )


REPORT = Report(
    name="churn",
    answers="Show who has been silent for longer than usual, and what is at stake with them.",
    formula="Of customers with purchases on three days or more: silence is the days since the "
    "last purchase ÷ the median of the days between days with a purchase; who is above --k (2) "
    "is at risk, and so is who is marked as lost. At stake is what they bought in the 12 months "
    "up to today, net of credit notes. Those at risk come first, the largest at the top.",
    example="--k 1.5 --at-risk -n 10",
    group="Customers",
    base=CUSTOMER,
    standing=True,
    open=False,
    figures=_FIGURES,
    options=(
        Choice("k", "At risk above this many intervals of silence.", metavar="K", default="2"),
        Choice("at-risk", "Only those at risk."),
    ),
    sort="at_risk-,at_stake-",
    bar="silence",
    chart="at_stake",
    title="Who is about to leave, or has left",
    page="--at-risk",
    headlines=(Headline("at_risk", "customers at risk or lost", one="customer at risk or lost",
                        of="count", alert=True, with_any="at_stake"),),
    advice=_advice,
    compute=_compute,
)
