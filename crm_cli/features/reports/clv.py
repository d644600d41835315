"""`crm report clv`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from crm_cli.features.reports import keys
from crm_cli.features.reports.advice import counted
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Choice, Report
from crm_cli.features.reports.table import Row, Table
from crm_cli.model.buyers import Buyer, Forecast, Habit, alive, fitted
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.duration import read_interval
from crm_cli.model.errors import Unreadable, UsageError
from crm_cli.model.money import round_money
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.rows import fraction
from crm_cli.model.spending import Repeat, Worth
from crm_cli.model.spending import fitted as worth_fitted

_HELD_OUT = 26
"""Weeks at the end that a second fit does not see, to be compared with what it expects."""
_FIGURES = (
    Figure("predicted", "", "expected × value: what they will bring in the horizon", type="money"),
    Figure("historic", "", "what they bought so far, net", type="money"),
    Figure("alive", "", "the probability that they still buy", type="share"),
    Figure("expected", "", "purchase days expected in the horizon", type="decimal"),
    Figure("value", "", "expected net of a purchase day", type="money"),
    Figure("repeats", "", "purchase days but the first", type="integer"),
    Figure("last", "", "day of the last purchase", type="date"),
)
_PARAMETER = Key("parameter", "", "its name", public=True)
_VALUES = (Figure("value", "", "its value", type="decimal"), Figure("of", "", "its model"))
_SIX = Decimal("0.000001")

Days = Mapping[date, Decimal | None]
"""What a customer bought on each day, net; None where a rate is missing."""


class _Fits(NamedTuple):
    habit: Habit
    worth: Worth | None


def _compute(context: Context) -> Table:
    weeks = _horizon(context)
    bought = _bought(context)
    today = context.today
    buyers = {id: _buyer(days, today) for id, days in bought.items()}
    habit = fitted([*buyers.values()])
    notes: list[str] = []
    if habit is not None and (doubt := _held_out(bought, today, habit, notes)):
        notes.append(doubt)
        habit = None
    elif habit is None:
        notes.append(_untold(buyers))
    repeats = {id: repeat for id, days in bought.items() if (repeat := _repeat(days)) is not None}
    worth = worth_fitted([*repeats.values()]) if habit is not None else None
    if habit is not None:
        notes += _head(habit, worth, context.currency)
    if context.option("model"):
        return _parameters(habit, worth, notes)
    forecast = Forecast(habit, weeks) if habit is not None else None
    rows: list[Row] = []
    for id, name, spend, last in context.rows("id", "name", "spend", "last_purchase"):
        if id not in buyers:
            continue
        row = {"customer": id, "name": name, "historic": spend, "repeats": buyers[id].repeats}
        row["last"] = last
        if forecast is not None and habit is not None:
            row |= _predicted(context, forecast, buyers[id], worth, repeats.get(id))
        rows.append(row)
    table = Table((keys.CUSTOMER,), _FIGURES, rows, notes=notes if rows else ())
    table.sort("predicted-,historic-")
    return table


def _predicted(
    context: Context, forecast: Forecast, buyer: Buyer, worth: Worth | None, repeat: Repeat | None
) -> Row:
    expected = forecast(buyer)
    found: Row = {
        "alive": fraction(Decimal(alive(forecast.habit, buyer))),
        "expected": Decimal(expected).quantize(Decimal("0.01")),
    }
    if worth is not None:
        value = worth.expected(repeat) if repeat is not None else worth.population
        found["value"] = round_money(Decimal(value), context.currency)
        found["predicted"] = round_money(Decimal(expected * value), context.currency)
    return found


def _bought(context: Context) -> dict[str, dict[date, Decimal | None]]:
    """What every customer bought on each day, whatever the terms; credit notes are no purchases,
    and an order with its invoices is one, on its first day."""
    from crm_cli.query.group import GroupQuery

    workspace = context.workspace
    node = workspace.node(workspace.scope(PURCHASE), ["not:is:credit_note", "has:sale_date"])
    query = GroupQuery(PURCHASE, ["customer", "sale_date"], ["spend"], node)
    found: dict[str, dict[date, Decimal | None]] = {}
    for id, day, net in workspace.group(query).rows:
        found.setdefault(id, {})[day] = net
    return found


def _buyer(days: Days, today: date) -> Buyer:
    first, last = min(days), max(days)
    return Buyer(len(days) - 1, (last - first).days / 7, (today - first).days / 7)


def _repeat(days: Days) -> Repeat | None:
    """What a customer who came back spent on those days; None where it is unknown or nothing."""
    first = min(days)
    nets = [net for day, net in days.items() if day != first]
    if not nets or any(net is None for net in nets):
        return None
    whole = float(sum(net for net in nets if net is not None))
    return Repeat(len(nets), whole / len(nets)) if whole > 0 else None


def _held_out(bought: Mapping[str, Days], today: date, habit: Habit, notes: list[str]) -> str:
    """Add what a fit without the last weeks expects of them; what is to be said where it is so
    far off that the model does not fit."""
    then = today - timedelta(weeks=_HELD_OUT)
    before = {id: {day: net for day, net in days.items() if day <= then}
              for id, days in bought.items()}  # fmt: skip
    buyers = [_buyer(days, then) for days in before.values() if days]
    earlier = fitted(buyers, habit) if buyers else None
    if earlier is None:
        return ""
    expected = sum(map(Forecast(earlier, _HELD_OUT), buyers))
    were = sum(len(days) - len(before[id]) for id, days in bought.items() if before[id])
    said = f"of the last {_HELD_OUT} weeks: expected {expected:,.0f} purchases, were {were:,}"
    if max(expected, were) >= 20 and not 0.5 <= expected / max(were, 1) <= 2:
        return f"these data do not tell: {said}"
    notes.append(said)
    return ""


def _untold(buyers: Mapping[str, Buyer]) -> str:
    back = sum(one.repeats > 0 for one in buyers.values())
    if back < 50:
        return f"these data do not tell: {counted(back, 'customer')} came back, and it takes 50"
    return "these data do not tell: the model fits them with no parameters of its own"


def _head(habit: Habit, worth: Worth | None, currency: str) -> list[str]:
    r, alpha, a, b, likelihood, customers = habit
    told = [
        f"BG/NBD of {customers:,} customers: r {r:.3f}, alpha {alpha:.3f}, a {a:.3f}, b {b:.3f}; "
        f"log-likelihood {likelihood:.1f}"
    ]
    if worth is None:
        return [*told, "Gamma-Gamma: these data do not tell what a purchase is worth"]
    p, q, v, likelihood, customers = worth
    told.append(
        f"Gamma-Gamma of {customers:,}: p {p:.3f}, q {q:.3f}, v {v:.2f}; log-likelihood "
        f"{likelihood:.1f}; a purchase day of all {worth.population:.2f} {currency}"
    )
    return told


def _parameters(habit: Habit | None, worth: Worth | None, notes: list[str]) -> Table:
    rows: list[Row] = []
    for name, model in (("BG/NBD", habit), ("Gamma-Gamma", worth)):
        for key, value in zip(model._fields, model, strict=True) if model is not None else ():
            exact = Decimal(str(value)).quantize(_SIX) if isinstance(value, float) else value
            rows.append({"parameter": key, "value": exact, "of": name})
    return Table((_PARAMETER,), _VALUES, rows, notes=notes)


def _horizon(context: Context) -> float:
    text = context.option("horizon")
    try:
        end = read_interval(text).after(context.today)
    except Unreadable as error:
        raise UsageError(f"--horizon: {error.message}", error.hint) from error
    weeks = (end - context.today).days / 7
    if weeks > 520:
        raise UsageError("--horizon is more than ten years", "write --horizon 12m")
    return weeks


REPORT = Report(
    name="clv",
    answers="Estimate what customers will still bring: purchases to come, and what they are worth.",
    formula="Historic is the net of all purchases so far. Predicted over --horizon (12m) is the "
    "number of purchase days to come by BG/NBD (Fader, Hardie and Lee 2005), times the value of "
    "one by Gamma-Gamma (Fader and Hardie), both fitted by maximum likelihood to all customers up "
    "to today, whatever the terms: repeat purchase days, weeks from the first purchase to the last "
    "and to today, and the mean of the repeat days' sums. Who has bought once is expected to spend "
    "what the population does. A second fit without the last 26 weeks says how far off it would "
    "have been. Where fewer than 50 came back, where the fit runs away, or where it would have "
    "been off by half or more, these data do not tell, and the historic part stands alone. "
    "--model has the parameters.",
    example="--horizon 6m -n 10",
    group="Customers",
    base=CUSTOMER,
    standing=True,
    open=False,
    figures=_FIGURES,
    options=(
        Choice("horizon", "How far ahead: 12m, 26w.", metavar="12m", default="12m"),
        Choice("model", "The parameters of the two models, in place of customers."),
    ),
    sort="predicted-,historic-",
    bar="predicted",
    compute=_compute,
)
