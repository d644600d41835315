"""Properties of the output: width, colour, encoding."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO

from crm_cli.model.named_tuple import NamedTuple
from crm_cli.render.links import knows_links
from crm_cli.render.theme import BASIC, Theme, sgr, theme_of

DRAWN_WIDTH = 80
"""Columns of what has no width of its own (cards, charts) where there is no terminal."""


class Screen(NamedTuple):
    """A terminal or a pipe.

    `width` is None where nothing is cut: pipes and files get every cell whole.
    `height` is 0 there. `unicode` says that the encoding takes every character.
    """

    width: int | None = None
    height: int = 0
    color: bool = False
    unicode: bool = True
    theme: Theme = BASIC
    links: bool = False
    """Whether it is known to open links."""

    def paint(self, text: str, tone: str) -> str:
        """`text` in a tone where colour is on; `text` must be made visible before."""
        if not (self.color and text and tone):
            return text
        code = sgr(self.theme.get(tone, ""))
        return f"\x1b[{code}m{text}\x1b[0m" if code else text

    @property
    def terminal(self) -> bool:
        """Whether it is a terminal, with a width to draw for."""
        return self.width is not None

    @property
    def drawn_width(self) -> int:
        """Columns for what is drawn to a width: the terminal's, or 80."""
        return self.width or DRAWN_WIDTH


def screen_of(
    stream: TextIO,
    *,
    color: str = "auto",
    environ: Mapping[str, str],
    own: Mapping[str, str] | None = None,
) -> Screen:
    """The screen behind `stream`; `color` is auto, always or never, `own` the user's styles.

    Auto is colour on a terminal, unless `NO_COLOR` has a value (no-color.org) or
    `TERM` is dumb.
    """
    terminal = is_terminal(stream)
    wanted = color == "always" or (
        color == "auto"
        and terminal
        and not environ.get("NO_COLOR")
        and environ.get("TERM", "") != "dumb"
    )
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "")
    width, height = _size(stream, environ) if terminal else (None, 0)
    theme = theme_of(environ, own) if terminal and wanted else BASIC
    links = terminal and wanted and knows_links(environ)
    unicode = encoding in ("utf8", "utf16", "utf32")
    return Screen(width, height, wanted, unicode, theme, links)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is open on a terminal."""
    try:
        return stream is not None and stream.isatty()
    except (ValueError, OSError):
        return False


def _size(stream: TextIO, environ: Mapping[str, str]) -> tuple[int, int]:
    """Columns and lines: COLUMNS and LINES where set, else what the terminal says."""
    try:
        columns, lines = os.get_terminal_size(stream.fileno())
    except (ValueError, OSError):
        columns, lines = DRAWN_WIDTH, 24
    for name in ("COLUMNS", "LINES"):
        value = environ.get(name, "")
        if value.isascii() and value.isdigit() and 0 < int(value) < 10_000:
            columns, lines = (int(value), lines) if name == "COLUMNS" else (columns, int(value))
    return max(columns or DRAWN_WIDTH, 20), lines or 24
