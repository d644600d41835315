"""Contents come out of git as it would write them into files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_cli.store.blobs import Blobs
from crm_cli.store.git import Git, GitFailed
from crm_cli.store.repository import find_repository
from tests import filters
from tests.filters import git

ANA = "customers/ana.yaml"
TEXT = "name: Ana Novak\nnotes: " + "long " * 40_000 + "\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory: plain in its first commit, filtered in the second, plain in the last."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    (tmp_path / "gitconfig").write_text("[user]\nname = P\nemail = p@lan.example\n")
    folder = tmp_path.resolve() / "top" / "my shop"
    (folder / "customers").mkdir(parents=True)
    git("init", "-q", "-b", "main", cwd=folder.parent)
    filters.install(folder)
    (folder / ANA).write_text(TEXT)
    for subject, line in (
        ("plain", "*.yaml -text merge=crm\n"),
        ("filtered", "*.yaml -text merge=crm\ncustomers/*.yaml filter=enc\n"),
        ("again", "# as before\n*.yaml -text merge=crm diff=x\n"),
    ):
        (folder / ".gitattributes").write_text(line)
        git("add", "--renormalize", ".", cwd=folder)
        git("add", "-A", cwd=folder)
        git("commit", "-q", "-m", subject, cwd=folder)
        git("tag", subject, cwd=folder)
    return folder


@pytest.fixture
def blobs(root: Path) -> Iterator[Blobs]:
    made = Blobs(our(root))
    yield made
    made.close()


def our(root: Path) -> Git:
    return Git(root, os.environ, find_repository(root))


def blob(root: Path, commit: str, path: str = ANA) -> str:
    return git("rev-parse", f"{commit}:./{path}", cwd=root).strip()


def test_each_commit_has_its_own_attributes(root: Path, blobs: Blobs) -> None:
    assert git("cat-file", "blob", blob(root, "filtered"), cwd=root).startswith("stored\nanzr: Nan")
    for commit in ("plain", "filtered", "again", "filtered", "filtered~1", "HEAD"):
        id = blob(root, commit)
        assert blobs.read(id, ANA, commit).decode() == TEXT, commit


def test_the_present_attributes(root: Path, blobs: Blobs) -> None:
    assert blobs.read(blob(root, "plain"), ANA).decode() == TEXT
    assert blobs.read(blob(root, "filtered"), ANA).startswith(b"stored\n")
    git("checkout", "-q", "filtered", cwd=root)
    blobs.close()
    assert blobs.read(blob(root, "filtered"), ANA).decode() == TEXT
    assert blobs.read(blob(root, "filtered"), "elsewhere.yaml").startswith(b"stored\n")


def test_processes_are_few(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[str, ...]] = []
    start = Git.start

    def noted(self: Git, *words: str, **named: object) -> subprocess.Popen[bytes]:
        started.append(words)
        return start(self, *words, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Git, "start", noted)
    blobs = Blobs(our(root))
    for commit in ("plain", "again", "HEAD", "plain"):
        blobs.read(blob(root, commit), ANA, commit)
        blobs.read(blob(root, commit), ANA)
    # The second one for the space in the name of the folder.
    assert sorted(started) == [("cat-file", "--batch"), ("cat-file", "--batch", "--filters")]
    blobs.read(blob(root, "filtered"), ANA, "filtered")
    assert len(started) == 3
    blobs.close()
    git("mv", "my shop", "shop", cwd=root.parent)
    git("commit", "-q", "-m", "moved", cwd=root.parent)
    started.clear()
    blobs = Blobs(our(root.with_name("shop")))
    for commit in ("HEAD", "HEAD^"):
        blobs.read(blob(root.with_name("shop"), "HEAD"), ANA, commit)
    assert started == [("cat-file", "--batch", "--filters")]
    blobs.close()


def test_raw_contents_and_what_is_not_there(root: Path, blobs: Blobs) -> None:
    held = blobs.raw("HEAD:my shop/.gitattributes")
    assert held == b"# as before\n*.yaml -text merge=crm diff=x\n"
    assert blobs.raw("HEAD:nothing") is None
    assert blobs.raw("HEAD:a\nb") is None
    empty = git("hash-object", "-w", "--stdin", cwd=root).strip()
    assert blobs.raw(empty) == b"" == blobs.read(empty, ANA)
    for _ in range(2):
        with pytest.raises(GitFailed, match="git cat-file"):
            blobs.read("1" * 40, ANA)
    assert blobs.read(blob(root, "plain"), ANA).decode() == TEXT


def test_names_of_every_kind(root: Path, blobs: Blobs) -> None:
    (root / ".gitattributes").write_text("*.yaml filter=enc\n")
    for name in ("customers/a b.yaml", "customers/a\nb.yaml", "customers/č \t.yaml", '"q".yaml'):
        (root / name).write_text(TEXT)
        git("add", "-A", cwd=root)
        id = git("ls-files", "--stage", "--", name, cwd=root).split()[1]
        assert id == blob(root, "filtered")
        assert blobs.read(id, name).decode() == TEXT, name


def test_a_filter_that_fails_is_told(root: Path) -> None:
    git("checkout", "-q", "filtered", cwd=root)
    git("config", "filter.enc.smudge", "echo no key here >&2; false", cwd=root)
    blobs = Blobs(our(root))
    for _ in range(2):
        with pytest.raises(GitFailed, match=r"no key here|smudge filter enc failed"):
            blobs.read(blob(root, "filtered"), ANA)
    blobs.close()


def test_a_filter_that_talks_a_lot_blocks_nothing(root: Path, blobs: Blobs) -> None:
    git("checkout", "-q", "filtered", cwd=root)
    talk = "yes warning: this is no secret at all | head -n 5000 >&2"
    git("config", "filter.enc.smudge", f"{talk}; {filters.SMUDGE}", cwd=root)
    for _ in range(3):
        assert blobs.read(blob(root, "filtered"), ANA).decode() == TEXT


@pytest.mark.skipif(os.name == "nt", reason="pipes with names")
def test_a_filter_that_never_ends_is_stopped(
    root: Path, blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_cli.store.blobs._SECONDS", 0.1)
    git("checkout", "-q", "filtered", cwd=root)
    os.mkfifo(tmp_path / "never")
    git("config", "filter.enc.smudge", f"cat '{tmp_path}/never'", cwd=root)
    with pytest.raises(GitFailed, match="took more than"):
        blobs.read(blob(root, "filtered"), ANA)
