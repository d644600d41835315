"""The thread that has the index: everything that is asked, and every line that is run."""

from __future__ import annotations

import asyncio
import shlex
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from crm_cli.model.outcome import Outcome
from crm_cli.workspace import Workspace

T = TypeVar("T")

_OLD = 60.0
"""Seconds after which the clock is read again."""


class Line(NamedTuple):
    """A `crm` line that was carried out, and what became of it."""

    words: tuple[str, ...]
    outcome: Outcome

    @property
    def text(self) -> str:
        """The line as it is typed in a shell."""
        return typed(self.words)


def typed(words: Sequence[str]) -> str:
    """A line as it is typed in a shell."""
    return shlex.join(("crm", *words))


class Reader:
    """Asks the workspace, one question after the other, in a thread of its own.

    SQLite's connection belongs to the thread that opened it. Lines are run there, too, so that
    nothing is asked while they change what it is asked of.
    """

    def __init__(
        self, workspace: Workspace, run: Callable[[Sequence[str]], Outcome]
    ) -> None:
        self._workspace = workspace
        self._run = run
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="index")
        self._closed = False
        self._renewed = time.monotonic()

    async def ask(self, question: Callable[[Workspace], T]) -> T:
        """What a question finds in the workspace; raises CrmError."""
        return await self._within(lambda: self._asked(question))

    def _asked(self, question: Callable[[Workspace], T]) -> T:
        while True:
            try:
                return question(self._workspace)
            except Exception as error:
                if not self._workspace.mend(error):
                    raise

    async def run(self, words: Sequence[str]) -> Outcome:
        """Run a `crm` line; what it changed is there from then on."""

        def carried_out() -> Outcome:
            try:
                return self._run(words)
            finally:
                self._workspace.renew()

        return await self._within(carried_out)

    async def changed(self) -> bool:
        """Whether files are others than when it was last asked; so is all after a minute, since
        the day may be another."""
        return await self._within(self._look)

    def _look(self) -> bool:
        index = self._workspace.made_index
        old = time.monotonic() - self._renewed > _OLD
        if index is not None and not index.refresh() and not old:
            return False
        self._workspace.renew()
        self._renewed = time.monotonic()
        return True

    async def close(self) -> None:
        """Let go of the index, in its thread; who asks afterwards is cancelled."""
        await self._within(self._workspace.renew)
        self._closed = True
        self._thread.shutdown(wait=False)

    async def _within(self, do: Callable[[], T]) -> T:
        if self._closed:
            raise asyncio.CancelledError("the interface is closed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, do)
