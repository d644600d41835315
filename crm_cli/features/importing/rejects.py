"""The rows that were not taken, as a file to mend and import again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crm_cli.features.importing.planning import Import
from crm_cli.formats.csv_out import written
from crm_cli.formats.flat import Cell
from crm_cli.store import outside


def default_path(path: Path) -> Path:
    """Where the rejected rows of a file go: `orders.rejects.csv` beside `orders.csv`."""
    if str(path) == "-":
        return outside.free_name(Path("rejects.csv"))
    return outside.free_name(path.with_name(f"{path.stem}.rejects.csv"))


def write_rejects(path: Path, plan: Import) -> None:
    """Write the rejected rows with their cells as read, their line and why.

    Raises UsageError where the file exists, StorageError.
    """
    headings = plan.drafts.headings
    rows: list[Sequence[Cell | None]] = []
    for row in plan.rejected:
        cells = [Cell(text.replace("\0", "")) for text in row.cells[: len(headings)]]
        blank = [Cell("")] * (len(headings) - len(cells))
        rows.append([*cells, *blank, Cell(str(row.line), True), Cell(row.reason)])
    taken = {*headings}
    extra = [name if name not in taken else f"import_{name}" for name in ("line", "reason")]
    outside.write(path, written([*headings, *extra], rows))
