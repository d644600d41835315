"""Ids only, one per line, as `crm tag add coast -` reads them."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.model.rows import Rows
from crm_cli.model.text import visible


def write(rows: Rows, *, header: bool = True) -> Iterator[str]:
    """One id a line, never a header. Raises KeyError where the rows have no ids."""
    ids = rows.values("id") if rows.ids is None else rows.ids
    return (visible(str(id)) + "\n" for id in ids)
