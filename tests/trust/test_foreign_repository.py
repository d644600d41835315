"""A repository that somebody else put among the records as plain files: git never runs in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Crm, Git
from tests.trust.mono import Mono

pytestmark = pytest.mark.skipif(os.name == "nt", reason="hooks of shell script")


def everything(mono: Mono, git: Callable[..., str]) -> None:
    """Commands that run git, each of which has to find the right repository."""
    crm = mono.crm
    assert "not committed" not in crm("set", "maja-kos", "city=Piran").err
    assert git("log", "-1", "--format=%s") == "set city of maja-kos\n"
    path = mono.shop / "customers/jan-vidmar.yaml"
    path.write_text(path.read_text() + "nickname: Jaka\n")
    assert "not committed" not in crm("set", "jan-vidmar", "city=Bled").err
    assert git("log", "-2", "--format=%s").endswith("edited by hand: jan-vidmar\n")
    assert "city Koper → Piran" in crm("history", "maja-kos").out
    assert crm("list", "--as-of", "HEAD~2", "--cols", "city", "-o", "tsv").out.count("Piran") == 1
    assert crm("undo", git("rev-parse", "HEAD").strip()).code == 0
    assert crm("resolve").code == 2
    assert crm("doctor").code in (0, 1)
    path.write_text(path.read_text() + "title: Dr\n")
    git("commit", "-q", "-a", "-m", "by hand, with the hook that checks records")
    path.write_text(path.read_text() + "birth_date: soon\n")
    git("commit", "-q", "-a", "-m", "wrong", code=1)
    git("checkout", "-q", "shop/customers")


def test_one_that_came_with_the_users_own_pull(mono: Mono) -> None:
    mono.embed(mono.theirs / "shop")
    mono.send()
    mono.git("pull", "-q")
    assert mono.git("rev-parse", "--absolute-git-dir", root=mono.shop).strip() == str(mono.shop)
    everything(mono, mono.git)
    assert "received 0 changes" in mono.crm("sync").out
    assert not mono.canary.exists()


def test_one_above_the_directory(mono: Mono) -> None:
    """Between the records and the top of the repository that they are in."""
    inner = mono.top / "deep" / "shop"
    inner.parent.mkdir()
    mono.git("mv", "shop", "deep/shop")
    mono.shop = inner
    assert mono.crm("trust").out == f"{inner} is now trusted, in the repository {mono.top}\n"
    assert mono.crm("git", "setup", "--yes").code == 0
    mono.git("commit", "-q", "-a", "-m", "moved")
    mono.embed(mono.top / "deep")
    assert "not committed" not in mono.crm("set", "maja-kos", "city=Piran").err
    assert mono.git("log", "-1", "--format=%s") == "set city of maja-kos\n"
    assert not mono.canary.exists()


def test_one_in_a_directory_that_is_the_top(shop: Path, git: Git, crm: Crm) -> None:
    made = Mono(shop, crm)
    made.embed(shop)
    made.embed(shop / "customers")
    made.embed(shop / "customers" / ".git")
    assert "not committed" not in crm("set", "maja-kos", "city=Piran").err
    assert crm("history", "maja-kos").code == 0
    assert crm("list", "--as-of", "HEAD").code == 0
    assert git("log", "-1", "--format=%s") == "set city of maja-kos\n"
    assert not made.canary.exists()


def test_one_before_there_is_any(shop: Path, crm: Crm) -> None:
    """`git setup` makes the directory's own, and takes nothing from the one that lies there."""
    (shop.parent / "home/gitconfig").write_text("[user]\nname = P\nemail = p@lan.example\n")
    made = Mono(shop, crm)
    made.embed(shop)
    assert crm("history", "maja-kos").code == 6
    assert crm("git", "setup", "--yes").code == 0
    assert "not committed" not in crm("set", "maja-kos", "city=Piran").err
    assert (shop / ".git" / "HEAD").exists()
    assert not made.canary.exists()


