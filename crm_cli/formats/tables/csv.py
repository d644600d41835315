"""CSV (RFC 4180, with lines that end in LF), safe to open in any spreadsheet.

A cell is quoted where it holds a comma, a semicolon, a tab, a line end or a quote, or
white space at either end, or is guarded: spreadsheets split lines at the list separator of
their own locale, which may be `;` or a tab.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from crm_cli.model.cells import NUMBERS, PHONES, machine_text
from crm_cli.model.rows import Rows
from crm_cli.model.text import guard_parts

_QUOTED = re.compile('[",;\t\r\n]|\\A\\s|\\s\\Z')
_ODD = re.compile("[\",;\t\r\n]|\0[\\s'=+\\-@\uff1d\uff0b\uff0d\uff20]|\\s\0")
"""Something in a column, its cells between NULs, that may need a quote or a guard."""
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_SIGNED = re.compile('"?[+-]')
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]*")


def write(rows: Rows, *, header: bool = True) -> Iterator[str]:
    """The rows; cells that a spreadsheet would run are guarded with a `'`.

    Typed numbers and phones are not: there a leading `+` or `-` is a sign.
    """
    if header:
        yield _line(_cells(rows.keys, "text"))
    types = [column.type for column in rows.columns]
    for block in rows.blocks():
        columns = [_cells(values, kind) for values, kind in zip(block, types, strict=True)]
        if len(columns) > 1 and any(map(_SIGNED.match, columns[0])):
            columns[:2] = _signed(*columns[:2])
        yield "".join(map(_line, zip(*columns, strict=True)))


def _cells(values: Sequence[Any], kind: str) -> Sequence[str]:
    """The cells of a column; only where one of them is odd is each looked at."""
    texts = [value if type(value) is str else machine_text(value) for value in values]
    if not _ODD.search("\0" + "\0".join(texts) + "\0"):
        return texts
    return [_cell(value, text, kind) for value, text in zip(values, texts, strict=True)]


def _cell(value: Any, text: str, kind: str) -> str:
    cell = text if _is_typed(value, text, kind) else guard_parts(text)
    if cell != text or _QUOTED.search(cell):
        return _quoted(cell)
    return cell


def _is_typed(value: Any, text: str, kind: str) -> bool:
    """Whether a sign before the text is the sign of a number."""
    if isinstance(value, int | float | Decimal | date):
        return True
    if kind in NUMBERS and _NUMBER.fullmatch(text):
        return True
    return kind in PHONES and all(_PHONE.fullmatch(part) for part in text.split("; "))


def _signed(first: Sequence[str], second: Sequence[str]) -> tuple[list[str], list[str]]:
    """The first two columns, in quotes where a row begins with a number's sign.

    A spreadsheet that does not split at commas would read `+1,5*…` as one formula; it
    cannot read `"+1","5*…"` as one.
    """
    cells, following = list(first), list(second)
    for place, cell in enumerate(first):
        if _SIGNED.match(cell):
            cells[place], following[place] = _always_quoted(cell), _always_quoted(second[place])
    return cells, following


def _line(cells: Sequence[str]) -> str:
    # A line of one empty cell would be no record at all.
    return (",".join(cells) or '""' if cells else "") + "\n"


def _always_quoted(cell: str) -> str:
    return cell if cell[:1] == '"' else _quoted(cell)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'
