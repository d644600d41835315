"""`crm report service`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crm_cli.features.reports.advice import counted
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Headline, Report
from crm_cli.features.reports.table import Table
from crm_cli.model.case import CASE

_HOUR, _HUNDREDTH = Decimal(60), Decimal("0.01")
_TIMES = {"response": "response_time", "resolution": "resolution_time"}
_MINUTES = Key("minutes", "", "")
_COUNT = (Figure("count", "count", ""),)


def _finish(context: Context, table: Table) -> None:
    """Medians and 90th percentiles of the times, in working hours."""
    table.columns = tuple(one for one in table.columns if not one.key.endswith("s_kept"))
    rows = [*table.rows, *([table.total] if table.total is not None else [])]
    for name, field in _TIMES.items():
        key = _MINUTES.but(field=field)
        where = f"{field} is not none"
        found = context.groups((*table.keys, key), _COUNT, where=where, totals=False).rows
        parts: dict[tuple[Any, ...], dict[int, int]] = {}
        whole: dict[int, int] = {}
        for row in found:
            minutes, count = int(row["minutes"]), row["count"]
            group = parts.setdefault(table.group(row), {})
            group[minutes] = group.get(minutes, 0) + count
            whole[minutes] = whole.get(minutes, 0) + count
        for row in rows:
            times = whole if row is table.total else parts.get(table.group(row), {})
            row[name] = hours(quantile(times, Decimal("0.5")))
            row[f"{name}_90"] = hours(quantile(times, Decimal("0.9")))


def quantile(counts: Mapping[int, int], part: Decimal) -> Decimal | None:
    """The quantile of whole numbers, each with how often it is there (type 7 of Hyndman and Fan
    1996, the default of R and NumPy); None of none."""
    number = sum(counts.values())
    if not number:
        return None
    place = part * (number - 1)
    low = int(place)
    below, above = _at(sorted(counts.items()), (low, min(low + 1, number - 1)))
    return below + (place - low) * (above - below)


def _at(counts: Iterable[tuple[int, int]], places: tuple[int, int]) -> tuple[Decimal, Decimal]:
    """The values at two places of all in their order."""
    found: list[Decimal] = []
    end = 0
    for value, count in counts:
        end += count
        while len(found) < len(places) and places[len(found)] < end:
            found.append(Decimal(value))
    return found[0], found[1]


def hours(minutes: Decimal | None) -> Decimal | None:
    """Minutes as hours with two decimals."""
    if minutes is None:
        return None
    return (minutes / _HOUR).quantize(_HUNDREDTH, ROUND_HALF_UP)


def _kept(promise: str, what: str) -> tuple[Figure, Figure, Figure]:
    """How many cases with a promise are decided, and the part in which it was kept."""
    return (
        Figure(f"{what}s_promised", f"count(where {promise} is not none)",
               f"{what}s that were promised and are given, or late", compared=False),
        Figure(f"{what}s_kept", f"count(where {promise} = yes)", "of them in time",
               compared=False),
        Figure(f"{what}_rate", "", "the part in time", type="rate", cases=f"{what}s_promised",
               ratio=(f"{what}s_kept", f"{what}s_promised")),
    )  # fmt: skip



def _advice(table: Table, currency: str) -> Iterator[str]:
    if late := (table.total or {}).get("overdue"):
        verb = "is" if late == 1 else "are"
        yield f"{counted(late, 'open case')} {verb} late."


REPORT = Report(
    name="service",
    answers="Show how cases are answered and resolved: how soon, and whether as promised.",
    formula="Of the cases opened in the period, without duplicates; closed and open are as of now. "
    "Times are working hours in which the clock ran: until the first response, and until it was "
    "resolved for good; median and 90th percentile (type 7). A promise of service in crm.yaml, "
    "the first that is for the case's priority and the customer's segment, is kept if what it "
    "promises came in time, and is not if that is late, be it given or not; what is still to come "
    "in time counts in neither.",
    example="--period last-90d --by kind",
    group="Service",
    base=CASE,
    where="status != duplicate",
    by=(
        Key("kind", "kind", "what they are about", public=True),
        Key("product", "about", "the product they are about", ids=True, public=True),
        Key("assignee", "assignee", "who of us takes care of them"),
        Key("origin", "origin", "how they reached us", public=True),
        Key("priority", "priority", "how urgent they are", public=True),
        Key("month", "opened.month", "the month in which they were opened", timed=True),
    ),
    usual=("kind",),
    figures=(
        Figure("cases", "count", "cases that were opened"),
        Figure("closed", "count(where is(done))", "of them closed by now"),
        Figure("open", "count(where is(open))", "of them open now"),
        Figure("oldest", "max(age where is(open))", "days since the oldest open one was opened",
               compared=False, unit="days"),
        Figure("overdue", "count(where is(overdue))", "of the open ones late"),
        Figure("response", "", "median hours to the first response", type="decimal", unit="h"),
        Figure("response_90", "", "hours in which 90 % had one", type="decimal", unit="h"),
        *_kept("response_kept", "response"),
        Figure("resolution", "", "median hours until they were resolved", type="decimal",
               unit="h"),
        Figure("resolution_90", "", "hours in which 90 % were", type="decimal", unit="h"),
        *_kept("resolution_kept", "resolution"),
        Figure("reopened", "count(where reopened > 0)", "opened again after that"),
        Figure("refunds", "count(where decision = refund)", "money given back"),
    ),
    sort="overdue-,open-,cases-",
    bar="cases",
    title="Cases: how soon they are answered and resolved",
    headlines=(Headline("open", "open cases", one="open case"),),
    ranked=(
        "cases", "overdue", "response_rate", "responses_promised", "resolution_rate",
        "resolutions_promised", "open", "response", "resolution",
    ),
    advice=_advice,
    finish=_finish,
)  # fmt: skip
