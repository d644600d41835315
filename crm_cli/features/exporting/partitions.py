"""`crm export all --format parquet`: a folder of tables, parted by book and year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from crm_cli.features.mirroring import book_of
from crm_cli.formats.partitions import NOWHERE, Typed, write
from crm_cli.model.errors import UsageError
from crm_cli.model.places import PLACES
from crm_cli.query.view_rows import dated_by, rows, type_of, views_of
from crm_cli.query.views import View
from crm_cli.store import outside
from crm_cli.store.discovery import holds_settings
from crm_cli.workspace import Workspace

_FILE = "data.parquet"


class Parted(NamedTuple):
    """What was written: the folder, the book, its files and rows."""

    path: Path
    book: str
    files: int
    rows: int


def export_parted(
    workspace: Workspace, path: Path, *, book: str | None = None, force: bool = False
) -> Parted:
    """Write every documented view that has rows: `VIEW/book=BOOK/year=YEAR/data.parquet`, without
    the year where rows have no date of their own.

    Other books in the same folder stay. Raises UsageError where this one is there already,
    unless `force` replaces it; StorageError.
    """
    name = book_of(workspace, book)
    _refuse_own(workspace, path)
    if outside.holds_files(path, f"*/book={name}/**/*") and not force:
        raise UsageError(f"{path} has the book {name} already", "--force replaces it")
    business = workspace.business
    written: list[Path] = []
    total = 0
    with closing(workspace.index.separate()) as connection:
        for view in views_of(workspace.database, business, workspace.clock.now):
            columns = [Typed(one.name, type_of(one)) for one in view.columns]
            for part, block in _by_year(view, rows(connection, view)):
                file = path / view.name / f"book={name}" / part / _FILE
                found = list(block)
                outside.write_within(file, write(columns, found, business.time_zone))
                written.append(file)
                total += len(found)
    # Last, so that who reads meanwhile misses nothing.
    outside.remove_others(path, f"*/book={name}/**/{_FILE}", written)
    return Parted(path, name, len(written), total)


def _refuse_own(workspace: Workspace, path: Path) -> None:
    """Raise UsageError where records are: folders of tables have the same names."""
    root, target = workspace.root.resolve(), path.resolve()
    inside = target.relative_to(root).parts if target.is_relative_to(root) else ("elsewhere",)
    own = not inside or f"{inside[0]}/" in {place.path for place in PLACES}
    if own or holds_settings(target):
        raise UsageError(f"{path} is a folder of customers", "name another folder: --to lake")


def _by_year(
    view: View, found: Iterator[tuple[Any, ...]]
) -> Iterator[tuple[str, Iterator[Sequence[Any]]]]:
    """The rows of each year, with the name of its folder, empty where there are no years."""
    place = dated_by(view)
    if place is None:
        block = list(found)
        if block:
            yield "", iter(block)
        return
    for year, block_of in groupby(found, key=lambda row: str(row[place] or "")[:4]):
        yield f"year={year or NOWHERE}", block_of
