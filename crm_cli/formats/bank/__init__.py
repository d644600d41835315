"""Statements of banks: camt.053, MT940 and tables, read as lines of accounts.

Which of them a file is, its own structure says. Files come from strangers: sizes, depths and
numbers are bounded, and what is no text becomes none.
"""

from __future__ import annotations

from crm_cli.formats.bank.statement import Statement
from crm_cli.model.errors import DataError

LARGEST = 64 * 1024 * 1024
"""The most bytes of a statement."""


def format_of(data: bytes) -> str:
    """What a file is by its beginning: `camt`, `mt940`, or else a `table`."""
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<")):
        return "camt"
    if start.startswith((b"{1:", b":20:")) or (b"\n:61:" in data[:65536] and b":25:" in start):
        return "mt940"
    return "table"


def read_statement(data: bytes) -> Statement:
    """The lines of a camt.053 or MT940 file; raises DataError."""
    if len(data) > LARGEST:
        raise DataError("the statement has more than 64 MiB", "export a shorter time")
    if format_of(data) == "camt":
        from crm_cli.formats.bank.camt import read
    else:
        from crm_cli.formats.bank.mt940 import read
    return read(data)
