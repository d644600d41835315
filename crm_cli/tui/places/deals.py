"""The board of deals: a list for each stage; keys move a deal to the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from crm_cli.features.board import Board, Card, Column, boards
from crm_cli.features.plan import counted
from crm_cli.model.money import format_amount
from crm_cli.model.text import visible
from crm_cli.model.width import fitted
from crm_cli.tui.lines import Head, Lines, Row
from crm_cli.tui.places.place import Place
from crm_cli.tui.styles import style_of
from crm_cli.tui.terms import Terms

_NARROWEST = 20
"""A stage has so many columns at least; those that do not fit come as the keys go there."""
_EMPTY = 12
"""One without deals has so many where others need the room."""
_MOST = 200
"""So many deals of a stage are shown."""


class Stage(Lines):
    """The deals of a stage."""

    def __init__(self, name: str) -> None:
        super().__init__(lambda width: (Head(self._title(width)),), none="", id="")
        self.stage = name
        self.steady = False
        self.deals = 0
        self.title_shown = self.total_shown = ""

    def _title(self, width: int) -> str:
        """The stage's name, cut before the number of its deals."""
        deals = f" {self.deals}"
        return fitted(self.title_shown, max(width - 2 - len(deals), 1)) + deals


class Deals(Place):
    """The deals in play, by stage."""

    title = "Deals"
    signs: ClassVar[Mapping[str, str]] = {
        "!": "a deal that wants attention: the line below the board says why"
    }
    DEFAULT_CSS = """
    Deals #stages { height: 1fr; overflow-x: auto; scrollbar-size: 0 0; }
    Deals Stage { height: 1fr; }
    Deals > Static { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "stage(-1)", "stage before", show=False),
        Binding("right", "stage(1)", "stage after", show=False),
        Binding("less_than_sign,shift+left", "shift('back')", "move back", key_display="<"),
        Binding("greater_than_sign,shift+right", "shift('next')", "move on", key_display=">"),
        Binding("w", "win", "won"),
        Binding("x", "lose", "lost"),
    ]

    def __init__(self, id: str = "") -> None:
        super().__init__(id=id or None)
        self._shown: tuple[tuple[str, str], ...] = ()
        """The pipeline and the stage of each list."""

    def compose(self) -> ComposeResult:
        """The line, the stages, and what there is to know of the deal with the cursor."""
        yield Terms("deal", "board", hint="/ types query terms: owner:me value:1000..")
        yield Horizontal(id="stages")
        yield Static("", id="deal")

    async def load(self) -> None:
        """Ask for the board."""
        terms = self.query_one(Terms).terms
        found = await self.ask(lambda workspace: boards(workspace, terms))
        columns = [(board, column) for board in found for column in board.columns]
        shown = tuple((board.label, column.stage or "") for board, column in columns)
        if shown != self._shown:
            await self._build(shown, [column.deals for _, column in columns])
        several = len(found) > 1
        for lines, (board, column) in zip(self.query(Stage), columns, strict=True):
            label = f"{board.label}: {column.label}" if several else column.label
            lines.deals, lines.title_shown = column.deals, visible(label)
            lines.total_shown = f"{visible(label)}: {_total(board, column)}"
            lines.show([_row(card) for card in column.cards[:_MOST]])
        self._spread()

    def on_resize(self) -> None:
        """Spread the stages over the width."""
        self._spread()

    def _spread(self) -> None:
        held = list(self.query(Stage))
        full = [lines for lines in held if lines.deals]
        share, empty = self.size.width // max(len(held), 1), 0
        if share < _NARROWEST and full:
            # Those without deals make room, so that those with some are in sight.
            empty = _EMPTY
            share = (self.size.width - empty * (len(held) - len(full))) // len(full)
        for lines in held:
            lines.styles.width = max(share, _NARROWEST) if lines.deals or not empty else empty

    async def _build(self, shown: tuple[tuple[str, str], ...], deals: Sequence[int]) -> None:
        """A list for each stage; the keys go to the first one that has deals."""
        held = self.query_one("#stages")
        had = any(lines.has_focus for lines in self.query(Stage))
        await held.remove_children()
        await held.mount(*(Stage(stage) for _, stage in shown))
        first = next((place for place, count in enumerate(deals) if count), 0)
        if (had or not self._shown) and self.display and shown:
            self.query(Stage)[first].focus()
        self._shown = shown

    def on_lines_moved(self, event: Lines.Moved) -> None:
        """Say what there is to know of a deal."""
        event.stop()
        if event.lines.has_focus:
            self._tell(event.row)

    def on_descendant_focus(self) -> None:
        """Say it of the deal in the stage that the keys came to."""
        self._tell(self.lines.row if self.lines is not None else None)

    def _tell(self, row: Row | None) -> None:
        held = self.query_one("#deal", Static)
        stage = self.lines
        total = stage.total_shown if isinstance(stage, Stage) else ""
        if row is None or not isinstance(row.of, Card):
            held.update(Text(total, style_of("muted"), no_wrap=True))
            return
        card = row.of
        worth = "" if card.value is None else f"{format_amount(card.value, card.currency)}"
        parts = [card.name, card.customer, f"{worth} {card.currency}" if worth else ""]
        age = "" if card.age is None else f"{counted(card.age, 'day')} in stage"
        parts += [age, card.owner or ""]
        said = Text("  ".join(visible(part) for part in parts if part), no_wrap=True)
        said.append(f"  {total}", style_of("muted"))
        for mark in card.marks:
            said.append(f"  {mark}", style_of("alert"))
        held.update(said)

    def action_stage(self, by: int) -> None:
        """Go to the next stage, or the one before."""
        held = list(self.query(Stage))
        place = next((number for number, one in enumerate(held) if one.has_focus), 0)
        if held:
            held[max(min(place + by, len(held) - 1), 0)].focus()

    def action_shift(self, where: str) -> None:
        """Move the deals to the next stage, or back."""
        self._move(["move"], where)

    def action_win(self) -> None:
        """Note that the deals are won."""
        self._move(["win"])

    def action_lose(self) -> None:
        """Note that a deal is lost, and why."""
        for row in self.chosen[:1]:
            hint = "Options: --reason price --competitor NAME"
            self.interface.ask_and_carry_out(["deal", "lose", row.id], hint, needed=True)

    def _move(self, words: Sequence[str], *where: str) -> None:
        if rows := self.chosen:
            line = ["deal", *words, *(row.id for row in rows), *where]
            self.interface.carry_out(line, several=len(rows) > 1)


def _row(card: Card) -> Row:
    sign = "! " if card.marks else ""
    tone = "alert" if "rotting" in card.marks else ""
    return Row((f"{sign}{card.name}",), card.id, card.who, tone, card)


def _total(board: Board, column: Column) -> str:
    return f"{format_amount(column.amount, board.currency)} {board.currency}"


PLACE = Deals
