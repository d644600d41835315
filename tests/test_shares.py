"""Each share of a long loop has its turn, however commits and pushes come."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from tests.shares import Share, chosen, due, number

PARTS = (2, 3, 4, 5, 6, 8, 12, 24, 72, 200)


@pytest.mark.parametrize("parts", PARTS)
def test_commits_one_after_another_choose_every_share(parts: int) -> None:
    turns = [chosen(turn, parts) for turn in range(parts * 6)]
    for start in range(0, len(turns), parts):
        assert sorted(turns[start : start + parts]) == list(range(parts))


@pytest.mark.parametrize("parts", PARTS)
def test_every_step_between_pushes_chooses_every_share(parts: int) -> None:
    """Even where every push brings as many commits as there are shares."""
    for step in (1, 2, 3, 4, 5, 7, parts - 1, parts, parts + 1, 2 * parts):
        turns = range(1000, 1000 + step * 15 * parts, step)
        assert {chosen(turn, parts) for turn in turns} == set(range(parts)), step


@pytest.mark.parametrize("count", [0, 1, 3, 7, 8, 100])
def test_the_shares_are_all_trials_and_each_once(count: int) -> None:
    trials = range(count)
    for test in ("one", "another"):
        found = [trial for turn in range(7) for trial in Share(turn, test).of(trials, 7)]
        assert sorted(found) == list(trials)
    assert Share(None, "one").of(trials, 7) == list(trials)


def test_tests_try_different_shares_in_one_turn() -> None:
    found = {tuple(Share(5, f"test[{number}]").of(range(4), 4)) for number in range(40)}
    assert len(found) == 4


def git(folder: Path, *words: str) -> None:
    names = ("-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *names, *words], cwd=folder, check=True, capture_output=True)


def test_turns_are_commits_where_all_are_known_and_days_elsewhere(tmp_path: Path) -> None:
    root, shallow = tmp_path / "whole", tmp_path / "shallow"
    root.mkdir()
    before = date.today().toordinal()
    assert number(root) >= before, "no repository"
    git(root, "init", "-q")
    assert number(root) >= before, "no commit"
    for count in (1, 2, 3):
        git(root, "commit", "-q", "--allow-empty", "-m", "x")
        assert number(root) == count
    git(tmp_path, "clone", "-q", "--depth", "1", root.as_uri(), str(shallow))
    assert number(shallow) >= before


@pytest.mark.parametrize("parts", [2, 3])
def test_every_case_has_its_turn(parts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [f"case-{number}" for number in range(50)]
    tried: list[str] = []
    for turn in range(parts):
        monkeypatch.setattr("tests.shares.turn", lambda turn=turn: turn)
        tried += (now := [case for case in cases if due(case, parts)])
        assert 0 < len(now) < len(cases)
    assert sorted(tried) == sorted(cases)
    monkeypatch.setattr("tests.shares.turn", lambda: None)
    assert all(due(case, parts) for case in cases)
