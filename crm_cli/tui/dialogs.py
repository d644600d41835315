"""What stands over a place for a moment: a preview, a message, a question, a choice, the keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from crm_cli.model.text import visible
from crm_cli.tui.lines import Head, Lines, Row
from crm_cli.tui.styles import style_of

_CSS = """
%s { align: center middle; background: transparent; }
%s > Vertical {
    width: 90%%; max-width: 100; height: auto; max-height: 90%%;
    border: round ansi_default; padding: 0 1; background: ansi_default;
}
%s VerticalScroll { height: auto; max-height: 16; scrollbar-size: 1 1; }
%s Static { height: auto; }
"""
_ASKED = "Enter goes on   Esc leaves it"
_TONES = {"+": "added", "-": "removed", "@": "muted"}


def _css(name: str) -> str:
    return _CSS % ((name,) * _CSS.count("%s"))


def paper(text: str) -> Text:
    """What a line printed, with the lines of a difference in their colours."""
    shown = visible(text, multiline=True)
    return Text("\n").join(
        Text(line, style_of(_TONES.get(line[:1], ""))) for line in shown.split("\n")
    )


class Told(ModalScreen[bool]):
    """A text to be read. With `asks` it is a preview, which Enter or y carries out."""

    DEFAULT_CSS = _css("Told")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "answer(True)", "carry out"),
        Binding("escape,n,q", "answer(False)", "leave it"),
        Binding("up,k", "scroll(-1)", "up", show=False),
        Binding("down,j", "scroll(1)", "down", show=False),
        Binding("pageup", "scroll(-10)", "a page up", show=False),
        Binding("pagedown,space", "scroll(10)", "a page down", show=False),
    ]

    def __init__(self, title: str, text: str, *, asks: bool = False) -> None:
        super().__init__()
        self.heading = title
        self.text = text
        self.asks = asks

    def compose(self) -> ComposeResult:
        """The line, what it prints, and the keys."""
        keys = "Enter carry it out   Esc leave it" if self.asks else "Esc close"
        with Vertical():
            yield Static(Text(visible(self.heading), style_of("strong")))
            with VerticalScroll(can_focus=False):
                yield Static(paper(self.text))
            yield Static(Text(keys, style_of("muted")))

    def action_answer(self, answer: bool) -> None:
        """Close it; anything closes what asks nothing."""
        self.dismiss(answer and self.asks)

    def action_scroll(self, by: int) -> None:
        """Go on reading."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)


class Asking(ModalScreen[str | None]):
    """One line to be typed; None where it is left."""

    DEFAULT_CSS = _css("Asking")
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave it")]

    def __init__(self, title: str, hint: str = "", value: str = "") -> None:
        super().__init__()
        self.heading = title
        self.hint = hint
        self.value = value

    def compose(self) -> ComposeResult:
        """The line that is being made, and the words that it lacks."""
        with Vertical():
            yield Static(Text(visible(self.heading), style_of("strong")))
            yield Input(self.value, select_on_focus=False)
            yield Static(Text(self.hint, style_of("muted")))
            yield Static(Text(_ASKED, style_of("muted")))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what was typed."""
        event.stop()
        self.dismiss(event.value.strip())

    def action_leave(self) -> None:
        """Take nothing."""
        self.dismiss(None)


class Choosing(ModalScreen[int | None]):
    """One of several lines to be chosen; None where it is left."""

    DEFAULT_CSS = _css("Choosing") + "Choosing Lines { height: auto; max-height: 16; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "leave", "leave it")]

    def __init__(self, title: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.heading = title
        self.choices = choices

    def compose(self) -> ComposeResult:
        """The choices, each with what it does."""
        room = max((len(name) for name, _ in self.choices), default=1)
        with Vertical():
            yield Static(Text(visible(self.heading), style_of("strong")))
            lines = Lines(lambda width: (Head("", room, tone="strong"), Head("")), headed=False)
            lines.styles.height = min(len(self.choices), 16)
            yield lines
            yield Static(Text("Enter chooses   Esc leaves it", style_of("muted")))

    def on_mount(self) -> None:
        """Show them."""
        rows = [Row(choice, id=str(number)) for number, choice in enumerate(self.choices)]
        self.query_one(Lines).show(rows)

    def on_lines_opened(self, event: Lines.Opened) -> None:
        """Take the one that the cursor is on."""
        event.stop()
        self.dismiss(int(event.row.id))

    def action_leave(self) -> None:
        """Take none."""
        self.dismiss(None)
