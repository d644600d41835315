"""Run a command several times: how long it took, how much memory it had, how it ended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Timing(NamedTuple):
    """What several runs of one command took."""

    seconds: float
    """The least of the runs, wall clock: whatever else the machine does only adds to it."""
    cpu: float
    """The least processor time of the program and what it started, in seconds."""
    memory: int
    """The most resident memory of one process of the run, in bytes."""
    status: int


def timed(
    command: Sequence[str | Path],
    *,
    runs: int = 10,
    warm: int = 1,
    environ: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
    vary: Callable[[int], Sequence[str]] | None = None,
) -> Timing:
    """The best of `runs` after `warm` runs that do not count.

    `before` is done before each, outside of the measure; `vary` gives words to add to
    the command for each run (an edit that changes something must differ each time).
    """
    found = []
    for number in range(warm + runs):
        if before is not None:
            before()
        words = [*map(str, command), *(vary(number) if vary is not None else ())]
        found.append(_once(words, environ))
    return _best(found[warm:])


def in_turn(
    commands: Sequence[Sequence[str | Path]],
    *,
    runs: int = 10,
    warm: int = 1,
    environ: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
    vary: Callable[[int], Sequence[str]] | None = None,
) -> list[Timing]:
    """The best of each command, as `timed`, but one after the other, again and again.

    So whatever else the machine does in those minutes slows all of them alike, and their
    ratios hold. `before` is done before each round; `vary` is for the last command.
    """
    found: list[list[Timing]] = [[] for _ in commands]
    for number in range(warm + runs):
        if before is not None:
            before()
        for place, command in enumerate(commands):
            words = [str(word) for word in command]
            if vary is not None and place == len(commands) - 1:
                words += vary(number)
            found[place].append(_once(words, environ))
    return [_best(timings[warm:]) for timings in found]


def _best(counted: Sequence[Timing]) -> Timing:
    return Timing(
        min(timing.seconds for timing in counted),
        min(timing.cpu for timing in counted),
        max(timing.memory for timing in counted),
        counted[-1].status,
    )


def _once(words: Sequence[str], environ: Mapping[str, str] | None) -> Timing:
    began = time.perf_counter()
    process = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=None if environ is None else dict(environ),
    )
    assert process.stdout is not None
    with process.stdout:
        process.stdout.read()
    # wait4 and not wait: it alone tells the memory of this one process.
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    # macOS counts bytes, everybody else kilobytes.
    unit = 1 if sys.platform == "darwin" else 1024
    cpu = usage.ru_utime + usage.ru_stime
    return Timing(took, cpu, usage.ru_maxrss * unit, process.returncode)
