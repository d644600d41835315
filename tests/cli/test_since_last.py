"""`crm due --since-last`: what is new since the last run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Crm

NEW = ("due", "--since-last", "-o", "ids")


def test_each_thing_is_shown_once(crm: Crm, shop: Path) -> None:
    assert crm(*NEW).out == "t-3qqqqq1\nt-9f3kx7d\n"
    assert crm(*NEW) == (0, "", "")
    assert crm(*NEW, "--today", "2026-11-24").out == "t-3qqqqq2\n"
    # Put off, it is another thing when its day comes.
    assert crm("task", "snooze", "t-9f3kx7d", "2026-11-23").code == 0
    assert crm(*NEW, "--today", "2026-11-25").out == "t-9f3kx7d\n"
    assert not list(shop.rglob("claims*"))


def test_who_asks_something_else_has_not_seen_it(crm: Crm) -> None:
    assert crm(*NEW).out
    assert crm(*NEW, "--owner", "petra").out == "t-3qqqqq1\nt-9f3kx7d\n"
    assert crm(*NEW, "--owner", "me", "--as", "petra").out == ""
    assert crm(*NEW, "+vip").out == "t-9f3kx7d\n"


def test_what_was_not_shown_is_still_new(crm: Crm) -> None:
    assert crm(*NEW, "-n", "1").out == "t-3qqqqq1\n"
    assert crm(*NEW, "--cols", "nonsense").code == 2
    assert crm(*NEW).out == "t-9f3kx7d\n"


def test_who_was_never_reached_is_told_once(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "ana.yaml").write_text("name: Ana\ncontact_every: 30 days\n")
    kind = (*NEW, "--kind", "keep_in_touch")
    assert crm(*kind).out == "ana\n"
    assert crm(*kind, "--today", "2026-11-30").out == ""
    (shop / "customers" / "ana.yaml").write_text(
        "name: Ana\ncontact_every: 30 days\ninteractions:\n  - 2026-12-01 call: Talked\n"
    )
    assert crm(*kind, "--today", "2026-12-31").out == "ana\n"


def test_a_birthday_comes_again(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "ana.yaml").write_text("name: Ana\nbirth_date: --11-20\n")
    kind = (*NEW, "--kind", "birthday")
    assert [crm(*kind, "--today", f"{year}-11-20").out for year in (2026, 2026, 2029)] == [
        "ana\n",
        "",
        "ana\n",
    ]


def test_the_exit_code_goes_by_what_is_new(crm: Crm) -> None:
    assert crm("due", "--since-last", "--exit-code").code == 1
    assert crm("due", "--since-last", "--exit-code").code == 0


def test_the_state_never_lies_in_the_directory(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_STATE_DIR", str(shop / "state"))
    done = crm(*NEW)
    assert (done.code, done.out) == (7, "")
    assert not (shop / "state").exists()


def test_two_runs_at_once_show_each_thing_once(crm: Crm, shop: Path) -> None:
    text = "".join(f"  - {{title: n{number}, due: 2026-11-20}}\n" for number in range(200))
    (shop / "customers" / "ana.yaml").write_text(f"name: Ana\ntasks:\n{text}")
    crm("due")
    command = [sys.executable, "-m", "crm_cli", *NEW, "-n", "120"]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    runs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) for _ in range(4)
    ]
    shown = [id for run in runs for id in run.communicate(timeout=60)[0].split()]
    assert len(shown) == len(set(shown)) == 202
