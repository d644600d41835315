"""`crm doctor`: one line for each thing that the program stands on."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.conftest import Crm, Run

NAMES = (
    "directory", "permissions", "index", "git", "time zone", "locale", "versions", "cache",
)  # fmt: skip


def states(ran: Run) -> dict[str, str]:
    return {one["check"]: one["state"] for one in json.loads(ran.out)}


def test_all_is_well(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRM_TODAY")
    ran = crm("doctor", "--json")
    found = states(ran)
    assert tuple(found) == NAMES
    assert ran.code == 0
    assert {name for name, state in found.items() if state != "ok"} <= {"git"}


def test_a_line_for_each_check(crm: Crm) -> None:
    ran = crm("doctor")
    assert [line[6:17].strip() for line in ran.lines] == list(NAMES)
    assert "the clock is set by hand  -> unset CRM_TODAY" in ran.out
    assert ran.err == ""


def test_nothing_is_written(crm: Crm, shop: Path) -> None:
    before = sorted(shop.rglob("*"))
    crm("doctor")
    assert sorted(shop.rglob("*")) == before


def test_no_directory_fails(crm: Crm, tmp_path: Path) -> None:
    ran = crm("-C", tmp_path / "nowhere", "doctor")
    assert ran.code == 1
    assert ran.lines[0].startswith("fail  directory")
    assert "-> crm init" in ran.lines[0]


def test_bad_records_warn(crm: Crm, shop: Path) -> None:
    (shop / "customers/bad.yaml").write_text("name: [\n", encoding="utf-8")
    ran = crm("doctor", "--json")
    assert states(ran)["index"] == "warn"
    assert ran.code == 0


@pytest.mark.skipif(os.name == "nt", reason="modes of files")
def test_a_directory_that_all_may_write_fails(crm: Crm, shop: Path) -> None:
    shop.chmod(0o777)
    ran = crm("doctor", "--json")
    assert states(ran)["permissions"] == "fail"
    assert ran.code == 1


def test_no_cache_warns(crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in its place", encoding="utf-8")
    monkeypatch.setenv("CRM_CACHE_DIR", str(tmp_path / "file"))
    assert states(crm("doctor", "--json"))["cache"] == "warn"


@pytest.mark.parametrize("name", ["CRM_CACHE_DIR", "XDG_CACHE_HOME"])
@pytest.mark.parametrize("below", ["", "cache", "customers"])
def test_a_cache_in_the_data_directory_is_not_used(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch, name: str, below: str
) -> None:
    root = shop.rename(shop.with_name("crm"))
    base = root.parent if name == "XDG_CACHE_HOME" and not below else root / below
    monkeypatch.delenv("CRM_CACHE_DIR", raising=False)
    monkeypatch.setenv(name, str(base))
    before = sorted(root.rglob("*"))
    assert len(crm("-C", root, "list", "-o", "ids").lines) == 3
    ran = crm("-C", root, "doctor")
    (row,) = [line for line in ran.lines if line.split()[1] == "cache"]
    assert row.startswith("warn") and "in the data directory" in row
    assert sorted(root.rglob("*")) == before


def test_an_interrupted_write_warns(crm: Crm, shop: Path) -> None:
    (shop / ".crm").mkdir()
    (shop / ".crm/journal").write_bytes(b"half")
    assert states(crm("doctor", "--json"))["directory"] == "warn"


def test_settings_that_cannot_be_read_do_not_break_it(crm: Crm, shop: Path) -> None:
    (shop / "crm.yaml").write_bytes(b"\xff\xfe")
    ran = crm("doctor", "--json")
    assert states(ran)["index"] == "warn"


def test_status_is_answered_with_doctor(crm: Crm) -> None:
    ran = crm("status")
    assert ran.code == 2
    assert "write: crm doctor" in ran.err


def test_a_folder_that_git_would_take_for_a_repository_warns(crm: Crm, shop: Path) -> None:
    for name in ("objects", "refs"):
        (shop / "customers/deep" / name).mkdir(parents=True)
    (shop / "customers/deep/HEAD").write_text("ref: refs/heads/main\n")
    (shop / "other/.git").mkdir(parents=True)
    run = crm("doctor")
    assert run.code == 0 and run.out.count("looks like a repository") == 1
    assert f"{shop}/customers/deep looks like a repository" in run.out
    (shop / "customers/.GIT").mkdir()
    assert f"{shop}/customers looks like a repository" in crm("doctor").out
