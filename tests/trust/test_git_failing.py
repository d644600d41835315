"""Git comes last: whatever it does, the data is saved, that is said, and the next run commits."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.shares import Share
from tests.trust.ground import Ground, State
from tests.trust.writers import with_history

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a git of shell script")

GIT = shutil.which("git") or "git"

COMMANDS = {
    "one": ("set", "maja-kos", "city=Celje"),
    "several": ("tag", "add", "cold", "maja-kos", "hotel-breg", "--yes"),
    "new": ("add", "Eva Hren"),
    "removed": ("rm", "jan-vidmar", "--yes"),
    "renamed": ("rename", "maja-kos", "maja"),
    "undone": ("undo",),
}

WAYS = {
    "ENOSPC": "echo 'fatal: unable to write new index file: No space left on device' >&2; exit 128",
    "EACCES": 'echo "error: insufficient permission for adding an object" >&2; exit 1',
    "killed": "kill -9 $$",
    "silent": "exit 1",
    "done, but failing": f'"{GIT}" "$@"; exit 3',
}
"""What git does instead of its work, at one of its calls."""

PARTS = 4
"""A run tries a quarter of the calls in each way, `make soak` all of them."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    made = Ground(tmp_path_factory.mktemp("git") / "ground")
    made.outside.mkdir()
    made.known()
    with_history(made)
    assert made.run("set", "kavarna-lan", "city=Bled").code == 0
    made.keep()
    return made


@pytest.fixture
def ground(made: Ground) -> Ground:
    """A repository with a remote, as it was made."""
    made.environ["PATH"] = os.environ["PATH"]
    made.reset()
    return made


def begin(ground: Ground, words: tuple[str, ...]) -> None:
    """Put everything back. What was edited by hand is committed on its own, before the
    command's part."""
    ground.reset()
    if "maja-kos" in words:
        path = ground.root / "customers/maja-kos.yaml"
        path.write_text(path.read_text(encoding="utf-8") + "nickname: Majka\n", encoding="utf-8")


def meddle(ground: Ground, k: int, way: str, *, on: bool = False) -> Path:
    """Put a git first in PATH that fails at its k-th call (`on`: and all after); its count."""
    folder = ground.folder / "bin"
    folder.mkdir(exist_ok=True)
    count = ground.folder / "count"
    count.write_text("0\n")
    script = folder / "git"
    script.write_text(
        f"""#!/bin/sh
read n < {count}
n=$((n + 1))
echo $n > {count}
if [ $n -{"ge" if on else "eq"} {k} ]; then {way}; fi
exec "{GIT}" "$@"
"""
    )
    script.chmod(0o700)
    ground.environ["PATH"] = f"{folder}:{os.environ['PATH']}"
    return count


def whole_again(ground: Ground, *known: object) -> None:
    """With a git that works, the next command commits all that was left."""
    ground.environ["PATH"] = os.environ["PATH"]
    ran = ground.run("tag", "add", "last", "kavarna-lan")
    assert ran.code == 0 and "not committed" not in ran.err, ran
    assert ground.git("status", "--porcelain") == "", known
    ground.git("fsck", "--no-progress", "--no-dangling")


class Usual(NamedTuple):
    """How a command goes when git works."""

    calls: int
    new: State


def as_usual(ground: Ground, words: tuple[str, ...]) -> Usual:
    """Run a command with an index that is warm, and let git do its work."""
    for _ in ("cold", "warm"):
        begin(ground, words)
        count = meddle(ground, 0, "exit 1")
        assert ground.run(*words).code == 0
    calls = int(count.read_text())
    assert calls >= 3
    return Usual(calls, ground.on_disk())


@pytest.fixture(scope="module")
def usual() -> dict[str, Usual]:
    """Of each command that was tried already."""
    return {}


@pytest.fixture(scope="module")
def seen() -> set[bytes]:
    """The states from which the next command has been tried: most faults leave the same."""
    return set()


@pytest.mark.turns(2)
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("way", WAYS)
def test_any_call_of_git_may_fail(
    ground: Ground,
    command: str,
    way: str,
    share: Share,
    usual: dict[str, Usual],
    seen: set[bytes],
) -> None:
    words = COMMANDS[command]
    if command not in usual:
        usual[command] = as_usual(ground, words)
    calls, new = usual[command]
    trials = [(k, on) for on in (True, False) for k in range(1, calls + 1)]
    for k, on in share.of(trials, PARTS):
        begin(ground, words)
        count = meddle(ground, k, WAYS[way], on=on)
        ran = ground.run(*words)
        ground.environ["PATH"] = os.environ["PATH"]
        assert int(count.read_text()) >= k, "that call was made"
        assert ran.code == 0, (k, on, ran)
        assert "Traceback" not in ran.err
        warned = [line for line in ran.err.splitlines() if "saved, not committed: " in line]
        assert len(warned) <= 1, ran
        assert ground.on_disk() == new, "it is saved"
        state = ground.fingerprint()
        if state not in seen:
            whole_again(ground, k, on, ran)
            seen.add(state)


def test_without_git(ground: Ground, tmp_path: Path) -> None:
    ground.environ["PATH"] = str(tmp_path)
    ran = ground.run("set", "maja-kos", "city=Celje")
    assert ran.code == 0
    assert "crm: saved, not committed: git is not installed" in ran.err
    for words, code in ((("list",), 0), (("history", "maja-kos"), 7), (("sync",), 7)):
        ran = ground.run(*words)
        assert ran.code == code, ran
        assert code == 0 or ran.err.startswith("crm: git is not installed")
    whole_again(ground)
    assert "set city of maja-kos" in ground.git("log", "--format=%s")


def test_another_git_that_holds_the_index_is_waited_for_not_long(ground: Ground) -> None:
    lock = ground.root / ".git/index.lock"
    lock.touch()
    ran = ground.run("set", "maja-kos", "city=Celje")
    assert ran.code == 0
    assert "crm: saved, not committed: git " in ran.err and "index.lock" in ran.err
    lock.unlink()
    whole_again(ground)


@pytest.mark.parametrize("hook", ["pre-commit", "commit-msg", "prepare-commit-msg"])
def test_a_hook_that_fails_is_one_line(ground: Ground, hook: str) -> None:
    path = ground.root / ".git/hooks" / hook
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\necho '\x1b[2Jnot on Sundays' >&2\nexit 1\n")
    path.chmod(0o700)
    ran = ground.run("set", "maja-kos", "city=Celje")
    assert ran.code == 0
    said = [line for line in ran.err.splitlines() if line.startswith("crm: ")]
    assert said == ["crm: saved, not committed: git commit: \\x1b[2Jnot on Sundays"]
    path.unlink()
    whole_again(ground)


@pytest.mark.parametrize("place", [".git/objects", ".git"])
def test_a_repository_that_cannot_be_written(ground: Ground, place: str) -> None:
    """Permission denied, where that can be had: root is not held up by modes."""
    folders = [ground.root / place, *(p for p in (ground.root / place).rglob("*") if p.is_dir())]
    for folder in folders:
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) & ~0o222)
    ran = ground.run("set", "maja-kos", "city=Celje")
    for folder in folders:
        folder.chmod(0o700)
    assert ran.code == 0
    assert os.geteuid() == 0 or "saved, not committed: git " in ran.err
    whole_again(ground)
