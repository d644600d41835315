"""Which repository a folder lies in, by its files alone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from crm_cli.store.git import Git
from crm_cli.store.repository import find_repository


def git(*words: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", *words], cwd=cwd,
        capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def top(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "my top"
    folder.mkdir()
    git("init", "-q", "-b", "main", cwd=folder)
    git("commit", "-q", "--allow-empty", "-m", "first", cwd=folder)
    return folder


def test_the_nearest_folder_with_a_git_folder(top: Path) -> None:
    below = top / "a" / "b"
    below.mkdir(parents=True)
    found = find_repository(below)
    assert found == (str(top / ".git"), str(top), str(top / ".git"))
    assert found.prefix(str(below)) == "a/b/" and found.prefix(str(top)) == ""
    assert not found.tracked
    (below / ".git").mkdir()
    assert find_repository(below) == found, "git takes an empty folder for none, too"
    git("init", "-q", cwd=below)
    nearest = find_repository(below)
    assert nearest is not None and nearest.worktree == str(below)


def test_none(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("something else\n")
    assert find_repository(tmp_path) is None


def test_a_bare_repository_is_none(top: Path) -> None:
    bare = top / "bare"
    git("init", "-q", "--bare", str(bare), cwd=top)
    found = find_repository(bare)
    assert found is not None and found.worktree == str(top)


def test_a_linked_worktree_and_a_submodule(top: Path, tmp_path: Path) -> None:
    linked = tmp_path.resolve() / "linked"
    git("worktree", "add", "-q", str(linked), cwd=top)
    found = find_repository(linked)
    assert found is not None
    assert found[:2] == (str(top / ".git/worktrees/linked"), str(linked))
    git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(linked), "sub", cwd=top)
    found = find_repository(top / "sub")
    assert found is not None and not found.tracked
    assert found[:2] == (str(top / ".git/modules/sub"), str(top / "sub"))
    for folder in (linked, top / "sub"):
        found = find_repository(folder)
        assert Git(folder, os.environ, found).line("rev-parse", "--show-toplevel") == str(folder)
        assert Git(folder, os.environ, found).head()


def test_a_git_folder_among_the_files(top: Path, tmp_path: Path) -> None:
    """Whoever sends files could change it."""
    shop = tmp_path.resolve() / "shop"
    (top / ".git").rename(top / "store")
    (top / ".git").write_text("gitdir: store\n")
    found = find_repository(top)
    assert found is not None and found.tracked
    (top / "store").rename(shop)
    (top / ".git").write_text(f"gitdir: {shop}\n")
    found = find_repository(top)
    assert found is not None and not found.tracked


def test_git_is_told_which_repository_it_is(top: Path) -> None:
    below = top / "below"
    below.mkdir()
    git("init", "-q", "--bare", cwd=below)
    assert git("rev-parse", "--absolute-git-dir", cwd=below) == str(below)
    told = Git(below, os.environ, find_repository(below))
    assert told.line("rev-parse", "--absolute-git-dir") == str(top / ".git")
    assert told.line("rev-parse", "--show-prefix") == told.prefix == "below/"
    assert told.head() == git("rev-parse", "HEAD", cwd=top)


def test_git_that_is_told_of_none_finds_none(top: Path) -> None:
    below = top / "below"
    below.mkdir()
    assert "not a git repository" in Git(below, os.environ).ask("status").reason
    git("init", "-q", "--bare", cwd=below)
    assert Git(below, os.environ).ask("status").code


@pytest.mark.skipif(os.name == "nt", reason="owners are numbers")
def test_owners_other_than_the_user(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_repository(top)
    assert found is not None
    owner = top.stat().st_uid
    assert found.strangers({}) == frozenset()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert found.strangers({}) == {owner}
    assert found.strangers({"SUDO_UID": str(owner)}) == {owner}
    monkeypatch.setattr(os, "lstat", lambda path: Path("/nowhere").lstat())
    assert found.strangers({}) == frozenset(), "what is not there has no owner"


@pytest.mark.skipif(os.name == "nt", reason="owners are numbers")
def test_under_sudo_the_caller_is_the_user(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_repository(top)
    assert found is not None

    class Status:
        st_uid = 1234

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "lstat", lambda path: Status())
    assert found.strangers({}) == {1234}
    assert found.strangers({"SUDO_UID": "1234"}) == frozenset()
