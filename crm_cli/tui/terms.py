"""The `crm` line of a list, with the query terms to type into."""

from __future__ import annotations

import shlex
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from crm_cli.tui.reader import typed

_DELAY = 0.12
"""Seconds without a key after which what was typed is asked for."""


class Terms(Horizontal):
    """`$ crm list`, and its query terms. `Changed` comes when typing pauses."""

    DEFAULT_CSS = """
    Terms { height: 1; }
    Terms Static { width: auto; height: 1; }
    Terms Input { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "leave", "back to the list", show=False),
        Binding("escape", "drop", "all again", show=False),
    ]

    class Changed(Message):
        """Other terms are asked for."""

    class Left(Message):
        """Typing is over."""

    def __init__(self, *words: str, hint: str = "/ types query terms: +vip city:Koper") -> None:
        super().__init__()
        self.words = words
        self.hint = hint
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The line so far, and what is typed of it."""
        yield Static(f"$ {typed(self.words)} ", markup=False)
        yield Input(placeholder=self.hint, select_on_focus=False)

    @property
    def terms(self) -> list[str]:
        """The query terms; raises ValueError where a quote is not closed."""
        return shlex.split(self.query_one(Input).value)

    def rename(self, *words: str) -> None:
        """Stand for another line."""
        self.words = words
        self.query_one(Static).update(f"$ {typed(words)} ")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Wait until typing pauses."""
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_DELAY, lambda: self.post_message(self.Changed()))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes to what was found."""
        event.stop()
        self.action_leave()

    def action_drop(self) -> None:
        """Ask for all again, and go back to the list."""
        self.query_one(Input).value = ""
        self.action_leave()

    def action_leave(self) -> None:
        """Go back to the list."""
        self.post_message(self.Left())
