"""JSON (RFC 8259): an array with one object per line; a single record is indented."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crm_cli.model.jsontext import encoder, indented


def write(records: Iterable[Mapping[str, Any]], *, ascii_only: bool = False) -> Iterator[str]:
    """An array of objects; of none it is `[]`."""
    encode = encoder(ascii_only=ascii_only)
    before = "[\n  "
    for record in records:
        yield before + encode(record)
        before = ",\n  "
    yield "[]\n" if before.startswith("[") else "\n]\n"


def write_one(record: Mapping[str, Any], *, ascii_only: bool = False) -> Iterator[str]:
    """One object, a key a line."""
    yield indented(record, ascii_only=ascii_only) + "\n"
