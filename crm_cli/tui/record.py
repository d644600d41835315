"""The log: the `crm` lines that were carried out here."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from crm_cli.tui.lines import Head, Lines, Row
from crm_cli.tui.reader import Line


class Log(Lines):
    """Each line, and what became of it, the last one below."""

    DEFAULT_CSS = """
    Log { height: 3; }
    Log.tall { height: 50%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "app.show_line", "what it printed")]

    def __init__(self) -> None:
        super().__init__(
            lambda width: (Head(""), Head("", max(width // 3, 20), tone="muted")),
            none="each change is logged here as its crm line; y copies it",
            headed=False,
            id="log",
        )
        self.held: list[Line] = []

    def on_mount(self) -> None:
        """Say what it is for."""
        self.show([])

    def add(self, line: Line) -> None:
        """A line was carried out."""
        self.held.append(line)
        self.show(
            [
                Row(
                    (f"{'$' if not one.outcome.code else '!'} {one.text}", _first(one)),
                    id=str(number),
                    tone="" if not one.outcome.code else "alert",
                )
                for number, one in enumerate(self.held)
            ],
            keep=False,
        )
        self.action_ends(1)

    @property
    def line(self) -> Line | None:
        """The line of the cursor; the last one, unless another is chosen."""
        return self.held[self.cursor] if self.held else None


def _first(line: Line) -> str:
    return line.outcome.text.partition("\n")[0]
