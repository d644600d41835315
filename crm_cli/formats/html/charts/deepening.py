"""Stacked bars whose parts grow darker: from what can wait to what cannot."""

from __future__ import annotations

from crm_cli.formats.html.charts import stacked
from crm_cli.model.plot import Plot

_SHADES = ("d0", "d1", "d2", "d3", "d4", "s3", "s5")


def draw(plot: Plot, id: str) -> str:
    """Stacked bars, the first part the lightest."""
    return stacked.draw(plot, id, shades=_SHADES)
