"""The results of `crm doctor` as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crm_cli.model.text import visible
from crm_cli.render.screen import Screen

_TONES = {"ok": "good", "warn": "warn", "fail": "alert"}


def checkup_lines(checks: Sequence[tuple[str, str, str, str]], screen: Screen) -> Iterator[str]:
    """One line for each (name, state, message, what to run)."""
    width = max((len(name) for name, *_ in checks), default=0)
    for name, state, message, run in checks:
        word = screen.paint(f"{state:<4}", _TONES.get(state, ""))
        cure = f"  -> {visible(run)}" if run else ""
        yield f"{word}  {name:<{width}}  {visible(message)}{cure}\n"
