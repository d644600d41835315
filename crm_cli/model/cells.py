"""Values of rows as the text of cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crm_cli.model.plain import plain
from crm_cli.model.rows import Few, exact_of

NUMBERS = frozenset(
    {"integer", "number", "decimal", "money", "price", "percent", "count", "share", "rate"}
)
"""Types whose cells are aligned to the right, and which a spreadsheet may take as numbers."""

PHONES = frozenset({"phone", "phones"})
"""Types whose cells may begin with a plus and still be no formula."""

_DAYS = frozenset({"date", "date or time", "partial date", "deadline"})
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


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
        from crm_cli.model.jsontext import one_line

        return one_line(value)
    return str(plain(value))


def typed(value: Any, kind: str) -> Any:
    """A number or a day that a column of such a type holds as text, as such; others as they are.

    An instant, and a day without its year, stay text.
    """
    if type(value) is not str:
        return value
    if kind in NUMBERS and _NUMBER.fullmatch(value):
        return Decimal(value)
    if kind in _DAYS and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def numeric(values: Sequence[Any], kind: str) -> bool:
    """Whether a column is one of numbers: by its type, else by all of its values."""
    if kind in NUMBERS:
        return True
    held = [value for value in values if value is not None]
    return bool(held) and set(map(type, held)) <= {int, Decimal}


def machine_text(value: Any) -> str:
    """A value in a cell for programs: as `cell_text`, but booleans are `true` and `false`."""
    if value is True or value is False:
        return "true" if value else "false"
    return cell_text(value)


def people_text(value: Any, kind: str = "") -> str:
    """A value as people read it: thousands apart, shares in percent; control characters stay."""
    if type(value) is str:
        return value
    if isinstance(value, datetime):
        # Its offset is the business's own: programs get it, people need not read it.
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal) and kind in ("share", "rate"):
        return percent(value) + ("*" if isinstance(value, Few) else "")
    if isinstance(value, Few):
        return people_text(Decimal(value), kind) + "*"
    if isinstance(value, Decimal) and kind == "percent":
        return f"{value:f}%"
    if isinstance(value, Decimal) and kind != "decimal":
        return grouped(value)
    if type(value) is int and kind in ("money", "integer", "count"):
        return grouped(value)
    return cell_text(value, ", ")


def grouped(value: Decimal | int) -> str:
    """A number with its thousands apart: `1,265,793.29`."""
    text = format(value, ",f") if isinstance(value, Decimal) else format(value, ",d")
    return text[1:] if text.startswith("-") and not value else text


def percent(part: Decimal) -> str:
    """A share or a rate in percent with one decimal: `22.5%`."""
    value = (exact_of(part) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{grouped(value)}%"
