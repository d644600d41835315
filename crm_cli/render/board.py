"""The board of deals: a column for each stage, a deal in two lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Protocol

from crm_cli.model.money import format_amount
from crm_cli.model.text import visible
from crm_cli.model.width import fitted, padded
from crm_cli.render.days import PLAIN
from crm_cli.render.screen import Screen

_WIDEST = 200
_NARROWEST = 15
_GAP = "  "
_SIGNS = {"rotting": "!", "no next step": "?", "due": "*"}


class Card(Protocol):
    """A deal; see `features.board`."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def customer(self) -> str: ...
    @property
    def value(self) -> Decimal | None: ...
    @property
    def currency(self) -> str: ...
    @property
    def age(self) -> int | None: ...
    @property
    def marks(self) -> Sequence[str]: ...


class Column(Protocol):
    """A stage; see `features.board`."""

    @property
    def label(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def deals(self) -> int: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def weighted(self) -> Decimal: ...
    @property
    def cards(self) -> Sequence[Card]: ...


class Board(Protocol):
    """A pipeline; see `features.board`."""

    @property
    def label(self) -> str: ...
    @property
    def columns(self) -> Sequence[Column]: ...
    @property
    def currency(self) -> str: ...


def board_lines(boards: Sequence[Board], screen: Screen) -> Iterator[str]:
    """The lines of boards; 80 columns where there is no screen, 200 at most.

    Stages that do not fit beside the others stand below them.
    """
    width = max(min(screen.width or PLAIN, _WIDEST), _NARROWEST)
    used: set[str] = set()
    for number, board in enumerate(boards):
        if number:
            yield "\n"
        if len(boards) > 1:
            yield screen.paint(visible(board.label), "strong") + "\n"
        most = max((width + len(_GAP)) // (_NARROWEST + len(_GAP)), 1)
        bands = -(-len(board.columns) // most) if board.columns else 0
        each = -(-len(board.columns) // bands) if bands else 1
        for start in range(0, len(board.columns), each):
            if start:
                yield "\n"
            columns = board.columns[start : start + each]
            yield from _band(columns, each, board.currency, width, screen)
        used |= {mark for column in board.columns for card in column.cards for mark in card.marks}
    if used:
        told = ", ".join(f"{sign} {mark}" for mark, sign in _SIGNS.items() if mark in used)
        yield "\n" + screen.paint(told, "muted") + "\n"


def _band(
    columns: Sequence[Column], each: int, currency: str, width: int, screen: Screen
) -> Iterator[str]:
    """Columns beside each other."""
    room = (width - len(_GAP) * (each - 1)) // each
    ellipsis = "…" if screen.unicode else "~"

    def line(texts: Sequence[str], tone: str) -> str:
        cells = [padded(fitted(text, room, ellipsis=ellipsis), room) for text in texts]
        return screen.paint(_GAP.join(cells).rstrip(), tone) + "\n"

    yield line([_head(column, room, ellipsis) for column in columns], "strong")
    yield line([_sum(column.amount, currency) for column in columns], "")
    yield line([f"~ {_sum(column.weighted, currency)}" for column in columns], "muted")
    rule = "─" if screen.unicode else "-"
    yield line([rule * room for _ in columns], "muted")
    for cards in zip_longest(*(column.cards for column in columns)):
        names = [visible(card.name) if card is not None else "" for card in cards]
        yield line(names, "")
        yield line([_below(card, currency) if card is not None else "" for card in cards], "muted")
    hidden = [column.deals - len(column.cards) for column in columns]
    if any(hidden):
        yield line([f"and {more} more" if more else "" for more in hidden], "muted")


def _head(column: Column, room: int, ellipsis: str) -> str:
    """The label, cut where it has to be, and how many there are."""
    held = " (on hold)" if column.status == "on_hold" else ""
    count = f"{held}  {column.deals}"
    return fitted(visible(column.label), max(room - len(count), 1), ellipsis=ellipsis) + count


def _sum(amount: Decimal, currency: str) -> str:
    return f"{format_amount(amount, currency)} {currency}"


def _below(card: Card, currency: str) -> str:
    """Its marks, days in the stage, what it is worth: in which currency, if not in `currency`."""
    marks = "".join(_SIGNS[mark] for mark in card.marks)
    age = "" if card.age is None else f"{card.age}d"
    worth = "" if card.value is None else format_amount(card.value, card.currency)
    if worth and card.currency != currency:
        worth = f"{worth} {card.currency}"
    return " ".join(part for part in (marks, age, worth) if part)
