"""What was said of deals then: reports from history against a checkout of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TODAY, Crm, Git

PATH = "customers/maja-kos.yaml"
WEEKS = ("2026-10-30", "2026-11-06", "2026-11-13")
ADDED = ("--close", "2026-11-27", "--amount", "100")


@pytest.fixture
def then(
    shop: Path, git: Git, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Three weeks of deals, each week committed on its Friday; the commits' ids."""
    def on(day: str, *words: str) -> None:
        for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
            monkeypatch.setenv(name, f"{day}T10:00:00+01:00")
        run = crm(*words, "--today", day)
        assert run.code == 0, run.err

    first, second, third = WEEKS
    git("commit", "-q", "--amend", "--no-edit", "--date", f"{first}T08:00:00+01:00")
    on(first, "deal", "add", "maja-kos", "Sheets", *ADDED)
    on(first, "deal", "add", "hotel-breg", "Rooms", *ADDED, "--stage", "proposal")
    on(second, "set", deal(crm, "Rooms"), "expected_close=2026-12-11")
    on(second, "deal", "move", deal(crm, "Sheets"), "negotiation")
    on(third, "set", deal(crm, "Rooms"), "expected_close=2027-01-15")
    on(third, "deal", "win", deal(crm, "Sheets"))
    monkeypatch.delenv("GIT_AUTHOR_DATE")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    return git("rev-list", "--reverse", "HEAD").split()


def deal(crm: Crm, name: str) -> str:
    found = json.loads(crm("deal", "list", f"name:{name}", "--json").out)
    return str(found[0]["id"])


def answers(crm: Crm, *words: str) -> Any:
    run = crm("report", *words, "--json")
    assert run.code == 0, run.err
    return json.loads(run.out)


@pytest.mark.parametrize("name", ["pipeline", "forecast", "funnel", "win-loss", "velocity"])
def test_a_report_of_then_is_that_of_a_checkout(
    then: list[str], git: Git, crm: Crm, tmp_path: Path, name: str
) -> None:
    for commit in then[1:]:
        checkout = tmp_path / "checkout"
        git("worktree", "add", "--detach", "--quiet", str(checkout), commit)
        there = crm("-C", str(checkout), "report", name, "--json", "--today", TODAY)
        back = crm("report", name, "--json", "--as-of", commit, "--today", TODAY)
        assert (back.out, back.code) == (there.out, there.code)
        git("worktree", "remove", "--force", str(checkout))


def test_what_was_forecast_and_what_came(then: list[str], crm: Crm) -> None:
    """On 30 October both were to close in November: 10 and 50 percent of 100."""
    rows = answers(crm, "forecast", "--as-of", WEEKS[0], "--compare-as-of", "now")
    by_month = {row["month"]: row for row in rows}
    november = by_month["2026-11"]
    assert (november["weighted"], november["pipeline"]) == ("60.00", "200.00")
    assert (november["closed"], november["closed_compared"]) == ("0.00", "100.00")
    assert by_month["2027-01"]["weighted_compared"] == "50.00"


def test_a_line_a_week(then: list[str], crm: Crm) -> None:
    """The week of 6 November is that of negotiation, 80 percent; then it is won."""
    rows = answers(crm, "pipeline", "--trend", "4w")
    assert [(row["day"], row["deals"], row["amount"], row["weighted"]) for row in rows] == [
        ("2026-10-30", 2, "200.00", "60.00"),
        ("2026-11-06", 2, "200.00", "130.00"),
        ("2026-11-13", 1, "100.00", "50.00"),
        ("2026-11-20", 1, "100.00", "50.00"),
    ]
    assert crm("report", "pipeline", "--trend", "soon").code == 2


def test_what_was_put_off(then: list[str], crm: Crm, shop: Path) -> None:
    """Twice in the history, and once by hand since: more than twice stands first."""
    assert crm("deal", "add", "jan-vidmar", "Loft", "--close", "2026-12-01").code == 0
    (row,) = answers(crm, "slippage", "--period", "2026-10-31..")
    assert (row["deal"], row["before"], row["now"]) == (
        deal(crm, "Rooms"),
        "2026-11-27",
        "2027-01-15",
    )
    assert (row["days"], row["moved"], row["value"]) == (49, 2, "100.00")
    path = shop / "customers/hotel-breg.yaml"
    path.write_text(path.read_text().replace("2027-01-15", "2027-01-20"))
    (row,) = answers(crm, "slippage", "--period", "2026-10-31..")
    assert (row["days"], row["moved"]) == (54, 3)
    (row,) = answers(crm, "slippage", "--period", "2026-11-07..")
    assert (row["before"], row["moved"]) == ("2026-12-11", 2)


def test_without_history_there_is_nothing_to_compare(shop: Path, crm: Crm) -> None:
    assert crm("report", "slippage", "--json").code in (3, 6)
