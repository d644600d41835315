"""Shells on terminals, and a data directory in a folder of a larger repository."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from crm_cli.cli.shells import Shell
from tests import preloaded, templates
from tests.conftest import Crm
from tests.trust.mono import Mono
from tests.trust.terminals import Terminal


@pytest.fixture(scope="module", params=list(Shell))
def terminal(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Terminal]:
    made = Terminal(request.param, tmp_path_factory.mktemp("terminal"))
    yield made
    made.close()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Terminals with settings of their own."""
    made: list[Terminal] = []

    def start(
        shell: Shell, settings: str = "", environ: Mapping[str, str] | None = None
    ) -> Terminal:
        made.append(Terminal(shell, tmp_path / f"terminal{len(made)}", settings, environ))
        return made[-1]

    yield start
    for one in made:
        one.close()


@pytest.fixture
def mono(shop: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch) -> Mono:
    made = Mono(shop.parent / "mono" / "shop", crm)
    (shop.parent / "home/gitconfig").write_text(
        "[user]\nname = Petra Zajc\nemail = petra@lan.example\n[init]\ndefaultBranch = main\n"
    )
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("CRM_DIR")
    monkeypatch.setattr(sys, "executable", preloaded.python())  # for hooks and merges
    templates.made(shop.parent, lambda: _together(made, shop))
    return made


def _together(made: Mono, shop: Path) -> None:
    made.top.mkdir()
    shop.rename(made.shop)
    made.git("init", "-q")
    for words in (["git", "setup", "--yes"], ["config", "set", "git.autocommit=true"]):
        assert made.crm(*words).code == 0
    (made.shop / ".gitignore").write_text(".crm/\n")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "all")
    common = made.folder / "common.git"
    made.git("init", "-q", "--bare", str(common))
    made.git("remote", "add", "origin", str(common))
    made.git("push", "-q", "-u", "origin", "main")
    made.git("clone", "-q", str(common), str(made.theirs))
