"""Today: what is due, and the agenda."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from crm_cli.tui import actions
from crm_cli.tui.duties import Ahead, duties
from crm_cli.tui.lines import Head, Lines, Row
from crm_cli.tui.places.place import Place, shown
from crm_cli.tui.terms import Terms
from crm_cli.workspace import Workspace

_WIDE = 120
"""From this width on the agenda stands beside what is due."""
_OVERDUE = "overdue"


class Today(Place):
    """What is due, overdue first, or the days to come."""

    title = "Today"
    DEFAULT_CSS = """
    Today #due { width: 3fr; margin: 0 1 0 0; }
    Today #agenda { width: 2fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "done", "done"),
        Binding("s", "put_off", "put off"),
        Binding("x", "dismiss", "dismiss"),
        Binding("a", "agenda", "agenda"),
    ]

    def __init__(self, ahead: Ahead | None = None, id: str = "") -> None:
        super().__init__(id=id or None)
        self._ahead = ahead
        """What was asked for before there was an interface."""

    def compose(self) -> ComposeResult:
        """The line, and the two lists."""
        yield Terms("due", hint="/ types query terms: +vip owner:me")
        with Horizontal():
            yield Lines(_heads, none="nothing is due", id="due")
            agenda = Lines(self._agenda_heads, none="nothing is planned", id="agenda")
            agenda.display = agenda.steady = False
            yield agenda

    def _agenda_heads(self, width: int) -> Sequence[Head]:
        """Beside what is due nothing overdue is shown, whose dates would need room."""
        return _heads(width, 5 if self.query_one("#due").display else 10)

    def on_resize(self) -> None:
        """Both are shown where there is room."""
        due, agenda = self.query_one("#due", Lines), self.query_one("#agenda", Lines)
        if self.size.width >= _WIDE:
            if not (due.display and agenda.display):
                due.display = agenda.display = True
                self.reload()
        elif due.display and agenda.display:
            agenda.display = False

    def action_agenda(self) -> None:
        """Go from what is due to the days to come, and back."""
        due, agenda = self.query_one("#due", Lines), self.query_one("#agenda", Lines)
        there = agenda if due.has_focus or not agenda.display else due
        if self.size.width < _WIDE:
            due.display, agenda.display = there is due, there is agenda
        self.query_one(Terms).rename("due" if there is due else "agenda")
        there.focus()
        self.reload()

    async def load(self) -> None:
        """Ask for those of the two that are in sight."""
        terms = self.query_one(Terms).terms
        due, agenda = self.query_one("#due", Lines), self.query_one("#agenda", Lines)
        if due.display:
            due.show(await self._due(terms))
        if agenda.display:
            beside = due.display
            rows = await self.ask(lambda workspace: _agenda(workspace, terms, beside=beside))
            agenda.show(rows)

    async def _due(self, terms: Sequence[str]) -> list[Row]:
        ahead = None if terms else self._ahead
        lines = None if ahead is None else await self.ask(lambda workspace: ahead.found())
        if lines is None:
            lines = await self.ask(lambda workspace: duties(workspace, terms))
        self._ahead = None  # Only now: another question may have taken the place of this one.
        return [Row(*line) for line in lines]

    # What is done

    def action_done(self) -> None:
        """Mark the tasks as done."""
        rows = self.chosen
        if words := actions.done(rows):
            self.interface.carry_out(words, several=len(rows) > 1)
        elif rows:
            self.interface.say("only tasks can be done; x dismisses, m shows moves", wrong=True)

    def action_put_off(self) -> None:
        """Put it off to another day."""
        for row in self.chosen[:1]:
            words = actions.put_off(row, "")[:-1]
            self.interface.ask_and_carry_out(words, "A day: fri, +2w, 2026-12-01.", needed=True)

    def action_dismiss(self) -> None:
        """Dismiss it, for this one time."""
        for row in self.chosen[:1]:
            self.interface.carry_out(actions.dismissed(row))


def _heads(width: int, when: int = 10) -> Sequence[Head]:
    if width < 60:
        return Head("when", when), Head("name", 16, of=2), Head("what", of=3)
    name = 18 if width < 100 else 26
    return Head("when", when), Head("kind", 9), Head("name", name), Head("what")


def _agenda(workspace: Workspace, terms: Sequence[str], *, beside: bool) -> list[Row]:
    """The days to come, under their headings; `beside` what is due without what is overdue."""
    from crm_cli.features.due.agenda import agenda, heading

    rows: list[Row] = []
    above = ""
    for one in agenda(workspace, terms):
        if (under := heading(one, workspace)) == _OVERDUE and beside:
            continue
        if under != above:
            rows.append(Row((under,)))
            above = under
        # Of other days the heading says which; what is overdue is of several.
        time = f"{one.when:%H:%M}" if isinstance(one.when, datetime) else ""
        when = f"{one.when:%Y-%m-%d}" if under == _OVERDUE else time
        cells = (when, one.kind.replace("_", " "), shown(one.name), shown(one.what))
        rows.append(Row(cells, one.id or f"{one.who} {one.kind}", one.who or "", of=one.kind))
    return rows
