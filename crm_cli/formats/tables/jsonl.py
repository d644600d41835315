"""JSON Lines (jsonlines.org): one object per line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crm_cli.model.jsontext import encoder


def write(records: Iterable[Mapping[str, Any]], *, ascii_only: bool = False) -> Iterator[str]:
    """Objects, one a line; of none nothing."""
    encode = encoder(ascii_only=ascii_only)
    for record in records:
        yield encode(record) + "\n"


def write_one(record: Mapping[str, Any], *, ascii_only: bool = False) -> Iterator[str]:
    """One object on one line."""
    return write((record,), ascii_only=ascii_only)
