"""How a line is asked for, previewed, confirmed, carried out and logged."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence

from textual import work
from textual.app import App, SuspendNotSupported

from crm_cli.model.outcome import Outcome
from crm_cli.tui import actions
from crm_cli.tui.dialogs import Asking, Choosing, Told
from crm_cli.tui.lines import Row
from crm_cli.tui.places.place import Place
from crm_cli.tui.reader import Line, Reader, typed
from crm_cli.tui.record import Log

_PREVIEWED = "nothing was written"
"""How a preview ends, which goes without saying here."""


class Carrying(App[None]):
    """An interface's keys that stand for `crm` lines. `attend` gives a line the terminal."""

    reader: Reader

    def __init__(self, attend: Callable[[Sequence[str]], int], given: Sequence[str]) -> None:
        super().__init__(ansi_color=True)
        self._attend = attend
        self._given = tuple(given)
        """The options before each line, as `crm ui` got them."""

    @property
    def place(self) -> Place:
        """The place that is looked at."""
        raise NotImplementedError

    @property
    def log_pane(self) -> Log:
        """The log."""
        return self.query_one(Log)

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Say something below the place."""
        raise NotImplementedError

    def look(self) -> object:
        """Show what was changed outside."""
        raise NotImplementedError

    @work(group="line")
    async def carry_out(
        self, words: Sequence[str], *, several: bool = False, yes: bool = False
    ) -> None:
        """Preview a line, ask, carry it out and log it; of `several` records it needs `--yes`."""
        await self._carry_out([*words, *(["--yes"] if several or yes else [])])

    async def _carry_out(self, words: Sequence[str]) -> None:
        line = [*self._given, *words]
        preview = [*line, "--dry-run"] if "--" not in line else _before_words(line, "--dry-run")
        self.say("…")
        found = await self.reader.run(preview)
        self.say("")
        if found.code:
            await self.push_screen_wait(Told(typed(line), found.text))
            return
        shown = found.text.removesuffix(_PREVIEWED).rstrip("\n") or "nothing would change"
        if await self.push_screen_wait(Told(typed(line), shown, asks=True)):
            await self._done(line, await self.reader.run(line))

    async def _done(self, line: Sequence[str], outcome: Outcome) -> None:
        """Log a line that was carried out, and show what is there now."""
        self.log_pane.add(Line(tuple(line), outcome))
        self.place.reload()
        if outcome.code:
            await self.push_screen_wait(Told(f"{typed(line)} (exit {outcome.code})", outcome.text))

    @work(group="line")
    async def ask_and_carry_out(
        self, words: Sequence[str], hint: str, *, needed: bool = False, whole: bool = False
    ) -> None:
        """Ask for the words that a line lacks; what is typed is a text with options after it,
        or a `whole` word."""
        text = await self.push_screen_wait(Asking(f"$ {typed(words)} …", hint))
        if text is None or (needed and not text):
            return
        try:
            line = [*words, text] if whole else actions.with_text(words, text)
        except ValueError:
            self.say("a quote in the options is not closed", wrong=True)
            return
        await self._carry_out(line)

    @property
    def _who(self) -> str:
        """The customer that keys are about."""
        rows = self.place.chosen
        return rows[0].who if rows else ""

    def action_log(self) -> None:
        """Log a call, a meeting, a note with the customer."""
        if who := self._who:
            hint = "A text, and options: Asked for 20 kg of beans --kind call --in --follow-up fri"
            self.ask_and_carry_out(["log", who], hint, needed=True)

    def action_task(self) -> None:
        """Add a task for the customer."""
        if who := self._who:
            hint = "A text, and options: Send the quote --due fri --assignee petra"
            self.ask_and_carry_out(["task", "add", who], hint, needed=True)

    def action_set(self) -> None:
        """Set a field of the item or the customer."""
        if rows := self.place.chosen:
            name = rows[0].id if actions.item_of(rows[0]) else rows[0].who
            hint = "A field and its value: city=Koper"
            self.ask_and_carry_out(["set", name], hint, needed=True, whole=True)

    def action_tag(self) -> None:
        """Add a tag to the customers."""
        ids = list(dict.fromkeys(row.who for row in self.place.chosen if row.who))
        if ids:
            self._tag(ids)

    @work(group="line")
    async def _tag(self, ids: Sequence[str]) -> None:
        tag = await self.push_screen_wait(Asking("$ crm tag add … " + " ".join(ids), "A tag"))
        if tag:
            more = ["--yes"] if len(ids) > 1 else []
            await self._carry_out(["tag", "add", tag, *ids, *more])

    def action_undo(self) -> None:
        """Take back the last line that wrote something, here or elsewhere."""
        self.carry_out(["undo"])

    def action_redo(self) -> None:
        """Do again what was taken back."""
        self.carry_out(["redo"])

    def action_moves(self) -> None:
        """Choose among the moves of the items."""
        self._move(list(self.place.chosen))

    @work(group="line")
    async def _move(self, rows: Sequence[Row]) -> None:
        known = actions.moves_of(rows)
        moves = await self.reader.ask(lambda workspace: actions.possible(workspace, rows, known))
        if not moves:
            self.say(actions.unmoved(rows), wrong=True)
            return
        choices = [(move.name, move.doc) for _, move in moves]
        number = await self.push_screen_wait(Choosing("Moves", choices))
        if number is None:
            return
        kind, move = moves[number]
        words = actions.moved(rows, kind, move)
        if move.word or move.needs:
            lacks = move.word or " ".join(f"--{one.replace('_', '-')} …" for one in move.needs)
            text = await self.push_screen_wait(Asking(f"$ {typed(words)} …", lacks))
            if not text:
                return
            try:
                words = actions.with_text(words, text)
            except ValueError:
                self.say("a quote in the options is not closed", wrong=True)
                return
        await self._carry_out([*words, *(["--yes"] if len(rows) > 1 else [])])

    # With the terminal to itself

    def action_edit(self) -> None:
        """Open the record in the editor."""
        rows = self.place.chosen
        if rows:
            name = rows[0].id if actions.item_of(rows[0]) else rows[0].who
            self._attended(["edit", name])

    @work(group="line")
    async def action_line(self) -> None:
        """Run any line, with the terminal to itself."""
        text = await self.push_screen_wait(Asking("$ crm …", "Any line: list +vip --sort spend-"))
        if text:
            try:
                words = shlex.split(text)
            except ValueError:
                self.say("a quote is not closed", wrong=True)
                return
            self._attended(words[1:] if words[:1] == ["crm"] else words)

    def _attended(self, words: Sequence[str]) -> None:
        line = [*self._given, *words]
        try:
            with self.suspend():
                code = self._attend(line)
        except SuspendNotSupported:
            self.say("this terminal cannot be lent to another program", wrong=True)
            return
        self.refresh()
        self.log_pane.add(Line(tuple(line), Outcome(code, "", "")))
        self.look()

    def show_item(self, id: str) -> None:
        """Show an item whole."""
        self._show([*self._given, "show", id])

    @work(group="line")
    async def _show(self, line: Sequence[str]) -> None:
        found = await self.reader.run(line)
        await self.push_screen_wait(Told(typed(line), found.text))


def _before_words(line: Sequence[str], option: str) -> list[str]:
    """The line with an option before the `--` that ends them."""
    place = list(line).index("--")
    return [*line[:place], option, *line[place:]]
