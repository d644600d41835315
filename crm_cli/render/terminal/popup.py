"""Who is calling: a rule with the name, then a line for each thing, all on one screen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from crm_cli.model.meanings import TONE_OF_WORD
from crm_cli.model.popup import Popup, PopupLine
from crm_cli.model.text import visible
from crm_cli.model.width import columns_of, fitted, wrapped
from crm_cli.render.links import uri_of
from crm_cli.render.screen import Screen
from crm_cli.render.terminal.console import dot, drawn, ruled, subtitle, text

_WIDEST = 120
_ALERT = "alert"
_MARK = "! "
_UNBROKEN = 28
"""A longer part of a line may be broken."""
_HEAD = 3
"""The lines of the name, of what stands below it, and of the prompt."""
_BETWEEN = re.compile(r"( · |  |, )")


def popup_lines(popup: Popup, screen: Screen) -> Iterator[str]:
    """The lines, each with its line feed. Texts are wrapped as long as all stays on the screen."""
    width = min(screen.width or 80, _WIDEST)
    labels = max((columns_of(line.label) for line in popup.lines), default=0)
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=labels, style="muted", no_wrap=True)
    grid.add_column(no_wrap=True)
    before = ""
    gutter = _MARK if any(line.tone == _ALERT for line in popup.lines) else ""
    room = max(width - labels - 2 - len(gutter), 1)
    ellipsis = "…" if screen.unicode else "~"
    for line, lines in zip(popup.lines, _broken(popup, room, screen), strict=True):
        label = "" if line.label == before else line.label
        before = line.label
        mark = text(gutter if line.tone == _ALERT else " " * len(gutter), "overdue")
        body = Text("\n" + " " * len(gutter)).join(lines)
        grid.add_row(text(label), Text.assemble(mark, body))
    name = visible(popup.title.replace("\n", " "))
    title = text(fitted(name, max(width - 2, 1), ellipsis=ellipsis), "strong")
    below = subtitle(fitted(visible(popup.subtitle), width, ellipsis=ellipsis), screen)
    return drawn(Group(ruled(title, screen), below, grid), screen, width)


def _broken(popup: Popup, room: int, screen: Screen) -> Iterator[Sequence[Text]]:
    """Each line's text over as many lines as there are left on the screen; what is more is cut."""
    left = (screen.height or 24) - _HEAD - len(popup.lines)
    ellipsis = "…" if screen.unicode else "~"
    for line in popup.lines:
        whole = _toned(line, line.text, screen)
        found = list(_wrapped(whole, room))
        if len(found) - 1 > max(left, 0):
            found = [_toned(line, fitted(whole.plain, room, ellipsis=ellipsis), screen)]
        left -= len(found) - 1
        yield found


def _wrapped(whole: Text, room: int) -> Iterator[Text]:
    """The text in lines, broken between its parts rather than within them."""
    parts = _BETWEEN.split(whole.plain)
    for place in range(0, len(parts), 2):
        if columns_of(parts[place]) <= _UNBROKEN:
            parts[place] = parts[place].replace(" ", "\xa0")
    # A dot stays with the part before it.
    said = "".join(parts).replace(" · ", "\xa0· ").replace(" - ", "\xa0- ")
    start = 0
    for line in wrapped(said, room):
        start += len(said[start:]) - len(said[start:].lstrip(" "))
        piece = whole[start : start + len(line)]
        piece.rstrip()
        yield piece
        start += len(line)


def _toned(line: PopupLine, said: str, screen: Screen) -> Text:
    """A line's text in the tones of its words; addresses and numbers as links."""
    if line.tone:
        return text(said.replace("\n", " "), line.tone)
    made = Text()
    types = iter(line.types)
    for part in _BETWEEN.split(said.replace("\n", " ")):
        if _BETWEEN.fullmatch(part):
            made.append(dot(screen) if "·" in part else part, style="muted")
            continue
        tone = TONE_OF_WORD.get(part.replace(" ", "_"), "")
        if part.endswith(" overdue"):
            tone = "overdue"
        link = uri_of(next(types, ""), part) if screen.links else ""
        made.append_text(text(part, tone, link))
    return made
