"""Records to files for other programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from crm_cli.features.exporting.items import items_of
from crm_cli.formats.flat import Exported
from crm_cli.formats.registry import exporter
from crm_cli.formats.tables import Holds
from crm_cli.formats.targets import exchanged, kind_of
from crm_cli.model.rows import Column, Rows
from crm_cli.store import outside
from crm_cli.workspace import Workspace

__all__ = ["export", "save"]


def export(
    workspace: Workspace,
    kind: str,
    terms: Sequence[str] = (),
    *,
    where: str | None = None,
    sort: str | None = None,
    format: str = "",
    to: Path | None = None,
    ascii_only: bool = False,
) -> Exported:
    """The records of a kind that a query describes, in a format.

    `format` is a name; without one the ending of `to` decides, else it is the first that
    holds the kind. Raises UsageError for a kind or a format that there is not.
    """
    name = exchanged(kind)
    chosen = exporter(name, format, str(to or ""))
    if chosen.name == "ics":
        from crm_cli.features.exporting.calendars import calendar_items, surroundings

        items = calendar_items(workspace, name, terms, where=where, sort=sort)
        return chosen.write(name, items, surroundings(workspace))
    found = kind_of(name)
    if chosen.table is not None and chosen.table.holds is Holds.NAMES:
        column = chosen.table.column
        answer = workspace.select(found, terms, where=where, sort=sort, cols=(column,))
        return Exported(chosen.table.write(Rows([Column(column)], answer.rows)), Counter())
    items = items_of(workspace, found, terms, where=where, sort=sort)
    return chosen.write(found, items, ascii_only=ascii_only)


def save(path: Path, exported: Exported, *, force: bool = False) -> None:
    """Write an export into a file; one that exists is replaced only with `force`."""
    outside.write(path, exported.pieces, force=force)
