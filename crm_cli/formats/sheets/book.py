"""A workbook: its sheets, and the rows of one, as all formats give them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from crm_cli.model.errors import DataError

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
"""What Excel and LibreOffice have room for."""
MOST_CELLS = 50_000_000
"""Cells of the rows of a sheet, the blank ones before a filled one included."""
MOST_SHEETS = 1_000
_MOST_MERGES = 100_000
_SHOWN = 5


class SheetName(NamedTuple):
    """A sheet; `hidden` is whether people do not see it."""

    name: str
    hidden: bool = False


class Merge(NamedTuple):
    """A block of rows that one cell of a column spreads over, from 1."""

    column: int
    first: int
    last: int


@dataclass(slots=True)
class Places:
    """Cells that something is said of: how many, and the first few."""

    first: list[str] = field(default_factory=list)
    many: int = 0

    def add(self, row: int, column: int, text: str = "") -> None:
        """Add a cell by its row and column from 1, and what stands in it."""
        self.many += 1
        if self.many <= _SHOWN:
            self.first.append(f"{letters(column)}{row}{f' ({text})' if text else ''}")

    def __str__(self) -> str:
        more = self.many - len(self.first)
        return f"{', '.join(self.first)}{f' and {more:,} more' if more else ''}"


@dataclass(slots=True)
class Remarks:
    """What a sheet has that is no plain value."""

    errors: Places = field(default_factory=Places)
    unvalued: Places = field(default_factory=Places)
    """Formulas without a result."""
    merges: list[Merge] = field(default_factory=list)
    hidden: int = 0
    fractions: bool = False
    """Whether a number has decimals."""
    cells: int = 0

    def merge(self, column: int, first: int, last: int) -> None:
        """Note a cell that spreads over rows; raises DataError for more than sheets have."""
        if len(self.merges) >= _MOST_MERGES:
            raise DataError(
                f"the sheet has more than {_MOST_MERGES:,} merged cells", "split them there"
            )
        self.merges.append(Merge(column, first, last))

    def count(self, cells: int) -> None:
        """Count cells; raises DataError where there are more than any table has."""
        self.cells += cells
        if self.cells > MOST_CELLS:
            raise DataError(
                f"the sheet has more than {MOST_CELLS:,} cells", "keep what is to be imported"
            )


def add_sheet(sheets: list[SheetName], sheet: SheetName) -> None:
    """Add a sheet; raises DataError for more than workbooks have."""
    if len(sheets) >= MOST_SHEETS:
        raise DataError(f"the workbook has more than {MOST_SHEETS:,} sheets", "split it")
    sheets.append(sheet)


class Book(Protocol):
    """A workbook of one of the formats."""

    format: str

    @property
    def sheets(self) -> tuple[SheetName, ...]:
        """The sheets in their order."""

    def rows(self, name: str, remarks: Remarks) -> Iterator[tuple[int, list[str]]]:
        """The rows of a sheet that have a cell, with their numbers; notes what is no value."""

    def heads(self, names: Sequence[str], most: int) -> dict[str, list[list[str]]]:
        """The first rows of sheets, so many of each, by name; a part is read once for all of
        its sheets."""


def letters(column: int) -> str:
    """The name of a column, from 1: `C`, `AA`."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
