"""How far long work is: a bar, how many of how many, how many a second, how long still."""

from __future__ import annotations

from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from crm_cli.render.screen import Screen
from crm_cli.render.terminal.console import drawn, text

_BAR = 24
_WIDEST = 100
_GAP = 2


def progress_line(label: str, done: int, total: int, seconds: float, screen: Screen) -> str:
    """The line for work of which so much is done after so many seconds; one column is left free,
    so that no terminal goes to the next line."""
    width = max(min(screen.width or 80, _WIDEST) - 1, 20)
    speed = done / seconds if seconds > 0 else 0.0
    left = f"{_clock((total - done) / speed)} left" if speed and total > done else ""
    count = f"{done:,} of {total:,}" if total else f"{done:,}"
    fast = f"{speed:,.0f}/s"
    parts = {"label": len(label), "bar": _BAR + 2, "count": len(count)}
    parts |= {"fast": len(fast), "left": len(left)}
    for spared in ("fast", "left", "bar"):
        if sum(parts.values()) + _GAP * len(parts) > width:
            parts.pop(spared)
    made = {
        "label": text(label),
        "bar": _bar(done, total, screen),
        "count": text(count, "strong"),
        "fast": text(fast, "muted"),
        "left": text(left, "muted"),
    }
    cells = [made[name] for name in parts]
    grid = Table.grid(padding=(0, _GAP, 0, 0))
    for _ in cells:
        grid.add_column(no_wrap=True, overflow="crop")
    grid.add_row(*cells)
    return "".join(drawn(grid, screen, width)).split("\n")[0]


def _bar(done: int, total: int, screen: Screen) -> ProgressBar | Text:
    if not screen.unicode or not screen.color:
        filled = min(_BAR * done // total, _BAR) if total else 0
        return Text(f"[{'#' * filled}{' ' * (_BAR - filled)}]")
    return ProgressBar(
        total=max(total, 1), completed=done, width=_BAR, style="muted",
        complete_style="upcoming", finished_style="done",
    )  # fmt: skip


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
