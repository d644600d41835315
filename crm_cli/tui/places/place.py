"""A place: what all of them have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Protocol, TypeVar, cast

from textual import work
from textual.containers import Vertical
from textual.widgets import Input

from crm_cli.model.errors import CrmError
from crm_cli.model.text import visible
from crm_cli.tui.lines import Lines, Row
from crm_cli.tui.reader import Reader
from crm_cli.tui.terms import Terms
from crm_cli.workspace import Workspace

T = TypeVar("T")


class Interface(Protocol):
    """What a place needs of the interface; see `tui.app`."""

    reader: Reader

    def say(self, text: str, *, wrong: bool = False) -> None: ...
    def count(self, total: int) -> None: ...
    def open_customer(self, who: str) -> None: ...
    def show_item(self, id: str) -> None: ...
    def go_back(self) -> None: ...
    def carry_out(
        self, words: Sequence[str], *, several: bool = False, yes: bool = False
    ) -> object: ...
    def ask_and_carry_out(
        self, words: Sequence[str], hint: str, *, needed: bool = False, whole: bool = False
    ) -> object: ...


class Place(Vertical):
    """Something to look at. `reload` asks anew for what it shows."""

    DEFAULT_CSS = "Place { height: 1fr; }"
    title = ""
    signs: ClassVar[Mapping[str, str]] = {}
    """What signs in its lines mean, for the list of keys."""

    @property
    def interface(self) -> Interface:
        """The interface that it is a place of."""
        return cast("Interface", self.app)

    @property
    def width(self) -> int:
        """The columns of the screen, all of which a place has: it may not be laid out yet."""
        return self.app.size.width

    @work(exclusive=True, group="load")
    async def reload(self) -> None:
        """Ask for what is shown; an answer to what was asked before is not waited for."""
        try:
            await self.load()
        except CrmError as error:
            hint = f" ({error.hint})" if error.hint else ""
            self.interface.say(f"{error.message}{hint}", wrong=True)
        except ValueError:
            self.interface.say("a quote is not closed yet", wrong=True)
        else:
            self.interface.say("")

    async def load(self) -> None:
        """Ask, and show it; raises CrmError."""
        raise NotImplementedError

    async def ask(self, question: Callable[[Workspace], T]) -> T:
        """What a question finds in the workspace."""
        return await self.interface.reader.ask(question)

    async def ask_quietly(self, question: Callable[[Workspace], T], otherwise: T) -> T:
        """What a question finds; something else where it cannot be answered any more."""
        try:
            return await self.ask(question)
        except CrmError:
            return otherwise

    @property
    def lines(self) -> Lines | None:
        """The list that keys are about: the focused one, else the first."""
        held = [one for one in self.query(Lines) if one.display]
        return next((one for one in held if one.has_focus), held[0] if held else None)

    @property
    def chosen(self) -> Sequence[Row]:
        """The lines that keys are about."""
        return self.lines.chosen if self.lines is not None else ()

    def enter(self) -> None:
        """Come here: the list has the keys."""
        if self.lines is not None:
            self.lines.focus()
        self.reload()

    def of(self, who: str) -> None:
        """Be about another customer, where it is about one."""

    def find(self) -> None:
        """Type query terms."""
        for terms in self.query(Terms):
            terms.query_one(Input).focus()

    def all_again(self) -> None:
        """Take away the query terms."""
        for terms in self.query(Terms):
            terms.action_drop()

    def on_terms_changed(self, event: Terms.Changed) -> None:
        """Show what other terms find."""
        event.stop()
        self.reload()

    def on_terms_left(self, event: Terms.Left) -> None:
        """Go back to the list."""
        event.stop()
        if self.lines is not None:
            self.lines.focus()

    def on_lines_opened(self, event: Lines.Opened) -> None:
        """A line is opened: its customer."""
        event.stop()
        if event.row.who:
            self.interface.open_customer(event.row.who)


def shown(value: object) -> str:
    """A text of a record for a cell."""
    return visible(str(value)) if value is not None else ""
