"""Pages as plain text, of a width that fits a mail and most terminals."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

from crm_cli.formats.documents import codes
from crm_cli.formats.documents.page import Block, Column, Grid, Page, Payment, Prose
from crm_cli.model.text import cleaned

WIDE = 78
_NARROWEST = 16
_GAP = "  "


def text_of(page: Page, *, squares: bool = True) -> str:
    """A page as text; `squares` draws the codes for payments."""
    return cleaned("".join(f"{line.rstrip()}\n" for line in _lines(page, squares)))


def _lines(page: Page, squares: bool) -> Iterator[str]:
    if page.mark:
        yield f"*** {page.mark} ***"
        yield ""
    yield from page.sender
    yield ""
    yield from page.addressee
    yield ""
    yield page.title
    yield "=" * _width(page.title)
    width = max((_width(label) for label, _ in page.facts), default=0)
    for label, value in page.facts:
        yield f"{_padded(label, width)}{_GAP}{value}"
    for block in page.blocks:
        yield ""
        yield from block_lines(block, squares=squares)
    if page.footer:
        yield ""
        yield "-" * WIDE
        yield from page.footer


def block_lines(block: Block, *, squares: bool = False) -> Iterator[str]:
    """The lines of a block."""
    if isinstance(block, Prose):
        yield from _prose(block)
    elif isinstance(block, Grid):
        yield from _grid(block)
    else:
        yield from _payment(block, squares)


def _prose(block: Prose) -> Iterator[str]:
    lead = f"{block.label} " if block.label else ""
    for number, line in enumerate(block.text.split("\n")):
        begin = lead if number == 0 else " " * len(lead)
        yield from _wrapped(line, WIDE - len(lead), begin)
    if block.kind == "heading":
        yield "-" * min(_width(block.text), WIDE)


def _wrapped(text: str, width: int, begin: str) -> Iterator[str]:
    found = textwrap.wrap(text, width, break_on_hyphens=False) or [""]
    for number, line in enumerate(found):
        yield f"{begin if number == 0 else ' ' * len(begin)}{line}"


def _grid(grid: Grid) -> Iterator[str]:
    widths = _widths(grid)
    yield _row([one.label for one in grid.columns], grid.columns, widths)
    yield _GAP.join("-" * width for width in widths)
    for row in grid.rows:
        cells = [_folded(cell, width) for cell, width in zip(row, widths, strict=True)]
        for line in range(max(map(len, cells))):
            parts = [cell[line] if line < len(cell) else "" for cell in cells]
            yield _row(parts, grid.columns, widths)
    if not grid.totals:
        return
    whole = sum(widths) + len(_GAP) * (len(widths) - 1)
    yield "-" * whole
    for total in grid.totals:
        room = whole - _width(total.amount) - 1
        label = list(_folded(total.label, max(room, _NARROWEST)))
        yield from label[:-1]
        yield f"{_padded(label[-1], room)} {total.amount}"


def _widths(grid: Grid) -> list[int]:
    """The width of each column: as its cells are, the wide one as much as is left."""
    cells = list(zip(*(map(_longest, row) for row in grid.rows), strict=True))
    widths = [
        max(_longest(one.label), *cells[place]) if cells else _longest(one.label)
        for place, one in enumerate(grid.columns)
    ]
    over = sum(widths) + len(_GAP) * (len(widths) - 1) - WIDE
    if over > 0:
        for place, one in enumerate(grid.columns):
            if one.wide:
                widths[place] = max(widths[place] - over, _NARROWEST)
    return widths


def _longest(cell: str) -> int:
    return max(map(_width, cell.split("\n")))


def _folded(cell: str, width: int) -> list[str]:
    return [
        part for line in cell.split("\n")
        for part in (textwrap.wrap(line, width, break_on_hyphens=False) or [""])
    ]  # fmt: skip


def _row(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    return _GAP.join(
        _padded(cell, width, end=column.end)
        for cell, column, width in zip(cells, columns, widths, strict=True)
    ).rstrip()


def _payment(block: Payment, squares: bool) -> Iterator[str]:
    yield block.heading
    width = max((_width(label) for label, _ in block.details), default=0)
    for label, value in block.details:
        yield f"{_padded(label, width)}{_GAP}{value}"
    for square in block.squares if squares else ():
        yield ""
        yield square.caption
        yield from codes.lines(square)


def _padded(text: str, width: int, *, end: bool = False) -> str:
    space = " " * max(width - _width(text), 0)
    return f"{space}{text}" if end else f"{text}{space}"


def _width(text: str) -> int:
    """The columns that a text takes: none for marks, two for wide characters."""
    return sum(
        0 if unicodedata.category(char) in ("Mn", "Me", "Cf")
        else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )  # fmt: skip
