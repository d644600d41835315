"""What a screen pop shows: a title, and a line for each thing that matters now."""

from __future__ import annotations

from crm_cli.model.named_tuple import NamedTuple


class PopupLine(NamedTuple):
    """A line: its label, its text, and its tone (`alert` for what to mind)."""

    label: str
    text: str
    tone: str = ""
    types: tuple[str, ...] = ()
    """The types of its parts between dots, such as `phone`, which a terminal may link."""


class Popup(NamedTuple):
    """The whole, short enough for one screen."""

    title: str
    subtitle: str
    lines: tuple[PopupLine, ...]
