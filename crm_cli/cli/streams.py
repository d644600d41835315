"""Output of a run: answers on stdout, everything else on stderr."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TextIO, TypeVar

from crm_cli.cli.outputs import OUTPUTS, TABLE
from crm_cli.formats.tables import JSON, TableFormat, row_of
from crm_cli.model.errors import CrmError, StorageError, UsageError
from crm_cli.model.text import visible
from crm_cli.render.screen import Screen, is_terminal, screen_of

if TYPE_CHECKING:
    from crm_cli.cli.options import Form, Shape
    from crm_cli.model.rows import Rows
    from crm_cli.render.progress import Progress

T = TypeVar("T")
P = ParamSpec("P")


class Streams:
    """The ways to answer. `color` is auto, always or never."""

    def __init__(
        self, color: str, environ: Mapping[str, str], *, no_pager: bool = False
    ) -> None:
        self.color = color
        self.environ = environ
        self.no_pager = no_pager
        self.slips: list[str] = []
        """What is wrong in the user's theme."""
        self.begun = False
        """Whether any of the answer was written, or what cannot be read again was read."""
        self.answered = False
        """Whether the answer had anything in it."""

    @cached_property
    def screen(self) -> Screen:
        """What stdout is."""
        return self._screen(sys.stdout)

    @cached_property
    def margin(self) -> Screen:
        """What stderr is."""
        return self._screen(sys.stderr)

    def _screen(self, stream: TextIO) -> Screen:
        own = self._theme if is_terminal(stream) else None
        return screen_of(stream, color=self.color, environ=self.environ, own=own)

    @cached_property
    def _theme(self) -> Mapping[str, str]:
        """The styles of the user's configuration."""
        from crm_cli.render.theme import own_theme
        from crm_cli.store.discovery import read_config

        try:
            styles, self.slips = own_theme(read_config(self.environ).get("theme"))
        except CrmError as error:
            styles, self.slips = {}, [error.message]
        return styles

    def write(self, text: str | Iterable[str | bytes]) -> None:
        """Write to stdout, the answer. Raises StorageError where it cannot be written, and
        UsageError for bytes to a terminal."""
        # A list, since what makes the pieces may fail for reasons of its own.
        pieces: list[str | bytes] = [text] if isinstance(text, str) else list(text)
        if is_terminal(sys.stdout) and any(isinstance(piece, bytes) for piece in pieces):
            raise UsageError(
                "this format is no text for a terminal", "write it into a file: … > FILE"
            )
        self.begun = True
        self.answered = self.answered or any(pieces)
        try:
            for piece in pieces:
                if isinstance(piece, bytes):
                    sys.stdout.flush()
                    sys.stdout.buffer.write(piece)
                else:
                    sys.stdout.write(piece)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unwritable(error) from error

    def give(self, text: str | Iterable[str | bytes]) -> None:
        """Answer with a text, as it is to a program; a terminal gets no control characters."""
        pieces: Iterable[str | bytes] = (text,) if isinstance(text, str) else text
        if self.screen.width is not None:
            pieces = map(_shown, pieces)
        self.write(pieces)

    def give_data(self, data: bytes) -> None:
        """Answer with bytes; raises UsageError where stdout is a terminal."""
        if self.screen.terminal:
            raise UsageError("a PDF is nothing for a terminal", "write it to a file: --to FILE.pdf")
        self.flush()
        self.begun = self.answered = True
        try:
            sys.stdout.buffer.write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unwritable(error) from error

    def flush(self) -> None:
        """Have the answer written now. Raises StorageError where it cannot be."""
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unwritable(error) from error

    def rest(self, seconds: float) -> None:
        """Wait, with all that was answered written; raises BrokenPipeError as soon as nobody reads
        the answer any more, and StorageError where it cannot be written."""
        self.flush()
        try:
            import select

            waiting = select.poll()
            waiting.register(sys.stdout.fileno(), 0)
        except (ImportError, AttributeError, OSError, ValueError):
            import time

            time.sleep(seconds)
            return
        ended = select.POLLERR | select.POLLHUP
        if any(event & ended for _, event in waiting.poll(seconds * 1000)):
            raise BrokenPipeError(errno.EPIPE, "nobody reads the answer")

    def say(self, text: str | Iterable[str]) -> None:
        """Write to stderr, beside the answer; a text gets its line feed, and is made visible."""
        if isinstance(text, str):
            lines: Iterable[str] = self.folded(text, self.margin)
        else:
            lines = text
        # The answer comes first where both are the same terminal.
        self.flush()
        sys.stderr.writelines(lines)
        sys.stderr.flush()

    def tell(self, text: str) -> None:
        """Answer with a sentence, wrapped at words where a terminal is too narrow for it."""
        self.write(self.folded(text, self.screen))

    def folded(self, text: str, screen: Screen) -> list[str]:
        """The lines of a text, made visible, each with its line feed."""
        shown = visible(text.removesuffix("\n"), multiline=True)
        if screen.width is None:
            return [shown + "\n"]
        from crm_cli.model.width import folded

        lines = []
        for line in shown.split("\n"):
            first, *rest = folded(line, screen.width)
            lines += [f"{first}\n", *(f"  {one}\n" for one in rest)]
        return lines

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

    def written(
        self, rows: Rows, form: TableFormat, *, header: bool = True
    ) -> Iterable[str | bytes]:
        """The rows in a format for programs; raises UsageError."""
        try:
            if form.binary:
                return form.write_book([rows], header=header)
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
        if form.binary:
            self.give(form.write_book([row_of(record)]))
            return
        try:
            pieces = form.write_record(record, ascii_only=not self.screen.unicode)
        except KeyError as error:
            raise UsageError(
                f"this has no {error.args[0]}", "choose another format with -o"
            ) from error
        self.give(pieces)

    def draw(
        self,
        shape: Callable[Concatenate[T, Screen, P], Iterator[str]],
        value: T,
        *args: P.args,
        **options: P.kwargs,
    ) -> None:
        """Answer with a value drawn in one of the shapes of `render/shapes.py`."""
        self._page(shape(value, self.screen, *args, **options))

    def progress(self, label: str, total: int) -> Progress:
        """A progress line on stderr, drawn only on a terminal; a context manager."""
        from crm_cli.render.progress import Progress

        stream = sys.stderr if is_terminal(sys.stderr) else None
        return Progress(label, total, stream, self.margin)

    def _page(self, pieces: Iterator[str]) -> None:
        """Write what was drawn; what is longer than the terminal goes through the user's pager."""
        if self.no_pager or not self.screen.terminal or not is_terminal(sys.stdin):
            self.write(pieces)
            return
        from crm_cli.cli.terminal import page

        text = "".join(pieces)
        if text.count("\n") < self.screen.height or not page(text, self.environ):
            self.write(text)


def _shown(piece: str | bytes) -> str | bytes:
    return piece if isinstance(piece, bytes) else visible(piece, multiline=True)


def unwritable(error: OSError) -> StorageError:
    """The refusal for an answer that cannot be written (a full disk, a closed stdout)."""
    return StorageError(f"cannot write the answer: {error.strerror or error}")
