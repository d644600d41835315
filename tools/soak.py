"""Try for long what the tests try in short: faults, kills, and many at work at once.

python tools/soak.py                    # all of it; some hours on two cores
python tools/soak.py --seed 1 --part 2/4
python tools/soak.py --seconds 20 --rounds 30 --seed 1

For every command that writes, every file call fails with every error, once and from
then on, and the process ends at it. What comes of a state that a trial left is looked at
once for each state. Then come kills at random moments, and rounds of
two cron runs, an edit, a reader and a hand on one directory. The parts of one seed together are
the whole, so that it can be run a part at a time. Ctrl-C, or SIGTERM, ends it, and it prints
what was tried until then. Exit 1 if anything was lost.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import itertools
import os
import pickle
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.meddling import Dead, Meddling, dying, dying_after, failing, short
from tests.trust.aftermath import Lost, Scene, Torn, injected, killed, killed_after, scene
from tests.trust.ground import Ground
from tests.trust.together import begin
from tests.trust.writers import WRITERS

KILLS = 3000
"""At random moments."""

ERRORS = ("ENOSPC", "EACCES", "EIO", "EINTR")


@dataclass
class Tally:
    """What was tried, and what came of it."""

    operations: int = 0
    kills: int = 0
    faults: int = 0
    rounds: int = 0
    lost: int = 0
    torn: int = 0
    other: int = 0
    said: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether every promise held."""
        return not (self.lost or self.torn or self.other)

    def failed(self, error: AssertionError, where: str) -> None:
        """Count a promise that did not hold."""
        if isinstance(error, Lost):
            self.lost += 1
        elif isinstance(error, Torn):
            self.torn += 1
        else:
            self.other += 1
        self.said.append(f"{where}: {error}")
        sys.stderr.write(f"{where}: {error}\n")
        traceback.print_exception(error)

    def add(self, other: Tally) -> None:
        """Count what another process has tried."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def lines(self) -> Iterator[str]:
        """The result for people."""
        yield from self.said[:20]
        yield (
            f"operations {self.operations:,}, kills {self.kills:,}, "
            f"faults injected {self.faults:,}, rounds together {self.rounds:,}, "
            f"lost {self.lost}, torn {self.torn}, otherwise wrong {self.other}"
        )


Part = tuple[int, int]
"""Which one of how many, from 0: (1, 4) is the second of four."""


def run(
    folder: Path, *, seed: int, seconds: float | None, rounds: int, jobs: int, part: Part = (0, 1)
) -> Tally:
    """Faults for `seconds` at most (None: every one), as long again kills, then the rounds.

    Each of several processes takes its share of the part's trials, on grounds of its own.
    """
    which, parts = part
    tally = Tally()
    pipes = []
    processes = []
    for job in range(jobs):
        read, write = os.pipe()
        processes.append(os.fork())
        if not processes[-1]:
            os.close(read)
            _work(folder / f"job{job}", write, seed, seconds, (which + parts * job, parts * jobs))
        os.close(write)
        pipes.append(read)
    _heed(processes)
    for pipe in pipes:
        with os.fdopen(pipe, "rb") as stream:
            data = stream.read()
        os.wait()
        if not data:
            raise SystemExit("a process of the soak has died")
        tally.add(pickle.loads(data))
    sys.stdout.write(f"faults and kills are done: {list(tally.lines())[-1]}\n")
    sys.stdout.flush()
    _together(tally, folder, random.Random(f"{seed} {which}"), -(-rounds // parts))
    return tally


def _work(folder: Path, pipe: int, seed: int, seconds: float | None, share: Part) -> None:
    """A process's share of faults and kills; its tally goes into the pipe, and it ends."""
    tally = Tally()
    _heed(())
    try:
        draw = random.Random(seed)
        first, step = share
        scenes = [scene(Ground(folder / str(n)), one) for n, one in enumerate(WRITERS)]
        trials = itertools.islice(_faults(scenes, draw), first, None, step)
        for at, trial in _until(trials, seconds):
            _try_fault(tally, at, *trial)
        moments = itertools.islice(_moments(scenes, draw, KILLS), first, None, step)
        for at, after in _until(moments, seconds):
            tally.operations += 1
            try:
                tally.kills += killed_after(at, after)
            except AssertionError as error:
                tally.failed(error, f"{at.writer.name} killed after {after:.4f} s")
        with os.fdopen(pipe, "wb") as stream:
            pickle.dump(tally, stream)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _together(tally: Tally, folder: Path, draw: random.Random, rounds: int) -> None:
    together = begin(folder, draw)
    try:
        for _ in itertools.takewhile(lambda _: not _told.is_set(), range(rounds)):
            together.round()
            tally.rounds += 1
        together.finish()
    except AssertionError as error:
        tally.failed(error, f"round {together.rounds}")
    tally.operations += together.operations
    tally.kills += together.kills


