"""Fixtures of more than one file of tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Crm
from tests.trust.mono import Mono


@pytest.fixture
def mono(shop: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch) -> Mono:
    made = Mono(shop.parent / "mono" / "shop", crm)
    (shop.parent / "home/gitconfig").write_text(
        "[user]\nname = Petra Zajc\nemail = petra@lan.example\n[init]\ndefaultBranch = main\n"
    )
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("CRM_DIR")
    made.top.mkdir()
    shop.rename(made.shop)
    made.git("init", "-q")
    for words in (["git", "setup", "--yes"], ["config", "set", "git.autocommit=true"]):
        assert made.crm(*words).code == 0
    (made.shop / ".gitignore").write_text(".crm/\n")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "all")
    common = shop.parent / "common.git"
    made.git("init", "-q", "--bare", str(common))
    made.git("remote", "add", "origin", str(common))
    made.git("push", "-q", "-u", "origin", "main")
    made.git("clone", "-q", str(common), str(made.theirs))
    return made
