"""Workbooks of Excel and LibreOffice (ECMA-376), a sheet for each table.

Numbers, dates and truth values are cells of that type; all else is text, and no text is ever a
formula or a link. Instants stay text: a spreadsheet's times have no offset. So do numbers of
more than 15 digits, and days before March 1900, which spreadsheets disagree about.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.formats.extras import library
from crm_cli.model.cells import machine_text, typed
from crm_cli.model.errors import DataError
from crm_cli.model.rows import Column, Rows

EXTRA = "xlsx"
MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
"""Characters of a cell at most, as MOST_ROWS those of a sheet: Excel's limits."""

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""When each workbook says that it was made, so that the same rows are the same bytes."""
_FIRST_DAY = date(1900, 3, 1)
_DIGITS = 15
_SURROGATES = re.compile("[\ud800-\udfff]")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_FORMATS = {"text": "@", "date": "yyyy-mm-dd", "money": "#,##0.00", "number": "General"}
_AMOUNTS = frozenset({"money", "price"})
_NARROWEST, _WIDEST, _SAMPLE = 8, 60, 1000


class _Look(NamedTuple):
    """How the cells of a column look: the name of a format, and a width in characters."""

    format: str
    width: int


def write_book(tables: Iterable[Rows], *, header: bool = True) -> Iterator[bytes]:
    """The workbook with a sheet for each table, named after it.

    Raises UsageError without XlsxWriter, and DataError for what no sheet has room for.
    """
    xlsxwriter = library("xlsxwriter", EXTRA, needs="xlsx")
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    book.set_properties({"created": _MADE})
    formats = {name: book.add_format({"num_format": form}) for name, form in _FORMATS.items()}
    bold = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
    taken: set[str] = set()
    try:
        for rows in tables:
            sheet = book.add_worksheet(_sheet_name(rows.name, taken))
            _fill(sheet, rows, formats, bold if header else None)
        if not taken:
            book.add_worksheet()
    finally:
        book.close()
    yield buffer.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that a sheet may have and that no other one has."""
    bare = _FORBIDDEN.sub(" ", name)[:28].strip("' ") or "Sheet"
    found, number = bare, 1
    while found.lower() in taken:
        number += 1
        found = f"{bare} {number}"
    taken.add(found.lower())
    return found


def _fill(sheet: Any, rows: Rows, formats: dict[str, Any], bold: Any) -> None:
    """Write the rows; `bold` is the format of the headings, None for none."""
    first = 0 if bold is None else 1
    if len(rows.rows) + first > MOST_ROWS:
        raise DataError(
            f"{len(rows.rows):,} rows are more than a sheet has room for ({MOST_ROWS:,})",
            "choose fewer, or another format: csv has no such limit",
        )
    block = next(rows.blocks(), [()] * len(rows.columns))
    looks = [_look(*pair) for pair in zip(rows.columns, block, strict=True)]
    for place, look in enumerate(looks):
        sheet.set_column(place, place, look.width, formats[look.format])
        if bold is not None:
            _write_text(sheet, 0, place, rows.columns[place].key, bold)
    if bold is not None and looks:
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows.rows), len(looks) - 1)
    chosen = [formats[look.format] for look in looks]
    for number, row in enumerate(rows.rows, first):
        for place, value in enumerate(row):
            if value is not None and value != "":
                _write(sheet, number, place, value, rows.columns[place], chosen[place], formats)


def _look(column: Column, values: Sequence[Any]) -> _Look:
    """How a column looks, by its type and the first of its values."""
    held = [typed(value, column.type) for value in values if value is not None]
    texts = [machine_text(value) for value in held[:_SAMPLE]]
    longest = max((len(line) for text in texts for line in text.split("\n")), default=0)
    width = min(max(longest + 1, len(column.key) + 3, _NARROWEST), _WIDEST)
    if held and all(type(value) is date for value in held):
        return _Look("date", max(width, 11))
    if held and all(_number(value) is not None for value in held):
        return _Look("money" if column.type in _AMOUNTS else "number", width + 1)
    return _Look("text", width)


def _number(value: Any) -> float | None:
    """The number that a cell holds without losing a digit; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    exact = Decimal(repr(value)) if isinstance(value, float) else value
    whole, _, part = f"{exact:f}".partition(".")
    digits = f"{whole.lstrip('-')}{part.rstrip('0')}"
    if not digits.isdigit() or len(digits.lstrip("0")) > _DIGITS:
        return None
    return float(value)


def _write(
    sheet: Any, row: int, place: int, value: Any, column: Column, look: Any, formats: dict[str, Any]
) -> None:
    """Write one cell by the type of its value."""
    value = typed(value, column.type)
    if type(value) is date and value >= _FIRST_DAY:
        sheet.write_datetime(row, place, value, formats["date"])
    elif isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif (number := _number(value)) is not None:
        numeric = look is formats["money"] or look is formats["number"]
        sheet.write_number(row, place, number, look if numeric else formats["number"])
    else:
        text = machine_text(value)
        if len(text) > LONGEST_TEXT:
            raise DataError(
                f"row {row + 1}, {column.key}: {len(text):,} characters are more than a cell has "
                f"room for ({LONGEST_TEXT:,})",
                "leave that column or record out, or choose another format: csv has no such limit",
            )
        _write_text(sheet, row, place, text, formats["text"])


def _write_text(sheet: Any, row: int, place: int, text: str, look: Any) -> None:
    """Write a text as it is; what is half of a character cannot stand in XML."""
    text = _SURROGATES.sub("\ufffd", text)
    if text.startswith("<r>") and text.endswith("</r>"):
        # XlsxWriter takes such a text for markup of its own, and writes it unescaped.
        sheet.write_rich_string(row, place, text[:1], text[1:2], text[2:], look)
    else:
        sheet.write_string(row, place, text, look)
