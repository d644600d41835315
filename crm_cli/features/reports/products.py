"""`crm report products`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
_PRODUCT = keys.PRODUCT.but(label="")
_UNITS = (Figure("units", "sum(costed)", "the quantities that the net is of"),)
_NET = (Figure("net", "spend", "net"),)
_MONTHS = 12


def _finish(context: Context, table: Table) -> None:
    """What came back as a positive number; margins, and of products trends."""
    for row in [*table.rows, *([table.total] if table.total is not None else [])]:
        row["returned"] = abs(row["returned"])
    _fill_margins(context, table)
    if [key.name for key in table.keys] == ["product"]:
        trends = _trends(context, table.rows)
        for row in table.rows:
            row["trend"] = trends.get(row["product"])


class _Earned:
    """What lines of products with a cost came to, and what they cost us, in the base currency;
    `missing` where a rate is not known."""

    def __init__(self) -> None:
        self.net = self.cost = Decimal(0)
        self.missing = False

    def margin(self, currency: str) -> Decimal | None:
        """The part of the net that is left after costs."""
        if self.missing:
            return None
        return quotient(self.net - round_money(self.cost, currency), self.net)


def _fill_margins(context: Context, table: Table) -> None:
    """The margin of each row and of the total, over the lines whose product has a cost."""
    workspace = context.workspace
    rows = workspace.select(PRODUCT, ["has:cost"], cols=("id", "cost", "currency")).rows
    costs = {id: (cost, currency or context.currency) for id, cost, currency in rows}
    if not costs:
        return
    bare = [key.but(label="") for key in table.keys]
    earned = _earned(context, bare, costs)
    for row in table.rows:
        if (one := earned.get(table.group(row))) is not None:
            row["margin"] = one.margin(context.currency)
    whole = _earned(context, [], costs).get((), _Earned())
    if table.total is not None:
        table.total["margin"] = whole.margin(context.currency)
    if earned and whole.net != (net := (table.total or {}).get("net") or whole.net):
        table.notes.append(
            f"margin: of {whole.net:,.2f} of {net:,.2f} {context.currency}, whose products have a "
            "cost; at the costs that they have today"
        )
    elif earned:
        table.notes.append("margin: at the costs that products have today")


def _earned(
    context: Context, by: Sequence[Key], costs: Mapping[str, tuple[Decimal, str]]
) -> dict[tuple[object, ...], _Earned]:
    """By group, what products with a cost earned: costs are converted at the rate of the day."""
    asked = [*by, *(one for one in (_PRODUCT, _DAY) if one.name not in [key.name for key in by])]
    sold = context.groups(asked, (*_UNITS, *_NET), totals=False, sort=None).rows
    found: dict[tuple[object, ...], _Earned] = defaultdict(_Earned)
    for row in sold:
        if (product := row["product"]) not in costs:
            continue
        one = found[tuple(row.get(key.name) for key in by)]
        price, currency = costs[product]
        cost = EXACT.multiply(price, row["units"])
        base = context.workspace.business.rates.convert(cost, currency, row["day"] or date.max)
        if base is None or row["net"] is None:
            one.missing = True
            continue
        one.cost += base
        one.net += row["net"]
    return found


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
    "is (net − cost × units) ÷ net of the lines whose product has a cost: that of today, for "
    "what was sold long ago, too, converted at each purchase's date; of an order with a deposit "
    "for the units whose net is left. Trend "
    "is the net of each month of the period, or of the last twelve. "
    "Purchases without lines are of no product.",
    example="--period last-12m --sort margin",
    group="Products",
    by=(keys.PRODUCT, keys.CATEGORY, keys.OWNER, keys.CUSTOMER, keys.MONTH, keys.YEAR,
        keys.CITY, keys.COUNTRY, keys.TAG),
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
