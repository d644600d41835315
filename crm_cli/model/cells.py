"""The values of rows as text: for JSON and YAML (`plain`), for a cell (`cell_text`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from crm_cli.model.money import decimal_text

NUMBERS = frozenset(
    {"integer", "number", "decimal", "money", "price", "percent", "count", "share", "rate"}
)
"""Types whose cells are aligned to the right, and which a spreadsheet may take as numbers."""

PHONES = frozenset({"phone", "phones"})
"""Types whose cells may begin with a plus and still be no formula."""


def plain(value: Any) -> Any:
    """A value as JSON and YAML have it: text, number, boolean, None, list, dictionary.

    Decimals become texts without exponent, dates ISO 8601, instants ISO 8601 to the
    minute where they have no seconds.
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
        from crm_cli.model.dates import write_moment

        return write_moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(held) for held in value]
    if isinstance(value, int | float):
        return value
    return str(value)


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
