"""`crm report mrr`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Headline, Report
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.duration import add_months
from crm_cli.model.errors import UsageError
from crm_cli.model.money import round_money
from crm_cli.model.price_change import PRICE_CHANGE
from crm_cli.model.purchase import PURCHASE

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MOVES = ("new", "expansion", "reactivation", "contraction", "churned")
_MOST = 240
"""Steps in one answer at most."""
_ONE = timedelta(days=1)


class Subscription(NamedTuple):
    """A subscription as the report counts it: its group and customer, its days (None: no end),
    and what it comes to in a month from which days on, in the base currency."""

    group: tuple[Any, ...]
    customer: str
    first: date
    last: date | None
    phases: tuple[tuple[date, Decimal], ...]

    def on(self, day: date) -> Decimal:
        """What it comes to in a month at the end of a day."""
        if day < self.first or (self.last is not None and day > self.last):
            return Decimal(0)
        held = [amount for start, amount in self.phases if start <= day]
        return held[-1] if held else Decimal(0)


class Step(NamedTuple):
    """From the end of the day before to that of its last day."""

    label: str
    before: date
    end: date


def _compute(context: Context) -> Table:
    times = [key for key in context.keys if key.timed]
    others = [key for key in context.keys if not key.timed]
    if len(times) > 1:
        raise UsageError("a row is of one month, quarter or year", "--by month")
    subscriptions = list(_subscriptions(context, others))
    steps = _steps(context, times[0].name if times else "") if subscriptions else []
    accounts: dict[tuple[Any, ...], dict[str, list[Subscription]]] = {}
    for one in subscriptions:
        accounts.setdefault(one.group, {}).setdefault(one.customer, []).append(one)
    rows: list[Row] = []
    for step in steps:
        for group, customers in accounts.items():
            row = _moved(context, customers.values(), step)
            begun = rows or context.asked.period is not None
            if (others or not begun) and not any(row[key] for key in ("opening", *_MOVES, "mrr")):
                continue
            named = {times[0].name: step.label} if times else {}
            rows.append({**named, **dict(zip((key.name for key in others), group, strict=True)),
                         **row})  # fmt: skip
    total = _total(context, rows, times[0].name if times else "") if rows else None
    table = Table(context.keys, REPORT.figures, rows, total)
    table.sort("")
    return table


def _subscriptions(context: Context, keys: Sequence[Key]) -> Iterator[Subscription]:
    """What the report counts; one whose amount has no rate is left out and told."""
    cols = ("path", "id", "customer", "subscribed_from", "subscribed_until", "date", "mrr",
            "currency", *(key.field for key in keys))  # fmt: skip
    changes = _changes(context)
    for path, id, customer, first, last, day, mrr, currency, *group in context.rows(*cols):
        phases = [(day, mrr), *sorted(changes.get((path, id), ()))]
        found = []
        for start, amount in phases:
            base = None if amount is None else _in_base(context, amount, currency, start)
            if base is not None:
                found.append((start, base))
        if found:
            yield Subscription(tuple(group), customer, first, last, tuple(found))


def _changes(context: Context) -> dict[tuple[str, str], list[tuple[date, Decimal]]]:
    """Price changes with what they come to in a month, by path and id of their subscription."""
    workspace = context.workspace
    node = workspace.node(workspace.scope(PRICE_CHANGE), ["has:takes_effect"])
    found: dict[tuple[str, str], list[tuple[date, Decimal]]] = {}
    for path, id, day, mrr in workspace.rows(
        PRICE_CHANGE, node, ("path", "id", "takes_effect", "mrr")
    ):
        found.setdefault((path, id), []).append((day, mrr))
    return found


def _in_base(context: Context, amount: Decimal, currency: str, day: date) -> Decimal | None:
    if currency == context.currency or not amount:
        return amount
    base = context.workspace.business.rates.convert(amount, currency, day)
    if base is None:
        context.lost(currency, day)
        return None
    return round_money(base, context.currency)


def _steps(context: Context, unit: str) -> list[Step]:
    """The months, quarters or years of the period, of the last twelve months unless given; the
    whole period as one without a unit. What is under way ends today."""
    today = context.today
    last = min(context.period.end or today, today)
    length = _MONTHS.get(unit, 1)
    month = (context.period.start or add_months(last.replace(day=1), -11)).replace(day=1)
    if month > last:
        raise UsageError(f"the period begins on {month}, after today", "name one that has begun")
    if not unit:
        return [Step("", month - _ONE, last)]
    month = month.replace(month=(month.month - 1) // length * length + 1)
    found = []
    while month <= last:
        following = add_months(month, length)
        found.append(Step(_label(month, unit), month - _ONE, min(following - _ONE, last)))
        month = following
    if len(found) > _MOST:
        raise UsageError(f"that are {len(found):,} {unit}s", f"name a period of at most {_MOST}")
    return found


def _label(month: date, unit: str) -> str:
    if unit == "year":
        return f"{month:%Y}"
    return f"{month:%Y}-q{month.month // 3 + 1}" if unit == "quarter" else f"{month:%Y-%m}"


def _moved(context: Context, customers: Iterable[list[Subscription]], step: Step) -> Row:
    """What became of the customers of a group from the one day to the other."""
    nothing = round_money(Decimal(0), context.currency)
    row: Row = dict.fromkeys(("opening", *_MOVES, "mrr"), nothing)
    before_count = after_count = lost = 0
    for held in customers:
        before = sum((one.on(step.before) for one in held), nothing)
        after = sum((one.on(step.end) for one in held), nothing)
        row["opening"] += before
        row["mrr"] += after
        before_count += before > 0
        after_count += after > 0
        lost += before > 0 >= after
        if move := _move(held, before, after, step):
            row[move] += abs(after - before)
    row["customers"] = after_count
    row["arpa"] = quotient(row["mrr"], after_count, money=True)
    row["opening_customers"], row["churned_customers"] = before_count, lost
    row["customer_churn"] = quotient(lost, before_count)
    row["revenue_churn"] = quotient(row["churned"] + row["contraction"], row["opening"])
    kept = row["opening"] + row["expansion"] - row["contraction"] - row["churned"]
    row["net_retention"] = quotient(kept, row["opening"])
    return row


def _move(held: Sequence[Subscription], before: Decimal, after: Decimal, step: Step) -> str:
    """What is said of a customer's change; nothing where there is none."""
    if before == after:
        return ""
    if before and after:
        return "expansion" if after > before else "contraction"
    if not after:
        return "churned"
    paid = any(
        one.first <= step.before and any(amount for start, amount in one.phases
                                         if start <= step.before)
        for one in held
    )  # fmt: skip
    return "reactivation" if paid else "new"


