"""Pages of help: paragraphs that flow, examples with what they do beside them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crm_cli.render.blocks import Block, blocks
from crm_cli.render.screen import Screen
from crm_cli.render.terminal.console import drawn, text

_WIDEST = 100
_EXAMPLE = 0.58


def page_lines(page: str, screen: Screen) -> Iterator[str]:
    """The lines of a page, wrapped at words."""
    width = min(screen.drawn_width, _WIDEST)
    shown: list[RenderableType] = []
    for block in blocks(page):
        if shown:
            shown.append(Text())
        shown.append(_drawn(block, width))
    return drawn(Group(*shown), screen, width)


def _drawn(block: Block, width: int) -> RenderableType:
    if block.text:
        return text(block.text, "strong" if block.text.endswith(":") else "")
    if not any(about for _, about in block.rows):
        lines = [text(words, "id" if not words.startswith(" ") else "") for words, _ in block.rows]
        return Padding(Group(*lines), (0, 0, 0, 2))
    longest = max(len(words) for words, about in block.rows if about)
    room = min(longest, int(width * _EXAMPLE))
    shown: list[RenderableType] = []
    for said, rows in groupby(block.rows, key=lambda row: bool(row[1])):
        if not said:
            # Nothing stands beside it, so that it may take the whole width.
            shown += [text(words, "id") for words, _ in rows]
            continue
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=room, overflow="fold")
        grid.add_column(overflow="fold")
        for words, about in rows:
            grid.add_row(text(words, "id"), text(about, "muted"))
        shown.append(grid)
    return Padding(Group(*shown), (0, 0, 0, 2))
