"""The interface without a terminal: keys are pressed, and what stands on the screen is read."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_cli.cli.arguments import take_globals
from crm_cli.cli.capturing import captured, given
from crm_cli.cli.session import Session
from crm_cli.model.outcome import Outcome
from crm_cli.tui.app import Interface
from crm_cli.tui.duties import Ahead
from crm_cli.tui.lines import Lines

EXAMPLE = Path(__file__).parents[2] / "data-example"
ALL_KEYS = {" ": "space", ":": "colon", "/": "slash", "?": "question_mark", "-": "minus"}
_TURNS = 600


class Driver:
    """An interface that runs, and what a user sees and presses."""

    def __init__(self, app: Interface, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.pilot.press(*(ALL_KEYS.get(letter, letter) for letter in text))

    @property
    def screen(self) -> str:
        """All that stands on the screen, as text."""
        rows = self.app.screen._compositor.render_strips()
        return "\n".join("".join(one.text for one in strip).rstrip() for strip in rows)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for what a key leads to."""
        for _ in range(_TURNS):
            await self.pilot.pause(0.01)
            if condition():
                return
        raise AssertionError(f"it does not come to this:\n{self.screen}")

    async def sees(self, *texts: str) -> None:
        """Wait until these stand on the screen."""
        await self.until(lambda: all(text in self.screen for text in texts))

    async def misses(self, text: str) -> None:
        """Wait until this is gone from the screen."""
        await self.until(lambda: text not in self.screen)

    async def carried_out(self, *keys: str) -> Outcome:
        """Press keys that make a preview, agree to it, and wait until it is done."""
        before = len(self.app.log_pane.held)
        await self.press(*keys)
        await self.sees("Enter carry it out")
        await self.press("enter")
        await self.until(lambda: len(self.app.log_pane.held) > before)
        await self.pilot.pause()
        return self.app.log_pane.held[-1].outcome

    async def to(self, text: str) -> None:
        """Put the cursor on the first line that has a text."""
        lines = self.app.place.lines
        assert isinstance(lines, Lines)

        def place() -> int | None:
            return next(
                (n for n, row in sorted(lines._rows.items()) if text in " ".join(row.cells)
                 and not row.heading), None,
            )  # fmt: skip

        await self.until(lambda: place() is not None)
        found = place()
        assert found is not None
        lines._go(found, 1)
        await self.pilot.pause()


def seeded(run: Callable[[Sequence[str]], Outcome]) -> Callable[[Sequence[str]], Outcome]:
    """Runs of lines in which what is random is the same each time."""

    def runs(words: Sequence[str]) -> Outcome:
        drawn = iter(range(1_000_000))

        def urandom(length: int) -> bytes:
            seed = " ".join(one for one in words if one != "--dry-run")
            return hashlib.sha512(f"{seed} {next(drawn)}".encode()).digest()[:length]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "urandom", urandom)
            return run(words)

    return runs


def drive(
    folder: Path,
    script: Callable[[Driver], Awaitable[None]],
    *,
    size: tuple[int, int] = (80, 24),
    options: Sequence[str] = (),
    attend: Callable[[Sequence[str]], int] = lambda words: 0,
    ahead: Ahead | None = None,
) -> Interface:
    """Run the interface in a folder, and what a script does with it."""

    async def all() -> Interface:
        found, words = take_globals(options)
        session = Session(found, words=words)
        app = Interface(session.workspace, seeded(captured), attend, given(session), ahead)
        async with app.run_test(size=size) as pilot:
            await script(Driver(app, pilot))
        return app

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in ("COLUMNS", "LINES"):  # the size is that of the test
            patch.delenv(name, raising=False)
        return asyncio.run(all())


def example(tmp_path: Path, name: str = "shop") -> Path:
    """A copy of the example's folder."""
    folder = tmp_path / name
    shutil.copytree(EXAMPLE, folder)
    return folder
