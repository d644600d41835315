"""One customer: what happened, and what is theirs, a section at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import ContentSwitcher, Static

from crm_cli.features.browsing import Window
from crm_cli.model.case import CASE
from crm_cli.model.deal import DEAL
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.task import TASK
from crm_cli.model.text import visible
from crm_cli.query.lexer import quoted
from crm_cli.tui.lines import Head, Lines, Row
from crm_cli.tui.places.customers import card
from crm_cli.tui.places.place import Place
from crm_cli.tui.places.windows import Records
from crm_cli.tui.reader import typed
from crm_cli.tui.styles import drawn, style_of
from crm_cli.workspace import Workspace

_SECTIONS = ("timeline", "tasks", "deals", "purchases", "cases", "card")
_MOST = 500
"""So many events of a timeline are shown."""


class OneCustomer(Place):
    """A customer, in sections."""

    title = "Customer"
    DEFAULT_CSS = """
    OneCustomer ContentSwitcher { height: 1fr; }
    OneCustomer > Static { height: 1; }
    OneCustomer VerticalScroll { scrollbar-size: 1 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "section(-1)", "section", show=False),
        Binding("right", "section(1)", "section"),
        Binding("d", "done", "done"),
        Binding("escape", "back", "back"),
    ]

    def __init__(self, id: str = "") -> None:
        super().__init__(id=id or None)
        self.who = ""
        self.name_shown = ""
        self.section = "timeline"

    def compose(self) -> ComposeResult:
        """The line, the sections, and what is in the one that is shown."""
        yield Static("", id="line")
        yield Static("", id="sections")
        with ContentSwitcher(initial="timeline"):
            yield Lines(_event_heads, none="nothing happened yet", id="timeline")
            yield Records(TASK, ("title", "due", "status", "assignee"), id="tasks")
            yield Records(
                DEAL, ("name", "stage", "value", "currency", "expected_close"), id="deals"
            )
            yield Records(
                PURCHASE,
                ("date", "number", "kind", "gross", "currency", "payment_status", "amount_due"),
                id="purchases",
            )
            yield Records(CASE, ("subject", "status", "due", "assignee"), id="cases")
            with VerticalScroll(id="card", can_focus=True):
                yield Static("", id="whole")

    @property
    def lines(self) -> Lines | None:
        """The list of the section."""
        found = self.query_one(f"#{self.section}")
        return found if isinstance(found, Lines) else None

    @property
    def chosen(self) -> Sequence[Row]:
        """The lines that keys are about; the customer where there are none."""
        rows = self.lines.chosen if self.lines is not None else []
        return rows or [Row((self.name_shown,), "", self.who)]

    def of(self, who: str) -> None:
        """Show another customer."""
        if who != self.who:
            for lines in self.query(Lines):
                lines.show([], keep=False)
        self.who = who

    def enter(self) -> None:
        """Come here, to the section that was looked at."""
        self.query_one(f"#{self.section}").focus()
        self.reload()

    def action_section(self, by: int) -> None:
        """Go to the next section, or the one before."""
        place = (_SECTIONS.index(self.section) + by) % len(_SECTIONS)
        self.section = _SECTIONS[place]
        self.query_one(ContentSwitcher).current = self.section
        self.enter()

    def action_back(self) -> None:
        """Go back to where the customer was opened."""
        self.interface.go_back()

    def action_done(self) -> None:
        """Mark tasks as done."""
        from crm_cli.tui import actions

        rows = self.chosen
        if words := actions.done(rows):
            self.interface.carry_out(words, several=len(rows) > 1)
        else:
            self.interface.say("only tasks can be done; m shows moves", wrong=True)

    async def load(self) -> None:
        """Ask for the section."""
        who, section = self.who, self.section
        self.query_one("#line", Static).update(Text(f"$ {typed(self._line())}"))
        self.name_shown = await self.ask(lambda workspace: _name(workspace, who))
        self.query_one("#sections", Static).update(self._sections())
        if section == "card":
            held = self.query_one("#whole", Static)
            width = self.width - 2
            held.update(drawn(await self.ask(lambda workspace: card(workspace, who, width))))
            return
        lines = self.query_one(f"#{section}", Lines)
        if isinstance(lines, Records):
            terms = _terms(who)
            found = await self.ask(lambda workspace: lines.window(workspace, terms))
            lines.terms = terms
            lines.show(lines.rows(found), total=found.total)
        else:
            lines.show(await self.ask(lambda workspace: _events(workspace, who)))

    def on_lines_wanted(self, event: Lines.Wanted) -> None:
        """Ask for a page that came in sight."""
        event.stop()
        if isinstance(lines := event.lines, Records):
            self._fill(lines, event.offset)

    @work(group="fill")
    async def _fill(self, lines: Records, offset: int) -> None:
        terms, nothing = lines.terms, Window(offset, [], 0)
        found = await self.ask_quietly(lambda one: lines.window(one, terms, offset), nothing)
        if terms == lines.terms:
            lines.fill(offset, lines.rows(found))

    def on_lines_opened(self, event: Lines.Opened) -> None:
        """Show an item whole."""
        event.stop()
        if event.row.id and event.row.id != self.who:
            self.interface.show_item(event.row.id)

    def _line(self) -> list[str]:
        if self.section == "card":
            return ["show", self.who]
        if self.section == "timeline":
            return ["timeline", self.who]
        lines = self.query_one(f"#{self.section}", Records)
        return [lines.kind.name, "list", f"customer.is:{self.who}"]

    def _sections(self) -> Text:
        parts = [(f"{visible(self.name_shown)}  ", style_of("strong"))]
        for name in _SECTIONS:
            here = name == self.section
            parts.append((f"[{name}]" if here else f" {name} ", style_of("strong" if here else "")))
        return Text.assemble(*parts, no_wrap=True, overflow="ellipsis")


def _terms(who: str) -> list[str]:
    return [f"customer.is:{quoted(who)}"]


def _name(workspace: Workspace, who: str) -> str:
    from crm_cli.model.customer import CUSTOMER

    found = workspace.select(CUSTOMER, [f"id.is:{quoted(who)}"], cols=("name",))
    return str(found.rows[0][0] or who) if found.rows else who


def _event_heads(width: int) -> Sequence[Head]:
    return Head("when", 16), Head("kind", 10), Head("what")


def _events(workspace: Workspace, who: str) -> list[Row]:
    from crm_cli.features.timeline import timeline
    from crm_cli.model.cells import people_text

    return [
        Row((people_text(one.when) if one.when else "", one.kind, visible(one.what)), one.id, who)
        for one in timeline(workspace, who, limit=_MOST)
    ]


PLACE = OneCustomer
