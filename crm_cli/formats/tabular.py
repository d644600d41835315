"""CSV and similar files as a table: headings, rows with line numbers, and problems.

RFC 4180, read more strictly than Python's reader does by default: that one takes the
rest of the file for one cell where a quote is not closed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain, dropwhile, islice
from typing import NamedTuple

from crm_cli.formats.decoding import Undecided, decode
from crm_cli.formats.header import Known, heading_row, named
from crm_cli.formats.packed import Packed, PackedTexts
from crm_cli.model.errors import DataError, UsageError
from crm_cli.model.text import unguard_parts

LONGEST_CELL = 1_048_576
"""Characters of one cell at most; records are limited to 16 MiB as a whole."""

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "pipe": "|"}
_END = re.compile(r"\r\n?|\n")
_SAMPLE = 100
"""Rows that are looked at to tell which sign parts the columns."""


class Row(NamedTuple):
    """The cells of a row, as many as there are headings, and the line it begins in."""

    line: int
    cells: list[str]


class Rejected(NamedTuple):
    """A row that is not taken: its line, why, and its cells as far as they were read."""

    line: int
    reason: str
    cells: tuple[str, ...] = ()


class Table(NamedTuple):
    """A file's headings and rows, how it was read, and what people are told about that."""

    headings: tuple[str, ...]
    rows: Packed[Row]
    rejected: list[Rejected]
    delimiter: str
    encoding: str
    notes: tuple[str, ...] = ()


def read_table(
    data: bytes, *, encoding: str = "", delimiter: str = "", known: Known = lambda heading: False
) -> Table:
    """Read a file of rows, the first of which are the headings, but for lines of a title.

    Cells are unguarded (`'=1+1` is `=1+1`), and otherwise as they stand, spaces
    too. Rows without any text are skipped, and short ones filled up with empty cells.
    `known` tells a heading from a title. Raises DataError for a file without headings, and
    for a quote that is never closed; Undecided where the encoding or the delimiter is not
    to be known.
    """
    text, encoding, _ = decode(data, encoding)
    first, text = _separator_line(text)
    delimiter = _delimiter_of(delimiter or first) or _found(text)
    parsed = _parsed(text, delimiter, 1 if first else 0)
    head = [row for row in islice(parsed, _SAMPLE) if row[2] or any(row[1])]
    if not head:
        raise DataError("the file has no headings", "its first row names the columns")
    at = heading_row([_texts(cells) for _, cells, fault in head if not fault], known)
    line, cells, fault = head[at]
    if fault:
        raise DataError(f"line {line}: {fault}", "the first row names the columns")
    headings = named(_texts(cells))
    reading = _Rows(len(headings.names), nul="\0" in text)
    for row in chain(head[at + 1 :], parsed):
        reading.take(*row)
    notes = (*_above(head[:at]), *headings.notes, *_short(reading.short))
    table = Table(headings.names, reading.rows, reading.rejected, delimiter, encoding, notes)
    return _without_blank(table, headings.unnamed)


class _Rows:
    """The rows below the headings, as far as they can be taken."""

    def __init__(self, width: int, *, nul: bool) -> None:
        self.rows: Packed[Row] = PackedTexts(Row._make)
        self.rejected: list[Rejected] = []
        self.short: list[int] = []
        self._width = width
        self._nul = nul

    def take(self, line: int, cells: list[str], fault: str) -> None:
        if fault:
            self.rejected.append(Rejected(line, fault, _texts(cells)))
        elif any(cells):
            fault = self._fault(cells)
            if fault:
                self.rejected.append(Rejected(line, fault, _texts(cells)))
            else:
                self._add(line, cells)

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
            self.short.append(line)
        texts = [*_texts(cells), *[""] * missing]
        self.rows.append(Row(line, texts[: self._width]))


def _above(rows: list[tuple[int, list[str], str]]) -> list[str]:
    if not rows:
        return []
    lines = f"line {rows[0][0]}" if len(rows) == 1 else f"lines {rows[0][0]} to {rows[-1][0]}"
    return [f"{lines} above the headings left out: {' '.join(filter(None, rows[0][1]))[:60]}"]


def _short(lines: list[int]) -> list[str]:
    if not lines:
        return []
    shown = ", ".join(str(line) for line in lines[:5])
    more = f" and {len(lines) - 5:,} more" if len(lines) > 5 else ""
    rows = "a row is shorter" if len(lines) == 1 else f"{len(lines):,} rows are shorter"
    return [f"{rows} than the headings, the missing cells are empty: line {shown}{more}"]


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
        headings=headings, rows=rows, rejected=rejected, notes=(*table.notes, note)
    )


def _texts(cells: Iterable[str]) -> tuple[str, ...]:
    """The cells without the guards against formulas."""
    return tuple(map(unguard_parts, cells))


