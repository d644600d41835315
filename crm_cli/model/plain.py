"""Values of rows as JSON and YAML values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from crm_cli.model.money import decimal_text


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
