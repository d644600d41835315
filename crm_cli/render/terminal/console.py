"""Rich, set up so that it draws what it is given and nothing else.

Markup, emoji codes and highlighting are off, no environment is read, and every text of a record
goes through `text`, which makes control characters visible. Styles are the tones of the theme.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import lru_cache

from rich import box
from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.style import Style
from rich.text import Text
from rich.theme import Theme

from crm_cli.model.text import visible
from crm_cli.render.screen import Screen

_WIDEST = 200
_ASCII = str.maketrans({"•": "*", "…": "~", "▌": "|", "🌆": "*"})
"""Signs of rich's own that its boxes of ASCII leave."""
_MARKDOWN = {
    "markdown.code": "id", "markdown.code_block": "id", "markdown.link": "link",
    "markdown.link_url": "muted", "markdown.h1": "head", "markdown.h2": "head",
    "markdown.h3": "head", "markdown.h4": "head", "markdown.hr": "muted",
    "markdown.item.number": "muted", "markdown.item.bullet": "muted",
    "markdown.block_quote": "muted",
}  # fmt: skip
_BLANKS = re.compile(r"(?<! ) +((?:\x1b\[[0-9;]*m|\x1b\]8;;\x1b\\)*)$")


class _Buffer(io.StringIO):
    """Where rich writes to; its encoding decides whether boxes are of ASCII."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """What the terminal takes."""
        return self._encoding


@lru_cache(maxsize=4)
def _theme(styles: tuple[tuple[str, str], ...]) -> Theme:
    tones = dict(styles)
    return Theme(
        {**tones, **{name: tones.get(tone, "none") for name, tone in _MARKDOWN.items()}},
        inherit=True,
    )


def console(screen: Screen, width: int | None = None) -> Console:
    """A console that draws for a screen, into a text."""
    return Console(
        file=_Buffer("utf-8" if screen.unicode else "ascii"),
        width=width or min(screen.width or 80, _WIDEST),
        height=screen.height or 24,
        color_system="truecolor" if screen.color else None,
        force_terminal=True,
        force_jupyter=False,
        no_color=False,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        theme=_theme(tuple(screen.theme.items())),
        _environ={},
    )


def drawn(what: RenderableType, screen: Screen, width: int | None = None) -> Iterator[str]:
    """The lines of something that rich draws, each with its line feed, without blanks at the
    end."""
    held = console(screen, width)
    held.print(what)
    assert isinstance(held.file, _Buffer)
    made = held.file.getvalue()
    if not screen.unicode:
        made = made.translate(_ASCII)
    return (_without_blanks(line) + "\n" for line in made.split("\n")[:-1])


def framed(what: RenderableType, title: Text) -> RenderableType:
    """Something in a frame with a title, which does not have the frame's colour."""
    title.stylize_before(Style(color="default", dim=False))
    return Panel(
        what, title=title, title_align="left", border_style="muted", box=box.ROUNDED,
        padding=(0, 1),
    )  # fmt: skip


def _without_blanks(line: str) -> str:
    """A line without blanks at its end, before what resets its colours."""
    return _BLANKS.sub(r"\1", line)


def text(value: str, tone: str = "", link: str = "") -> Text:
    """A text of a record: control characters are made visible, line feeds stay.

    The link, if any, is an address of `render/links.py`.
    """
    made = Text(visible(value, multiline=True).expandtabs(4), style=tone)
    if link and link.isascii() and link.isprintable():
        made.stylize(Style(link=link))
    return made


def ruled(title: Text, screen: Screen) -> RenderableType:
    """A rule over the whole width that begins with a title."""
    return Rule(title, align="left", style="muted", characters="─" if screen.unicode else "-")


def subtitle(said: str, screen: Screen, link: str = "") -> Text:
    """What stands below a name: the id, which the link opens, words, tags."""
    made = Text()
    for place, part in enumerate(said.split(" · ")):
        if place:
            made.append(dot(screen), style="muted")
        if part.startswith("+"):
            made.append_text(text(part, "tag"))
        elif place == 0:
            made.append_text(text(part, "id", link))
        else:
            made.append_text(text(part))
    return made


def dot(screen: Screen) -> str:
    """What stands between the parts of a line."""
    return " · " if screen.unicode else " - "
