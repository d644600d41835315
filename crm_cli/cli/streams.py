"""Output of a run: answers on stdout, everything else on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crm_cli.cli.outputs import OUTPUTS, TABLE
from crm_cli.formats.tables import JSON, TableFormat
from crm_cli.model.errors import StorageError, UsageError
from crm_cli.model.text import visible
from crm_cli.render.screen import Screen, is_terminal, screen_of

if TYPE_CHECKING:
    from crm_cli.cli.options import Form, Shape
    from crm_cli.model.card import Card
    from crm_cli.model.rows import Rows
    from crm_cli.render.progress import Progress


class Streams:
    """The ways to answer. `color` is auto, always or never."""

    def __init__(self, color: str, environ: Mapping[str, str]) -> None:
        self.color = color
        self.environ = environ
        self.begun = False
        """Whether any of the answer was written, or what cannot be read again was read."""
        self.answered = False
        """Whether the answer had anything in it."""

    @cached_property
    def screen(self) -> Screen:
        """What stdout is."""
        return screen_of(sys.stdout, color=self.color, environ=self.environ)

    @cached_property
    def margin(self) -> Screen:
        """What stderr is."""
        return screen_of(sys.stderr, color=self.color, environ=self.environ)

    def write(self, text: str | Iterable[str]) -> None:
        """Write to stdout, the answer. Raises StorageError where it cannot be written."""
        # A list, since what makes the pieces may fail for reasons of its own.
        pieces = [text] if isinstance(text, str) else list(text)
        self.begun = True
        self.answered = self.answered or any(pieces)
        try:
            sys.stdout.writelines(pieces)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unwritable(error) from error

    def give(self, text: str | Iterable[str]) -> None:
        """Answer with a text, as it is to a program; a terminal gets no control characters."""
        pieces = (text,) if isinstance(text, str) else text
        if self.screen.width is not None:
            pieces = (visible(piece, multiline=True) for piece in pieces)
        self.write(pieces)

    def flush(self) -> None:
        """Have the answer written now. Raises StorageError where it cannot be."""
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unwritable(error) from error

    def say(self, text: str | Iterable[str]) -> None:
        """Write to stderr, beside the answer; a text gets its line feed, and is made visible."""
        if isinstance(text, str):
            lines: Iterable[str] = (visible(text.removesuffix("\n"), multiline=True) + "\n",)
        else:
            lines = text
        # The answer comes first where both are the same terminal.
        self.flush()
        sys.stderr.writelines(lines)
        sys.stderr.flush()

    def form(self, asked: Form | Shape, *, otherwise: TableFormat = TABLE) -> TableFormat:
        """The format that a command's options ask for; raises UsageError where they disagree."""
        return self.format(asked.output, asked.json, otherwise=otherwise)

    def format(
        self, output: str | None, json: bool = False, *, otherwise: TableFormat = TABLE
    ) -> TableFormat:
        """The format that `-o` and `--json` ask for; raises UsageError where they disagree."""
        if json and output not in (None, "json"):
            raise UsageError(
                f"--json and -o {output} ask for different answers", "give one of them"
            )
        if json:
            return JSON
        return OUTPUTS[output] if output else otherwise

    def show(self, rows: Rows, form: TableFormat, *, header: bool = True) -> None:
        """Answer with rows; of none a terminal is told so, on stderr."""
        if form is TABLE:
            from crm_cli.render.output import rows_lines

            self._page(rows_lines(rows, self.screen, header=header))
            if not rows.rows and rows.none and self.margin.width:
                self.say(rows.none)
            return
        self.give(self.written(rows, form, header=header))

    def written(self, rows: Rows, form: TableFormat, *, header: bool = True) -> Iterable[str]:
        """The text of rows in a format for programs; raises UsageError."""
        try:
            return form.write(rows, header=header, ascii_only=not self.screen.unicode)
        except KeyError as error:
            raise UsageError(
                f"these rows have no {error.args[0]}", "choose another format with -o"
            ) from error

    def show_record(self, record: Mapping[str, Any], form: TableFormat) -> None:
        """Answer with one record."""
        if form is TABLE:
            from crm_cli.render.output import record_lines

            self._page(record_lines(record, self.screen))
            return
        try:
            pieces = form.write_record(record, ascii_only=not self.screen.unicode)
        except KeyError as error:
            raise UsageError(
                f"this has no {error.args[0]}", "choose another format with -o"
            ) from error
        self.give(pieces)

    def show_chart(self, rows: Rows) -> None:
        """Answer with the chart of rows that have one."""
        from crm_cli.render.chart import chart_lines

        self.write(chart_lines(rows, self.screen))

    def show_card(self, card: Card) -> None:
        """Answer with a card."""
        from crm_cli.render.card import card_lines

        self._page(card_lines(card, self.screen))

    def progress(self, label: str, total: int) -> Progress:
        """A progress line on stderr, drawn only on a terminal; a context manager."""
        from crm_cli.render.progress import Progress

        return Progress(label, total, sys.stderr if is_terminal(sys.stderr) else None)

    def _page(self, pieces: Iterator[str]) -> None:
        """Write a table or card; one longer than the terminal goes through the user's pager."""
        if self.screen.width is None or not is_terminal(sys.stdin):
            self.write(pieces)
            return
        from crm_cli.cli.terminal import page

        text = "".join(pieces)
        if text.count("\n") < self.screen.height or not page(text, self.environ):
            self.write(text)


def unwritable(error: OSError) -> StorageError:
    """The refusal for an answer that cannot be written (a full disk, a closed stdout)."""
    return StorageError(f"cannot write the answer: {error.strerror or error}")
