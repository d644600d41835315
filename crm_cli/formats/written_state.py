"""What an entry said when it was written, field by field, in short.

It stands in the entry itself, so that a change made here and a change made on a telephone
are told apart, wherever the file has been. Six digits for each field are enough: they are
only compared with those of the same field.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

Values = dict[str, Any]


def short(value: Any) -> str:
    """Six digits that stand for a value."""
    return sha256(_text(value).encode("utf-8", "surrogatepass")).hexdigest()[:6]


def state_of(values: Mapping[str, Any]) -> str:
    """All fields of an entry: `due=1f0a3c title=90bb12`."""
    return " ".join(f"{key}={short(values[key])}" for key in sorted(values))


def read_state(text: str) -> dict[str, str]:
    """The digits by field; what cannot be read is left out."""
    parts = (part.partition("=") for part in text.split())
    return {key: digits for key, sign, digits in parts if sign and len(digits) == 6}


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=0).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return "\x1e".join(f"{key}\x1d{_text(value[key])}" for key in sorted(value))
    if isinstance(value, list):
        return "\x1f".join(map(_text, value))
    return str(value)
