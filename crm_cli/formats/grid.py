"""Rows of a file as a table: its headings, rows with their lines, and what is not taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from crm_cli.formats.header import Known, heading_place, named
from crm_cli.formats.packed import Packed, PackedTexts
from crm_cli.model.errors import DataError

LONGEST_CELL = 1_048_576
"""Characters of one cell at most; records are limited to 16 MiB as a whole."""
_SAMPLE = 100
"""Rows among which the headings are looked for."""


class Row(NamedTuple):
    """The cells of a row, as many as there are headings, and the line it begins in."""

    line: int
    cells: list[str]


class Rejected(NamedTuple):
    """A row that is not taken: its line, why, and its cells as far as they were read.

    `heading` is that of the cell which is to blame, if it is one.
    """

    line: int
    reason: str
    cells: tuple[str, ...] = ()
    heading: str = ""


class Sheet(NamedTuple):
    """Where a table stands in a workbook: its format, the sheet, the row of the headings, the
    letters of the columns by their headings.
    """

    format: str
    name: str
    heading_row: int
    letters: dict[str, str]

    def place(self, line: int, heading: str = "") -> str:
        """A cell as spreadsheets name it: `Sheet1!C12`; of a whole row its first one."""
        bare = self.name.isidentifier() and self.name.isascii()
        name = self.name if bare else "'" + self.name.replace("'", "''") + "'"
        first = next(iter(self.letters.values()), "A")
        return f"{name}!{self.letters.get(heading, first)}{line}"


class Table(NamedTuple):
    """A file's headings and rows, how it was read, and what people are told about that.

    `places` are the columns in the file, from 0, by which the headings stand; `decimal` is the
    sign that is known to stand before decimals, empty where that is to be found out.
    """

    headings: tuple[str, ...]
    rows: Packed[Row]
    rejected: list[Rejected]
    delimiter: str = ""
    encoding: str = ""
    notes: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    heading_row: int = 1
    sheet: Sheet | None = None
    decimal: str = ""


Parsed = Iterator[tuple[int, list[str], str]]
"""(line, cells, fault) of each row of a file."""
Texts = Callable[[Iterable[str]], tuple[str, ...]]


def gridded(
    parsed: Parsed,
    known: Known,
    *,
    text: Texts = tuple,
    heading_row: int = 0,
    nul: bool = False,
    loose: bool = False,
) -> Table:
    """The table that parsed rows make, the first of which are the headings, but for a title.

    Rows without any text are skipped, and short ones filled up with empty cells. `known` tells
    a heading from a title, `heading_row` is the line of the headings where that is said; `text`
    makes texts of cells, `nul` is whether one may hold a NUL. In a `loose` file rows end where
    they like, and what stands to the right of the headings is left out. Raises DataError for a
    file without headings.
    """
    above, (line, cells, fault), below = _headed(parsed, known, text, heading_row)
    if fault:
        raise DataError(f"line {line}: {fault}", "the first row names the columns")
    headings = named(text(cells))
    reading = _Rows(len(headings.names), text, nul=nul, loose=loose)
    for row in below:
        reading.take(*row)
    notes = (*above, *headings.notes, *reading.notes())
    places = tuple(range(len(headings.names)))
    table = Table(headings.names, reading.rows, reading.rejected, notes=notes, places=places)
    return _without_blank(table._replace(heading_row=line), headings.unnamed)


def _headed(
    parsed: Parsed, known: Known, text: Texts, wanted: int
) -> tuple[list[str], tuple[int, list[str], str], Parsed]:
    """What is said of the rows above the headings, the headings, and the rows below them."""
    if wanted:
        for row in parsed:
            if row[0] == wanted and (row[2] or any(row[1])):
                return [], row, parsed
            if row[0] > wanted:
                break
        raise DataError(f"row {wanted} has no headings", "name the row that names the columns")
    filled = (row for row in parsed if row[2] or any(row[1]))
    head = list(islice(filled, _SAMPLE))
    if not head:
        raise DataError("the file has no headings", "its first row names the columns")
    at = heading_place([text(cells) for _, cells, fault in head if not fault], known)
    return _above(head[:at]), head[at], chain(head[at + 1 :], filled)


class _Rows:
    """The rows below the headings, as far as they can be taken."""

    def __init__(self, width: int, text: Texts, *, nul: bool, loose: bool) -> None:
        self.rows: Packed[Row] = PackedTexts(Row._make)
        self.rejected: list[Rejected] = []
        self._short: list[int] = []
        self._beside: list[int] = []
        self._width = width
        self._text = text
        self._nul = nul
        self._loose = loose

    def take(self, line: int, cells: list[str], fault: str) -> None:
        if fault:
            self.rejected.append(Rejected(line, fault, self._text(cells)))
            return
        if self._loose and len(cells) > self._width:
            if any(cells[self._width :]):
                self._beside.append(line)
            cells = cells[: self._width]
        if any(cells):
            fault = self._fault(cells)
            if fault:
                self.rejected.append(Rejected(line, fault, self._text(cells)))
            else:
                self._add(line, cells)

    def notes(self) -> Iterator[str]:
        """What is to be said of the rows."""
        if self._short and not self._loose:
            many = len(self._short)
            rows = "a row is shorter" if many == 1 else f"{many:,} rows are shorter"
            said = f"{rows} than the headings, the missing cells are empty"
            yield f"{said}: line {some_places(self._short)}"
        if self._beside:
            yield f"cells to the right of the headings left out: row {some_places(self._beside)}"

    def _fault(self, cells: list[str]) -> str:
        if any(cells[self._width :]):
            return _ragged(len(cells), self._width)
        if self._nul and any("\0" in cell for cell in cells):
            return "a cell holds a NUL character"
        if max(map(len, cells)) > LONGEST_CELL:
            return f"a cell has more than {LONGEST_CELL:,} characters"
        return ""

    def _add(self, line: int, cells: list[str]) -> None:
        missing = self._width - len(cells)
        if missing > 0:
            self._short.append(line)
        texts = [*self._text(cells), *[""] * missing]
        self.rows.append(Row(line, texts[: self._width]))


def some_places(places: Sequence[object]) -> str:
    """The first few of some places, and how many more there are."""
    shown = ", ".join(map(str, places[:5]))
    return f"{shown} and {len(places) - 5:,} more" if len(places) > 5 else shown


def _above(rows: list[tuple[int, list[str], str]]) -> list[str]:
    if not rows:
        return []
    lines = f"line {rows[0][0]}" if len(rows) == 1 else f"lines {rows[0][0]} to {rows[-1][0]}"
    return [f"{lines} above the headings left out: {' '.join(filter(None, rows[0][1]))[:60]}"]


def _ragged(count: int, wanted: int) -> str:
    cells = "1 cell" if count == 1 else f"{count} cells"
    return f"{cells} where the headings are {wanted}"


def _without_blank(table: Table, unnamed: tuple[int, ...]) -> Table:
    """The table without the columns that have neither a heading nor a value."""
    blank = set(unnamed)
    for row in table.rows if blank else ():
        blank = {place for place in blank if not row.cells[place].strip()}
        if not blank:
            break
    if not blank:
        return table
    kept = [place for place in range(len(table.headings)) if place not in blank]
    if not kept:
        raise DataError("the file has no headings", "its first row names the columns")
    rows = table.rows.changed(lambda row: Row(row.line, [row.cells[place] for place in kept]))
    rejected = [
        one._replace(cells=tuple(one.cells[place] for place in kept if place < len(one.cells)))
        for one in table.rejected
    ]
    columns = "a column" if len(blank) == 1 else f"{len(blank)} columns"
    note = f"{columns} with neither a heading nor a value left out"
    headings = tuple(table.headings[place] for place in kept)
    return table._replace(
        headings=headings,
        rows=rows,
        rejected=rejected,
        places=tuple(kept),
        notes=(*table.notes, note),
    )
