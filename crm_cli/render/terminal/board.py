"""Boards: a frame for each stage, those that do not fit beside the others below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from crm_cli.model.money import format_amount
from crm_cli.model.text import visible
from crm_cli.model.width import fitted
from crm_cli.render.board import Board, Card, Column
from crm_cli.render.screen import Screen
from crm_cli.render.terminal.console import console, drawn, text

_NARROWEST = 22
_WIDEST = 200
_BORDER = 4
_AROUND = 2
"""The blanks around a title."""
_WORRIES = frozenset(("rotting",))
_SAID = {"due": "next step due"}
"""Marks that need a word more where nothing explains them."""


def board_lines(boards: Sequence[Board], screen: Screen) -> Iterator[str]:
    """The lines of boards."""
    width = min(screen.width or 80, _WIDEST)
    shown: list[RenderableType] = []
    for board in boards:
        if len(boards) > 1:
            shown.append(text(board.label, "head"))
        shown += _bands(board, width, screen)
    cards = [card for board in boards for column in board.columns for card in column.cards]
    if any(card.age is not None for card in cards):
        shown.append(text("d: days in the stage", "muted"))
    return drawn(Group(*shown), screen) if shown else iter(())


def _bands(board: Board, width: int, screen: Screen) -> Iterator[RenderableType]:
    """Stages beside each other, as many as fit, in bands of the same number."""
    count = len(board.columns)
    if not count:
        return
    bands = -(-count // max(width // _NARROWEST, 1))
    each = -(-count // bands)
    for start in range(0, count, each):
        grid = Table.grid(expand=True)
        for _ in range(each):
            grid.add_column(ratio=1)
        columns = board.columns[start : start + each]
        room = width // each
        stages = [_stage(column, board.currency, room, screen) for column in columns]
        lines = console(screen, max(room - _BORDER, 4))
        tallest = max(len(lines.render_lines(held)) for _, held in stages)
        frames = [
            Panel(
                held, title=title, title_align="left", border_style="muted", box=box.ROUNDED,
                padding=(0, 1), height=tallest + 2,
            )
            for title, held in stages
        ]  # fmt: skip
        grid.add_row(*frames, *[Text()] * (each - len(columns)))
        yield grid


def _stage(
    column: Column, currency: str, room: int, screen: Screen
) -> tuple[Text, RenderableType]:
    """The title of a stage's frame, and what stands in it."""
    held = " (on hold)" if column.status == "on_hold" else ""
    count = f" · {column.deals:,}" if screen.unicode else f" ({column.deals:,})"
    label = fitted(visible(f"{column.label}{held}"), max(room - _BORDER - _AROUND - len(count), 4))
    title = text(label + count, "strong" if column.deals else "muted")
    cards: list[RenderableType] = []
    if column.deals:
        cards.append(text(f"{format_amount(column.amount, currency)} {currency}", "owed"))
        cards.append(text(f"~ {format_amount(column.weighted, currency)} weighted", "muted"))
    for card in column.cards:
        cards += [Text(), _card(card)]
    if (more := column.deals - len(column.cards)) > 0:
        cards += [Text(), text(f"and {more:,} more", "muted")]
    return title, Group(*cards or [text("-", "muted")])


def _card(card: Card) -> RenderableType:
    """A deal: its name, who it is with, what it is worth, how long it stands, what is wrong."""
    worth = "" if card.value is None else f"{format_amount(card.value, card.currency)} "
    below = text(f"{worth}{card.currency if worth else ''}")
    if card.age is not None:
        below.append_text(text(f"  {card.age:,} d", "muted"))
    lines: list[RenderableType] = [
        text(card.name.replace("\n", " "), "strong"),
        text(card.customer.replace("\n", " "), "muted"),
        below,
    ]
    lines += [
        text(f"! {_SAID.get(mark, mark)}", "overdue" if mark in _WORRIES else "warn")
        for mark in card.marks
    ]
    return Group(*lines)
