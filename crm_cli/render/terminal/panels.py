"""Frames of what was checked: the set-up (`doctor`) and the records (`check`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crm_cli.model.errors import Problem, Severity
from crm_cli.render.screen import Screen
from crm_cli.render.terminal.console import dot, drawn, framed, text

_TONES = {"ok": "good", "warn": "warn", "fail": "overdue"}
_SIGNS = {"ok": "✓", "warn": "!", "fail": "✗"}
_ASCII = {"ok": "+", "warn": "!", "fail": "x"}


def checkup_lines(checks: Sequence[tuple[str, str, str, str]], screen: Screen) -> Iterator[str]:
    """A frame with a line for each (name, state, message, what to run)."""
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, style="strong")
    grid.add_column(ratio=1, overflow="fold")
    signs = _SIGNS if screen.unicode else _ASCII
    for name, state, message, run in checks:
        said = text(message)
        if run:
            arrow = "→" if screen.unicode else "->"
            said.append_text(text(f"\n{arrow} {run}", "link"))
        mark = text(f"{signs.get(state, ' ')} {state}", _TONES.get(state, ""))
        grid.add_row(mark, text(name), said)
    states = [state for _, state, *_ in checks]
    return drawn(framed(grid, _verdict(states, screen)), screen)


def _verdict(states: Sequence[str], screen: Screen) -> Text:
    parts = [
        text(f"{states.count(state)} {word}", tone)
        for state, word, tone in (
            ("fail", "failed", "overdue"), ("warn", "to look at", "warn"), ("ok", "ok", "good"),
        )
        if states.count(state)
    ]  # fmt: skip
    return Text(dot(screen)).join(parts)


def problem_lines(problems: Sequence[Problem], screen: Screen) -> Iterator[str]:
    """A frame for each file: where, what is wrong, what to do; then how many there are."""
    frames: list[RenderableType] = []
    for path, found in groupby(problems, key=lambda one: one.path):
        lines: list[RenderableType] = []
        for problem in found:
            lines += _problem(problem, screen)
        frames.append(framed(Group(*lines), text(path, "strong")))
    errors = sum(1 for one in problems if one.severity is Severity.ERROR)
    warnings = len(problems) - errors
    counts = [
        text(_counted(count, word), tone)
        for count, word, tone in ((errors, "error", "overdue"), (warnings, "warning", "warn"))
        if count
    ]
    frames.append(Text(dot(screen)).join(counts))
    return drawn(Group(*frames), screen)


def _problem(problem: Problem, screen: Screen) -> Iterator[RenderableType]:
    warns = problem.severity is Severity.WARNING
    # The whole place, since terminals and editors open `path:line:column`.
    yield text(problem.place, "link")
    said = text("warning: " if warns else "error: ", "warn" if warns else "overdue")
    said.append_text(text(problem.message.replace("\n", " ")))
    yield said
    if problem.hint:
        arrow = "→" if screen.unicode else "->"
        yield text(f"{arrow} {problem.hint}", "muted")


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
