"""`crm report sources`."""

from __future__ import annotations

from crm_cli.features.reports import keys
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.recorded import recorded
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Table
from crm_cli.model.customer import CUSTOMER

_WON = "first_purchase is not none or any(deals, is(won))"
_QUALIFIED = f"lifecycle_stage in (qualified, customer, former) or {_WON}"


def _compute(context: Context) -> Table:
    """The groups; with a period of those recorded in it, and a row for who may have been."""
    from crm_cli.query.ast import Or

    if context.asked.period is None:
        table = context.groups()
        table.sort(context.order(REPORT.sort))
        return table
    when = recorded(context)
    table = context.groups(among=when.within)
    table.sort(context.order(REPORT.sort))
    unknown = context.groups((), among=when.unknown).rows
    table.rows += [{**row, "recorded": "unknown"} for row in unknown if row["customers"]]
    total = context.groups((), among=Or((when.within, when.unknown))).total
    columns = (*table.columns, Figure("recorded", "", "unknown where no day is known"))
    return Table(table.keys, columns, table.rows, total)


REPORT = Report(
    name="sources",
    answers="Compare the sources of customers: how many each brought, and what came of them.",
    formula="Of the customers recorded in the period, by created, else the first commit of the "
    "record, else its earliest item; those of whom none is known are a row of their own. "
    "Qualified are those whose stage is qualified, customer or former, and all who were won: "
    "who bought, or have a won deal; conversion is won ÷ customers. Revenue is all that they have "
    "bought up to today, per_lead that ÷ customers.",
    example="--period 2026 --by source,owner",
    group="Selling",
    base=CUSTOMER,
    by=(
        Key("source", "source", "how they found us", public=True),
        keys.COUNTRY,
        keys.INDUSTRY,
        keys.OWNER,
    ),
    usual=("source",),
    figures=(
        Figure("customers", "count", "recorded in the period"),
        Figure("qualified", f"count(where {_QUALIFIED})", "of them qualified"),
        Figure("won", f"count(where {_WON})", "of them bought, or have a won deal"),
        Figure("conversion", f"rate(where {_WON})", "won ÷ customers",
               cases="customers", ratio=("won", "customers")),
        Figure("revenue", "sum:spend", "what they bought"),
        Figure("per_lead", "", "revenue ÷ customers", type="money",
               ratio=("revenue", "customers")),
    ),
    period="-",
    sort="revenue-,customers-",
    bar="revenue",
    compute=_compute,
)  # fmt: skip
