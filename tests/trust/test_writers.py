"""Promise 3, nothing is lost: every command that writes, with its file calls failing.

Here a sample of the calls is tried with each way to fail, another one every day;
`make soak` tries them all.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.meddling import At, Dead, Meddling, dying, dying_after, failing, short
from tests.trust.aftermath import Scene, checked, injected, killed, said_clearly, scene
from tests.trust.ground import Ground
from tests.trust.writers import READERS, WRITERS, Writer, verbs

SAMPLE = 7
"""How many of a command's calls are tried in each way."""

FAULTS = {name: failing(getattr(errno, name)) for name in ("ENOSPC", "EACCES", "EIO", "EINTR")}


def test_every_command_is_known_to_write_or_not() -> None:
    writers = {writer.command for writer in WRITERS}
    assert not writers & READERS
    assert verbs() - READERS == writers


@pytest.fixture
def made(tmp_path: Path) -> Callable[[Writer], Scene]:
    return lambda writer: scene(Ground(tmp_path / "ground"), writer)


def sample(at: Scene, salt: str) -> list[int]:
    """Some of the calls: always of each function one, the rest at random but repeatable."""
    drawn = random.Random(f"{at.writer.name} {salt}")
    numbers = list(range(1, len(at.calls) + 1))
    drawn.shuffle(numbers)
    writing = [k for k in numbers if at.calls[k - 1] in _WRITING]
    return sorted({*writing[: SAMPLE // 2 + 1], *numbers[: SAMPLE // 2]})


_WRITING = frozenset(("write", "fsync", "replace", "link", "unlink", "mkdir", "open", "ftruncate"))

each_writer = pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.name)


@each_writer
def test_any_call_may_fail(writer: Writer, made: Callable[[Writer], Scene]) -> None:
    """With one of the errors for each call, and the disk then staying so or not."""
    at = made(writer)
    ways = [(name, kind) for name in FAULTS for kind in (Meddling, Dead) if name != "EINTR"]
    ways.append(("EINTR", Meddling))
    for number, k in enumerate(sample(at, "fail")):
        name, kind = ways[(number + len(writer.name)) % len(ways)]
        try:
            injected(at, kind, k, FAULTS[name])
        except AssertionError as error:
            error.add_note(f"{writer.command}: call {k} ({at.calls[k - 1]}), {name} {kind}")
            raise


@each_writer
def test_short_writes_and_reads_are_completed(
    writer: Writer, made: Callable[[Writer], Scene]
) -> None:
    at = made(writer)
    ran, _ = injected(at, Dead, 1, short)
    assert ran.code == 0


@each_writer
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
def test_a_killed_command_leaves_old_or_new(
    writer: Writer, made: Callable[[Writer], Scene]
) -> None:
    at = made(writer)
    ways: list[At] = [dying, dying_after]
    for number, k in enumerate(sample(at, "kill")):
        try:
            killed(at, k, ways[number % 2])
        except AssertionError as error:
            error.add_note(f"{writer.command}: killed at call {k} ({at.calls[k - 1]})")
            raise


@each_writer
def test_an_interrupt_leaves_old_or_new(writer: Writer, made: Callable[[Writer], Scene]) -> None:
    """SIGINT between any two calls: exit 130, nothing lost, nothing left."""

    def interrupting(name: str, real: Callable[..., object], args: tuple[object, ...]) -> object:
        with contextlib.suppress(OSError):
            real(*args)
        raise KeyboardInterrupt

    at = made(writer)
    for k in sample(at, "interrupt")[::2]:
        at.ground.reset()
        system = Meddling(k, interrupting)
        ran = at.ground.run(*at.words, system=system)
        assert ran.code == (130 if len(system.trace) >= k else 0), ran
        assert "Traceback" not in ran.err
        checked(at)


def test_the_sample_would_notice(tmp_path: Path) -> None:
    """A message that is no clear line is caught."""
    ground = Ground(tmp_path / "ground")
    ran = ground.run("list", "nosuch:1")
    with pytest.raises(AssertionError):
        said_clearly(ran)
