"""Drawing a text in sections: a heading each, and lines below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crm_cli.model.text import visible
from crm_cli.render.screen import Screen


def section_lines(sections: Sequence[tuple[str, Sequence[str]]], screen: Screen) -> Iterator[str]:
    """The lines, each with its line feed; a section without lines is left out."""
    first = True
    for heading, lines in sections:
        if not lines:
            continue
        if not first:
            yield "\n"
        first = False
        yield screen.paint(visible(heading), "strong") + "\n"
        for line in lines:
            yield f"  {visible(line)}".rstrip() + "\n"
