"""Reports: their list, and one of them as a chart and a table."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from textwrap import wrap
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from crm_cli.features.reports.running import Answered, answer
from crm_cli.model.errors import CrmError, UsageError
from crm_cli.model.text import visible
from crm_cli.tui.lines import Head, Lines, Row
from crm_cli.tui.places.place import Place
from crm_cli.tui.styles import drawn, screen, style_of
from crm_cli.tui.terms import Terms
from crm_cli.workspace import Workspace

_LIST = 18
_MOST = 200
"""So many rows of a report are shown; `crm report NAME` shows all."""


class Reports(Place):
    """The reports, and what one of them says."""

    title = "Reports"
    DEFAULT_CSS = f"""
    Reports #names {{ width: {_LIST + 2}; }}
    Reports VerticalScroll {{ width: 1fr; scrollbar-size: 1 1; padding: 0 0 0 1; }}
    Reports #answer {{ width: auto; }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "list", "list", show=False),
        Binding("right", "answer", "read", show=False),
    ]

    _width = 0
    """The columns of the screen that the report was drawn for."""

    def compose(self) -> ComposeResult:
        """The line, the list, the report."""
        yield Terms("report", hint="/ types query terms: +vip")
        with Horizontal():
            yield Lines(lambda width: (Head("report"),), none="no reports", id="names")
            with VerticalScroll(id="report", can_focus=True):
                yield Static("", id="answer")

    async def load(self) -> None:
        """Ask for the list at first, then for the report of the cursor."""
        names = self.query_one("#names", Lines)
        if not names.total:
            names.show(await self.ask(_names))
        row = names.row
        if row is None:
            return
        terms, held = self.query_one(Terms), self.query_one("#answer", Static)
        if terms.words[1:2] != (row.id,):
            held.update("")  # What stands there is another one's answer.
        terms.rename("report", row.id, *row.of)
        asked, self._width = terms.terms, self.width
        width = max(self._width - _LIST - 5, 20)
        try:
            lines = await self.ask(lambda workspace: report(workspace, row.id, width, asked))
        except CrmError as error:
            held.update(Text(f"{error.message}\n{error.hint or ''}", style_of("alert")))
        else:
            held.update(drawn(lines))
        self.query_one("#report").scroll_home(animate=False)

    def on_resize(self) -> None:
        """Draw the report anew where there is another width for it."""
        if self._width not in (0, self.width):
            self.reload()

    def on_lines_moved(self, event: Lines.Moved) -> None:
        """Make the report that the cursor came to, once it rests."""
        event.stop()
        if event.row is not None and self.query_one(Terms).words[1:2] != (event.row.id,):
            self.set_timer(0.1, self.reload)

    def on_lines_opened(self, event: Lines.Opened) -> None:
        """Read it."""
        event.stop()
        self.action_answer()

    def action_answer(self) -> None:
        """Go to the report, to read on."""
        self.query_one("#report").focus()

    def action_list(self) -> None:
        """Go back to the list."""
        self.query_one("#names", Lines).focus()


def _names(workspace: Workspace) -> list[Row]:
    """The reports under their groups, the business's own first."""
    from crm_cli.features.reports import REPORTS, load
    from crm_cli.features.reports.own import names

    rows: list[Row] = []
    own = names(workspace)
    if own:
        rows.append(Row(("Own",)))
        rows += [Row((name,), name, of=()) for name in own]
    above = ""
    for name in REPORTS:
        if name == "statement":
            continue
        made = load(name)
        if made.group != above:
            rows.append(Row((made.group,)))
            above = made.group
        rows.append(Row((name,), name, of=shlex.split(made.page)))
    return rows


def report(workspace: Workspace, name: str, width: int, terms: Sequence[str]) -> list[str]:
    """A report as a terminal of that width shows it: what it answers, its chart, its table."""
    from crm_cli.features.reports.charting import chart_of
    from crm_cli.features.reports.table import for_people
    from crm_cli.render import shapes
    from crm_cli.render.output import rows_lines

    found = _answered(workspace, name, terms)
    rows = for_people(
        found.table, found.currency, bar=found.report.bar, first=found.report.ranked
    )
    paper = screen(width)
    answers = wrap(visible(found.report.answers), paper.drawn_width)
    lines = [*(f"{line}\n" for line in answers), "\n"]
    try:
        if found.table.rows:
            lines += [*shapes.chart(rows.but(chart=chart_of(found)), paper), "\n"]
    except UsageError:
        pass  # It has no chart.
    lines += rows_lines(rows, paper)
    return lines if rows.rows else [*lines, "nothing to report\n"]


def ages(workspace: Workspace, width: int, terms: Sequence[str]) -> list[str]:
    """What is owed in all by how long it is past due, as bars."""
    from crm_cli.render.chart import bar_lines

    found = _answered(workspace, "aging", terms)
    total = found.table.total
    if not found.table.rows or total is None or found.table.currency:
        return []
    bars = [
        (one.label or one.key.replace("_", " "), total.get(one.key))
        for one in found.table.columns
        if one.drawn
    ]
    return list(bar_lines(bars, screen(width), unit=found.currency))


def _answered(workspace: Workspace, name: str, terms: Sequence[str]) -> Answered:
    """A report as a page shows it, with the options that it has there."""
    from crm_cli.features.as_of import look_back
    from crm_cli.features.reports import REPORTS, load
    from crm_cli.features.reports.context import Asked
    from crm_cli.features.reports.own import find
    from crm_cli.features.sql import ask

    made = load(name) if name in REPORTS else find(workspace, name, ask)
    given: dict[str, str] = {}
    words = iter(shlex.split(made.page))
    for word in words:
        key = word.removeprefix("--")
        flag = any(one.name == key and not one.metavar for one in made.options)
        given[key] = key if flag else next(words, "")
    by, period = given.pop("by", None), given.pop("period", None)
    asked = Asked(terms=terms, period=period, by=by, options=given, look_back=look_back)
    return answer(workspace, made, asked, limit=_MOST)


PLACE = Reports
