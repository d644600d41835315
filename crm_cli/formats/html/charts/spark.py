"""A line as small as a word, for a cell of a table."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.formats.html.charts.canvas import size
from crm_cli.model.plot import Number

_WIDTH, _HEIGHT = 72, 16


def spark(values: Sequence[Number]) -> str:
    """The values from left to right; the last one with a point."""
    known = [float(value) for value in values if value is not None]
    if not known:
        return ""
    low, high = min([*known, 0.0]), max([*known, 0.0])
    span = (high - low) or 1.0
    points = [
        (2 + number * (_WIDTH - 6) / max(len(values) - 1, 1),
         _HEIGHT - 2 - (float(value or 0) - low) / span * (_HEIGHT - 4))
        for number, value in enumerate(values)
    ]  # fmt: skip
    path = " ".join(f"{size(x)},{size(y)}" for x, y in points)
    x, y = points[-1]
    return (
        f'<svg class="spark" width="{_WIDTH}" height="{_HEIGHT}" aria-hidden="true">'
        f'<polyline points="{path}" class="l0"/><circle cx="{size(x)}" cy="{size(y)}" r="2" '
        'class="point"/></svg>'
    )
