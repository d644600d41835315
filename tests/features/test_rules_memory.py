"""What was read of history before is a hint: with it, without it, or with a wrong one, rules act
on the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import crm_cli.features.events as events
from crm_cli.store.discovery import cache_folder
from tests.conftest import Crm, Git
from tests.features.ruling import rules

ADDED = "new: {on: added, do: [{task: {title: 'Welcome {{ name }}'}}]}\n"
MOVED = "moved: {on: changed city, do: [{task: {title: 'Moved'}}]}\n"


@pytest.fixture
def since(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """From where on history was read, run by run."""
    asked: list[str] = []
    real = events.Events

    def read(workspace: Any, since: str | None = None, **more: Any) -> Iterator[Any]:
        asked.append(str(since))
        return real(workspace, since, **more)

    monkeypatch.setattr(events, "events", read)
    return asked


@pytest.fixture
def hint(shop: Path) -> Callable[[], Path]:
    """Where the hint is."""

    def found() -> Path:
        import os

        folder = cache_folder(shop, os.environ)
        assert folder is not None
        return folder / "happenings.json"

    return found


def dated(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, f"{day}T12:00:00+0100")


def welcomed(crm: Crm) -> list[str]:
    listed = crm("task", "list", "title:Welcome", "--cols", "customer", "-o", "tsv", "--no-header")
    return sorted(listed.out.split())


@pytest.mark.parametrize("loss", ["nothing", "the file", "its end", "another version", "a commit"])
def test_nothing_is_missed_or_done_twice(
    loss: str,
    shop: Path,
    git: Git,
    crm: Crm,
    hint: Callable[[], Path],
    since: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dated(monkeypatch, "2026-11-18")
    rules(shop, ADDED)
    assert crm("add", "Eva Hren").code == 0
    assert crm("rules", "run").code == 0
    first = welcomed(crm)
    assert "eva-hren" in first and len(since) == 1 and since[0].startswith("2026-10")
    assert crm("add", "Ivo Kos").code == 0
    if loss == "the file":
        hint().unlink()
    elif loss == "its end":
        hint().write_bytes(hint().read_bytes()[:-20])
    elif loss == "another version":
        hint().write_text(hint().read_text().replace('"version": ', '"version": 1'))
    elif loss == "a commit":
        git("commit", "-q", "--amend", "-m", "rewritten")
        git("reflog", "expire", "--expire=now", "--all")
        hint().write_text(hint().read_text().replace('"cursor": "', '"cursor": "' + "0" * 40 + ","))
    assert crm("rules", "run").code == 0
    assert welcomed(crm) == sorted([*first, "ivo-kos"])
    known = loss == "nothing"
    assert since[-1].startswith("2026-10") is not known, "only what came since is read"
    crm("rules", "run")
    assert welcomed(crm) == sorted([*first, "ivo-kos"])


def test_other_rules_read_the_days_again(
    shop: Path, git: Git, crm: Crm, since: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dated(monkeypatch, "2026-11-18")
    rules(shop, ADDED)
    assert crm("set", "maja-kos", "city=Izola").code == 0
    assert crm("rules", "run").code == 0
    rules(shop, ADDED + MOVED)
    assert crm("rules", "run").code == 0
    assert since[-1].startswith("2026-10")
    assert "Moved" in crm("task", "list", "customer:maja-kos").out
    assert crm("rules", "run", "moved").code == 0
    assert not since[-1].startswith("2026"), "the hint is about all rules, whichever are run"


def test_a_payment_that_is_dated_ahead_pays_on_its_day(
    shop: Path, git: Git, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    dated(monkeypatch, "2026-11-20")
    rules(shop, "paid: {over: purchase, on: paid, do: [{log: {summary: Paid}}]}\n")
    assert crm("rules", "run").code == 0
    assert crm("payment", "add", "2026-0007", "--date", "2026-11-23").code == 0
    for day in ("2026-11-20", "2026-11-22"):
        assert crm("--today", day, "rules", "run").out == "", day
    assert crm("--today", "2026-11-23", "rules", "run").out.startswith("ran paid for")
    assert crm("--today", "2026-11-24", "rules", "run").out == ""
