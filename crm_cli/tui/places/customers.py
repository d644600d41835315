"""Customers: a list by query terms, with the card of one beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from crm_cli.features.browsing import Window
from crm_cli.model.customer import CUSTOMER
from crm_cli.tui.lines import Lines
from crm_cli.tui.places.place import Place
from crm_cli.tui.places.windows import Records
from crm_cli.tui.styles import drawn, screen
from crm_cli.tui.terms import Terms
from crm_cli.workspace import Workspace

_FIELDS = ("name", "city", "spend", "next_due", "last_contact", "tags")
_NARROW = 70
"""With fewer columns there is no card beside the list."""


class Customers(Place):
    """The customers that query terms describe."""

    title = "Customers"
    DEFAULT_CSS = """
    Customers VerticalScroll { width: 1fr; scrollbar-size: 1 1; padding: 0 0 0 1; }
    Customers Records { width: 1fr; }
    Customers Static { width: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("a", "add", "add")]

    def compose(self) -> ComposeResult:
        """The line, the list, the card."""
        yield Terms("list")
        with Horizontal():
            yield Records(CUSTOMER, _FIELDS, who="id", id="customers")
            with VerticalScroll(id="beside", can_focus=True):
                yield Static("", id="card")

    def on_resize(self) -> None:
        """The card is shown where there is room."""
        self.query_one("#beside").display = self.size.width >= _NARROW
        self.call_after_refresh(self._beside)  # its width is known once it is laid out

    async def load(self) -> None:
        """Ask for the first of them."""
        lines = self.query_one(Records)
        terms = self.query_one(Terms).terms
        changed = terms != lines.terms
        lines.terms = terms
        # As much as was in sight, so that the cursor stays where it is.
        page = 0 if changed else lines.scroll_offset.y
        found = await self.ask(lambda workspace: lines.window(workspace, terms))
        lines.show(lines.rows(found), total=found.total, keep=not changed)
        if changed and page != lines.scroll_offset.y:
            lines.scroll_home(animate=False)
        self.interface.count(found.total)

    def on_lines_wanted(self, event: Lines.Wanted) -> None:
        """Ask for a page that came in sight."""
        event.stop()
        lines = self.query_one(Records)
        terms = lines.terms
        self._fill(lines, terms, event.offset)

    @work(group="fill")
    async def _fill(self, lines: Records, terms: Sequence[str], offset: int) -> None:
        nothing = Window(offset, [], 0)
        found = await self.ask_quietly(lambda one: lines.window(one, terms, offset), nothing)
        if terms == lines.terms:
            lines.fill(offset, lines.rows(found))

    def on_lines_moved(self, event: Lines.Moved) -> None:
        """Show the card of where the cursor is, once it rests."""
        event.stop()
        self._beside()

    def _beside(self) -> None:
        """Draw the card of where the cursor is, for the width that there is now."""
        if self.query_one("#beside").display:
            row = self.query_one(Records).row
            who = row.who if row is not None else ""
            self._card(who)

    @work(exclusive=True, group="card")
    async def _card(self, who: str) -> None:
        held = self.query_one("#card", Static)
        width = self.query_one("#beside").size.width - 2
        none: list[str] = []
        lines = await self.ask_quietly(lambda one: card(one, who, width), none) if who else none
        held.update(drawn(lines))

    def action_add(self) -> None:
        """Add a customer."""
        self.interface.ask_and_carry_out(
            ["add"], "A name, and options: Ana Novak --email ana@novak.example", needed=True
        )


def card(workspace: Workspace, who: str, width: int) -> list[str]:
    """The card of a customer as a terminal of that width shows it."""
    from crm_cli.features.showing import customer_shown
    from crm_cli.features.showing.cards import card as made
    from crm_cli.render import shapes

    return list(shapes.card(made(workspace, customer_shown(workspace, who)), screen(width)))


PLACE = Customers
