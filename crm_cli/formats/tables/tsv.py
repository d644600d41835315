"""TSV: one record per line, with backslash escapes and no quoting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from crm_cli.model.cells import machine_text
from crm_cli.model.rows import Rows

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_SEPARATES = re.compile(r"[\\\t\n\r]")


def write(rows: Rows, *, header: bool = True) -> Iterator[str]:
    """The rows; tab, newline and backslash within a cell are `\\t`, `\\n`, `\\\\`."""
    if header:
        yield "\t".join(_escaped(rows.keys)) + "\n"
    for block in rows.blocks():
        columns = [
            _escaped([value if type(value) is str else machine_text(value) for value in values])
            for values in block
        ]
        yield "".join([line + "\n" for line in map("\t".join, zip(*columns, strict=True))])


def _escaped(cells: Sequence[str]) -> Sequence[str]:
    if not _SEPARATES.search("".join(cells)):
        return cells
    return [cell.translate(_ESCAPES) for cell in cells]
