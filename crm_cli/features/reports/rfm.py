"""`crm report rfm`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.features.reports import keys
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Choice, Report
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.money import round_money
from crm_cli.model.rfm import segment
from crm_cli.model.scoring import SIDES, cuts, read_bounds, score

LEAST = 25
"""Where there are fewer customers, only bounds that are given score them."""
_SEGMENT = Key("segment", "rfm", "the RFM segment", public=True)
_SCORES = tuple(f"{side[0]}_score" for side in SIDES)
_FIGURES = (
    Figure("segment", "", "the first rule that holds the three scores", public=True),
    Figure("recency", "", "days since the last purchase", type="integer", unit="days"),
    Figure("frequency", "", "orders", type="integer"),
    Figure("monetary", "", "what they bought, net", type="money"),
    *(Figure(name, "", f"1 to 5, by {side}", type="integer")
      for side, name in zip(SIDES, _SCORES, strict=True)),
)  # fmt: skip
_OF_SEGMENTS = (
    Figure("customers", "", "how many there are", type="integer"),
    Figure("share", "", "their part of all customers with a purchase", type="share"),
    Figure("recency", "", "days since the last purchase, the median", type="integer",
           unit="days"),
    Figure("frequency", "", "orders, the mean", type="decimal"),
    Figure("monetary", "", "what they bought, net, together", type="money"),
    Figure("value_share", "", "their part of what all bought", type="share"),
)


class _Buyer(NamedTuple):
    """A customer with a purchase: days since the last one, orders, net."""

    id: str
    recency: int
    frequency: int
    monetary: Decimal


def _compute(context: Context) -> Table:
    buyers = _buyers(context)
    among = _cuts(context, buyers)
    table = context.workspace.business.rfm_cells
    meant = dict(context.rows("id", "name"))
    if not among and any(one.id in meant for one in buyers):
        have = "customer has" if len(buyers) == 1 else "customers have"
        context.workspace.notices.append(
            f"only {len(buyers)} {have} bought: fewer than {LEAST} are not scored "
            "without --bounds for all three"
        )
    rows = [
        {"customer": one.id, "name": meant[one.id], **_figures(one, among, table)}
        for one in buyers
        if one.id in meant
    ]
    if context.keys == (_SEGMENT,):
        return _by_segment(context, rows)
    found = Table((keys.CUSTOMER,), _FIGURES, rows, notes=_notes(among))
    found.sort(REPORT.sort)
    return found


def _buyers(context: Context) -> list[_Buyer]:
    """All customers with a purchase, in the period where one is asked for, whatever the terms."""
    workspace, today = context.workspace, context.today
    if context.asked.period is None:
        columns = ("id", "last_purchase", "orders", "spend")
        node = workspace.node(workspace.scope(CUSTOMER), ["has:last_purchase"])
        rows: Sequence[Sequence[Any]] = workspace.rows(CUSTOMER, node, columns)
    else:
        found = context.buyers(("last_purchase", "orders", "spend"))
        rows = [row for row in found if row[1] is not None]
    nothing = round_money(Decimal(0), context.currency)
    return [
        _Buyer(id, (min(context.period.end or today, today) - last).days, orders, net or nothing)
        for id, last, orders, net in rows
    ]


def _cuts(context: Context, buyers: Sequence[_Buyer]) -> dict[str, list[Decimal]]:
    """The cuts by side: bounds that are given, else quantiles; of few customers there are none."""
    given = read_bounds(text) if (text := context.option("bounds")) else {}
    if len(buyers) < LEAST and len(given) < len(SIDES):
        return {}
    return {side: given.get(side) or cuts([getattr(one, side) for one in buyers]) for side in SIDES}


def _figures(
    buyer: _Buyer, among: Mapping[str, Sequence[Decimal]], table: Sequence[str]
) -> dict[str, Any]:
    found: dict[str, Any] = dict(zip(SIDES, buyer[1:], strict=True))
    if not among:
        return found
    scores = [score(found[side], among[side]) for side in SIDES]
    scores[0] = 6 - scores[0]
    return {**found, **dict(zip(_SCORES, scores, strict=True)), "segment": segment(scores, table)}


def _notes(among: Mapping[str, Sequence[Decimal]]) -> list[str]:
    """The cuts, for people."""
    if not among:
        return []
    texts = (f"{side} {' '.join(map(_short, found))}" for side, found in among.items())
    return [f"cuts: {'; '.join(texts)}"]


def _short(cut: Decimal) -> str:
    return f"{float(cut):.4g}" if cut < 1000 else f"{cut:.0f}"


def _by_segment(context: Context, rows: Sequence[Row]) -> Table:
    order = {name: place for place, name in enumerate(context.workspace.business.rfm_cells)}
    groups: dict[str | None, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.get("segment"), []).append(row)
    nothing = round_money(Decimal(0), context.currency)
    whole = sum((row["monetary"] for row in rows), nothing)
    found = []
    for name, held in sorted(groups.items(), key=lambda one: -order.get(one[0] or "", -1)):
        days = sorted(row["recency"] for row in held)
        net = sum((row["monetary"] for row in held), nothing)
        found.append(
            {
                "segment": name,
                "customers": len(held),
                "share": quotient(len(held), len(rows)),
                "recency": days[(len(days) - 1) // 2],
                "frequency": quotient(
                    sum(row["frequency"] for row in held), len(held), unit=Decimal("0.01")
                ),
                "monetary": net,
                "value_share": quotient(net, whole),
            }
        )
    total = {"customers": len(rows), "monetary": whole}
    return Table((_SEGMENT,), _OF_SEGMENTS, found, total)


REPORT = Report(
    name="rfm",
    answers="Score customers by recency, frequency and monetary value, and put them into segments.",
    formula="Days since the last purchase, number of orders and their net, of all purchases up to "
    "today, each scored from 1 to 5 against all customers who bought: the cuts are the quantiles "
    "at 20, 40, 60 and 80 % (type 7 of Hyndman and Fan, as in R and NumPy), a score is 1 + the "
    "number of cuts below the value, and of recency 6 less that. The segment is the first rule "
    "of `segments` in crm.yaml that holds the three scores: rfm (the default), rfm-r (the table "
    "of the R package rfm), or rules of your own. Terms only choose rows; fewer than 25 customers "
    "are not scored without bounds. Queries know rfm, rfm_recency, rfm_frequency and "
    "rfm_monetary, which no period and no bounds change.",
    example="--by segment --bounds r=30,90,180,365",
    group="Customers",
    base=CUSTOMER,
    by=(keys.CUSTOMER, _SEGMENT),
    usual=("customer",),
    open=False,
    figures=_FIGURES,
    options=(
        Choice("bounds", "The cuts, in place of quantiles: 'r=30,90,180,365 f=1,2,4,8 m=…'.",
               metavar="BOUNDS"),
    ),
    period="-",
    sort="monetary-",
    bar="monetary",
    title="Customers by segment",
    page="--by segment",
    compute=_compute,
)  # fmt: skip
