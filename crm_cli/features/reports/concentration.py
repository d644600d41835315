"""`crm report concentration`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from crm_cli.features.reports import keys
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.money import EXACT

_TOPS = (1, 5, 10, 20)
_ZERO = Decimal(0)
_BY = Key("by", "", "what the net is divided by", public=True)
_NET = (Figure("net", "spend", "net of the groups with a positive one"),)


def _compute(context: Context) -> Table:
    # A purchase has one value of each of these: what all of them make together is added up by one.
    single = [key for key in context.keys if key in REPORT.by and key.parts is None]
    together = _groups(context, single)
    rows = []
    for key in context.keys:
        nets: dict[Any, Decimal] = {}
        for row in together if key in single else _groups(context, [key]):
            value = row[key.name]
            nets[value] = nets.get(value, _ZERO) + (row["net"] or _ZERO)
        held = {value: net for value, net in nets.items() if net > 0}
        if held:
            rows.append({"by": key.name, **_measured(held)})
    return Table((_BY,), REPORT.figures, rows)


def _groups(context: Context, by: Sequence[Key]) -> list[Row]:
    """The net of each group, in no order, of some in parts; of none without keys."""
    keys = [key.but(label="") for key in by]
    return context.groups(keys, _NET, totals=False, sort=None, apart=True).rows if keys else []


def _measured(nets: dict[Any, Decimal]) -> Row:
    """The measures of one division."""
    ranked = sorted(nets.values(), reverse=True)
    whole = sum(ranked, _ZERO)
    squares = sum((EXACT.divide(net, whole) ** 2 for net in ranked), _ZERO)
    hhi = quotient(squares, 1)
    return {
        "groups": len(ranked),
        "net": whole,
        **{f"top_{part}": quotient(_largest(ranked, part), whole) for part in _TOPS},
        "unknown": quotient(nets.get(None, _ZERO), whole),
        "hhi": hhi,
        "equivalent": EXACT.divide(Decimal(1), squares).quantize(Decimal("0.01")),
    }


def _largest(ranked: Sequence[Decimal], percent: int) -> Decimal:
    """The sum of the largest part of them: of n so many percent, rounded up."""
    return sum(ranked[: -(-len(ranked) * percent // 100)], _ZERO)


REPORT = Report(
    name="concentration",
    answers="Measure how much of the net comes from few customers, countries or products.",
    formula="Of the groups with a positive net: the share of the largest 1, 5, 10 and 20 % of "
    "them (of n groups n × p, rounded up); the Herfindahl-Hirschman index, which is the sum of "
    "the squared shares, from nearly 0 (many alike) to 1 (one has all); and its inverse, the "
    "number of groups alike that would be as concentrated. What has no key is a group of its "
    "own, whose share is unknown.",
    example="--period last-12m --by customer,product",
    group="Customers",
    by=(keys.CUSTOMER, keys.COUNTRY, keys.CITY, keys.PRODUCT, keys.INDUSTRY,
        keys.OWNER),
    usual=("customer", "country", "city", "product", "industry"),
    figures=(
        Figure("groups", "", "how many groups there are", type="integer"),
        Figure("net", "", "what they are worth together", type="money"),
        *(
            Figure(
                f"top_{part}",
                "",
                f"share of the largest {part} %",
                type="share",
                label=f"largest {part} %",
                unit="%",
            )
            for part in _TOPS
        ),
        Figure("hhi", "", "Herfindahl-Hirschman index, 0 to 1", type="decimal"),
        Figure("equivalent", "", "number of groups alike that it stands for", type="decimal"),
        Figure("unknown", "", "share of what has no key", type="share"),
    ),
    bar="hhi",
    compute=_compute,
)
