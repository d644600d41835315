"""The screens of `crm ui` as texts with colours, for tools/pictures.py."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from rich.color import ColorSystem
from rich.style import Style

ROOT = Path(__file__).resolve().parent.parent
SIZE = (80, 24)
_SHOWN = {
    "ui-today": ((), "Keep a place"),
    "ui-customers": (("2", "down"), "At a glance"),
    "ui-deals": (("3",), "5,600.00 GBP"),
    "ui-reports": (("5",), "2026-11"),
}
"""The keys that lead to each picture, one after the other, and what is seen there then."""
_TURNS = 1000


def screens(shop: Path, environ: dict[str, str]) -> dict[str, str]:
    """What the interface shows in a folder, by the names of the pictures."""
    for name in ("NO_COLOR", "COLORFGBG", "COLORTERM"):
        os.environ.pop(name, None)
    os.environ.update(environ)
    os.chdir(shop)
    sys.path.insert(0, str(ROOT))
    return asyncio.run(_screens())


async def _screens() -> dict[str, str]:
    from crm_cli.cli.session import Session
    from crm_cli.cli.ui import captured
    from crm_cli.tui.app import Interface

    app = Interface(Session().workspace, captured, lambda words: 0)
    found = {}
    async with app.run_test(size=SIZE) as pilot:
        for name, (keys, seen) in _SHOWN.items():
            await pilot.press(*keys)
            for _ in range(_TURNS):
                await pilot.pause(0.02)
                if seen in _text(app, colors=False):
                    break
            await pilot.pause(0.3)
            found[name] = _text(app)
    return found


def _text(app: object, *, colors: bool = True) -> str:
    """The screen, line by line."""
    system = ColorSystem.EIGHT_BIT if colors else None
    strips = app.screen._compositor.render_strips()  # type: ignore[attr-defined]
    return "\n".join(
        "".join((one.style or Style()).render(one.text, color_system=system) for one in strip)
        for strip in strips
    )
