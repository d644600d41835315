"""Promise 3 for whole directories: a clone, a backup and what is restored are whole or not there.

File calls fail, or the process ends, at any of them; then the same command does it.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from crm_cli.store import files
from tests.conftest import Run
from tests.meddling import Dead, Meddling, dying, dying_after, failing
from tests.shares import Share
from tests.trust.aftermath import ended, forked
from tests.trust.ground import Ground
from tests.trust.writers import with_history

FAILING, KILLED = 60, 24
"""Into how many shares the trials of a command are divided."""

COMMANDS = {
    "clone": ("-C", "{outside}", "clone", "{outside}/remote.git", "new", "--yes"),
    "backup": ("backup", "{outside}/new"),
    "restore": ("restore", "{outside}/all.tar", "{outside}/new"),
}


class Scene(NamedTuple):
    """A command with its target, what the target holds when all went well, and its file calls."""

    ground: Ground
    words: tuple[str, ...]
    target: Path
    whole: dict[str, bytes]
    calls: list[str]


@pytest.fixture(scope="module", params=COMMANDS)
def at(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    ground = Ground(tmp_path_factory.mktemp("arrival") / "ground")
    ground.known()
    ground.outside.mkdir()
    with_history(ground)
    assert ground.run("backup", f"{ground.outside}/all.tar").code == 0
    words = tuple(one.format(outside=ground.outside) for one in COMMANDS[request.param])
    target = ground.outside / "new"
    for _ in ("cold", "warm"):
        gone(target)
        system = Meddling(0, lambda name, real, args: real(*args))
        ran = ground.run(*words, system=system)
        assert ran.code == 0, ran
    found = Scene(ground, words, target, held(target), system.trace)
    assert len(found.whole) > (request.param != "backup")
    gone(target)
    return found


def held(target: Path) -> dict[str, bytes]:
    """The files of a folder by their paths, without git's and ours; a file alone as one."""
    if target.is_file():
        return {"": target.read_bytes()}
    return {
        str(path.relative_to(target)): path.read_bytes()
        for path in sorted(target.rglob("*"))
        if path.is_file() and not {".git", ".crm"} & set(path.relative_to(target).parts)
    }


def gone(target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    target.unlink(missing_ok=True)


def beside(at: Scene) -> list[str]:
    return [one.name for one in at.target.parent.iterdir() if files.TEMPORARY.fullmatch(one.name)]


def looked_at(at: Scene, ran: Run | None) -> None:
    """The target is whole or not there, and the same command then makes it so."""
    there = at.target.exists()
    if there:
        assert held(at.target) == at.whole
        if at.target.is_dir():
            assert at.ground.git("log", "--format=%s", root=at.target)
    if ran is not None:
        assert "Traceback" not in ran.out + ran.err and "internal error" not in ran.err, ran
        # 1 is what `doctor` finds in a clone that is there, such as a file that cannot be read.
        assert ran.code in (0, 4, 5, 7) or (ran.code == 1 and there), ran
        assert ran.code or there, ran
    gone(at.target)
    for name in beside(at):
        path = at.target.parent / name
        os.utime(path, (0, time.time() - 2 * 86_400))
    again = at.ground.run(*at.words)
    assert again.code == 0, again
    assert held(at.target) == at.whole
    assert beside(at) == []
    gone(at.target)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_any_call_may_fail(at: Scene, share: Share, number: int) -> None:
    trials = [(kind, k) for kind in (Meddling, Dead) for k in range(1, len(at.calls) + 1)]
    for kind, k in share.of(trials, FAILING):
        ran = at.ground.run(*at.words, system=kind(k, failing(number)))
        try:
            looked_at(at, ran)
        except AssertionError as error:
            error.add_note(f"{kind.__name__}, call {k} ({at.calls[k - 1]})")
            raise


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
def test_a_killed_command_leaves_all_or_nothing(at: Scene, share: Share) -> None:
    trials = [(how, k) for how in (dying, dying_after) for k in range(1, len(at.calls) + 1)]
    for how, k in share.of(trials, KILLED):
        code = ended(forked(at.ground, at.words, system=Meddling(k, how)))
        assert code in (0, 9)
        try:
            looked_at(at, None)
        except AssertionError as error:
            error.add_note(f"{how.__name__} at call {k} ({at.calls[k - 1]})")
            raise