def _delimiter_of(text: str) -> str:
    """The sign that a map or an option names: itself, or `tab`, `semicolon` …"""
    if not text:
        return ""
    sign = _NAMED.get(text.lower(), text)
    if len(sign) != 1 or sign in '"\r\n\0' or sign.isalnum():
        raise UsageError(f"{text!r} cannot separate columns", "use one sign: ; or , or tab")
    return sign


def _separator_line(text: str) -> tuple[str, str]:
    """The sign of a first line `sep=;`, which spreadsheets write, and the text after it."""
    line, _, rest = text.partition("\n")
    line = line.rstrip("\r")
    if len(line) == 5 and line.lower().startswith("sep="):
        return line[4], rest
    return "", text


def _found(text: str) -> str:
    """The sign that parts the columns, by the headings and the first rows.

    The signs of the first line are tried first; it may be a title, though.
    """
    first = _signs(_first_record(text))
    fitting = [sign for sign in first if _even(text, sign)]
    if not fitting:
        signs = dict.fromkeys(sign for line in _first_lines(text) for sign in _signs(line))
        counts = {sign: _even(text, sign, titles=True) for sign in signs}
        # Decimal commas are in the rows alone, what parts the columns in the headings, too.
        fitting = [sign for sign in signs if 0 < counts[sign] == max(counts.values())]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting and len(first) < 2:
        return next(iter(first), ",")
    choices = tuple((sign, DELIMITERS[sign]) for sign in fitting or first)
    shown = " or ".join(name for _, name in choices)
    raise Undecided(
        f"the columns may be separated by {shown}",
        "choose: --delimiter ';' (or , or tab), or delimiter in the map",
        setting="delimiter",
        choices=choices,
    )


def _signs(line: str) -> list[str]:
    return list(dict.fromkeys(char for char in _outside_quotes(line) if char in DELIMITERS))


def _even(text: str, sign: str, *, titles: bool = False) -> int:
    """How many of the first rows have as many cells as the headings, parted by `sign`.

    That is all of them, or none. With `titles` lines of fewer cells may stand above them.
    """
    widths: list[int] = []
    for _, cells, fault in islice(_parsed(text, sign), _SAMPLE + 1):
        if fault:
            return 0
        if any(cells):
            widths.append(len(cells))
    if titles:
        widths = list(dropwhile(lambda width: width < widths[-1], widths))
    is_even = len(set(widths)) == 1 and (not titles or widths[0] > 1)
    return len(widths) if is_even else 0


def _first_lines(text: str) -> list[str]:
    return list(islice(io.StringIO(text, newline=""), _SAMPLE))


def _first_record(text: str) -> str:
    for line in io.StringIO(text, newline=""):
        if line.strip():
            return line
    return ""


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _parsed(text: str, delimiter: str, above: int = 0) -> Iterator[tuple[int, list[str], str]]:
    """(line, cells, fault) of each row; raises DataError where a quote is never closed.

    `above` is the number of lines above the text.
    """
    limit = csv.field_size_limit(len(text) + 1)
    try:
        # Lines end at CR, LF or both, and nowhere else: `splitlines` knows a dozen more.
        reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1 + above
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "unexpected end" in str(error):
                    raise _unclosed(text, line - above, delimiter, above) from None
                yield line, [], _quote_fault(line, reader.line_num + above, str(error))
            else:
                yield line, cells, ""
    finally:
        csv.field_size_limit(limit)


def _lines(text: str) -> Iterator[str]:
    """The lines with their ends, one after the other: a `StringIO` takes four bytes a letter."""
    start = 0
    for match in _END.finditer(text):
        yield text[start : match.end()]
        start = match.end()
    if start < len(text):
        yield text[start:]


def _quote_fault(first: int, last: int, error: str) -> str:
    if "expected after" not in error:
        return error
    where = "" if first == last else f" (the row goes on to line {last})"
    return f"something follows a closing quote{where}; a quote within a cell is written twice"


def _unclosed(text: str, line: int, delimiter: str, above: int) -> DataError:
    """The refusal for a quote that opens after the start of `line` and never closes."""
    at, start, inside, closed = line, True, False, False
    for number, row in enumerate(list(io.StringIO(text, newline=""))[line - 1 :], line):
        for char in row:
            if inside:
                inside, closed = char != '"', char == '"'
            elif char == '"' and (start or closed):
                # Right after a closing quote it is the second of a doubled one.
                at, inside, start = number if start else at, True, False
            else:
                start, closed = char == delimiter or char in "\r\n", False
    return DataError(
        f"line {at + above}: the quote that opens there is never closed",
        'close it with ", or write a quote that is meant as """"',
    )


def _ragged(count: int, wanted: int) -> str:
    cells = "1 cell" if count == 1 else f"{count} cells"
    return f"{cells} where the headings are {wanted}"
