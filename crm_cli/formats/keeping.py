"""Columns that mean nothing here, kept as fields of one's own (`--keep-rest`)."""

from __future__ import annotations

from dataclasses import replace

from crm_cli.formats.mapping import Column, Map
from crm_cli.formats.targets import find
from crm_cli.model.ids import slug
from crm_cli.model.kind import Kind

OURS = ("line", "reason", "import_line", "import_reason")
"""The columns of a file of rejects, which say nothing of a record."""


def is_ours(heading: str, kind: Kind) -> bool:
    """Whether a heading is of what this program adds to its own files: computed, or of rejects."""
    shown = kind.exchange.shown if kind.exchange is not None else {}
    return heading in {*OURS, kind.amount, *shown}


def own_key(heading: str) -> str:
    """The key of a field of one's own that a column becomes."""
    return slug(heading).replace("-", "_").replace(".", "_") or "column"


def with_rest(map: Map, kind: Kind, left_out: tuple[str, ...]) -> tuple[Map, tuple[str, ...]]:
    """The map with a field of one's own for each heading that is left out, and those that still
    are, since they are of this program, or the kind has no own fields."""
    taken = {column.key for column in map.columns}
    columns: list[Column] = []
    for heading in left_out:
        if is_ours(heading, kind) or find(kind, "custom.x") is None:
            continue
        base = f"custom.{own_key(heading)}"
        numbers = range(2, len(left_out) + len(taken) + 3)
        key = next(one for one in (base, *(f"{base}_{n}" for n in numbers)) if one not in taken)
        taken.add(key)
        columns.append(Column(heading, key))
    kept = {column.heading for column in columns}
    left_out = tuple(one for one in left_out if one not in kept)
    return replace(map, columns=(*map.columns, *columns)), left_out
