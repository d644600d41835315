"""`crm init --agents`: AGENTS.md in a new folder, and in one that is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from crm_cli.cli.quick_parser import read
from crm_cli.cli.topics import TOPICS
from crm_cli.features.initializing.agents import PATH, TEXT
from tests.conftest import Crm, Git


def _lines(text: str, margin: str = "") -> list[str]:
    """The `crm` lines of a text's examples."""
    return [line.strip() for line in text.splitlines() if re.match(f"{margin}crm [a-z]", line)]


EXAMPLES = [
    *_lines(TEXT),
    *(re.split(r" {3,}", line)[0] for line in _lines(TOPICS["agents"].text, "  ")),
]


@pytest.mark.parametrize("line", sorted({*EXAMPLES}))
def test_its_lines_are_commands(line: str) -> None:
    assert read(shlex.split(line)[1:]) is not None


def test_there_are_lines() -> None:
    assert len(_lines(TEXT)) > 8
    assert "crm undo" in EXAMPLES


def test_a_new_folder_has_it(crm: Crm, tmp_path: Path) -> None:
    assert crm("init", tmp_path / "new", "--agents", "--no-git").code == 0
    assert (tmp_path / "new" / PATH).read_text(encoding="utf-8") == TEXT
    assert crm("init", tmp_path / "plain", "--no-git").code == 0
    assert not (tmp_path / "plain" / PATH).exists()


def test_a_folder_that_is_there_gets_it_as_a_change(
    shop: Path, crm: Crm, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop)
    ran = crm("init", "--agents")
    assert (ran.code, ran.out) == (0, f"wrote {PATH}  ({PATH})\n")
    assert git("log", "-1", "--format=%s", "--name-only").split("\n\n")[1].strip() == PATH
    assert "nothing changed" in crm("init", "--agents").err
    assert crm("check").code == 0
    assert crm("undo").code == 0
    assert not (shop / PATH).exists()


def test_a_file_of_ones_own_stays(shop: Path, crm: Crm) -> None:
    (shop / PATH).write_text("Mine.\n", encoding="utf-8")
    ran = crm("init", shop, "--agents")
    assert (ran.code, PATH in ran.err) == (6, True)
    assert (shop / PATH).read_text(encoding="utf-8") == "Mine.\n"
    ran = crm("init", shop, "--agents", "--sample")
    assert ran.code == 2


def test_fields_that_there_are_not_are_found_by_check(shop: Path, crm: Crm) -> None:
    with (shop / "crm.yaml").open("a", encoding="utf-8") as file:
        file.write("mcp:\n  fields: [default, -citi, purchase.nothing, task.*]\n")
    ran = crm("check")
    assert ran.code == 1
    assert "'-citi' names no field" in ran.out + ran.err
    assert "'purchase.nothing' names no field" in ran.out + ran.err
    assert "task.*" not in ran.out + ran.err
