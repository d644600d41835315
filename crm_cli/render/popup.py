"""A screen pop as plain text: each line within 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.model.popup import Popup
from crm_cli.model.text import visible
from crm_cli.model.width import columns_of, fitted, padded
from crm_cli.render.screen import Screen

_WIDTH = 80


def popup_lines(popup: Popup, screen: Screen) -> Iterator[str]:
    """The lines, each with its line feed."""
    width = screen.width or _WIDTH
    yield screen.paint(fitted(visible(popup.title), width), "strong") + "\n"
    yield screen.paint(fitted(visible(popup.subtitle), width), "muted") + "\n"
    labels = max((columns_of(line.label) for line in popup.lines), default=0)
    before = ""
    for line in popup.lines:
        label = padded("" if line.label == before else line.label, labels)
        before = line.label
        text = fitted(visible(line.text), width - labels - 2)
        shown = screen.paint(text, line.tone) if line.tone else text
        yield f"{screen.paint(label, 'muted')}  {shown}\n"
