"""`crm report dso`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.past_balances import Owed, billed_by_day, owed_at
from crm_cli.features.reports.report import Headline, Report
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import days_in_month
from crm_cli.model.duration import add_months
from crm_cli.model.errors import UsageError
from crm_cli.model.money import EXACT, round_money
from crm_cli.model.periods import Period

_Days = Mapping[date | None, Decimal]
_DAYS = 90
_ZERO = Decimal(0)
_TENTH = Decimal("0.1")
_ONE = timedelta(days=1)
_MOST = 240
"""Months in one answer at most."""


def _compute(context: Context) -> Table:
    monthly = bool(context.keys)
    spans = _months(context) if monthly else [_span(context.period, context.today)]
    billed = billed_by_day(context)
    ends = dict.fromkeys(day for first, last in spans for day in (first - _ONE, last))
    lasts = [last for _, last in spans]
    owed = owed_at(context, ends, lasts)
    rows: list[Row] = []
    if not billed and not any(one.total for one in owed.values()):
        spans = []
    for first, last in spans:
        row = _row(context, billed, (first, last), owed[first - _ONE], owed[last])
        rows.append({"month": f"{last:%Y-%m}", **row} if monthly else row)
    return Table(context.keys, REPORT.figures, rows)


def _span(period: Period, today: date) -> tuple[date, date]:
    """The first and the last day of the period; without a start the 90 days to its end."""
    end = min(period.end or today, today)
    start = period.start or end - timedelta(days=_DAYS - 1)
    if start > end:
        raise UsageError(f"the period begins on {start}, after today", "name one that has begun")
    return start, end


def _months(context: Context) -> list[tuple[date, date]]:
    """The 90 days to the end of each month of the period, of the last twelve unless given."""
    today = context.today
    last = min(context.period.end or today, today)
    first = context.period.start or add_months(last.replace(day=1), -11)
    found = []
    month = first.replace(day=1)
    while month <= last:
        end = min(month.replace(day=days_in_month(month.year, month.month)), today)
        found.append((end - timedelta(days=_DAYS - 1), end))
        month = add_months(month, 1)
    if len(found) > _MOST:
        raise UsageError(f"that are {len(found):,} months", f"name a period of at most {_MOST}")
    return found


def _row(
    context: Context,
    billed: _Days,
    span: tuple[date, date],
    before: Owed,
    after: Owed,
) -> Row:
    first, last = span
    days = (last - first).days + 1
    invoiced = _invoiced(billed, first, last)
    simple = _times(after.total, invoiced, days)
    best = _times(after.not_due, invoiced, days)
    collectable = before.total + invoiced
    currency = context.currency
    return {
        "countback": _countback(billed, after.total, last),
        "simple": simple,
        "best": best,
        "delinquent": None if simple is None or best is None else simple - best,
        "effectiveness": quotient(collectable - after.total, collectable - after.not_due),
        "before": before.total,
        "invoiced": round_money(invoiced, currency),
        "owed": after.total,
        "not_due": after.not_due,
        "days": days,
    }


def _invoiced(billed: _Days, first: date, last: date) -> Decimal:
    """Gross of the invoices of these days, less that of the credit notes."""
    amounts = (
        amount for day, amount in billed.items() if day is not None and first <= day <= last
    )
    return sum(amounts, _ZERO)


def _times(part: Decimal, invoiced: Decimal, days: int) -> Decimal | None:
    """A part of what was invoiced, in days; nothing to go by where nothing was."""
    if invoiced <= 0:
        return None
    return _tenth(EXACT.divide(part * days, invoiced))


def _countback(billed: _Days, owed: Decimal, last: date) -> Decimal | None:
    """The days back to where invoices cover what is owed; None where all of them do not."""
    if owed <= 0:
        return _tenth(_ZERO)
    by_month: dict[date, Decimal] = {}
    for day, amount in billed.items():
        if day is not None and day <= last:
            month = day.replace(day=1)
            by_month[month] = by_month.get(month, _ZERO) + amount
    days, left, end = 0, owed, last
    earliest = min(by_month, default=last)
    while end >= earliest:
        month = end.replace(day=1)
        invoiced = by_month.get(month, _ZERO)
        if invoiced >= left:
            return _tenth(days + EXACT.divide(end.day * left, invoiced))
        left -= invoiced
        days += end.day
        end = month - _ONE
    return None


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(_TENTH, ROUND_HALF_UP)


def _days(key: str, doc: str, label: str) -> Figure:
    return Figure(key, "", doc, type="decimal", unit="days", label=label)


REPORT = Report(
    name="dso",
    answers="Measure how long money is owed: days sales outstanding, and how well it is collected.",
    formula="All amounts with tax, invoices less credit notes, in the base currency. Countback "
    "goes back from the end, month by month, until what is owed then is covered by what these "
    "months invoiced: whole months with their days, the last one in part, a month under way with "
    "the days so far. Simple is what is owed at the end ÷ invoiced × days, best possible the "
    "same of what is not due yet, delinquent the difference. Effectiveness is (owed before + "
    "invoiced − owed) ÷ (owed before + invoiced − not due). The days are those of the period, "
    "or the last 90; --by month looks back 90 days from the end of each month. What was owed is "
    "the sum of the balances of that day.",
    example="--by month --period last-6m",
    group="Money",
    base=CUSTOMER,
    by=(Key("month", "", "the month, at its end", timed=True),),
    open=False,
    figures=(
        _days("countback", "days sales outstanding, counted back by month", "by month"),
        _days("simple", "days sales outstanding, by the period's average", "on average"),
        _days("best", "the best possible: if nothing were late", "if nothing were late"),
        _days("delinquent", "average days delinquent: simple less best possible", "days late"),
        Figure("effectiveness", "", "collection effectiveness", type="share"),
        Figure("before", "", "owed before the first day", type="money"),
        Figure("invoiced", "", "invoiced, less what was credited", type="money"),
        Figure("owed", "", "owed at the end", type="money"),
        Figure("not_due", "", "of that not yet due", type="money"),
        Figure("days", "", "the days of the period", type="integer", compared=False),
    ),
    bar="countback",
    shape="line",
    title="How long money is owed",
    page="--by month",
    headlines=(Headline("countback", "to collect what is billed", of="last"),),
    period="-",
    compute=_compute,
)
