"""Choosing one of several customers with fzf, or the program that `CRM_PICKER` names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crm_cli.cli.choosing import chosen_by_program
from crm_cli.model.errors import Declined

FOUND = [("ana-kos", "Ana Kos, Koper"), ("ana-novak", "Ana\x1b[31m Novak, Ljubljana")]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"PATH": f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin"}


def program(folder: Path, script: str, name: str = "fzf") -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def test_fzf_is_given_a_line_for_each_and_prints_one(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    program(tmp_path, f'echo "$@" > {tmp_path}/options; tee {tmp_path}/lines | tail -n 1')
    assert chosen_by_program("ana: which one?", FOUND, environ) == "ana-novak"
    shown = (tmp_path / "lines").read_text(encoding="utf-8")
    assert shown.splitlines()[0] == "ana-kos    Ana Kos, Koper"
    assert "\x1b" not in shown and "Novak, Ljubljana" in shown
    assert "--prompt=ana: which one?" in (tmp_path / "options").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", [1, 130])
def test_leaving_it_chooses_nobody(code: int, tmp_path: Path, environ: dict[str, str]) -> None:
    program(tmp_path, f"exit {code}")
    with pytest.raises(Declined):
        chosen_by_program("ana: which one?", FOUND, environ)


def test_another_program_takes_its_own_options(tmp_path: Path, environ: dict[str, str]) -> None:
    program(tmp_path, 'head -n "$1"', "first")
    program(tmp_path, "exit 1")
    environ["CRM_PICKER"] = "first 1"
    assert chosen_by_program("ana: which one?", FOUND, environ) == "ana-kos"


@pytest.mark.parametrize("named", ["none", "", "no-such-program", "'"])
def test_without_one_the_list_is_numbered(
    named: str, tmp_path: Path, environ: dict[str, str]
) -> None:
    program(tmp_path, "head -n 1")
    assert chosen_by_program("ana: which one?", FOUND, {**environ, "CRM_PICKER": named}) is None


@pytest.mark.parametrize("script", ["exit 2", "echo somebody-else"])
def test_a_program_that_fails_leaves_it_to_the_list(
    script: str, tmp_path: Path, environ: dict[str, str]
) -> None:
    program(tmp_path, script)
    assert chosen_by_program("ana: which one?", FOUND, environ) is None
