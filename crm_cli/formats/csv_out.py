"""CSV for spreadsheets and for `crm import` (RFC 4180, with lines that end in LF).

Cells that a spreadsheet would run are guarded with a `'`, which the import takes away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from crm_cli.formats.flat import Cell, Exported, flatten
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.text import guard_cell

_QUOTED = re.compile('[",\r\n]|^\\s|\\s$')
_PHONES = re.compile(r"\+?[0-9][0-9 ()./-]*(?:; \+?[0-9][0-9 ()./-]*)*")
_PHONE_HEADING = re.compile(r"phones?(\.\d+\.value)?")


def csv_text(kind: Kind, items: Iterable[Item]) -> Exported:
    """The records as CSV, with their headings."""
    flat = flatten(kind, items)
    return Exported(written(flat.headings, flat.rows), flat.left_out)


def written(headings: Sequence[str], rows: Iterable[Sequence[Cell | None]]) -> Iterator[str]:
    """A table as CSV, one line a piece."""
    yield _row(guard_cell(heading) for heading in headings)
    phones = [_PHONE_HEADING.fullmatch(heading) is not None for heading in headings]
    for row in rows:
        yield _row(
            _guarded(cell, phone) if cell is not None else ""
            for cell, phone in zip(row, phones, strict=True)
        )


def _guarded(cell: Cell, phone: bool) -> str:
    if cell.typed or (phone and _PHONES.fullmatch(cell.text)):
        return cell.text
    return guard_cell(cell.text)


def _row(cells: Iterable[str]) -> str:
    # Python's writer leaves a lone CR unquoted, which readers take for the end of the row.
    return ",".join(_quoted(cell) for cell in cells) + "\n"


def _quoted(cell: str) -> str:
    if _QUOTED.search(cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell
