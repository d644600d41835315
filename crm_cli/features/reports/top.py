"""`crm report top`."""

from __future__ import annotations

from decimal import Decimal

from crm_cli.features.reports import keys
from crm_cli.features.reports.columns import Figure
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Table, quotient


def _accumulate(context: Context, table: Table) -> None:
    """The share that the largest groups have together, from the top of the list."""
    whole = (table.total or {}).get("net")
    so_far = Decimal(0)
    for row in table.rows:
        so_far += row["net"] or Decimal(0)
        row["cumulative"] = quotient(so_far, whole)


REPORT = Report(
    name="top",
    answers="Rank customers by spend, with the share that the first ones have together.",
    formula="Net of the purchases that count in the period, largest first; share is the group's "
    "part of the net of all, cumulative that of all groups so far, which ends at 1.",
    example="--period last-12m -n 10",
    group="Customers",
    by=(keys.CUSTOMER, keys.PRODUCT, keys.CATEGORY, keys.COUNTRY, keys.CITY, keys.OWNER),
    usual=("customer",),
    figures=(
        Figure("orders", "orders", "sales, an order with its invoices being one"),
        Figure("net", "spend", "what they are worth without tax"),
        Figure("share", "share:spend", "the part of the whole", compared=False,
               part_of="net"),
        Figure("cumulative", "", "this and all groups above", type="share", compared=False,
               drawn=True),
    ),
    sort="net-",
    bar="net",
    shape="pareto",
    title="The largest customers",
    page="--period last-12m",
    finish=_accumulate,
    leading=True,
)
