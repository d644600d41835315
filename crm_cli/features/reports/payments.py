"""`crm report payments`."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from crm_cli.features.reports import keys
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Table
from crm_cli.model.purchase import PURCHASE

_OPEN = (
    Figure("open", "count", "invoices that are open now"),
    Figure("owed", "sum(amount_due)", "what is owed of them"),
)
_BY_MONEY = "settled_by is money"
_COUNTED = ("settled", "written_off", "credited")
_MEANS, _TENTH = ("days", "median", "late"), Decimal("0.1")
_ONLY_DIVIDED = ("dated", "in_time")


def _finish(context: Context, table: Table) -> None:
    """Means to a tenth of a day; what is open now, of groups that settled nothing, too."""
    table.columns = tuple(one for one in table.columns if one.key not in _ONLY_DIVIDED)
    for row in (*table.rows, table.total or {}):
        for key in _MEANS:
            if row.get(key) is not None:
                row[key] = Decimal(row[key]).quantize(_TENTH, ROUND_HALF_UP)
    if any(key.timed for key in table.keys):
        table.columns = tuple(one for one in table.columns if one.key not in ("open", "owed"))
        return
    open_now = context.groups(figures=_OPEN, kind=PURCHASE, where="is(owing)", dated="-")
    first = bool(context.limit) and len(table.rows) == context.limit
    if first and table.rows[-1]["late"] is None:
        # Groups that settled nothing stand among these: all have to be put in order.
        context.limit = None
        table.rows = context.groups(own=False).rows
        _finish(context, table)
        return
    groups = {table.group(row): row for row in table.rows}
    for row in open_now.rows:
        if table.group(row) not in groups:
            if first:
                continue
            names = (*(key.name for key in table.keys), *table.names.values())
            made = {name: row.get(name) for name in names} | dict.fromkeys(_COUNTED, 0)
            groups[table.group(row)] = made
            table.rows.append(made)
        groups[table.group(row)].update({one.key: row[one.key] for one in _OPEN})
    if table.total is not None and open_now.total is not None:
        table.total |= {one.key: open_now.total[one.key] for one in _OPEN}
    table.sort(context.order(REPORT.sort))


REPORT = Report(
    name="payments",
    answers="Show how customers pay: after how many days, how late, and what is open.",
    formula="Of invoices settled in the period wholly by money: days are from the invoice's date "
    "to the last payment, late from its due date, early being negative (of instalments from the "
    "last). On time is the part of those with a due date that was paid by then. What was settled "
    "by a write-off or with a credit note is counted apart. Open is what is owed now, whatever "
    "the period.",
    example="--period last-12m",
    group="Money",
    having="settled > 0 or written_off > 0 or credited > 0",
    by=(
        keys.CUSTOMER,
        keys.OWNER,
        keys.COUNTRY,
        Key("month", "settled.month", "the month in which they were settled", timed=True),
    ),
    usual=("customer",),
    figures=(
        Figure("settled", f"count(where {_BY_MONEY})", "invoices settled by money"),
        Figure("days", f"avg(days_to_pay where {_BY_MONEY})", "mean days to pay"),
        Figure("median", f"median(days_to_pay where {_BY_MONEY})", "the median", unit="days"),
        Figure("late", f"avg(days_late where {_BY_MONEY})", "mean days after the due date",
               unit="days"),
        Figure("worst", f"max(days_late where {_BY_MONEY})", "the latest of them", unit="days"),
        Figure("dated", f"count(where {_BY_MONEY} and days_late is not none)", "with a due date"),
        Figure("in_time", f"count(where {_BY_MONEY} and days_late <= 0)", "paid by then"),
        Figure("on_time", "", "the part paid by the due date", type="rate", cases="dated",
               ratio=("in_time", "dated")),
        Figure("written_off", "count(where settled_by is write_off)", "settled by a write-off"),
        Figure("credited", "count(where settled_by is credit_note)", "settled by a credit note"),
        Figure("open", "", "invoices that are open now", type="integer", start=0, compared=False),
        Figure("owed", "", "what is owed of them", type="money", compared=False),
    ),
    sort="late-",
    bar="days",
    period="settled",
    finish=_finish,
    leading=True,
)  # fmt: skip
