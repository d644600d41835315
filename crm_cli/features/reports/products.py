"""`crm report products`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from crm_cli.features.reports import keys
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.duration import add_months
from crm_cli.model.money import EXACT, round_money
from crm_cli.model.product import PRODUCT

_DAY = Key("day", "date", "the day")
_UNITS = (Figure("units", "units", "quantities"),)
_NET = (Figure("net", "spend", "net"),)
_MONTHS = 12


def _finish(context: Context, table: Table) -> None:
    """What came back as a positive number; costs and trends, of products."""
    for row in [*table.rows, *([table.total] if table.total is not None else [])]:
        row["returned"] = abs(row["returned"])
    if [key.name for key in table.keys] != ["product"]:
        return
    costs, trends = _costs(context), _trends(context, table.rows)
    for row in table.rows:
        cost = costs.get(row["product"])
        if cost is not None and row["net"] is not None:
            row["margin"] = quotient(row["net"] - cost, row["net"])
        row["trend"] = trends.get(row["product"])


def _costs(context: Context) -> dict[str, Decimal]:
    """What the sold units cost us, of the products with a cost: in the base currency, at the
    rate of the day where the cost is in another; missing where that has no rate."""
    workspace = context.workspace
    rows = workspace.select(PRODUCT, ["has:cost"], cols=("id", "cost", "currency")).rows
    prices = {id: (cost, currency or context.currency) for id, cost, currency in rows}
    if not prices:
        return {}
    sold = context.groups((keys.PRODUCT.but(label=""), _DAY), _UNITS, totals=False, sort=None).rows
    costs: dict[str, Decimal | None] = dict.fromkeys(prices, Decimal(0))
    for row in sold:
        if (product := row["product"]) not in prices or costs[product] is None:
            continue
        price, currency = prices[product]
        cost = EXACT.multiply(price, row["units"])
        base = workspace.business.rates.convert(cost, currency, row["day"] or date.max)
        before = costs[product]
        costs[product] = None if base is None or before is None else before + base
    return {
        product: round_money(cost, context.currency)
        for product, cost in costs.items()
        if cost is not None
    }


def _trends(context: Context, rows: Sequence[Row]) -> dict[str | None, list[Decimal]]:
    """The net of each month, of the period's or else the last twelve, by product."""
    start = context.period.start or add_months(context.today, 1 - _MONTHS)
    end = min(context.period.end or context.today, context.today)
    first = start.replace(day=1)
    count = max((end.year - first.year) * 12 + end.month - first.month + 1, 0)
    by = (keys.PRODUCT.but(label=""), keys.MONTH)
    where = "" if context.asked.period is not None else f"date >= {first.isoformat()}"
    found = context.groups(by, _NET, where=where, totals=False, sort=None).rows
    months = [f"{add_months(first, number):%Y-%m}" for number in range(count)]
    nets = {(row["product"], row["month"]): row["net"] or Decimal(0) for row in found}
    nothing = round_money(Decimal(0), context.currency)
    return {
        row["product"]: [nets.get((row["product"], month), nothing) for month in months]
        for row in rows
    }


REPORT = Report(
    name="products",
    answers="Compare products: what was sold, to how many, at which margin, and which way it goes.",
    formula="Units and net of the lines that count; returns are the units of credit notes. Margin "
    "is (net − cost × units) ÷ net, where the product has a cost, which is converted at each "
    "purchase's date. Trend is the net of each month of the period, or of the last twelve. "
    "Purchases without lines are of no product.",
    example="--period last-12m --sort margin",
    group="Products",
    by=(keys.PRODUCT, keys.CATEGORY, keys.OWNER),
    usual=("product",),
    figures=(
        Figure("net", "spend", "what was sold, without tax"),
        Figure("share", "share:spend", "the part of the whole", compared=False,
               part_of="net"),
        Figure("trend", "", "net by month, the latest last", type="series"),
        Figure("units", "units", "how many, less what came back"),
        Figure("orders", "orders", "purchases with it"),
        Figure("customers", "customers", "different customers who bought it"),
        Figure("margin", "", "the part of the net that is left after costs", type="share"),
        Figure("returned", "sum(units where is(credit_note))", "units that came back"),
        Figure("last", "last_purchase", "day on which it was last sold"),
    ),
    sort="net-",
    chart="net",
    finish=_finish,
)
