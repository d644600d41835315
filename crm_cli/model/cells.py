"""Values of rows as the text of cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from crm_cli.model.plain import plain

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
