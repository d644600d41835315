"""The business serialized, so that a run need not read settings and rates."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from typing import Any

from crm_cli.model.business import Business


def packed(business: Business) -> bytes:
    """The business as bytes; equal for equal ones."""
    parts = []
    for name, value in zip(Business._fields, business, strict=True):
        parts.append((name, sorted(value.items()) if isinstance(value, Mapping) else value))
    return marshal.dumps(parts, 2)


def unpacked(data: bytes) -> Business:
    """The business that `packed` was given. Raises ValueError, EOFError or TypeError."""
    # Only what was a dictionary is a list: tables of the business are tuples.
    parts: dict[str, Any] = {
        name: dict(value) if isinstance(value, list) else value
        for name, value in marshal.loads(data)
    }
    return Business(**parts)
