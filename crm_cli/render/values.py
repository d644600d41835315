"""Values as text: for a machine (`plain`), for a cell (`cell_text`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

RIGHT = frozenset({"integer", "number", "decimal", "money", "price", "percent", "count"})
"""Types whose cells are aligned to the right, and which a spreadsheet may take as numbers."""

PHONES = frozenset({"phone", "phones"})


def plain(value: Any) -> Any:
    """What JSON and YAML show: text, number, boolean, None, lists and dictionaries.

    Decimals are texts without exponent, dates ISO, instants ISO to the minute
    where they have no seconds.
    """
    if value is None or value is True or value is False:
        return value
    kind = type(value)
    if kind is str or kind is int:
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(held) for held in value]
    if isinstance(value, int | float):
        return value
    return str(value)


def decimal_text(value: Decimal) -> str:
    """A decimal without exponent, zero without a sign."""
    text = format(value, "f")
    return text[1:] if text.startswith("-") and not value else text


def moment_text(value: datetime) -> str:
    """`2026-11-03T10:30+01:00`; seconds only where there are some."""
    from crm_cli.model.dates import write_moment

    return write_moment(value)


def cell_text(value: Any, join: str = "; ") -> str:
    """A value in one cell: missing is empty, lists are joined, groups are JSON."""
    if value is None:
        return ""
    if type(value) is str:
        return value
    if value is True:
        return "yes"
    if value is False:
        return "no"
    if isinstance(value, list | tuple | set | frozenset):
        return join.join(cell_text(held, join) for held in value)
    if isinstance(value, Mapping):
        from crm_cli.render.jsontext import one_line

        return one_line(value)
    return str(plain(value))


def grouped(value: Decimal | int) -> str:
    """A number for people, thousands apart: `1,265,793.29`."""
    text = format(value, ",f") if isinstance(value, Decimal) else format(value, ",d")
    return text[1:] if text.startswith("-") and not value else text
