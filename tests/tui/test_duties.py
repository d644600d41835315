"""What is due, found in a second process before the interface is there to show it."""

from __future__ import annotations

import fcntl
import json
import marshal
import os
import pty
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from crm_cli.store.beside import Beside
from crm_cli.tui.duties import Ahead, Duty
from tests.tui.driving import Driver, drive, example

FORKS = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks cheaply")
ASK = """
import json, sys
from crm_cli.tui import duties
from crm_cli.workspace import open_workspace
begun = duties.ahead(open_workspace())
assert begun is not None
found = begun.found()
print(json.dumps([found, None if found is None else duties.duties(open_workspace())]))
assert not {"textual", "rich", "asyncio"} & {*sys.modules}
"""


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_TODAY", "2026-11-20")
    monkeypatch.setenv("CRM_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("NO_COLOR", "CRM_DIR", "CRM_USER"):
        monkeypatch.delenv(name, raising=False)


def asked(folder: Path) -> list[object]:
    """What a second process found, and what is found without one."""
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    found: list[object] = json.loads(done.stdout)
    return found


@FORKS
def test_a_second_process_finds_what_is_due_and_leaves_long_reading_to_others(
    tmp_path: Path,
) -> None:
    folder = example(tmp_path)
    found, due = asked(folder)
    assert found == due
    assert isinstance(found, list) and len(found) > 10
    for number in range(120):
        (folder / "customers" / f"new-{number}.yaml").write_text("name: New\n", encoding="utf-8")
    assert asked(folder) == [None, None]


class Made(Beside):
    """A process that has found something already."""

    def __init__(self, found: list[Duty] | None) -> None:
        self.found = found

    def made(self) -> bytes | None:
        return None if self.found is None else marshal.dumps(self.found)


def test_what_was_found_before_is_shown_first_and_changes_are_seen_from_then_on(
    tmp_path: Path,
) -> None:
    before: Duty = (("2026-11-01", "todo", "Maja Kos", "Found before"), "t-1", "maja", "", "todo")

    async def script(user: Driver) -> None:
        user.app.place.reload()
        await user.sees("Found before")
        await user.sees("2026-0031: 598.00 EUR")
        await user.misses("Found before")

    drive(example(tmp_path), script, ahead=Ahead(Made([before])))


def test_where_that_process_failed_the_interface_asks_itself(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.sees("2026-0031: 598.00 EUR")

    drive(example(tmp_path), script, ahead=Ahead(Made(None)))


@FORKS
def test_on_a_terminal_it_begins_with_what_is_due(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environ = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(Path.cwd())}
    run = subprocess.Popen(
        [sys.executable, "-m", "crm_cli", "ui"], stdin=theirs, stdout=theirs, stderr=theirs,
        cwd=example(tmp_path), env=environ, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    shown, until = b"", time.monotonic() + 60
    try:
        while b"2026-0031" not in shown and time.monotonic() < until:
            shown += os.read(ours, 65536)
        os.write(ours, b"q")
        while True:
            try:
                shown += os.read(ours, 65536)
            except OSError:  # Linux: the other side is closed.
                break
        assert run.wait(60) == 0
    finally:
        run.kill()
        run.wait()
        os.close(ours)
    assert "Hotel Jadran" in shown.decode()
    assert "Traceback" not in shown.decode()
