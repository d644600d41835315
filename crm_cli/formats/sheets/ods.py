"""Workbooks of LibreOffice (OpenDocument 1.3, part 3), read as they stream by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from crm_cli.formats.grid import LONGEST_CELL
from crm_cli.formats.sheets.book import (
    MOST_COLUMNS,
    MOST_ROWS,
    Remarks,
    SheetName,
    add_sheet,
)
from crm_cli.formats.sheets.markup import Attributes, Locals, parse, stream
from crm_cli.formats.sheets.package import Package, protected
from crm_cli.formats.sheets.values import number, percent
from crm_cli.model.errors import DataError

CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_MOST_REPEATED = 10_000
"""Times that a row with something in it may be repeated; programs say so of copies alone."""
_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns"
_TABLE, _OFFICE, _TEXT, _STYLE = (
    f"{_NAMESPACE}:{name}:1.0 " for name in ("table", "office", "text", "style")
)
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_TIME = re.compile(r"-?P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?", re.ASCII)
_BLANKS = re.compile("[ \t\r\n]+")


class Workbook:
    """A workbook; all of its sheets are in one part."""

    format = "ods"

    def __init__(self, package: Package, decimal: str = "") -> None:
        """Raises DataError for one that is protected by a password."""
        self._package = package
        self._decimal = decimal
        self._local = Locals()
        if _MANIFEST in package.names:
            parse(package.chunks(_MANIFEST), _MANIFEST, start=self._of_manifest)

    def _of_manifest(self, name: str, attributes: Attributes) -> None:
        if self._local(name) == "encryption-data":
            raise protected()

    @cached_property
    def sheets(self) -> tuple[SheetName, ...]:
        """The sheets in their order."""
        found: list[SheetName] = []
        hidden: set[str] = set()
        style = ""
        depth = 0

        def start(name: str, attributes: Attributes) -> None:
            nonlocal style, depth
            if name == f"{_STYLE}style":
                style = attributes.get(f"{_STYLE}name", "")
            elif name == f"{_STYLE}table-properties":
                if attributes.get(f"{_TABLE}display") == "false":
                    hidden.add(style)
            elif name == f"{_TABLE}table":
                depth += 1
                if depth == 1:
                    is_hidden = attributes.get(f"{_TABLE}style-name", "") in hidden
                    add_sheet(found, SheetName(attributes.get(f"{_TABLE}name", ""), is_hidden))

        def end(name: str) -> None:
            nonlocal depth
            depth -= name == f"{_TABLE}table"

        parse(self._package.chunks(CONTENT), CONTENT, start=start, end=end)
        return tuple(found)

    def rows(self, name: str, remarks: Remarks) -> Iterator[tuple[int, list[str]]]:
        """The rows of a sheet that have a cell, with their numbers."""
        reading = _Rows(name, remarks, self._decimal)
        chunks = self._package.chunks(CONTENT)
        for _ in stream(
            chunks, CONTENT, start=reading.start, end=reading.end, text=reading.characters
        ):
            for first, times, cells in reading.ready:
                for row in range(first, first + times):
                    yield row, list(cells)
            reading.ready = []
            if reading.done:
                return


    def heads(self, names: Sequence[str], most: int) -> dict[str, list[list[str]]]:
        """The first rows of sheets; see `Book`."""
        reading = _Heads(names, most, self._decimal)
        chunks = self._package.chunks(CONTENT)
        for _ in stream(
            chunks, CONTENT, start=reading.start, end=reading.end, text=reading.characters
        ):
            if not reading.waiting:
                break
        return reading.found


class _Heads:
    """The first rows of each of some sheets while they are parsed; `waiting` are those that are
    not read yet."""

    def __init__(self, names: Sequence[str], most: int, decimal: str) -> None:
        self.found: dict[str, list[list[str]]] = {name: [] for name in names}
        self.waiting = set(names)
        self._most = most
        self._decimal = decimal
        self._depth = 0
        self._name = ""
        self._rows: _Rows | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        if name == f"{_TABLE}table":
            self._depth += 1
            called = attributes.get(f"{_TABLE}name", "")
            if self._depth == 1 and called in self.waiting:
                self._name, self._rows = called, _Rows(called, Remarks(), self._decimal)
        if self._rows is not None:
            self._rows.start(name, attributes)

    def end(self, name: str) -> None:
        if self._rows is not None:
            self._rows.end(name)
            self._take(self._rows)
        self._depth -= name == f"{_TABLE}table"
        if not self._depth:
            self._finish()

    def characters(self, text: str) -> None:
        if self._rows is not None:
            self._rows.characters(text)

    def _take(self, reading: _Rows) -> None:
        head = self.found[self._name]
        for _, times, cells in reading.ready:
            head += [list(cells) for _ in range(min(times, self._most - len(head)))]
        reading.ready = []
        if len(head) >= self._most:
            self._finish()

    def _finish(self) -> None:
        if self._rows is not None:
            self.waiting.discard(self._name)
            self._rows = None


class _Rows:
    """The rows of a sheet while they are parsed; `ready` are (row, times, cells)."""

    def __init__(self, name: str, remarks: Remarks, decimal: str) -> None:
        self._decimal = decimal
        self.ready: list[tuple[int, int, list[str]]] = []
        self.done = False
        self._name = name
        self._remarks = remarks
        self._local = Locals()
        self._tables: list[bool] = []
        """Whether each table around is the wanted one; within a cell there may be others."""
        self._aside = 0
        """How deep within what is no value of a cell: a note, a drawing."""
        self._row = self._times = 0
        self._column = 0
        self._cells: list[str] = []
        self._cell: Attributes | None = None
        self._parts: list[str] = []
        self._length = 0
        self._paragraphs = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name == f"{_TABLE}table":
            wanted = not self._tables and attributes.get(f"{_TABLE}name", "") == self._name
            self._tables.append(wanted and not self.done)
        elif not self._tables or not self._tables[-1]:
            return
        elif self._aside or name == f"{_OFFICE}annotation" or ":drawing:" in name:
            self._aside += 1
        elif name == f"{_TABLE}table-row":
            self._start_row(attributes)
        elif name in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            self._cell = attributes
            self._parts, self._length, self._paragraphs = [], 0, 0
        elif name.startswith(_TEXT) and self._cell is not None:
            self._start_text(self._local(name), attributes)

    def end(self, name: str) -> None:
        if name == f"{_TABLE}table" and self._tables:
            self.done |= self._tables.pop() and not self._tables
        elif not self._tables or not self._tables[-1]:
            return
        elif self._aside:
            self._aside -= 1
        elif name == f"{_TABLE}table-row":
            self._end_row()
        elif name == f"{_TABLE}table-cell":
            self._end_cell()
        elif name == f"{_TABLE}covered-table-cell":
            self._column += _times(self._cell or {}, "columns")
            self._cell = None

    def characters(self, text: str) -> None:
        # Of a text that is too long so much is kept that it is seen to be.
        if not self._paragraphs or self._cell is None or self._aside:
            return
        if self._length <= LONGEST_CELL:
            self._parts.append(_BLANKS.sub(" ", text))
            self._length += len(text)

    def _start_row(self, attributes: Attributes) -> None:
        self._row += self._times or 1
        self._times = _times(attributes, "rows")
        self._column, self._cells = 0, []
        if attributes.get(f"{_TABLE}visibility", "visible") != "visible":
            self._remarks.hidden += 1

    def _end_row(self) -> None:
        if not self._cells:
            return
        if self._times > _MOST_REPEATED or self._row + self._times - 1 > MOST_ROWS:
            raise DataError(
                f"row {self._row} of the sheet is there {self._times:,} times",
                "delete the copies in the spreadsheet program",
            )
        self._remarks.count(len(self._cells) * self._times)
        self.ready.append((self._row, self._times, self._cells))

    def _start_text(self, local: str, attributes: Attributes) -> None:
        if local == "p":
            if self._paragraphs:
                self._parts.append("\n")
            self._paragraphs += 1
        elif local == "s":
            count = attributes.get(f"{_TEXT}c", "1")
            many = int(count) if count.isdigit() and len(count) < 7 else 1
            self._parts.append(" " * many)
            self._length += many
        elif local in ("tab", "line-break"):
            self._parts.append("\t" if local == "tab" else "\n")

    def _end_cell(self) -> None:
        attributes = self._cell or {}
        self._cell = None
        times = _times(attributes, "columns")
        text = self._text(attributes)
        first = self._column + 1
        self._column += times
        rows = _times(attributes, "rows-spanned")
        if text and rows > 1:
            last = min(self._row + rows - 1, MOST_ROWS)
            self._remarks.merge(first, self._row, last)
        if not text:
            return
        if self._column > MOST_COLUMNS:
            raise DataError(f"row {self._row} of the sheet has more than {MOST_COLUMNS:,} columns")
        self._cells += [""] * (first - 1 - len(self._cells))
        self._cells += [text] * times

    def _text(self, attributes: Attributes) -> str:
        """The text of a cell by the type of its value."""
        kind = attributes.get(f"{_OFFICE}value-type", "")
        shown = "".join(self._parts)
        if attributes.get(f"{_CALC}value-type") == "error":
            self._remarks.errors.add(self._row, self._column + 1, shown[:20])
            return ""
        if kind in ("float", "currency"):
            text = number(attributes.get(f"{_OFFICE}value", ""))
            self._remarks.fractions |= "." in text
            return text.replace(".", self._decimal or ".")
        if kind == "percentage":
            return percent(attributes.get(f"{_OFFICE}value", ""))
        if kind == "date":
            return _day(attributes.get(f"{_OFFICE}date-value", ""))
        if kind == "time":
            return _time(attributes.get(f"{_OFFICE}time-value", ""))
        if kind == "boolean":
            return attributes.get(f"{_OFFICE}boolean-value", "")
        if not kind and f"{_TABLE}formula" in attributes:
            self._remarks.unvalued.add(self._row, self._column + 1)
            return ""
        return attributes.get(f"{_OFFICE}string-value") or shown


def _times(attributes: Attributes, what: str) -> int:
    """How many rows or columns something stands for, 1 where it says nothing sensible."""
    name = f"number-{what}" if what.endswith("spanned") else f"number-{what}-repeated"
    text = attributes.get(f"{_TABLE}{name}", "1")
    return max(int(text), 1) if text.isdigit() and len(text) < 10 else 1


def _day(text: str) -> str:
    day, _, time = text.partition("T")
    time = time.partition(".")[0]
    return f"{day} {time}" if time not in ("", "00:00:00") else day


def _time(text: str) -> str:
    match = _TIME.fullmatch(text)
    if match is None:
        return text
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return f"{days * 24 + hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")
