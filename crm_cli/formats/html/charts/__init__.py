"""Charts as SVG within a page.

A kind of chart is a module of this package with a function `draw(plot, id)`, and a line here;
`Chart.kind` names it. Widths are fractions of the page, heights and texts are of one size, so
that a chart is read on a telephone and on paper alike.
"""

from __future__ import annotations

from importlib import import_module

from crm_cli.model.plot import Plot

KINDS = (
    "bars",
    "columns",
    "line",
    "stacked",
    "deepening",
    "pareto",
    "funnel",
    "multiples",
)


def drawn(plot: Plot, id: str) -> str:
    """The chart, as a figure of HTML; `id` is unique on the page."""
    kind = plot.kind if plot.kind in KINDS else "bars"
    made: str = import_module(f"{__name__}.{kind}").draw(plot, id)
    return made
