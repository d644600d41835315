"""CSV and similar files as a table: headings, rows with line numbers, and problems.

RFC 4180, read more strictly than Python's reader does by default: that one takes the
rest of the file for one cell where a quote is not closed.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from crm_cli.formats.decoding import Undecided, decode
from crm_cli.model.errors import DataError, UsageError
from crm_cli.model.text import unguard_parts

LONGEST_CELL = 1_048_576
"""Characters of one cell at most; records are limited to 16 MiB as a whole."""

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "pipe": "|"}
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
    """A file's headings and rows, and how it was read."""

    headings: tuple[str, ...]
    rows: list[Row]
    rejected: list[Rejected]
    delimiter: str
    encoding: str


def read_table(data: bytes, *, encoding: str = "", delimiter: str = "") -> Table:
    """Read a file of rows whose first is the headings.

    Cells are unguarded (`'=1+1` is `=1+1`), and otherwise as they stand, spaces
    too. Rows without any text are skipped. Raises DataError for a file without
    headings, with one that is missing or stands twice, and for a quote that is never
    closed; Undecided where the encoding or the delimiter is not to be known.
    """
    text, encoding, _ = decode(data, encoding)
    first, text = _separator_line(text)
    delimiter = _delimiter_of(delimiter or first) or _found(text)
    offset = 1 if first else 0
    headings: tuple[str, ...] | None = None
    rows: list[Row] = []
    rejected: list[Rejected] = []
    nul = "\0" in text
    for line, cells, fault in _parsed(text, delimiter):
        line += offset
        if headings is None:
            if fault:
                raise DataError(f"line {line}: {fault}", "the first row names the columns")
            if any(cells):
                headings = _headings(cells, line)
        elif fault:
            rejected.append(Rejected(line, fault, _texts(cells)))
        elif not any(cells):
            continue
        elif len(cells) != len(headings):
            rejected.append(Rejected(line, _ragged(len(cells), len(headings)), _texts(cells)))
        elif nul and any("\0" in cell for cell in cells):
            reason = "a cell holds a NUL character"
            rejected.append(Rejected(line, reason, _texts(cells)))
        elif max(map(len, cells)) > LONGEST_CELL:
            reason = f"a cell has more than {LONGEST_CELL:,} characters"
            rejected.append(Rejected(line, reason, _texts(cells)))
        else:
            rows.append(Row(line, list(_texts(cells))))
    if headings is None:
        raise DataError("the file has no headings", "its first row names the columns")
    return Table(headings, rows, rejected, delimiter, encoding)


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
    """The sign that parts the columns, by the headings and the first rows."""
    counts = Counter(char for char in _outside_quotes(_first_record(text)) if char in DELIMITERS)
    if len(counts) < 2:
        return next(iter(counts), ",")
    fitting = [sign for sign in counts if _even(text, sign)]
    if len(fitting) == 1:
        return fitting[0]
    choices = tuple((sign, DELIMITERS[sign]) for sign in fitting or counts)
    shown = " or ".join(name for _, name in choices)
    raise Undecided(
        f"the columns may be separated by {shown}",
        "choose: --delimiter ';' (or , or tab), or delimiter in the map",
        setting="delimiter",
        choices=choices,
    )


def _even(text: str, sign: str) -> bool:
    """Whether the first rows have as many cells as the headings, parted by `sign`."""
    widths = set()
    for number, (_, cells, fault) in enumerate(_parsed(text, sign)):
        if number > _SAMPLE:
            break
        if fault:
            return False
        if any(cells):
            widths.add(len(cells))
    return len(widths) == 1


def _first_record(text: str) -> str:
    for line in io.StringIO(text, newline=""):
        if line.strip():
            return line
    return ""


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _parsed(text: str, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """(line, cells, fault) of each row; raises DataError where a quote is never closed."""
    limit = csv.field_size_limit(len(text) + 1)
    try:
        # Lines end at CR, LF or both, and nowhere else: `splitlines` knows a dozen more.
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "unexpected end" in str(error):
                    raise _unclosed(text, line, delimiter) from None
                yield line, [], _quote_fault(line, reader.line_num, str(error))
            else:
                yield line, cells, ""
    finally:
        csv.field_size_limit(limit)


def _quote_fault(first: int, last: int, error: str) -> str:
    if "expected after" not in error:
        return error
    where = "" if first == last else f" (the row goes on to line {last})"
    return f"something follows a closing quote{where}; a quote within a cell is written twice"


def _unclosed(text: str, line: int, delimiter: str) -> DataError:
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
        f"line {at}: the quote that opens there is never closed",
        'close it with ", or write a quote that is meant as """"',
    )


def _headings(cells: list[str], line: int) -> tuple[str, ...]:
    headings = tuple(cell.strip() for cell in _texts(cells))
    faults = []
    places: dict[str, int] = {}
    for place, heading in enumerate(headings, 1):
        if not heading:
            faults.append(f"column {place} has no heading")
        elif heading in places:
            faults.append(f"{heading!r} heads both column {places[heading]} and column {place}")
        places.setdefault(heading, place)
    if faults:
        raise DataError(
            f"line {line}: {'; '.join(faults)}", "give each column a heading of its own"
        )
    return headings


def _ragged(count: int, wanted: int) -> str:
    cells = "1 cell" if count == 1 else f"{count} cells"
    return f"{cells} where the headings are {wanted}"
