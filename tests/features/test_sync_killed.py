"""A sync that is killed in a merge: the next one settles what that one would have settled."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.store.git import Git as Repository
from tests.conftest import Crm, Git
from tests.features.test_sync import clone, head, remote

__all__ = ["remote"]

STEPS = ("ls-files --unmerged", "add --all", "commit --quiet --no-edit")
"""What the program asks of git once git has merged and found conflicts, in this order."""


@pytest.fixture
def other(remote: Path, shop: Path, crm: Crm) -> Path:
    """A clone that changed a customer whom the remote knows to be part of another one."""
    root = clone(remote, "other", crm)
    assert crm("-C", root, "set", "jan-vidmar", "phone=+386 40 111 222").code == 0
    assert crm("merge", "maja-kos", "jan-vidmar", "--prefer", "keep", "--yes").code == 0
    assert crm("sync").code == 0
    return root


def kill_at(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """End the run where git is asked for something for the first time."""
    run = Repository.run
    killed: list[str] = []

    def ending(self: Repository, *words: str, **given: object) -> bytes:
        if " ".join(words).startswith(step) and in_merge(Path(self.root)) and not killed:
            killed.append(step)
            raise KeyboardInterrupt
        return run(self, *words, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(Repository, "run", ending)


def in_merge(root: Path) -> bool:
    return (root / ".git/MERGE_HEAD").exists()


@pytest.mark.parametrize("step", STEPS)
def test_the_next_sync_goes_on(
    other: Path, shop: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with monkeypatch.context() as patch:
        kill_at(step, patch)
        assert crm("-C", other, "sync").code == 130
    assert in_merge(other)
    again = crm("-C", other, "sync")
    assert again.code == 0, again
    assert not in_merge(other) and not (other / ".crm/merging").exists()
    assert "+386 40 111 222" in crm("-C", other, "show", "maja-kos", "--json").out
    assert crm("-C", other, "check").code == 0
    assert crm("sync").code == 0 and head(shop) == head(other)


def test_what_was_edited_since_is_left_to_people(
    other: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        kill_at(STEPS[0], patch)
        assert crm("-C", other, "sync").code == 130
    path = other / "customers/jan-vidmar.yaml"
    path.write_text(path.read_text() + "notes: an hour of work by hand\n")
    typed = path.read_bytes()
    again = crm("-C", other, "sync")
    assert (again.code, path.read_bytes()) == (6, typed)
    assert "run crm resolve first" in again.err


def test_a_merge_of_ones_own_is_not_ended(
    other: Path, crm: Crm, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        kill_at(STEPS[0], patch)
        assert crm("-C", other, "sync").code == 130
    git("-C", str(other), "merge", "--abort")
    git("-C", str(other), "commit", "-q", "--allow-empty", "-m", "something else")
    git("-C", str(other), "merge", "-q", "--no-ff", "--no-commit", "-s", "ours", "origin/main")
    again = crm("-C", other, "sync")
    assert (again.code, in_merge(other)) == (6, True)
    assert "a merge is under way" in again.err and "finish it first" in again.err
