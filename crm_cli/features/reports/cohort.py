"""`crm report cohort`."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from crm_cli.features.reports.advice import counted
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Choice, Report
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.money import round_money
from crm_cli.model.purchase import PURCHASE

_PER_YEAR = {"month": 12, "quarter": 4, "year": 1}
_FIGURES = (Figure("customers", "customers", ""), Figure("net", "spend", ""))
_SIZE = Figure("customers", "", "customers with their first purchase in it", type="integer")
_NET = Figure("net", "", "all that they bought", type="money")


_MONTH = Key("month", "first_purchase.month", "of the first purchase", timed=True)


class _Shape(NamedTuple):
    """What the rows have columns for: the present period's number, the last column's."""

    unit: str
    now: int
    last: int
    nothing: Decimal
    value: bool


def _compute(context: Context) -> Table:
    times = [key for key in context.keys if key.timed]
    others = [key for key in context.keys if not key.timed]
    if len(times) > 1:
        raise UsageError("a cohort is of one month, quarter or year", "--by month")
    key = times[0] if times else _MONTH
    unit, value = key.name, bool(context.option("value"))
    # Money counts on its day; who is billed for what was bought before does not come back.
    bought = Key("bought", f"{'date' if value else 'sale_date'}.{unit}", "")
    found = context.groups((key, bought, *others), _FIGURES, kind=PURCHASE, dated="first_purchase")
    now = _number(f"{context.today:%Y-%m}" if unit == "month" else _present(context, unit))
    cohorts: dict[tuple[str | None, ...], dict[int, Row]] = {}
    for row in found.rows:
        cohort = row[unit]
        place = 0
        if cohort is not None and row["bought"] is not None:
            place = max(_number(row["bought"]) - _number(cohort), 0)
        cells = cohorts.setdefault((cohort, *(row[one.name] for one in others)), {})
        cells[place] = _together(cells.get(place), row)
    most = _most(context)
    spans = [now - _number(cohort) for cohort, *_ in cohorts if cohort is not None]
    last = min(max([0, *spans]), most)
    nothing = round_money(Decimal(0), context.currency)
    shape = _Shape(unit, now, last, nothing, value)
    rows = [
        _row(cohort, cells, shape) | dict(zip((one.name for one in others), rest, strict=True))
        for (cohort, *rest), cells in cohorts.items()
    ]
    columns = _columns(unit, last, value, more=any(span > most for span in spans))
    table = Table((key, *others), columns, rows, _total(rows) if value else None)
    table.sort("")
    return table


def _columns(unit: str, last: int, value: bool, *, more: bool) -> list[Figure]:
    places = range(0 if value else 1, last + 1)
    type, cases = ("money", "") if value else ("rate", "customers")
    what = "what they bought" if value else "the part that bought again"
    columns = [
        Figure(
            f"{unit[0]}{n}", "", f"{what} {counted(n, unit)} later", type=type, cases=cases,
            drawn=True,
        )
        for n in places
    ]  # fmt: skip
    if not value:
        return [_SIZE, *columns]
    later = [Figure("later", "", "what they bought after that", type="money")] if more else []
    return [_SIZE, _NET, *columns, *later]


def _row(cohort: str | None, cells: dict[int, Row], shape: _Shape) -> Row:
    """A cohort's row; its cells are those of the periods that have begun."""
    known = [cell["net"] for cell in cells.values() if cell["net"] is not None]
    row: Row = {
        shape.unit: cohort,
        "customers": cells[0]["customers"] if cohort is not None and 0 in cells else 0,
        "net": sum(known, shape.nothing) if known else None,
    }
    if cohort is None:
        return row
    reach = shape.now - _number(cohort)
    for place in range(0 if shape.value else 1, min(reach, shape.last) + 1):
        cell = cells.get(place) or {"customers": 0, "net": shape.nothing}
        again = quotient(cell["customers"], row["customers"])
        row[f"{shape.unit[0]}{place}"] = cell["net"] if shape.value else again
    if reach > shape.last:
        after = (cell["net"] for place, cell in cells.items() if place > shape.last)
        row["later"] = sum((net for net in after if net is not None), shape.nothing)
    return row


def _together(cell: Row | None, row: Row) -> Row:
    """Two parts of the same place: what is dated before the first purchase, or not at all."""
    if cell is None:
        return row
    nets = [one["net"] for one in (cell, row) if one["net"] is not None]
    return {
        "customers": max(cell["customers"], row["customers"]),
        "net": sum(nets, Decimal(0)) if nets else None,
    }


def _total(rows: list[Row]) -> Row:
    total: Row = {"customers": sum(row["customers"] for row in rows)}
    for row in rows:
        for name, value in row.items():
            if isinstance(value, Decimal):
                total[name] = total.get(name, Decimal(0)) + value
    return total


def _most(context: Context) -> int:
    text = context.option("periods")
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 1000):
        raise UsageError(f"--periods {text} is no number of periods", "such as --periods 24")
    return int(text)


def _present(context: Context, unit: str) -> str:
    today = context.today
    return f"{today:%Y}" if unit == "year" else f"{today:%Y}-q{(today.month + 2) // 3}"


def _number(time: str) -> int:
    """A month, quarter or year as a number that the next one is one more than."""
    year, _, part = time.partition("-")
    if not part:
        return int(year)
    return int(year) * (4 if part[0] == "q" else 12) + int(part.lstrip("q")) - 1


REPORT = Report(
    name="cohort",
    answers="Follow the customers of each month: how many of them came back, month by month.",
    formula="A cohort is the customers whose first purchase lies in the month (quarter, year). m1 "
    "is the part of them that bought again in the month after, m2 in the second, and so on (an "
    "order with its invoices is one purchase); empty where that month is yet to come. With "
    "--value what they bought, net of credit notes; m0 has what is dated before the "
    "first purchase or not dated. Who has no dated purchase is of no "
    "cohort. With owner each cohort is told apart by who looks after them.",
    example="--by quarter --value",
    group="Customers",
    base=CUSTOMER,
    by=(
        _MONTH,
        Key("quarter", "first_purchase.quarter", "of the first purchase", timed=True),
        Key("year", "first_purchase.year", "of the first purchase", timed=True),
        Key("owner", "customer.owner", "who of us looks after the customers"),
    ),
    usual=("month",),
    open=False,
    figures=(_SIZE, Figure("m1", "", "the part that bought again a month later; then m2, m3 …")),
    options=(
        Choice("value", "What they bought, instead of how many did."),
        Choice("periods", "At most this many columns.", metavar="N", default="12"),
    ),
    chart="customers",
    shape="heat",
    title="Who came back, month by month",
    compute=_compute,
)
