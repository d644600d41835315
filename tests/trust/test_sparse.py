"""Records that a sparse checkout leaves out are there, and cannot be read."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import Crm, Git


def git_in(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def sparse(shop: Path, git: Git, crm: Crm, tmp_path: Path) -> Path:
    """A clone in which one customer of the shop is not checked out."""
    root = tmp_path / "sparse"
    git("branch", "-M", "main")
    git("remote", "add", "origin", str(tmp_path / "remote.git"))
    git_in(shop, "init", "-q", "--bare", "-b", "main", str(tmp_path / "remote.git"))
    assert crm("sync").code == 0
    git_in(tmp_path, "clone", "-q", "remote.git", "sparse")
    git_in(root, "sparse-checkout", "set", "--no-cone", "/*", "!/customers/hotel-breg.yaml")
    assert not (root / "customers/hotel-breg.yaml").exists()
    assert crm("-C", root, "git", "setup", "--yes").code == 4
    return root


WRITING = (
    ("add", "Hotel Breg"), ("set", "maja-kos", "city=Izola"), ("log", "maja-kos", "Called"),
    ("rename", "jan-vidmar", "hotel-breg"), ("rm", "jan-vidmar", "--yes"), ("undo", "--yes"),
)  # fmt: skip


@pytest.mark.parametrize("words", WRITING, ids=lambda words: words[0])
def test_nothing_is_written_where_records_are_left_out(
    sparse: Path, crm: Crm, words: tuple[str, ...]
) -> None:
    before = git_in(sparse, "rev-parse", "HEAD")
    if words[0] == "undo":
        git_in(sparse, "sparse-checkout", "disable")
        assert crm("-C", sparse, "set", "maja-kos", "city=Izola").code == 0
        git_in(sparse, "sparse-checkout", "set", "--no-cone", "/*", "!/customers/hotel-breg.yaml")
        before = git_in(sparse, "rev-parse", "HEAD")
    done = crm("-C", sparse, *words)
    assert done.code == 6, done
    assert "customers: 1 file is not checked out" in done.err
    assert "git sparse-checkout disable" in done.err
    assert crm("-C", sparse, "sync").code in (0, 4)
    assert "customers/hotel-breg.yaml" in git_in(sparse, "ls-tree", "-r", "--name-only", "HEAD")
    assert git_in(sparse, "log", "--format=%H", f"{before.strip()}..") == ""


def test_an_answer_without_the_records_that_are_left_out_is_partial(
    sparse: Path, crm: Crm
) -> None:
    listed = crm("-C", sparse, "list", "-o", "ids")
    assert listed.code == 4 and "maja-kos" in listed.out
    assert "customers: 1 file is not checked out (sparse checkout): hotel-breg.yaml" in listed.err
    check = crm("-C", sparse, "check")
    assert check.code == 1 and "not checked out" in check.out
    git_in(sparse, "sparse-checkout", "disable")
    assert crm("-C", sparse, "list", "-o", "ids").code == 0
    assert crm("-C", sparse, "set", "maja-kos", "city=Izola").code == 0


def test_a_sparse_checkout_that_is_not_trusted_may_lack_records(sparse: Path, crm: Crm) -> None:
    assert crm("-C", sparse, "trust", "--remove").code == 0
    listed = crm("-C", sparse, "list", "-o", "ids")
    assert listed.code == 4 and "sparse checkout" in listed.err
    assert crm("-C", sparse, "add", "Hotel Breg").code == 6


def test_what_is_left_out_beside_the_directory_does_not_matter(
    sparse: Path, shop: Path, git: Git, crm: Crm
) -> None:
    (shop / "photos").mkdir()
    (shop / "photos/one.jpg").write_bytes(b"x")
    git("add", "photos")
    git("commit", "-qm", "photos", "--no-verify")
    git("push", "-q")
    git_in(sparse, "sparse-checkout", "set", "--no-cone", "/*", "!/photos/")
    assert crm("-C", sparse, "sync").code in (0, 4)
    assert not (sparse / "photos").exists()
    assert crm("-C", sparse, "set", "maja-kos", "city=Izola").code == 0
    assert crm("-C", sparse, "list").code == 0
