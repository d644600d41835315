"""The chart of a report's rows, from its declaration and the keys that they are by."""

from __future__ import annotations

from crm_cli.features.reports.columns import Key
from crm_cli.features.reports.running import Answered
from crm_cli.model.errors import UsageError
from crm_cli.model.rows import Chart

_TIMES = ("day", "week", "month", "quarter", "year")
HEAT = "heat"
"""A table with shaded cells is the chart."""
_OF_SERIES = ("stacked", "deepening", HEAT, "pareto")


def chart_of(found: Answered) -> Chart:
    """How the rows are drawn; raises UsageError where they cannot be."""
    report, table = found.report, found.table
    value = report.chart or report.bar
    if not value:
        raise UsageError(f"{report.name} has no chart", "leave --chart out")
    if not table.keys:
        raise UsageError("a chart needs groups", "add --by month, or another")
    if table.currency:
        raise UsageError(
            "amounts in several currencies cannot be drawn beside each other",
            f"leave {table.currency} out of --by, or --chart",
        )
    types = {one.key: one.type for one in table.columns}
    series = tuple(one.key for one in table.columns if one.drawn and one.key != value)
    drawn = Chart(
        value=value,
        labels=(*table.names.values(), *(key.name for key in reversed(table.keys))),
        kind=report.shape,
        series=series,
        unit=found.currency if "money" in [types.get(key) for key in (value, *series)] else "",
    )
    return _over_time(drawn, found)


def _over_time(drawn: Chart, found: Answered) -> Chart:
    """The chart, fitted to whether its rows follow each other in time."""
    keys = found.table.keys
    time = next((key for key in keys if is_timed(key)), None)
    if drawn.kind in _OF_SERIES:
        if drawn.series:
            return drawn
        drawn = drawn.but(kind="bars")
    if drawn.kind not in ("bars", "line"):
        return drawn
    if time is None:
        return drawn.but(kind="bars")
    if len(keys) > 1:
        named = [found.table.names.get(key.name, key.name) for key in keys if key is not time]
        return drawn.but(kind="multiples", labels=(time.name,), panels=tuple(named))
    return drawn.but(kind="columns") if drawn.kind == "bars" else drawn


def is_timed(key: Key) -> bool:
    """Whether the groups of a key follow each other in time."""
    return key.timed or key.field.rpartition(".")[2] in _TIMES
