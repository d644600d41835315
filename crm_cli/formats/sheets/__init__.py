"""Workbooks of spreadsheet programs as tables: `.xlsx`, `.xlsm` and `.ods`.

Read by our own code and the standard library's, within limits of bytes, rows and cells: no file,
however made, takes more memory or time than a real one, reads another, or runs anything.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice

from crm_cli.formats.grid import Row, Sheet, Table, gridded
from crm_cli.formats.header import Known
from crm_cli.formats.sheets import ods, xlsx
from crm_cli.formats.sheets.book import Book, Merge, Remarks, letters
from crm_cli.formats.sheets.choosing import chosen
from crm_cli.formats.sheets.package import Package, protected
from crm_cli.model.errors import DataError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_book(data: bytes, *, decimal: str = "") -> Book:
    """The workbook that a file holds; numbers are written with `decimal`, by default a point.

    Raises DataError for one that is damaged or protected, and for what is none.
    """
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise protected()
        raise DataError("this is a workbook of Excel before 2007 (.xls)", "save it as .xlsx there")
    package = Package(data)
    if ods.CONTENT in package.names:
        return ods.Workbook(package, decimal)
    if any(name.startswith("xl/workbook.") for name in package.names):
        return xlsx.Workbook(package, decimal)
    if "EncryptedPackage" in package.names or "encrypted-package" in package.names:
        raise protected()
    raise DataError("this is an archive, and no workbook", "unpack it, and import what is in it")


def read_sheet(
    data: bytes,
    *,
    sheet: str = "",
    heading_row: int = 0,
    decimal: str = "",
    called: Iterable[str] = (),
    known: Known = lambda heading: False,
    most: int | None = None,
) -> Table:
    """The table of a sheet, or its first rows, `most` of them; see `chosen` and `gridded`.

    `called` are names that the sheet may have; numbers are written with `decimal`, by default
    a point. Cells that are merged over several rows are in each of them. Raises DataError,
    UsageError, and Undecided where several sheets may be meant.
    """
    book = read_book(data, decimal=decimal)
    name, others = chosen(book, sheet, called, known)
    remarks = Remarks()
    given = islice(book.rows(name, remarks), most)
    rows = ((number, cells, "") for number, cells in given)
    table = gridded(rows, known, heading_row=heading_row, loose=True)
    columns = {
        heading: place + 1 for heading, place in zip(table.headings, table.places, strict=True)
    }
    where = Sheet(
        book.format, name, table.heading_row, {key: letters(one) for key, one in columns.items()}
    )
    table = _spread(table, remarks.merges)
    notes = (*table.notes, *_notes(remarks, others))
    sign = decimal or "." if remarks.fractions else ""
    return table._replace(sheet=where, notes=notes, decimal=sign)


def _spread(table: Table, merges: list[Merge]) -> Table:
    """The table with what stands in merged cells in each of their rows."""
    places = {place + 1: at for at, place in enumerate(table.places)}
    blocks: dict[int, list[tuple[int, int]]] = {}
    for merge in merges:
        if merge.column in places and merge.last > table.heading_row:
            blocks.setdefault(places[merge.column], []).append((merge.first, merge.last))
    if not blocks:
        return table
    for pairs in blocks.values():
        pairs.sort()
    held: dict[int, tuple[int, str]] = {}

    def filled(row: Row) -> Row:
        cells = list(row.cells)
        for place, pairs in blocks.items():
            at = bisect_right(pairs, (row.line, 1 << 30)) - 1
            if at < 0 or pairs[at][1] < row.line:
                continue
            first = pairs[at][0]
            if cells[place]:
                held[place] = first, cells[place]
            elif held.get(place, (0, ""))[0] == first:
                cells[place] = held[place][1]
        return Row(row.line, cells)

    many = sum(map(len, blocks.values()))
    cells = "a merged cell is" if many == 1 else f"{many:,} merged cells are"
    note = f"{cells} read as standing in each of their rows"
    return table._replace(rows=table.rows.changed(filled), notes=(*table.notes, note))


def _notes(remarks: Remarks, others: list[str]) -> Iterator[str]:
    """What is to be said of a sheet."""
    if others:
        yield f"other sheets left out: {', '.join(others)}; --sheet NAME reads one of them"
    if remarks.errors.many:
        yield f"cells that are an error read as empty: {remarks.errors}"
    if remarks.unvalued.many:
        yield (
            f"formulas without a result read as empty: {remarks.unvalued}; open the workbook in "
            "the spreadsheet program and save it, which computes them"
        )
    if remarks.hidden:
        rows = "1 hidden row is" if remarks.hidden == 1 else f"{remarks.hidden:,} hidden rows are"
        yield f"{rows} read as well"
