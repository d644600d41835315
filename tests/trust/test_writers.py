"""Promise 3, nothing is lost: every command that writes, with its file calls failing.

A run tries a third of the commands with a share of their calls and ways to fail, the next commit
others; `make soak` tries them all.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.meddling import At, Dead, Meddling, dying, dying_after, failing, short
from tests.shares import Share
from tests.trust.aftermath import Scene, checked, injected, killed, said_clearly, scene
from tests.trust.ground import Ground
from tests.trust.writers import READERS, WRITERS, verbs

FAULTS = {name: failing(getattr(errno, name)) for name in ("ENOSPC", "EACCES", "EIO", "EINTR")}

WAYS = [(name, kind) for name in FAULTS for kind in (Meddling, Dead) if name != "EINTR"]
WAYS.append(("EINTR", Meddling))
"""Each error once, or from then on; that a signal interrupts every call is no fault."""

FAILING, KILLED, INTERRUPTED = 200, 72, 72
"""Into how many shares the trials of a command are divided: some three are tried in a run."""


def test_every_command_is_known_to_write_or_not() -> None:
    writers = {writer.command for writer in WRITERS}
    assert not writers & READERS
    assert verbs() - READERS == writers


@pytest.fixture(scope="module", params=WRITERS, ids=lambda writer: writer.name)
def at(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Each writer on a ground of its own, which all tests of it put back and use again."""
    return scene(Ground(tmp_path_factory.mktemp("writer") / "ground"), request.param)


def calls(at: Scene) -> range:
    """The numbers of a writer's calls."""
    return range(1, len(at.calls) + 1)


@pytest.mark.turns(3)
def test_any_call_may_fail(at: Scene, share: Share) -> None:
    """With each of the errors, and the disk then staying so or not."""
    for name, kind, k in share.of([(*way, k) for way in WAYS for k in calls(at)], FAILING):
        try:
            injected(at, kind, k, FAULTS[name])
        except AssertionError as error:
            error.add_note(f"{at.writer.command}: call {k} ({at.calls[k - 1]}), {name} {kind}")
            raise


@pytest.mark.turns(3)
def test_short_writes_and_reads_are_completed(at: Scene) -> None:
    ran, _ = injected(at, Dead, 1, short)
    assert ran.code == 0


@pytest.mark.turns(3)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
def test_a_killed_command_leaves_old_or_new(at: Scene, share: Share) -> None:
    ways: tuple[At, ...] = (dying, dying_after)
    for how, k in share.of([(how, k) for how in ways for k in calls(at)], KILLED):
        try:
            killed(at, k, how)
        except AssertionError as error:
            error.add_note(f"{at.writer.command}: {how.__name__} at call {k} ({at.calls[k - 1]})")
            raise


@pytest.mark.turns(3)
def test_an_interrupt_leaves_old_or_new(at: Scene, share: Share) -> None:
    """SIGINT between any two calls: exit 130, nothing lost, nothing left."""

    def interrupting(name: str, real: Callable[..., object], args: tuple[object, ...]) -> object:
        with contextlib.suppress(OSError):
            real(*args)
        raise KeyboardInterrupt

    for k in share.of(calls(at), INTERRUPTED):
        at.ground.reset()
        system = Meddling(k, interrupting)
        ran = at.ground.run(*at.words, system=system)
        assert ran.code == (130 if len(system.trace) >= k else 0), (k, ran)
        assert "Traceback" not in ran.err
        checked(at)


def test_the_sample_would_notice(tmp_path: Path) -> None:
    """A message that is no clear line is caught."""
    ground = Ground(tmp_path / "ground")
    ran = ground.run("list", "nosuch:1")
    with pytest.raises(AssertionError):
        said_clearly(ran)
