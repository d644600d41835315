"""CSV (RFC 4180, lines end in LF) and TSV (backslash escapes, one record a line)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from crm_cli.model.text import guard_cell
from crm_cli.render.values import PHONES, RIGHT, cell_text

_TSV = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_NEEDS_QUOTES = re.compile('[",\r\n]|\0 | \0')
_SEPARATES = re.compile(r"[\\\t\n\r]")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]*")


def csv_lines(
    keys: Sequence[str], types: Sequence[str], rows: Sequence[Sequence[Any]], *, header: bool
) -> Iterator[str]:
    """The rows as CSV; cells that a spreadsheet would run are guarded.

    Typed numbers and phones are not: there a leading `+` or `-` is a sign.
    """
    if header:
        yield ",".join(_quoted([guard_cell(key) for key in keys])) + "\n"
    for block in _blocks(rows):
        columns = [
            _quoted([_csv_cell(value, kind) for value in values])
            for values, kind in zip(zip(*block, strict=True), types, strict=True)
        ]
        # A line of one empty cell would be no record at all.
        yield "".join([(line or '""') + "\n" for line in map(",".join, zip(*columns, strict=True))])


def tsv_lines(keys: Sequence[str], rows: Sequence[Sequence[Any]], *, header: bool) -> Iterator[str]:
    """The rows as TSV; tab, newline and backslash within a cell are `\\t`, `\\n`, `\\\\`."""
    if header:
        yield "\t".join(_escaped(keys)) + "\n"
    for block in _blocks(rows):
        columns = [
            _escaped([value if type(value) is str else machine_text(value) for value in values])
            for values in zip(*block, strict=True)
        ]
        yield "".join([line + "\n" for line in map("\t".join, zip(*columns, strict=True))])


def machine_text(value: Any) -> str:
    """A cell for programs: as for people, but booleans are `true` and `false`."""
    if value is True or value is False:
        return "true" if value else "false"
    return cell_text(value)


def _blocks(rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
    """So many rows that what most cells need can be found out for a column at once."""
    return (rows[start : start + 1000] for start in range(0, len(rows), 1000))


def _quoted(cells: Sequence[str]) -> Sequence[str]:
    """The cells, in quotes where need be. The standard library's writer leaves a lone CR
    bare, which no reader gives back."""
    if not _NEEDS_QUOTES.search("\0" + "\0".join(cells) + "\0"):
        return cells
    return [
        '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(f"\0{cell}\0") else cell
        for cell in cells
    ]


def _escaped(cells: Sequence[str]) -> Sequence[str]:
    if not _SEPARATES.search("".join(cells)):
        return cells
    return [cell.translate(_TSV) for cell in cells]


def _csv_cell(value: Any, kind: str) -> str:
    text = value if type(value) is str else machine_text(value)
    if not text or text[0].isalnum():
        return text
    if isinstance(value, int | float | Decimal | date):
        return text
    if kind in RIGHT and _number(text):
        return text
    if kind in PHONES and all(_PHONE.fullmatch(part) for part in text.split("; ")):
        return text
    return guard_cell(text)


def _number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) is not None
