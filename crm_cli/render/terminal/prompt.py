"""Questions: what is asked in bold, what may be answered beside it; candidates by number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from crm_cli.render.messages import CANDIDATES
from crm_cli.render.screen import Screen
from crm_cli.render.terminal.console import drawn, text

_BESIDE = 8
"""So many columns at least are left for the answer."""


def question_text(asked: str, answers: str, screen: Screen) -> str:
    """The question and what may be answered, with a blank at the end, wrapped at words."""
    said = text(asked, "strong")
    said.append_text(text(f" {answers}" if answers else "", "muted"))
    width = max((screen.width or 80) - _BESIDE, 20)
    return "".join(drawn(said, screen, width)).rstrip("\n") + " "


def candidate_lines(candidates: Sequence[tuple[str, str]], screen: Screen) -> Iterator[str]:
    """The candidates, numbered from 1, with what tells them apart."""
    listed = candidates[:CANDIDATES]
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", style="strong")
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for number, (identity, what) in enumerate(listed, 1):
        grid.add_row(f"  {number}", text(identity, "id"), text(what))
    yield from drawn(grid, screen)
    if len(candidates) > len(listed):
        ellipsis = "…" if screen.unicode else "..."
        yield f"  {ellipsis} and {len(candidates) - len(listed)} more\n"
