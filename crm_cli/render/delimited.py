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
_QUOTED = re.compile('[",\r\n]|^ | $')
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]*")


def csv_lines(
    keys: Sequence[str], types: Sequence[str], rows: Sequence[Sequence[Any]], *, header: bool
) -> Iterator[str]:
    """The rows as CSV; cells that a spreadsheet would run are guarded.

    Typed numbers and phones are not: there a leading `+` or `-` is a sign.
    """
    if header:
        yield _csv_line([guard_cell(key) for key in keys])
    for row in rows:
        yield _csv_line([_csv_cell(value, kind) for value, kind in zip(row, types, strict=True)])


def tsv_lines(keys: Sequence[str], rows: Sequence[Sequence[Any]], *, header: bool) -> Iterator[str]:
    """The rows as TSV; tab, newline and backslash within a cell are `\\t`, `\\n`, `\\\\`."""
    if header:
        yield "\t".join(key.translate(_TSV) for key in keys) + "\n"
    for row in rows:
        yield "\t".join([machine_text(value).translate(_TSV) for value in row]) + "\n"


def machine_text(value: Any) -> str:
    """A cell for programs: as for people, but booleans are `true` and `false`."""
    if value is True or value is False:
        return "true" if value else "false"
    return cell_text(value)


def _csv_line(cells: Sequence[str]) -> str:
    """Quoted where need be. The standard library's writer leaves a lone CR bare, which no
    reader gives back."""
    quoted = [
        '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell for cell in cells
    ]
    # An empty line would be no record at all.
    return ('""' if quoted == [""] else ",".join(quoted)) + "\n"


def _csv_cell(value: Any, kind: str) -> str:
    text = machine_text(value)
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
