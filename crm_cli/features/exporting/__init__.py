"""Records to files for other programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from crm_cli.features.address_book import REMEMBERED, book_of
from crm_cli.features.exporting.folder import Folder
from crm_cli.features.exporting.items import items_of
from crm_cli.features.exporting.ledger import LEDGER, export_ledger
from crm_cli.formats.flat import Exported, flatten
from crm_cli.formats.registry import exporter
from crm_cli.formats.tables import Holds, TableFormat
from crm_cli.formats.targets import ALL_DATES, CARDS, IMPORTED, exchanged, kind_of
from crm_cli.model.errors import UsageError
from crm_cli.model.rows import Column, Rows
from crm_cli.store import outside
from crm_cli.workspace import Workspace

__all__ = ["LEDGER", "export", "export_folder", "export_kinds", "export_ledger", "save"]


def export(
    workspace: Workspace,
    kind: str,
    terms: Sequence[str] = (),
    *,
    where: str | None = None,
    period: str | None = None,
    sort: str | None = None,
    format: str = "",
    to: Path | None = None,
    ascii_only: bool = False,
) -> Exported:
    """The records of a kind that a query describes, in a format.

    `format` is a name; without one the ending of `to` decides, else it is the first that
    holds the kind; `period` are the days on which the records' own date lies. Raises UsageError
    for a kind or a format that there is not.
    """
    name = exchanged(kind, ("ledger", "all"))
    terms = [*terms, *in_period(workspace, name, period)]
    chosen = exporter(name, format, str(to or ""))
    if chosen.name == "ics":
        from crm_cli.features.exporting.calendars import calendar_items, surroundings

        items = calendar_items(workspace, name, terms, where=where, sort=sort)
        return chosen.write(name, items, surroundings(workspace))
    found = kind_of(name)
    if chosen.name.startswith("vcf"):
        items = items_of(workspace, found, [*terms, REMEMBERED], where=where, sort=sort)
        return chosen.write(found, items, book_of(workspace))
    if chosen.table is not None and chosen.table.holds is Holds.NAMES:
        column = chosen.table.column
        answer = workspace.select(found, terms, where=where, sort=sort, cols=(column,))
        return Exported(chosen.table.write(Rows([Column(column)], answer.rows)), Counter())
    items = items_of(workspace, found, terms, where=where, sort=sort)
    return chosen.write(found, items, ascii_only=ascii_only)


def export_kinds(workspace: Workspace, form: TableFormat) -> Exported:
    """All records of all kinds, a table for each kind that has any, as `crm import` reads it."""
    left_out: Counter[str] = Counter()

    def tables() -> Iterator[Rows]:
        for key in IMPORTED:
            flat = flatten(kind_of(key), items_of(workspace, kind_of(key), ()))
            if flat.rows.rows:
                left_out.update({f"{key}.{name}": many for name, many in flat.left_out.items()})
                yield flat.rows

    return Exported(iter(()), left_out, form.write_book(tables()))


def export_folder(
    workspace: Workspace,
    kind: str,
    path: Path,
    terms: Sequence[str] = (),
    *,
    where: str | None = None,
    force: bool = False,
) -> Folder:
    """Make a folder show what a query describes, one file each: calendars, or vCards.

    Raises UsageError for what neither holds, and for a folder within the records, StorageError.
    """
    if exchanged(kind) in CARDS:
        from crm_cli.features.exporting.card_folder import export_cards

        return export_cards(workspace, path, terms, where=where, force=force)
    from crm_cli.features.exporting import vdir

    return vdir.export_folder(workspace, kind, path, terms, where=where, force=force)


def in_period(workspace: Workspace, name: str, period: str | None) -> list[str]:
    """The query term for `--period`; none without one. Raises UsageError for what has no date."""
    if period is None:
        return []
    when = "" if name == ALL_DATES else kind_of(name).when
    if not when:
        raise UsageError(
            f"--period: {'calendars' if name == ALL_DATES else name} have no date of their own",
            "write which date is meant, such as created:2026",
        )
    return workspace.dated(when, period)


def save(path: Path, exported: Exported, *, force: bool = False) -> None:
    """Write an export into a file; one that exists is replaced only with `force`."""
    outside.write(path, exported.whole, force=force)
