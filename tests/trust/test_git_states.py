"""Every state that git can show of a file: sync commits what the folder says."""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import Crm, Git
from tests.trust.mono import Mono

TEXTS = ("", "one", "two", "three", "link")
"""No file, three contents, and a link to another record."""


class State(NamedTuple):
    """What the last commit, the index (`intent`: to be added) and the folder have of a file."""

    head: str
    staged: str
    folder: str

    @property
    def id(self) -> str:
        return "-".join(part or "none" for part in self)


STATES = [
    State(*each)
    for each in itertools.product(("", "one", "link"), (*TEXTS[:3], "link", "intent"), TEXTS)
]


def place(path: Path, text: str) -> None:
    if os.path.lexists(path):
        path.unlink()
    if text == "link":
        path.symlink_to("maja-kos.yaml")
    elif text:
        path.write_text(f"name: {path.stem}\nnotes: {text}\n")


@pytest.fixture
def states(shop: Path, git: Git) -> dict[str, State]:
    """A file for each state, by id."""
    return dict(made(shop, git, 1))


def made(shop: Path, git: Git, copies: int) -> Iterator[tuple[str, State]]:
    found = [(f"{state.id}-{copy}", state) for copy in range(copies) for state in STATES]
    paths = {id: shop / f"customers/{id}.yaml" for id, _ in found}
    for id, state in found:
        place(paths[id], state.head)
    git("add", "--all")
    git("commit", "-qm", "states", "--no-verify", "--allow-empty")
    for id, state in found:
        place(paths[id], "" if state.staged == "intent" else state.staged)
    git("add", "--all")
    intended = [str(paths[id]) for id, state in found if state.staged == "intent"]
    for path in intended:
        place(Path(path), "one")
    git("add", "--intent-to-add", *intended)
    for id, state in found:
        place(paths[id], state.folder)
        yield id, state


def committed(shop: Path) -> dict[str, str]:
    """What the last commit has of each file of the states."""
    listed = subprocess.run(
        ["git", "ls-tree", "-r", "HEAD", "customers/"], cwd=shop, capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    found = {}
    for line in listed.splitlines():
        head, _, path = line.partition("\t")
        mode, _, blob = head.split()
        shown = ["git", "cat-file", "blob", blob]
        text = subprocess.run(shown, cwd=shop, capture_output=True, text=True, check=True).stdout
        found[Path(path).stem] = "link" if mode == "120000" else text.split()[-1]
    return found


def test_the_states_are_all_those_that_git_shows(states: dict[str, State], git: Git) -> None:
    shown = {line[:2] for line in git("status", "--porcelain", "--no-renames").splitlines()}
    pairs = {
        " M", " T", " D", " A", "M ", "MM", "MT", "MD", "T ", "TM", "TT", "TD", "A ", "AM", "AT",
        "AD", "D ", "??",
    }  # fmt: skip
    assert shown >= pairs


@pytest.mark.parametrize("copies", [1, 4])
def test_sync_commits_every_state_as_the_folder_has_it(
    shop: Path, git: Git, crm: Crm, copies: int
) -> None:
    states = dict(made(shop, git, copies))
    done = crm("sync", "--yes")
    assert done.code == 0, done.err
    assert git("status", "--porcelain") == ""
    found = committed(shop)
    assert {id: found.get(id, "") for id in states} == {
        id: state.folder for id, state in states.items()
    }


@pytest.mark.turns(2)
@pytest.mark.parametrize(
    "state", [one for one in STATES if one.staged != one.head], ids=lambda state: state.id
)
def test_a_single_file_in_any_state_does_not_stop_sync(
    shop: Path, git: Git, crm: Crm, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.trust.test_git_states.STATES", [state])
    list(made(shop, git, 1))
    assert crm("sync").code == 0
    assert git("status", "--porcelain") == ""


@pytest.mark.parametrize("stages", ["1", "2", "3", "12", "13", "23", "123"])
def test_files_in_conflict_without_a_merge_are_settled_first(
    shop: Path, git: Git, crm: Crm, stages: str
) -> None:
    """As `git stash pop`, `git checkout --merge` or `git cherry-pick --no-commit` leave them."""
    path = shop / "customers/jan-vidmar.yaml"
    blob = git("hash-object", "-w", str(path)).strip()
    lines = "".join(f"100644 {blob} {stage}\tcustomers/jan-vidmar.yaml\n" for stage in stages)
    none = f"0 {'0' * 40}\tcustomers/jan-vidmar.yaml\n"
    subprocess.run(
        ["git", "update-index", "--index-info"], input=none + lines, text=True, check=True, cwd=shop
    )
    assert git("status", "--porcelain")[:2] in ("DD", "AU", "UA", "UD", "DU", "AA", "UU")
    done = crm("sync")
    assert done.code == 6
    assert "files are in conflict" in done.err and "run crm resolve first" in done.err
    assert crm("resolve", "--ours").code == 0
    assert crm("sync").code == 0
    assert git("status", "--porcelain") == ""


@pytest.mark.turns(2)
@pytest.mark.parametrize(
    "state", [one for one in STATES if "link" not in one], ids=lambda state: state.id
)
def test_a_command_commits_what_it_writes_in_any_state(
    shop: Path, git: Git, crm: Crm, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.trust.test_git_states.STATES", [state])
    ((id, _),) = made(shop, git, 1)
    words = ["set", id, "city=Bled"] if state.folder else ["add", "Somebody", "--id", id]
    done = crm(*words)
    assert done.code == 0 and "not committed" not in done.err, done.err
    assert git("status", "--porcelain") == ""


@pytest.mark.parametrize("within", [False, True])
def test_a_conflict_outside_of_the_directory_is_left_to_git(mono: Mono, within: bool) -> None:
    (mono.theirs / "README").write_text("theirs\n")
    theirs = mono.theirs / "shop/customers/jan-vidmar.yaml"
    theirs.write_text(theirs.read_text() + "nickname: Jaka\n")
    mono.send()
    (mono.top / "README").write_text("ours\n")
    mono.git("add", "README")
    mono.git("commit", "-q", "-m", "ours")
    if within:
        assert mono.crm("set", "jan-vidmar", "nickname=Janko").code == 0
    before = mono.git("rev-parse", "HEAD"), mono.git("ls-files", "--stage")
    run = mono.crm("sync")
    assert run.code == 5
    assert "README" in run.err and "nothing was merged" in run.err, run.err
    assert (mono.git("rev-parse", "HEAD"), mono.git("ls-files", "--stage")) == before
    assert mono.git("status", "--porcelain") == ""
    assert (mono.top / "README").read_text() == "ours\n"
    assert mono.crm("set", "maja-kos", "city=Bled").code == 0
