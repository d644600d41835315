"""The log of what agents asked: appended, put aside, and without who is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.model.errors import StorageError
from crm_cli.store import call_log
from crm_cli.store.call_log import CallLog
from tests.conftest import Crm


def test_it_is_put_aside_when_it_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_log, "_LARGEST", 100)
    log = CallLog(tmp_path)
    for number in range(60):
        log.add(f"{number:02} {'x' * 30}")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["mcp.log", "mcp.log.1", "mcp.log.2", "mcp.log.3"]
    assert log.path.read_text().splitlines()[-1].startswith("59 ")
    assert all(path.stat().st_size < 200 for path in tmp_path.iterdir())
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


def test_who_is_forgotten_is_forgotten_there(tmp_path: Path) -> None:
    log = CallLog(tmp_path)
    for line in ("ana-novak called", "jan-vidmar called", "ana-novak again"):
        log.add(line)
    log.path.rename(tmp_path / "mcp.log.2")
    log.add("ana-novak last")
    log.forget("ana-novak")
    assert (tmp_path / "mcp.log.2").read_text() == "jan-vidmar called\n"
    assert log.path.read_text() == ""


def test_where_it_cannot_be_written_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "mcp.log").mkdir()
    with pytest.raises(StorageError, match=r"mcp\.log"):
        CallLog(tmp_path).add("line")


def test_forget_removes_the_lines_of_who_is_forgotten(
    shop: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crm_cli.store.claims import state_folder

    state = shop.parent / "state"
    monkeypatch.setenv("CRM_STATE_DIR", str(state))
    log = CallLog(state_folder(shop, {"CRM_STATE_DIR": str(state)}))
    log.add('{"who": "jan-vidmar"}')
    log.add('{"who": "maja-kos"}')
    assert crm("forget", "jan-vidmar", "--force", "--yes").code == 0
    assert log.path.read_text() == '{"who": "maja-kos"}\n'
