"""A clone is ready for work at once, and nothing that it brings is run."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Crm, Git

pytestmark = pytest.mark.skipif(os.name == "nt", reason="hooks of shell script")


def run(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=folder, check=True, capture_output=True, encoding="utf-8"
    ).stdout


def test_a_clone_is_ready_for_work(shop: Path, crm: Crm, git: Git) -> None:
    remote, new = shop.parent / "remote.git", shop.parent / "new"
    run(shop, "clone", "-q", "--bare", str(shop), str(remote))
    done = crm("-C", shop.parent, "clone", remote, "new", "--yes")
    assert done.code == 0, done.err
    assert done.out == f"cloned into {new}, where you are petra\n"
    assert crm("-C", new, "set", "maja-kos", "city=Piran").code == 0
    assert run(new, "log", "-1", "--format=%s") == "set city of maja-kos\n"
    assert "sent 1 change" in crm("-C", new, "sync").out
    assert "merge-driver" in run(new, "config", "merge.crm.driver")
    assert crm("clone", remote, new, "--yes").code == 2, "it is not empty"
    assert crm("-C", shop.parent, "clone", remote, "--yes").code == 0
    assert (shop.parent / "remote/crm.yaml").exists()


def test_a_head_that_names_no_branch_is_set_right(shop: Path, crm: Crm, git: Git) -> None:
    """As of a bare repository that was made by a git that calls its first branch otherwise."""
    remote, new = shop.parent / "hub.git", shop.parent / "new"
    run(shop.parent, "init", "-q", "--bare", "-b", "other", str(remote))
    empty = crm("clone", remote, new, "--yes")
    assert empty.code == 6 and "has no commits" in empty.err and not new.exists()
    branch = run(shop, "branch", "--show-current").strip()
    run(shop, "push", "-q", str(remote), branch)
    assert crm("clone", remote, new, "--yes").code == 0
    assert run(new, "branch", "--show-current") == f"{branch}\n"
    assert crm("-C", new, "set", "maja-kos", "city=Piran").code == 0
    assert "sent 1 change" in crm("-C", new, "sync").out
    run(shop, "push", "-q", str(remote), f"{branch}:second")
    two = crm("clone", remote, shop.parent / "two", "--yes")
    assert two.code == 6 and f"there are {branch}, second" in two.err


def test_nothing_is_cloned_without_consent(shop: Path, crm: Crm, git: Git) -> None:
    assert crm("clone", shop, shop.parent / "new").code == 2
    assert not (shop.parent / "new").exists()


def test_a_directory_below_the_top_is_found(shop: Path, crm: Crm, git: Git) -> None:
    top = shop.parent / "top"
    run(shop.parent, "init", "-q", str(top))
    shutil.copytree(shop, top / "deep", ignore=shutil.ignore_patterns(".git", ".crm"))
    run(top, "add", "-A")
    run(top, "commit", "-q", "-m", "all")
    assert crm("clone", top, shop.parent / "new", "--yes").code == 0
    assert crm("-C", shop.parent / "new/deep", "list").code == 0


def hook(path: Path, canary: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ntouch '{canary}'\n")
    path.chmod(0o755)


def hooks_in_tree(shop: Path, canary: Path) -> str:
    for name in ("post-checkout", "pre-commit", "post-index-change", "reference-transaction"):
        hook(shop / ".githooks" / name, canary)
    return "[core]\nhooksPath = .githooks\n"


def filter_in_tree(shop: Path, canary: Path) -> str:
    (shop / ".gitattributes").write_text("*.yaml filter=ours\n")
    return f"[filter \"ours\"]\nsmudge = touch '{canary}' && cat\nclean = cat\n"


def bare_repository(shop: Path, canary: Path) -> str:
    for name in ("objects", "refs"):
        (shop / "customers" / name).mkdir()
        (shop / "customers" / name / ".keep").touch()
    (shop / "customers/HEAD").write_text("ref: refs/heads/main\n")
    (shop / "customers/config").write_text(f"[core]\nfsmonitor = touch '{canary}'\n")
    return ""


def link_out(shop: Path, canary: Path) -> str:
    (shop / "customers/passwd.yaml").symlink_to("/etc/passwd")
    return ""


def settings_link(shop: Path, canary: Path) -> str:
    (shop / ".gitattributes").unlink(missing_ok=True)
    (shop / ".gitattributes").symlink_to("customers/maja-kos.yaml")
    return ""


def submodule_command(shop: Path, canary: Path) -> str:
    (shop / ".gitmodules").write_text(
        f'[submodule "x"]\npath = x\nurl = ./x\nupdate = !touch {canary}\n'
    )
    return ""


def own_files(shop: Path, canary: Path) -> str:
    (shop / ".crm/undo").mkdir(parents=True, exist_ok=True)
    (shop / ".crm/undo/000001").write_text("crm journal 1\n")
    return ""


def no_settings(shop: Path, canary: Path) -> str:
    (shop / "crm.yaml").unlink()
    return ""


@pytest.mark.parametrize(
    "brings",
    [hooks_in_tree, filter_in_tree, bare_repository, link_out, settings_link, submodule_command,
     own_files, no_settings],
)  # fmt: skip
def test_what_could_be_run_is_refused_and_not_run(
    shop: Path, crm: Crm, git: Git, tmp_path: Path, brings: Callable[[Path, Path], str]
) -> None:
    """The settings are the user's own; a stranger knows that many have them."""
    canary, new = tmp_path / "executed", tmp_path / "new"
    setting = brings(shop, canary)
    git("-c", "core.hooksPath=/dev/null", "add", "-A", "-f")
    git("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "harmless")
    config = tmp_path / "home/gitconfig"
    config.write_text(config.read_text() + setting)
    before = sorted(tmp_path.iterdir())
    done = crm("clone", shop, new, "--yes")
    assert done.code not in (0, 1), done
    assert sorted(tmp_path.iterdir()) == before


def test_hooks_of_a_template_are_not_taken_along(
    shop: Path, crm: Crm, git: Git, tmp_path: Path
) -> None:
    canary = tmp_path / "executed"
    for name in ("post-checkout", "reference-transaction"):
        hook(tmp_path / "template/hooks" / name, canary)
    config = tmp_path / "home/gitconfig"
    config.write_text(config.read_text() + f"[init]\ntemplateDir = {tmp_path}/template\n")
    assert crm("clone", shop, tmp_path / "new", "--yes").code == 0
    assert not canary.exists()


@pytest.mark.parametrize("url", ["ext::sh -c touch% {canary}", "--upload-pack=touch {canary}",
                                 "-c", "a\nb", "", "fd::7"])  # fmt: skip
def test_addresses_that_are_commands_are_refused(
    shop: Path, crm: Crm, tmp_path: Path, url: str
) -> None:
    canary = tmp_path / "executed"
    before = sorted(tmp_path.iterdir())
    done = crm("clone", "--yes", "--", url.format(canary=canary), tmp_path / "new")
    assert done.code not in (0, 1)
    assert sorted(tmp_path.iterdir()) == before
