"""Tables in plain text, aligned, as pipes and files get them: every cell is whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

from crm_cli.model.cells import numeric, people_text
from crm_cli.model.rows import by_column
from crm_cli.model.text import visible
from crm_cli.model.width import columns_of, padded
from crm_cli.render.cells import Cells
from crm_cli.render.screen import Screen

GAP = "  "


def table_lines(
    labels: Sequence[str],
    types: Sequence[str],
    rows: Sequence[Sequence[Any]],
    screen: Screen,
    *,
    header: bool = True,
    tones: Sequence[str] | None = None,
    total: Sequence[Any] | None = None,
    unique: Mapping[int, Sequence[int]] | None = None,
) -> Iterator[str]:
    """The lines of a table, each with its line feed; every cell is whole.

    `tones` gives each row's tone (an empty text for none); `total` is a last row
    below a rule; `unique` has columns whose cells' first characters stand out in colour, so
    many in each row. A table has no columns where `labels` is empty: then no lines.
    """
    if not labels:
        return
    body = [*rows, total] if total is not None else rows
    columns = [
        texts(values, kind)
        for values, kind in zip(by_column(body, len(labels)), types, strict=True)
    ]
    right = [
        numeric(values, kind)
        for values, kind in zip(by_column(rows, len(labels)), types, strict=True)
    ]
    heads = [visible(label) for label in labels]
    widths = [
        max(cells.width, columns_of(head) if header else 0)
        for cells, head in zip(columns, heads, strict=True)
    ]
    if header:
        line = _line(heads, widths, right)
        yield screen.paint(line, "head") + "\n"
    # What stands at a line's end needs no padding.
    aligned = [
        cells
        if place == len(widths) - 1 and not stands_right
        else cells.padded(width, right=stands_right)
        for place, (cells, width, stands_right) in enumerate(
            zip(columns, widths, right, strict=True)
        )
    ]
    for place, lengths in (unique or {}).items() if screen.color else ():
        aligned[place] = [
            begun(cell, length)
            for cell, length in zip(aligned[place], chain(lengths, repeat(0)), strict=False)
        ]
    lines = map(GAP.join, zip(*aligned, strict=True))
    if total is None and not (tones and screen.color):
        yield from [line.rstrip(" ") + "\n" for line in lines]
        return
    for number, line in enumerate(lines):
        if number == len(rows):
            rule = "─" if screen.unicode else "-"
            yield screen.paint(GAP.join(rule * width for width in widths), "muted") + "\n"
            yield screen.paint(line.rstrip(" "), "strong") + "\n"
            continue
        yield screen.paint(line.rstrip(" "), tones[number] if tones else "") + "\n"


def shown(value: Any, kind: str = "") -> str:
    """One value as people read it, without control characters."""
    return _in_a_line(people_text(value, kind))


def texts(values: Sequence[Any], kind: str = "") -> Cells:
    """The values of a column as people read them; checked as a whole, for speed."""
    if isinstance(values, Cells):
        return values
    cells = Cells([value if type(value) is str else people_text(value, kind) for value in values])
    if "".join(cells).isprintable():
        return cells
    return Cells([_in_a_line(cell) for cell in cells])


def _in_a_line(text: str) -> str:
    """Lines of a text one after the other, without control characters."""
    return visible(" ".join(text.split()) if "\n" in text else text)


def begun(cell: str, length: int) -> str:
    """A cell with its beginning in bold, whatever colour the line has."""
    return f"\x1b[1m{cell[:length]}\x1b[22m{cell[length:]}" if length else cell


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    pieces = [
        padded(cell, width, right=stands_right)
        for cell, width, stands_right in zip(cells, widths, right, strict=True)
    ]
    return GAP.join(chain(pieces)).rstrip(" ")
