"""Notes as Markdown. Links in them are shown, never made: nobody has checked where they lead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crm_cli.model.text import visible
from crm_cli.model.width import wrapped
from crm_cli.render.screen import Screen

_MARKED = re.compile(r"[*_`#>\[~]|^\s*(?:[-+]|\d+[.)])\s", re.MULTILINE)
"""What Markdown could mean anything by."""


def markdown_lines(text: str, screen: Screen, width: int) -> Iterator[str]:
    """The lines of a text, each with its line feed; its own line ends stay."""
    shown = visible(text, multiline=True).expandtabs(4)
    if not _MARKED.search(shown):
        return (line.rstrip(" ") + "\n" for line in wrapped(shown, max(width, 8)))
    from rich.markdown import Markdown

    from crm_cli.render.terminal.console import drawn

    # Two blanks before a line feed keep it, as in a list of opening hours.
    kept = re.sub(r"(?<=\S)\n(?=\S)", "  \n", shown)
    page = Markdown(kept, hyperlinks=False, code_theme="ansi_dark")
    return drawn(page, screen, max(width, 8))
