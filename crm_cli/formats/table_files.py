"""Files that hold a table, of text or in a workbook, told by what they begin with."""

from __future__ import annotations

from collections.abc import Iterable

from crm_cli.formats.grid import Table
from crm_cli.formats.header import Known
from crm_cli.formats.mapping import Map
from crm_cli.formats.tabular import read_table
from crm_cli.model.errors import DataError

_WORKBOOKS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""Archives, as workbooks are, and what Excel wrote before 2007."""


def is_workbook(data: bytes) -> bool:
    """Whether a file is a workbook by what it begins with, and no text."""
    return data.startswith(_WORKBOOKS)


def refuse_text(data: bytes) -> None:
    """Raise DataError for a file that is no workbook."""
    if not is_workbook(data):
        raise DataError(
            "this is no workbook, whatever its name says",
            "if it is a table of text, import it with --format csv",
        )


def table_of(
    data: bytes,
    said: Map | None = None,
    *,
    called: Iterable[str] = (),
    known: Known = lambda heading: False,
    most: int | None = None,
) -> Table:
    """The table of a file, read as a map says; `called` are names that its sheet may have, and
    `known` tells a heading from a title. `most` are the rows of a sheet that are looked at.
    Raises what `read_table` and `read_sheet` raise.
    """
    map = said or Map()
    heading_row = int(map.heading_row or 0)
    if is_workbook(data):
        from crm_cli.formats.sheets import read_sheet

        return read_sheet(
            data,
            sheet=map.sheet,
            heading_row=heading_row,
            decimal=map.decimal,
            called=called,
            known=known,
            most=most,
        )
    return read_table(
        data,
        encoding=map.encoding,
        delimiter=map.delimiter,
        heading_row=heading_row,
        known=known,
    )
