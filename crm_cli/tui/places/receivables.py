"""Receivables: who owes what, oldest first, and how old it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from crm_cli.model.cells import people_text
from crm_cli.model.text import visible
from crm_cli.tui.lines import Head, Lines, Row
from crm_cli.tui.places.place import Place
from crm_cli.tui.places.reports import ages
from crm_cli.tui.styles import drawn
from crm_cli.tui.terms import Terms
from crm_cli.workspace import Workspace


class Receivables(Place):
    """Those who owe, with the ages of all that is owed below."""

    title = "Receivables"
    DEFAULT_CSS = """
    Receivables Static#ages { height: auto; max-height: 8; margin: 1 0 0 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pay", "payment"),
    ]

    def compose(self) -> ComposeResult:
        """The line, the list, the ages."""
        yield Terms("balance", hint="/ types query terms: owner:me is:overdue")
        yield Lines(_heads, none="nobody owes anything", id="owing")
        yield Static("", id="ages")

    async def load(self) -> None:
        """Ask who owes, and how old it is."""
        terms = self.query_one(Terms).terms
        rows = await self.ask(lambda workspace: _owing(workspace, terms))
        self.query_one("#owing", Lines).show(rows)
        width = max(self.width - 4, 20)
        drawn_ages = await self.ask(lambda workspace: ages(workspace, width, terms))
        above = ["owed in all, by days past due\n"] if drawn_ages else []
        self.query_one("#ages", Static).update(drawn([*above, *drawn_ages]))

    def action_pay(self) -> None:
        """Note a payment of the customer."""
        for row in self.chosen[:1]:
            hint = "An amount, and options: 200 --method cash --for 2026-0042"
            self.interface.ask_and_carry_out(["payment", "add", row.who], hint, needed=True)


def _heads(width: int) -> Sequence[Head]:
    heads = [Head("name"), Head("balance", 12, True, "owed"), Head("overdue", 12, True, "alert")]
    heads += [Head("", 3), Head("oldest due", 10), Head("days", 5, True)]
    return heads


def _owing(workspace: Workspace, terms: Sequence[str]) -> list[Row]:
    from crm_cli.features.balances import owing

    found, _ = owing(workspace, terms)
    return [
        Row(
            (
                visible(one.name), people_text(one.balance, "money") if one.balance is not None
                else "not known", people_text(one.overdue, "money") if one.overdue else "",
                one.currency, str(one.oldest_due or ""),
                str(one.days_overdue) if one.days_overdue else "",
            ),
            "", one.id, "alert" if one.days_overdue else "", one,
        )
        for one in found
    ]  # fmt: skip


PLACE = Receivables