def test_a_second_git_folder_is_not_taken_without_asking(mono: Mono) -> None:
    """As it comes with a shared drive or an archive; git itself never checks one out."""
    mono.embed(mono.shop / ".git")
    run = mono.crm("set", "maja-kos", "city=Piran")
    assert run.code == 0
    assert f"now lies in {mono.shop}/.git" in run.err and "saved, not committed" in run.err
    for words in (["history", "maja-kos"], ["sync"], ["list", "--as-of", "HEAD"], ["resolve"]):
        refused = mono.crm(*words)
        assert refused.code == 6 and "crm trust" in refused.err, words
    checks = [line for line in mono.crm("doctor").out.splitlines() if "git" in line]
    assert any("was trusted with the repository" in line for line in checks)
    assert not mono.canary.exists()
    for path in sorted((mono.shop / ".git").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (mono.shop / ".git").rmdir()
    assert "not committed" not in mono.crm("set", "maja-kos", "city=Izola").err


def test_a_linked_worktree_and_one_that_was_moved(mono: Mono) -> None:
    linked = mono.folder / "linked"
    mono.git("worktree", "add", "-q", str(linked))
    mono.embed(linked / "shop")
    mono.shop = linked / "shop"
    assert mono.crm("git", "setup", "--yes").code == 0
    assert "not committed" not in mono.crm("set", "maja-kos", "city=Piran").err
    assert mono.git("log", "-1", "--format=%s", root=linked) == "set city of maja-kos\n"
    moved = mono.folder / "moved"
    mono.git("worktree", "move", str(linked), str(moved))
    mono.shop = moved / "shop"
    assert "not trusted yet" in mono.crm("set", "maja-kos", "city=Izola").err
    assert mono.crm("trust").code == 0
    assert "not committed" not in mono.crm("set", "maja-kos", "city=Bled").err
    assert not mono.canary.exists()


def test_a_submodule(mono: Mono) -> None:
    outer = mono.folder / "outer"
    mono.git("init", "-q", str(outer))
    mono.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add",
        str(mono.folder / "common.git"), "sub", root=outer,
    )  # fmt: skip
    root = outer / "sub" / "shop"
    mono.embed(root)
    mono.shop = root
    assert mono.crm("git", "setup", "--yes").code == 0
    assert "not committed" not in mono.crm("set", "maja-kos", "city=Piran").err
    assert mono.git("log", "-1", "--format=%s", root=outer / "sub") == "set city of maja-kos\n"
    assert not mono.canary.exists()


def test_records_in_a_submodule_are_left_to_it(mono: Mono) -> None:
    """A commit of one here would replace the submodule, for everybody."""
    inner = mono.folder / "inner"
    mono.git("init", "-q", str(inner))
    (inner / "eva-hren.yaml").write_text("name: Eva Hren\n")
    mono.git("add", "-A", root=inner)
    mono.git("commit", "-q", "-m", "first", root=inner)
    where = "shop/customers/north"
    mono.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), where)
    mono.git("commit", "-q", "-m", "north")
    before = mono.git("ls-tree", "HEAD", where)
    run = mono.crm("set", "eva-hren", "city=Piran")
    assert "saved, not committed: customers/north is a submodule (commit there)" in run.err
    assert "city: Piran" in (mono.top / where / "eva-hren.yaml").read_text()
    run = mono.crm("set", "eva-hren", "maja-kos", "city=Bled", "--yes")
    assert "customers/north is a submodule" in run.err
    assert mono.git("show", "--format=%s", "--name-only").split("\n\n") == [
        "set city of 2 customers", "shop/customers/maja-kos.yaml\n",
    ]  # fmt: skip
    assert mono.git("ls-tree", "HEAD", where) == before
    assert "not committed" not in mono.crm("set", "maja-kos", "city=Koper").err
    assert mono.crm("undo").code == 0 and mono.crm("undo").code == 0
    assert "city: Piran" in (mono.top / where / "eva-hren.yaml").read_text()
    assert mono.git("status", "--short", root=mono.top / where) == " M eva-hren.yaml\n"


@pytest.mark.parametrize(
    "name", ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG"]
)
def test_the_environment_names_no_repository(
    mono: Mono, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    other = mono.folder / "other"
    mono.embed(other)
    values = {"GIT_CONFIG_PARAMETERS": f"'core.hooksPath'='{other}/hooks'"}
    monkeypatch.setenv(name, values.get(name, str(other)))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.hooksPath")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", f"{other}/hooks")
    assert "not committed" not in mono.crm("set", "maja-kos", "city=Piran").err
    for key in (name, "GIT_CONFIG_COUNT"):
        monkeypatch.delenv(key)
    assert mono.git("log", "-1", "--format=%s") == "set city of maja-kos\n"
    assert not mono.canary.exists()
