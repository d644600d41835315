"""What a real terminal gets: questions though stdin is a pipe, width, colour, the pager."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pty = pytest.importorskip("pty")
fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")

QUESTION = (
    "from crm_cli.cli.session import Session\n"
    "from crm_cli.model.errors import CrmError\n"
    "try:\n"
    "    Session().confirm('Change 3?\\x1b[2J')\n"
    "    print('agreed')\n"
    "except CrmError as error:\n"
    "    print(type(error).__name__)\n"
)
LONG = (
    "from crm_cli.cli.session import Session\n"
    "from crm_cli.cli.outputs import TABLE\n"
    "from crm_cli.model.rows import Column, Rows\n"
    "lines = [('x' * 300 + str(n),) for n in range({count})]\n"
    "rows = Rows([Column('name')], lines, ranked=['name'])\n"
    "Session().show(rows, TABLE)\n"
)


def own(terminal: int) -> Callable[[], None]:
    """Makes the terminal a new session's controlling one."""

    def become() -> None:
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

    return become


def on_terminal(code: str, typed: bytes, env: dict[str, str], *, streams: bool) -> tuple[str, str]:
    """Run code with a terminal; `streams` says that stdin, stdout and stderr are it as well.

    Returns what the terminal showed, and what went to stdout where that is a pipe.
    """
    master, slave = pty.openpty()
    attributes = termios.tcgetattr(slave)
    attributes[1] &= ~termios.OPOST
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(slave, termios.TCSANOW, attributes)
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=slave if streams else subprocess.DEVNULL,
        stdout=slave if streams else subprocess.PIPE,
        stderr=slave if streams else subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2]), **env},
        preexec_fn=own(slave),
    )
    if typed:
        os.write(master, typed)
    shown = b""
    while True:
        ended = process.poll() is not None
        # The terminal stays open here, so that it has no end before the process does.
        if select.select([master], [], [], 0 if ended else 0.02)[0]:
            shown += os.read(master, 65536)
        elif ended:
            break
    out, _ = process.communicate(timeout=60)
    os.close(master)
    os.close(slave)
    return shown.decode(), (out or b"").decode()


@pytest.mark.parametrize(
    ("typed", "outcome"),
    [(b"y\n", "agreed"), (b"n\n", "Declined"), (b"\n", "Declined"), (b"\x04", "Declined")],
)
def test_a_question_is_asked_though_stdin_is_a_pipe(typed: bytes, outcome: str) -> None:
    shown, out = on_terminal(QUESTION, typed, {}, streams=False)
    assert shown.startswith("Change 3?\\x1b[2J [y/N] ")
    assert out.strip() == outcome


def test_without_a_terminal_it_is_not() -> None:
    done = subprocess.run(
        [sys.executable, "-c", QUESTION],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        check=False,
    )
    assert done.stdout.strip() == "UsageError"


def test_a_terminal_gets_its_width_and_its_colours() -> None:
    env = {"COLUMNS": "60", "LINES": "24", "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    shown, _ = on_terminal(LONG.format(count=3), b"", env, streams=True)
    lines = shown.splitlines()
    assert lines[0] == "\x1b[1mname\x1b[0m"
    assert len(lines[1]) == 60
    assert lines[1].endswith("…")
    shown, _ = on_terminal(LONG.format(count=3), b"", {**env, "NO_COLOR": "1"}, streams=True)
    assert "\x1b" not in shown


def test_what_is_longer_than_the_terminal_goes_through_the_pager() -> None:
    env = {"COLUMNS": "60", "LINES": "10", "TERM": "dumb", "PAGER": "sed s/^/paged:/"}
    shown, _ = on_terminal(LONG.format(count=30), b"", env, streams=True)
    assert all(line.startswith("paged:") for line in shown.splitlines())
    short, _ = on_terminal(LONG.format(count=3), b"", env, streams=True)
    assert "paged:" not in short
    for pager in ("", "cat", "no-such-pager", "'"):
        shown, _ = on_terminal(LONG.format(count=30), b"", {**env, "PAGER": pager}, streams=True)
        assert shown.count("xxx") > 30
