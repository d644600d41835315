"""The formats of tables, for `-o` of every answer and for `crm export`.

A format is a module of this package and a line in `TABLES`. The module has a function
`write(rows, *, header)`; of a format that holds records it is `write(records, *,
ascii_only)`, and `write_one(record, *, ascii_only)` beside it; of one that is bytes it is
`write_book(tables, *, header)`. Modules are imported when they are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from importlib import import_module
from typing import Any

from crm_cli.model.declaration import Declaration
from crm_cli.model.rows import Column, Rows


class Holds(Enum):
    """What a format has room for."""

    ROWS = "rows"
    """A cell for each column of each row."""
    RECORDS = "records"
    """Objects by key, with lists and further objects within."""
    NAMES = "names"
    """One name for each row, which other commands take."""


class TableFormat(Declaration, positional=3):
    """A format that rows are written in."""

    name: str
    """What `-o` and `--format` call it, and the name of its module."""
    suffixes: tuple[str, ...]
    """The endings of its files, the usual one first."""
    doc: str
    """What it is for, in one sentence."""
    holds: Holds = Holds.ROWS
    """Whether it is given rows or records."""
    column: str = ""
    """The column that a format of names takes."""
    binary: bool = False
    """Whether it is bytes, for files and pipes, and no text."""
    several: bool = False
    """Whether a file of it has room for several tables."""

    def write(self, rows: Rows, *, header: bool = True, ascii_only: bool = False) -> Iterator[str]:
        """The text of rows, in pieces; they end with a line feed.

        `ascii_only` is for an output that takes no other characters: JSON escapes them.
        Raises KeyError with the column that a format of names takes and the rows lack.
        """
        if self.holds is Holds.RECORDS:
            return self.write_records(rows.records(), ascii_only=ascii_only)
        pieces: Iterator[str] = self._module.write(rows, header=header)
        return pieces

    def write_book(self, tables: Iterable[Rows], *, header: bool = True) -> Iterator[bytes]:
        """The bytes of tables, of which there is one but for a format that holds several.

        For a binary format. Raises UsageError where its library is not installed, and DataError
        for what it has no room for.
        """
        pieces: Iterator[bytes] = self._module.write_book(tables, header=header)
        return pieces

    def write_records(
        self, records: Iterable[Mapping[str, Any]], *, ascii_only: bool = False
    ) -> Iterator[str]:
        """The text of records, nested or not, in pieces; for a format that holds records."""
        pieces: Iterator[str] = self._module.write(records, ascii_only=ascii_only)
        return pieces

    def write_record(self, record: Mapping[str, Any], *, ascii_only: bool = False) -> Iterator[str]:
        """The text of one record: an object, or a row of its keys where the format has rows."""
        if self.holds is Holds.RECORDS:
            pieces: Iterator[str] = self._module.write_one(record, ascii_only=ascii_only)
            return pieces
        return self.write(row_of(record))

    @property
    def _module(self) -> Any:
        return import_module(f"{__name__}.{self.name}")


def row_of(record: Mapping[str, Any]) -> Rows:
    """A record as a row of its keys."""
    return Rows([Column(key) for key in record], [tuple(record.values())])


CSV = TableFormat("csv", (".csv",), "For spreadsheets and crm import.")
JSON = TableFormat("json", (".json",), "For programs: an array of objects.", holds=Holds.RECORDS)
IDS = TableFormat("ids", (), "The ids alone, for another command.", holds=Holds.NAMES, column="id")
PATHS = TableFormat("paths", (), "The paths of the files alone.", holds=Holds.NAMES, column="path")
_XLSX = "A workbook for Excel and LibreOffice, with types; into a file."
_PARQUET = "For DuckDB, pandas and the like, with types; into a file."

TABLES: tuple[TableFormat, ...] = (
    TableFormat("tsv", (".tsv", ".tab"), "For cut, sort and awk: a record a line, tab-separated."),
    CSV,
    JSON,
    TableFormat("jsonl", (".jsonl", ".ndjson"), "JSON, an object a line.", holds=Holds.RECORDS),
    TableFormat("yaml", (".yaml", ".yml"), "A list of mappings.", holds=Holds.RECORDS),
    TableFormat("markdown", (".md", ".markdown"), "A table for a page of Markdown."),
    TableFormat("xlsx", (".xlsx",), _XLSX, binary=True, several=True),
    TableFormat("parquet", (".parquet",), _PARQUET, binary=True),
    IDS,
    PATHS,
)
"""The formats, as they are listed."""
