"""The rejects file: rows that were not imported, to correct and import again."""

from __future__ import annotations

from pathlib import Path

from crm_cli.features.importing.planning import Import
from crm_cli.formats.tables import CSV
from crm_cli.model.errors import UsageError
from crm_cli.model.rows import Column, Rows
from crm_cli.store import outside


def rejects_path(chosen: Path | None, path: Path, plan: Import) -> Path:
    """Where the rejected rows of a file go: to the file that was `chosen`, and those of a further
    kind beside it, to `bad.deals.csv`; else to `orders.rejects.csv` beside `orders.csv`, or the
    one like it that holds the same."""
    data = _data(plan)
    if chosen is not None:
        try:
            outside.refuse_taken(chosen)
        except UsageError:
            name = f"{chosen.stem}.{plan.kind.key}{chosen.suffix}"
            return outside.free_name(chosen.with_name(name))
        return chosen
    if str(path) == "-":
        return outside.free_name(Path("rejects.csv"), data)
    return outside.free_name(path.with_name(f"{path.stem}.rejects.csv"), data)


def refuse_taken(*paths: Path | None) -> None:
    """Raise UsageError where a file that an import is to write cannot be a new one."""
    for path in paths:
        if path is not None:
            outside.refuse_taken(path)


def write_rejects(path: Path, plan: Import) -> None:
    """Write the rejected rows with their cells as read, their line and why, unless the file holds
    them already.

    Raises UsageError where the file exists, StorageError.
    """
    outside.write_once(path, _data(plan))


def _data(plan: Import) -> bytes:
    """The rejected rows as a table."""
    headings = plan.drafts.headings
    rows = []
    for row in plan.rejected:
        cells = [text.replace("\0", "") for text in row.cells[: len(headings)]]
        blank = [""] * (len(headings) - len(cells))
        rows.append([*cells, *blank, row.line, row.reason])
    taken = {*headings}
    extra = [name if name not in taken else f"import_{name}" for name in ("line", "reason")]
    columns = [Column(heading) for heading in (*headings, *extra)]
    return outside.encoded(CSV.write(Rows(columns, rows)))
