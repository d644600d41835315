"""Bars in plain text: one line for each value, to one scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from crm_cli.model.text import visible
from crm_cli.render.screen import Screen
from crm_cli.render.values import grouped
from crm_cli.render.width import columns_of, fitted, padded

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def bar_lines(
    bars: Sequence[tuple[str, Decimal | int | None]], screen: Screen, *, unit: str = ""
) -> Iterator[str]:
    """A bar for each (label, value), longest at the largest size.

    A negative value's bar is drawn with `-`, so that its sign does not hang on
    colour; a missing one has none. `unit` stands after each figure.
    """
    figures = [
        "" if value is None else grouped(value) + (f" {visible(unit)}" if unit else "")
        for _, value in bars
    ]
    labels = [visible(label) for label, _ in bars]
    widest = min(max(map(columns_of, labels), default=0), screen.drawn_width // 3)
    number = max(map(len, figures), default=0)
    room = max(screen.drawn_width - widest - number - 4, 8)
    most = max((abs(Decimal(value)) for _, value in bars if value is not None), default=Decimal(0))
    for label, figure, (_, value) in zip(labels, figures, bars, strict=True):
        drawn = ""
        if value is not None and most:
            negative = value < 0
            drawn = _bar(abs(Decimal(value)) / most, room, negative, screen.unicode)
        line = f"{padded(fitted(label, widest), widest)}  {figure:>{number}}  {drawn}"
        yield line.rstrip(" ") + "\n"


def _bar(share: Decimal, room: int, negative: bool, unicode: bool) -> str:
    if negative:
        return "-" * max(round(share * room), 1)
    if not unicode:
        return "#" * (max(round(share * room), 1) if share else 0)
    whole, eighths = divmod(round(share * room * 8), 8)
    return "█" * whole + _EIGHTHS[eighths] if whole or eighths else ("▏" if share else "")
