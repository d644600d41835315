"""CSV and similar files as a table.

RFC 4180, read more strictly than Python's reader does by default: that one takes the
rest of the file for one cell where a quote is not closed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import dropwhile, islice

from crm_cli.formats.decoding import Undecided, decode
from crm_cli.formats.grid import Table, gridded
from crm_cli.formats.header import Known
from crm_cli.model.errors import DataError, UsageError
from crm_cli.model.text import unguard_parts

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "pipe": "|"}
_END = re.compile(r"\r\n?|\n")
_SAMPLE = 100
"""Rows that are looked at to tell which sign parts the columns."""


def read_table(
    data: bytes,
    *,
    encoding: str = "",
    delimiter: str = "",
    heading_row: int = 0,
    known: Known = lambda heading: False,
) -> Table:
    """Read a file of rows, the first of which are the headings, but for lines of a title.

    Cells are unguarded (`'=1+1` is `=1+1`), and otherwise as they stand, spaces
    too. Rows without any text are skipped, and short ones filled up with empty cells.
    `known` tells a heading from a title; with `heading_row` the headings stand in that line.
    Raises DataError for a file without headings, and
    for a quote that is never closed; Undecided where the encoding or the delimiter is not
    to be known.
    """
    text, encoding, _ = decode(data, encoding)
    first, text = _separator_line(text)
    delimiter = _delimiter_of(delimiter or first) or _found(text)
    parsed = _parsed(text, delimiter, 1 if first else 0)
    found = gridded(parsed, known, text=_texts, heading_row=heading_row, nul="\0" in text)
    return found._replace(delimiter=delimiter, encoding=encoding)


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
        'close it with "; a quote within a cell is written twice, and the cell in quotes: '
        '"a 3"" pipe"',
    )
