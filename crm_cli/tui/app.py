"""The interface: its places and keys, how one goes about, and the log."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import ContentSwitcher, Footer, Static

from crm_cli.model.errors import CrmError
from crm_cli.model.outcome import Outcome
from crm_cli.model.text import visible
from crm_cli.tui.carrying import Carrying
from crm_cli.tui.dialogs import Told
from crm_cli.tui.duties import Ahead
from crm_cli.tui.places.place import Place
from crm_cli.tui.places.today import Today
from crm_cli.tui.reader import Reader
from crm_cli.tui.record import Log
from crm_cli.tui.styles import style_of
from crm_cli.tui.terms import Terms
from crm_cli.workspace import Workspace

_SECONDS = 1.0
"""How often the files are looked at for changes made outside."""
_PATIENCE = 20
"""A look that took long is followed by a rest of so many times as long."""

_TOLD = 0.2
"""Seconds after which it is said anew how far reading is."""
PLACES = ("Today", "Customers", "Deals", "Receivables", "Reports")
"""The places by their titles, in the order of their keys."""
_CUSTOMER = "customer"
_DONE = {
    "Focus Next": "next part of the screen", "Focus Previous": "part before",
    "Copy selected text": "copy what is selected by the mouse", "Quit": "quit",
}  # fmt: skip
"""What keys do that textual itself knows, by its name for it."""


class Interface(Carrying):
    """`crm ui`. `run_line` runs a line and captures what it prints, `attend` gives it the
    terminal, `ahead` is what today asked for ahead."""

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = "Lines"
    CSS = """
    Screen { layout: vertical; background: ansi_default; }
    #tabs, #said { height: 1; }
    #places { height: 1fr; }
    Footer { height: 1; }
    Input, Input:focus { height: 1; border: none; padding: 0; background: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"go({number - 1})", title, show=False)
            for number, title in enumerate(PLACES, 1)
        ),
        Binding("slash", "find", "find", key_display="/"),
        Binding("escape", "all_again", "all again", show=False),
        Binding("l", "log", "log"),
        Binding("t", "task", "task", show=False),
        Binding("m", "moves", "moves"),
        Binding("e", "edit", "edit"),
        Binding("equals_sign", "set", "set a field", show=False, key_display="="),
        Binding("plus", "tag", "tag", show=False, key_display="+"),
        Binding("u", "undo", "undo"),
        Binding("U", "redo", "redo", show=False),
        Binding("colon", "line", "any crm line", show=False, key_display=":"),
        Binding("y", "copy", "copy the line", show=False),
        Binding("L", "look_at_log", "the log", show=False),
        Binding("ctrl+l", "reload", "read again", show=False),
        Binding("question_mark", "keys", "keys", key_display="?"),
        Binding("q", "quit", "quit", show=False),
    ]

    def __init__(
        self,
        workspace: Workspace,
        run_line: Callable[[Sequence[str]], Outcome],
        attend: Callable[[Sequence[str]], int],
        given: Sequence[str] = (),
        ahead: Ahead | None = None,
    ) -> None:
        plain = os.environ.get("NO_COLOR")
        if plain == "":
            del os.environ["NO_COLOR"]  # Textual takes an empty one for a wish, too.
        super().__init__(attend, given)
        if plain is not None:
            os.environ["NO_COLOR"] = plain  # Textual takes it away, and editors look for it.
        self.theme = "ansi-dark"
        self.reader = Reader(workspace, run_line)
        workspace.progress = self._reading
        self._ahead = ahead
        self._told = 0.0
        self._here = "today"
        self._before = "today"
        self._count = ""
        self.failure: Exception | None = None
        """What ended it, if anything did but the user."""

    # The screen

    def compose(self) -> ComposeResult:
        """The tabs, the place, what is said, the log, the keys."""
        yield Static("", id="tabs")
        with ContentSwitcher(initial="at-today", id="places"):
            yield Today(self._ahead, id="at-today")
        yield Static("", id="said")
        yield Log()
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Begin with today, and look for changes from then on."""
        self._tabs()
        self.place.enter()
        self.set_timer(_SECONDS, self.look)

    async def _shutdown(self) -> None:
        # What is still asked would be shown on a screen that goes away while it is waited for.
        self.workers.cancel_all()
        await super()._shutdown()

    async def on_unmount(self) -> None:
        """Let go of the index, once a line that is being carried out has ended."""
        await self.reader.close()

    @property
    def place(self) -> Place:
        """The place that is looked at."""
        return self.query_one(f"#at-{self._here}", Place)

    def _tabs(self) -> None:
        parts = []
        for number, title in enumerate(PLACES, 1):
            here = title.lower() == self._here
            parts.append((f" {number} {title} ", "reverse" if here else ""))
        self.query_one("#tabs", Static).update(Text.assemble(*parts, no_wrap=True))

    def on_click(self, event: object) -> None:
        """A click on a tab goes there."""
        x, y = getattr(event, "screen_x", -1), getattr(event, "screen_y", -1)
        if y != 0 or len(self.screen_stack) > 1:
            return
        for number, title in enumerate(PLACES):
            width = len(title) + 4
            if 0 <= x < width:
                self.action_go(number)
                return
            x -= width

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Say something below the place."""
        shown = Text(visible(text or self._count), style_of("alert" if wrong else "muted"))
        shown.no_wrap, shown.overflow = True, "ellipsis"
        for said in self.query("#said").results(Static):  # none is left where it is closing
            said.update(shown)

    def _reading(self, done: int, total: int) -> None:
        """Say how far reading many records is; called in the reader's thread."""
        now = time.monotonic()
        if self.is_running and (done >= total or now - self._told > _TOLD):
            self._told = now
            text = f"reading records: {done:,} of {total:,}" if done < total else ""
            self.call_from_thread(self.say, text)

    def count(self, total: int) -> None:
        """Say how many there are in a list, when there is nothing else to be said."""
        self._count = f"{total:,} found"

    def _handle_exception(self, error: Exception) -> None:
        # Textual would print its traceback with the values of all variables, records included.
        self.failure = error
        super()._handle_exception(error)

    def _print_error_renderables(self) -> None:
        """Leave it to the one place that turns errors into text."""

    # Going about

    def action_go(self, number: int) -> None:
        """Go to a place."""
        self._go(PLACES[number].lower())

    @work(group="go")
    async def _go(self, name: str, who: str = "", *, find: bool = False) -> None:
        """Go to a place, which is made when it is first gone to; to that of a customer `who`, or
        to `find` somebody there."""
        places = self.query_one("#places", ContentSwitcher)
        if not places.query(f"#at-{name}"):
            await places.mount(_made(name))
        self._here, self._count = name, ""
        places.current = f"at-{name}"
        self._tabs()
        if who:
            self.place.of(who)
        self.place.enter()
        if find:
            self.place.find()

    def open_customer(self, who: str) -> None:
        """Show one customer."""
        if self._here != _CUSTOMER:
            self._before = self._here
        self._go(_CUSTOMER, who)

    def go_back(self) -> None:
        """Go back to where a customer was opened."""
        self._go(self._before)

    def action_find(self) -> None:
        """Type query terms; where there are none to be typed, those for a list of customers."""
        if self.place.query(Terms):
            self.place.find()
        else:
            self._go("customers", find=True)

    def action_all_again(self) -> None:
        """Take away what was typed to find less."""
        self.place.all_again()

    def action_reload(self) -> None:
        """Ask anew for what is shown."""
        self.place.reload()

    @work(exclusive=True, group="outside")
    async def look(self) -> None:
        """Show what was changed outside, unless it is closing."""
        if not self.is_running:
            return
        before = time.monotonic()
        try:
            if await self.reader.changed() and len(self.screen_stack) == 1:
                self.place.reload()
        except CrmError as error:
            self.say(error.message, wrong=True)
        self.set_timer(max(_SECONDS, (time.monotonic() - before) * _PATIENCE), self.look)

    # The log, the keys

    def action_look_at_log(self) -> None:
        """Make the log tall, or small again."""
        log = self.log_pane
        log.toggle_class("tall")
        if log.has_class("tall"):
            log.focus()
        else:
            self.place.enter()

    def action_show_line(self) -> None:
        """Show what a line printed."""
        if (line := self.log_pane.line) is not None:
            self.push_screen(Told(line.text, line.outcome.text or f"exit {line.outcome.code}"))

    def action_copy(self) -> None:
        """Copy the line of the log into the terminal's clipboard."""
        if (line := self.log_pane.line) is not None:
            self.copy_to_clipboard(line.text)
            self.say(f"copied: {line.text}")

    def action_keys(self) -> None:
        """List the keys that do something here."""
        named: dict[str, list[str]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.description and not binding.system:
                shown = binding.key_display or self.get_key_display(binding)
                held = named.setdefault(_DONE.get(binding.description, binding.description), [])
                if shown not in held:
                    held.append(shown)
        room = max(len(" ".join(keys)) for keys in named.values())
        told = [*((sign, what) for sign, what in self.place.signs.items()),
                *((" ".join(keys), what) for what, keys in named.items())]  # fmt: skip
        lines = [f"{shown:<{room}}  {what}" for shown, what in told]
        self.push_screen(Told("Keys that work here", "\n".join(lines)))


def _made(name: str) -> Place:
    """The place of a name; its module is loaded only now, so that the first picture comes soon."""
    module = import_module(f"crm_cli.tui.places.{name}")
    place = module.PLACE(id=f"at-{name}")
    assert isinstance(place, Place)
    return place
