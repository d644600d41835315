"""GitHub Flavored Markdown tables (section 4.10), numbers aligned right.

Texts stay texts: no renderer takes what they hold for markup, an image, a link under
another name, or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from crm_cli.model.cells import machine_text, numeric
from crm_cli.model.rows import Rows, by_column
from crm_cli.model.text import visible

_MARKUP = re.compile(r"[\\`*\[<|~$]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
"""Punctuation that means something within a cell. An underscore within a word does not."""
_LINE_END = re.compile(r"\r\n|\r|\n")


def write(rows: Rows, *, header: bool = True) -> Iterator[str]:
    """The rows, then their total in bold; without a header only lines to go below another's."""
    if not rows.columns:
        return
    if header:
        columns = zip(by_column(rows.rows, len(rows.columns)), rows.columns, strict=True)
        yield _line(map(_cell, rows.keys))
        yield _line("---:" if numeric(values, one.type) else "---" for values, one in columns)
    for row in rows.rows:
        yield _line(map(_cell, row))
    if rows.total is not None:
        yield _line(f"**{cell}**" if (cell := _cell(value).strip()) else "" for value in rows.total)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _cell(value: Any) -> str:
    """The value with its punctuation escaped; a cell has one line, so line ends are `<br>`."""
    lines = _LINE_END.split(machine_text(value))
    return "<br>".join(_MARKUP.sub(r"\\\g<0>", visible(line)) for line in lines)
