"""Numbers drawn with characters."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_LEVELS, _ASCII_LEVELS = "▁▂▃▄▅▆▇█", "_.,:-=+#"


def bar(share: Decimal, room: int, *, negative: bool = False, unicode: bool = True) -> str:
    """A bar as long as a share, up to 1, of so many columns; of more than nothing a stub at least.

    A negative one is drawn with `-`, so that its sign does not hang on colour.
    """
    if negative:
        return "-" * max(round(share * room), 1)
    if not unicode:
        return "#" * (max(round(share * room), 1) if share else 0)
    whole, eighths = divmod(round(share * room * 8), 8)
    return "█" * whole + _EIGHTHS[eighths] if whole or eighths else ("▏" if share else "")


def sparkline(values: Sequence[Decimal | int | None], *, unicode: bool = True) -> str:
    """A sign for each value, the higher the larger it is; a blank where one is missing."""
    known = [Decimal(value) for value in values if value is not None]
    low, high = min([*known, Decimal(0)]), max([*known, Decimal(0)])
    levels = _LEVELS if unicode else _ASCII_LEVELS
    span = (high - low) or Decimal(1)
    steps = len(levels) - 1
    return "".join(
        " " if value is None else levels[round((Decimal(value) - low) / span * steps)]
        for value in values
    )
