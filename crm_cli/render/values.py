"""Numbers as people read them."""

from __future__ import annotations

from decimal import Decimal


def grouped(value: Decimal | int) -> str:
    """A number with its thousands apart: `1,265,793.29`."""
    text = format(value, ",f") if isinstance(value, Decimal) else format(value, ",d")
    return text[1:] if text.startswith("-") and not value else text
