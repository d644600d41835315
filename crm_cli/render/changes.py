"""Before and after: what a command changed, or would change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.text import visible
from crm_cli.render.screen import Screen
from crm_cli.render.table import shown


class FieldChange(NamedTuple):
    """A field's value before and after; None is absent."""

    field: str
    before: Any
    after: Any


def field_lines(changes: Sequence[FieldChange], screen: Screen) -> Iterator[str]:
    """`city: Koper → Piran`, one line for each field that differs."""
    arrow = "→" if screen.unicode else "->"
    for change in changes:
        if change.before == change.after:
            continue
        before = _side(change.before, screen, "removed")
        after = _side(change.after, screen, "added")
        yield f"  {visible(change.field)}: {before} {arrow} {after}\n"


def diff_lines(
    path: str, before: str | None, after: str | None, screen: Screen, *, context: int = 2
) -> Iterator[str]:
    """A unified diff of one file; None is a file that is not there.

    Nothing where both are equal. CR at a line's end is shown, since it is a byte
    that differs.
    """
    if before == after:
        return
    from difflib import unified_diff

    old, new = (lines_of(before), lines_of(after))
    from_name = visible(path) if before is not None else "(new)"
    to_name = visible(path) if after is not None else "(removed)"
    for line in unified_diff(old, new, from_name, to_name, n=context, lineterm=""):
        tone = {"+": "added", "-": "removed", "@": "link"}.get(line[:1], "")
        if line.startswith(("+++", "---")):
            tone = "strong"
        yield screen.paint(visible(line).replace("\\t", "    "), tone) + "\n"


def lines_of(text: str | None) -> list[str]:
    """The lines of a file, the last one marked where it has no line feed."""
    if not text:
        return []
    lines = text.split("\n")
    if lines[-1] == "":
        return lines[:-1]
    return [*lines[:-1], lines[-1] + " (no line feed at the end)"]


def _side(value: Any, screen: Screen, tone: str) -> str:
    if value is None or value == "" or value == []:
        return screen.paint("(none)", "muted")
    return screen.paint(shown(value), tone)
