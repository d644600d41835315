"""Pages as plain text, of a width that fits a mail and most terminals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crm_cli.formats.documents import codes
from crm_cli.formats.documents.page import Block, Column, Grid, Page, Pair, Payment, Prose
from crm_cli.model.text import cleaned
from crm_cli.model.width import columns_of, padded, wrapped

WIDE = 78
_NARROWEST = 16
_GAP = "  "


def text_of(page: Page, *, squares: bool = True, wide: int = WIDE) -> str:
    """A page as text of so many columns; `squares` draws the codes for payments."""
    wide = max(min(wide, WIDE), _NARROWEST)
    return cleaned("".join(f"{line.rstrip()}\n" for line in _lines(page, squares, wide)))


def _lines(page: Page, squares: bool, wide: int) -> Iterator[str]:
    if page.mark:
        yield f"*** {page.mark} ***"
        yield ""
    for lines in (page.sender, page.addressee):
        for line in lines:
            yield from _wrapped(line, wide)
        yield ""
    yield from _wrapped(page.title, wide)
    yield "=" * min(columns_of(page.title), wide)
    yield from _pairs(page.facts, wide)
    for block in page.blocks:
        yield ""
        yield from block_lines(block, squares=squares, wide=wide)
    if page.footer:
        yield ""
        yield "-" * wide
        for line in page.footer:
            yield from _wrapped(line, wide)


def block_lines(block: Block, *, squares: bool = False, wide: int = WIDE) -> Iterator[str]:
    """The lines of a block in so many columns."""
    if isinstance(block, Prose):
        yield from _prose(block, wide)
    elif isinstance(block, Grid):
        yield from _grid(block, wide)
    else:
        yield from _payment(block, squares, wide)


def _prose(block: Prose, wide: int) -> Iterator[str]:
    lead = f"{block.label} " if block.label else ""
    for number, line in enumerate(block.text.split("\n")):
        begin = lead if number == 0 else " " * len(lead)
        yield from _wrapped(line, wide - len(lead), begin)
    if block.kind == "heading":
        yield "-" * min(columns_of(block.text), wide)


def _pairs(pairs: Sequence[Pair], wide: int) -> Iterator[str]:
    """Labels, and their values beside each other; a long value goes on below itself."""
    width = max((columns_of(label) for label, _ in pairs), default=0)
    room = max(wide - width - len(_GAP), _NARROWEST)
    for label, value in pairs:
        yield from _wrapped(value, room, f"{padded(label, width)}{_GAP}")


def _wrapped(text: str, width: int, begin: str = "") -> Iterator[str]:
    for number, line in enumerate(wrapped(text, width)):
        yield f"{begin if number == 0 else ' ' * columns_of(begin)}{line}"


def _grid(grid: Grid, wide: int) -> Iterator[str]:
    widths = _widths(grid, wide)
    whole = sum(widths) + len(_GAP) * (len(widths) - 1)
    if whole > wide < WIDE:
        yield from _stacked(grid, wide)
        return
    yield _row([one.label for one in grid.columns], grid.columns, widths)
    yield _GAP.join("-" * width for width in widths)
    for row in grid.rows:
        cells = [wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
        for line in range(max(map(len, cells))):
            parts = [cell[line] if line < len(cell) else "" for cell in cells]
            yield _row(parts, grid.columns, widths)
    yield from _totals(grid, whole)


def _stacked(grid: Grid, wide: int) -> Iterator[str]:
    """A table of more columns than there is room for: its rows below each other."""
    for place, row in enumerate(grid.rows):
        if place:
            yield ""
        labels = [one.label for one in grid.columns]
        filled = [pair for pair in zip(labels, row, strict=True) if pair[1]]
        yield from _pairs([(label, " ".join(cell.split("\n"))) for label, cell in filled], wide)
    yield from _totals(grid, wide)


def _totals(grid: Grid, whole: int) -> Iterator[str]:
    if not grid.totals:
        return
    yield "-" * whole
    for total in grid.totals:
        room = whole - columns_of(total.amount) - 1
        label = wrapped(total.label, max(room, _NARROWEST))
        yield from label[:-1]
        yield f"{padded(label[-1], room)} {total.amount}"


def _widths(grid: Grid, wide: int) -> list[int]:
    """The width of each column: as its cells are, the wide one as much as is left."""
    cells = list(zip(*(map(_longest, row) for row in grid.rows), strict=True))
    widths = [
        max(_longest(one.label), *cells[place]) if cells else _longest(one.label)
        for place, one in enumerate(grid.columns)
    ]
    over = sum(widths) + len(_GAP) * (len(widths) - 1) - wide
    if over > 0:
        for place, one in enumerate(grid.columns):
            if one.wide:
                widths[place] = max(widths[place] - over, _NARROWEST)
    return widths


def _longest(cell: str) -> int:
    return max(map(columns_of, cell.split("\n")))


def _row(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    return _GAP.join(
        padded(cell, width, right=column.end)
        for cell, column, width in zip(cells, columns, widths, strict=True)
    ).rstrip()


def _payment(block: Payment, squares: bool, wide: int) -> Iterator[str]:
    yield block.heading
    yield from _pairs(block.details, wide)
    for square in block.squares if squares else ():
        yield ""
        yield square.caption
        yield from codes.lines(square)
