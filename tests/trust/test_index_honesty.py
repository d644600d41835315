"""Promise 6 under what times and names cannot tell: git, clocks, copies, ticks, other indexes."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from crm_cli.index import snapshot
from crm_cli.store.tree import Entry
from tests import shares
from tests.index.directories import ANA, KAVA, opened, said, write
from tests.index.test_warm_is_cold import Edits
from tests.trust.ground import Ground

_TIME_NS = time.time_ns


class _Clock:
    """The index's clock, which may be wrong by hours."""

    def __init__(self) -> None:
        self.off = 0

    def time_ns(self) -> int:
        return _TIME_NS() + self.off


class Harder(Edits):
    """The edits of `Edits`, and those that leave no trace in size or time."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = _Clock()
        vars(snapshot)["time"] = self.clock
        self.branches = 0

    def teardown(self) -> None:
        vars(snapshot)["time"] = time
        super().teardown()

    def git(self, *words: str) -> None:
        environ = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C"}
        for who in ("AUTHOR", "COMMITTER"):
            environ |= {f"GIT_{who}_NAME": "Eva", f"GIT_{who}_EMAIL": "eva@hren.example"}
        subprocess.run(
            ["git", "-C", str(self.root), *words], env=environ, check=True, capture_output=True
        )

    @initialize()
    def begin(self) -> None:
        write(self.root, {"customers/a.yaml": ANA, "customers/b.yaml": KAVA})
        self.git("init", "-q", "-b", "b0")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "first")

    @rule()
    def commit_on_a_new_branch(self) -> None:
        self.branches += 1
        self.git("checkout", "-q", "-b", f"b{self.branches}")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "more")

    @rule(data=st.data())
    def switch_branch(self, data: st.DataObject) -> None:
        branch = data.draw(st.integers(0, self.branches))
        self.git("checkout", "-q", "-f", f"b{branch}")

    @rule(hours=st.sampled_from([-9000, -2, 0, 2, 9000]))
    def jump_the_clock(self, hours: int) -> None:
        self.clock.off = hours * 3_600_000_000_000

    @precondition(lambda self: self.files())
    @rule(data=st.data(), letter=st.sampled_from("abcdef"))
    def edit_in_the_same_size_and_tick(self, data: st.DataObject, letter: str) -> None:
        """In place, so that the inode stays, with the old time put back."""
        path = data.draw(st.sampled_from(self.files()))
        before = path.stat()
        text = path.read_bytes()
        at = text.find(b"name: ") + 6
        if at > 5 and at < len(text):
            with path.open("r+b") as file:
                file.seek(at)
                file.write(letter.encode())
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    @precondition(lambda self: len(self.files()) > 1)
    @rule(data=st.data())
    def copy_with_its_times(self, data: st.DataObject) -> None:
        source, target = data.draw(
            st.lists(st.sampled_from(self.files()), min_size=2, max_size=2, unique=True)
        )
        shutil.copy2(source, target)

    @precondition(lambda self: len(self.files()) > 1)
    @rule(data=st.data())
    def swap(self, data: st.DataObject) -> None:
        one, other = data.draw(
            st.lists(st.sampled_from(self.files()), min_size=2, max_size=2, unique=True)
        )
        aside = self.root / "aside"
        one.rename(aside)
        other.rename(one)
        aside.rename(other)


TestHarder = pytest.mark.soak(Harder.TestCase)
TestHarder.settings = settings(
    max_examples=10 if shares.ALL else 3, stateful_step_count=12, deadline=None
)


def test_an_edit_within_the_tick_of_the_look_is_seen(tmp_path: Path) -> None:
    """Same size, same times, same inode: only the racy rule can know that it may have changed."""
    root = write(tmp_path / "data")
    cache = tmp_path / "cache"
    path = root / "customers/ana-sustar.yaml"
    opened(root, cache).close()
    before = path.stat()
    with path.open("r+b") as file:
        file.write(path.read_bytes().replace(b"city: Koper", b"city: Piran"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    real = snapshot.packed

    def coarse(entries: Iterable[Entry]) -> bytes:
        # As a file system with ticks of a second would tell it: no time has changed.
        return real([(p, size, 0, 0, inode) for p, size, _, _, inode in entries])

    snapshot.packed = coarse
    try:
        shutil.rmtree(cache)
        path.write_bytes(path.read_bytes().replace(b"city: Piran", b"city: Koper"))
        opened(root, cache).close()
        path.write_bytes(path.read_bytes().replace(b"city: Koper", b"city: Piran"))
        with opened(root, cache) as warm, opened(root) as cold:
            assert warm.path is not None
            assert said(warm) == said(cold)
    finally:
        snapshot.packed = real


@pytest.mark.parametrize("damage", ["truncated", "rubbish", "another directory's", "unwritable"])
def test_no_index_makes_an_answer_wrong(tmp_path: Path, damage: str) -> None:
    """Through the command line: the same answer, and nothing said."""
    ground = Ground(tmp_path / "ground")
    first = ground.run("list", "--json")
    (index,) = (ground.folder / "cache").glob("*/*-*-*.db")
    if damage == "truncated":
        index.write_bytes(index.read_bytes()[: index.stat().st_size // 2])
    elif damage == "rubbish":
        index.write_bytes(os.urandom(index.stat().st_size))
    elif damage == "unwritable":
        index.parent.chmod(0o500)
        index.chmod(0o400)
    else:
        other = Ground(tmp_path / "other")
        other.put({"customers/maja-kos.yaml": "name: Somebody else\n"})
        other.run("list")
        (theirs,) = (other.folder / "cache").glob("*/*-*-*.db")
        index.write_bytes(theirs.read_bytes())
    ground.put({"customers/eva.yaml": "name: Eva\n"})
    ran = ground.run("list", "--json")
    index.parent.chmod(0o700)
    assert (ran.code, ran.err) == (0, "")
    ground.environ["CRM_CACHE_DIR"] = "/dev/null/none"
    assert ran.out == ground.run("list", "--json").out
    assert ran.out != first.out