def _total(context: Context, rows: Sequence[Row], time: str) -> Row:
    """The movements of all rows, from the first opening to the last end; rates of one step only."""
    nothing = round_money(Decimal(0), context.currency)
    labels = sorted({row[time] for row in rows}) if time else [""]
    first = [row for row in rows if not time or row[time] == labels[0]]
    last = [row for row in rows if not time or row[time] == labels[-1]]
    total: Row = {key: sum((row[key] for row in rows), nothing) for key in _MOVES}
    total["opening"] = sum((row["opening"] for row in first), nothing)
    total["mrr"] = sum((row["mrr"] for row in last), nothing)
    return total


def _money(key: str, doc: str) -> Figure:
    return Figure(key, "", doc, type="money")


REPORT = Report(
    name="mrr",
    answers="Follow the monthly recurring revenue of subscriptions: new, more, less and lost.",
    formula="MRR is what subscriptions come to in a month, without tax: what is billed on an "
    "occasion ÷ the months between two; a year is 12 months, 52 weeks or 365 days, and each is "
    "rounded to the cent. A subscription counts from its date to the end of its last paid period; "
    "a draft or a cancelled one for what was made of it and is posted. A new price counts from the "
    "day on which it is first billed. Amounts are converted by the rate of the day on which their "
    "price began, so that rates move nothing. Customers are compared at the end of the day before "
    "and at the end of the month (quarter, year, period), today at the latest: new is who paid "
    "never before, reactivation who had stopped, churned who pays nothing any more, expansion and "
    "contraction who pays more or less, with several subscriptions together. Opening + new + "
    "expansion + reactivation − contraction − churned = MRR. ARPA is MRR ÷ customers, customer "
    "churn churned ÷ opening customers, revenue churn (churned + contraction) ÷ opening, net "
    "retention (opening + expansion − contraction − churned) ÷ opening.",
    example="--period last-12m --by month",
    group="Money",
    base=PURCHASE,
    terms=("has:subscribed_from",),
    by=(
        Key("month", "", "the month, to its end", timed=True),
        Key("quarter", "", "the quarter, to its end", timed=True),
        Key("year", "", "the year, to its end", timed=True),
        Key("owner", "owner", "who of us sold it"),
        Key("customer", "customer", "whose it is", ids=True),
        Key("currency", "currency", "the currency that it is billed in"),
    ),
    usual=("month",),
    open=False,
    figures=(
        _money("opening", "MRR before the first day"),
        _money("new", "of customers who never paid before"),
        _money("expansion", "more of those who paid already"),
        _money("reactivation", "of customers who had stopped"),
        _money("contraction", "less of those who pay on"),
        _money("churned", "of customers who stopped"),
        _money("mrr", "MRR at the end"),
        Figure("customers", "", "customers who pay at the end", type="integer"),
        _money("arpa", "MRR per customer"),
        Figure("opening_customers", "", "customers who paid before the first day",
               type="integer"),
        Figure("churned_customers", "", "of those, who stopped", type="integer"),
        Figure("customer_churn", "", "the part of them", type="rate", cases="opening_customers"),
        Figure("revenue_churn", "", "the part of the opening that was lost", type="share"),
        Figure("net_retention", "", "what is left of the opening, with expansion", type="share"),
    ),
    ranked=(
        "mrr", "customers", "new", "churned", "expansion", "contraction", "net_retention",
        "opening", "reactivation", "arpa", "customer_churn", "revenue_churn",
        "opening_customers", "churned_customers",
    ),
    bar="mrr",
    shape="line",
    title="Monthly recurring revenue",
    page="--by month",
    headlines=(Headline("mrr", "of subscriptions each month"),),
    period="-",
    compute=_compute,
)
