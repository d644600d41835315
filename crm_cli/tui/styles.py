"""The theme of `render`, as styles that the interface draws with."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache

from rich.style import Style
from rich.text import Text

from crm_cli.render.screen import Screen
from crm_cli.render.theme import theme_of


@cache
def style_of(tone: str) -> Style:
    """The style of a tone; none of an empty one."""
    return Style.parse(theme_of(os.environ).get(tone, "")) if tone else Style()


def screen(width: int, height: int = 0) -> Screen:
    """What answers are drawn on: a part of the terminal."""
    return Screen(max(width, 20), height, color=True, theme=theme_of(os.environ))


def drawn(lines: Iterable[str]) -> Text:
    """What `render` drew for a terminal."""
    return Text.from_ansi("".join(lines).rstrip("\n"), no_wrap=True, end="")
