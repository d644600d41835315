"""A commit by hand is checked first: git's own hook, and pre-commit's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from ruamel.yaml import YAML

from tests import preloaded
from tests.trust.ground import Ground
from tests.trust.writers import with_history

HOOKS = Path(__file__).resolve().parents[2] / ".pre-commit-hooks.yaml"

BROKEN = {
    "crm.yaml": "terms_days: soon\n",
    "products.yaml": "linen-sheet:\n  price: dear\n",
    "segments.yaml": "friends:\n  query: nosuch:1\n",
    "rates.yaml": "2026-01-01:\n  USD: much\n",
    "customers/maja-kos.yaml": "name: Maja\nbirth_date: soon\n",
}


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    made = Ground(tmp_path / "ground")
    made.outside.mkdir()
    made.known()
    with_history(made)
    del made.environ["CRM_DIR"]
    return made


def commit(ground: Ground) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "commit", "-qam", "by hand"], cwd=ground.root, env=ground.environ,
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_gits_own_hook_refuses_what_cannot_be_read(ground: Ground, name: str) -> None:
    path = ground.root / name
    before = path.read_text(encoding="utf-8")
    path.write_text(BROKEN[name], encoding="utf-8")
    done = commit(ground)
    assert done.returncode != 0
    assert name in done.stdout + done.stderr
    path.write_text(before + "# better\n", encoding="utf-8")
    assert commit(ground).returncode == 0


def git(ground: Ground, *words: str) -> int:
    return subprocess.run(
        ["git", *words], cwd=ground.root, env=ground.environ, capture_output=True, check=False
    ).returncode


def test_gits_own_hook_checks_what_is_staged(ground: Ground) -> None:
    path = ground.root / "customers/maja-kos.yaml"
    good = path.read_text(encoding="utf-8")
    path.write_text(BROKEN["customers/maja-kos.yaml"], encoding="utf-8")
    git(ground, "add", str(path))
    path.write_text(good, encoding="utf-8")
    assert git(ground, "commit", "-qm", "broken") != 0
    path.write_text(good + "# better\n", encoding="utf-8")
    git(ground, "add", str(path))
    path.write_text(BROKEN["customers/maja-kos.yaml"], encoding="utf-8")
    assert git(ground, "commit", "-qm", "whole") == 0


def hooked(ground: Ground, repository: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """As pre-commit does: what is staged and matches `files`, from the repository's top."""
    hook, whole = YAML(typ="safe", pure=True).load(HOOKS.read_text(encoding="utf-8"))
    assert whole["always_run"] and not whole["pass_filenames"]
    staged = ground.git("diff", "--cached", "--name-only", "-z", root=repository).split("\0")
    names = [name for name in staged if name and re.search(hook["files"], name)]
    assert names
    program, *words = hook["entry"].split()
    assert program == "crm" and hook["pass_filenames"]
    return subprocess.run(
        [preloaded.python(), "-m", "crm_cli", *words, *more, *names], cwd=repository,
        env={**ground.environ, "PYTHONPATH": str(HOOKS.parent)},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("within", [False, True])
def test_pre_commit_refuses_what_cannot_be_read(
    ground: Ground, name: str, within: bool, tmp_path: Path
) -> None:
    """`within`: the data directory is a folder of the repository, which `args` names."""
    repository, more = ground.root, cast("tuple[str, ...]", ())
    if within:
        repository, more = ground.root.parent, ("-C", ground.root.name)
        (ground.root / ".git").rename(tmp_path / "away")
        ground.git("init", "-q", root=repository)
    path = ground.root / name
    before = path.read_text(encoding="utf-8")
    for text, code in ((BROKEN[name], 1), (before + "# better\n", 0)):
        path.write_text(text, encoding="utf-8")
        ground.git("add", os.fspath(path), root=repository)
        done = hooked(ground, repository, *more)
        assert done.returncode == code, done
        assert (name in done.stdout) == (code == 1)
        assert "Traceback" not in done.stderr


def test_a_hook_starts_the_crm_that_is_installed(ground: Ground) -> None:
    """By an interpreter of its own, with nothing of this one in its environment."""
    program = Path(sys.executable).with_name("crm")
    if not program.exists():
        pytest.skip("crm is not installed beside this Python")
    hook = ground.root / ".git/hooks/pre-commit"
    hook.write_text(f"#!/bin/sh\nexec '{program}' check\n", encoding="utf-8")
    hook.chmod(0o755)
    for name in [name for name in ground.environ if name.startswith("PYTHON")]:
        del ground.environ[name]
    path = ground.root / "customers/maja-kos.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text(BROKEN["customers/maja-kos.yaml"], encoding="utf-8")
    done = commit(ground)
    assert done.returncode == 1 and "maja-kos.yaml:2:13" in done.stdout + done.stderr, done
    path.write_text(before + "# better\n", encoding="utf-8")
    done = commit(ground)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done


@pytest.mark.parametrize("remove", [["rm", "-q"], ["mv"]])
def test_gits_own_hook_looks_who_refers_to_what_is_gone(ground: Ground, remove: list[str]) -> None:
    old, new = "customers/org-one.yaml", "customers/org-uno.yaml"
    (ground.root / old).write_text("name: Org One\nkind: organization\n", encoding="utf-8")
    referring = ground.root / "customers/ref.yaml"
    referring.write_text("name: Ref\nreferred_by: org-one\n", encoding="utf-8")
    (ground.root / "customers/other.yaml").write_text("name: O\nreferred_by: nobody\n")
    assert git(ground, "add", "customers") == 0
    assert git(ground, "commit", "-qnm", "more") == 0
    assert git(ground, *remove, old, *([new] if remove == ["mv"] else [])) == 0
    done = commit(ground)
    told = done.stdout + done.stderr
    assert done.returncode != 0
    assert "customers/ref.yaml:2" in told and "there is no customer org-one" in told
    assert "other.yaml" not in told
    referring.write_text("name: Ref\n", encoding="utf-8")
    assert commit(ground).returncode == 0
