"""The address book of abook as a table: a section for each contact, a line for each field.

It begins with a section `[format]` that says `program=abook`; its columns are those that abook
has, and whatever else its sections say.
"""

from __future__ import annotations

import re

from crm_cli.formats.decoding import decode
from crm_cli.formats.grid import Rejected, Row, Table
from crm_cli.formats.packed import Packed, PackedTexts
from crm_cli.model.errors import DataError

_FIELDS = """
name email address address2 city state zip country phone workphone fax mobile nick url notes
anniversary groups custom1 custom2 custom3 custom4 custom5
"""
_SECTION = re.compile(r"\[([^\]]*)\]\s*")
_PROGRAM = re.compile(rb"^[ \t]*program[ \t]*=[ \t]*abook\b", re.MULTILINE)


def is_sections(start: bytes) -> bool:
    """Whether a file that begins so is an address book of abook."""
    return b"[format]" in start and _PROGRAM.search(start) is not None


def read_sections(data: bytes, *, encoding: str = "") -> Table:
    """The contacts as rows, each in the line of its section.

    Raises DataError where there are none, Undecided where the encoding is not to be known.
    """
    text, encoding, _ = decode(data, encoding)
    found: list[tuple[int, dict[str, str]]] = []
    rejected: list[Rejected] = []
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if heading := _SECTION.fullmatch(line):
            section = heading[1]
            if section != "format":
                found.append((number, {}))
            continue
        key, sign, value = line.partition("=")
        if not sign:
            rejected.append(Rejected(number, "it is neither [section] nor key=value", (line,)))
        elif section != "format" and found:
            found[-1][1].setdefault(key.strip(), value.strip().replace("\0", ""))
    if not found:
        raise DataError("the address book has no contacts", "each is a section: [0], name=…")
    said = (key for _, cells in found for key in cells)
    headings = tuple(dict.fromkeys((*_FIELDS.split(), *said)))
    rows: Packed[Row] = PackedTexts(Row._make)
    for number, cells in found:
        rows.append(Row(number, [cells.get(key, "") for key in headings]))
    return Table(headings, rows, rejected, "", encoding)