_told = threading.Event()
"""Set when it is told to end."""


def _heed(processes: Iterable[int]) -> None:
    """End early when a signal says so, and pass it on to processes."""

    def end(*_: object) -> None:
        _told.set()
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)


def _until(trials: Iterator[tuple[Scene, object]], seconds: float | None) -> Iterator:  # type: ignore[type-arg]
    end = None if seconds is None else time.monotonic() + seconds
    for trial in trials:
        if _told.is_set() or (end is not None and time.monotonic() > end):
            return
        yield trial


def _faults(scenes: list[Scene], draw: random.Random) -> Iterator[tuple[Scene, tuple[str, int]]]:
    """Every (way, call) of every writer, in an order that is random and repeatable."""
    ways = [f"{name} {often}" for name in ERRORS for often in ("once", "on") if name != "EINTR"]
    ways += ["EINTR once", "short", "dying", "dying_after"]
    trials = [
        (at, (way, k))
        for at in scenes
        for way in ways
        for k in (range(1, len(at.calls) + 1) if way != "short" else [1])
    ]
    draw.shuffle(trials)
    return iter(trials)


def _try_fault(tally: Tally, at: Scene, way: str, k: int) -> None:
    tally.operations += 1
    try:
        if way.startswith("dying"):
            tally.kills += killed(at, k, dying if way == "dying" else dying_after)
        elif way == "short":
            tally.faults += injected(at, Dead, 1, short).fired
        else:
            name, _, often = way.partition(" ")
            kind = Meddling if often == "once" else Dead
            tally.faults += injected(at, kind, k, failing(getattr(errno, name))).fired
    except AssertionError as error:
        tally.failed(error, f"{at.writer.name}, call {k} ({at.calls[k - 1]}), {way}")


def _moments(scenes: list[Scene], draw: random.Random, count: int) -> Iterator[tuple[Scene, float]]:
    """Writers, and when to kill each: within the time that it takes."""
    usual = {}
    for at in scenes:
        at.ground.reset()
        start = time.monotonic()
        at.ground.run(*at.words)
        usual[at.writer] = time.monotonic() - start
    for _ in range(count):
        at = draw.choice(scenes)
        yield at, draw.random() * usual[at.writer] * 1.2


def _part(text: str) -> Part:
    """`2/4` as (1, 4)."""
    which, _, parts = text.partition("/")
    if not (which.isdecimal() and parts.isdecimal() and 1 <= int(which) <= int(parts)):
        raise argparse.ArgumentTypeError(f"{text}: not a part such as 1/4")
    return int(which) - 1, int(parts)


def main() -> int:
    """Run it and say what came of it."""
    parser = argparse.ArgumentParser(description="faults, kills and many at once")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--seconds", type=float, default=None, help="for faults, and for kills")
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--part", type=_part, default=(0, 1), metavar="K/N", help="the Kth of N")
    given = parser.parse_args()
    seed = random.randrange(10**6) if given.seed is None else given.seed
    sys.stdout.write(f"seed {seed}\n")
    sys.stdout.flush()
    # In memory where there is such a place: a process that dies does not take the system along.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="crm-soak-", dir=memory))
    try:
        tally = run(
            folder, seed=seed, seconds=given.seconds, rounds=given.rounds, jobs=given.jobs,
            part=given.part,
        )  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.writelines(f"{line}\n" for line in tally.lines())
    return 0 if tally.well else 1


if __name__ == "__main__":
    sys.exit(main())
