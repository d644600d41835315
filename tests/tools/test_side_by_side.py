"""`make test` runs lint, types and tests at once: no output is lost, no failure is hidden."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="commands of a POSIX shell")


def side_by_side(*commands: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "tools" / "side_by_side.py", *commands],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_output_is_whole_and_in_order(tmp_path: Path) -> None:
    """The first command ends after the second, which prints more than a pipe holds."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    first = f"sh -c 'echo one; cat {pipe}; echo three'"
    second = f"sh -c 'echo two > {pipe}; echo four >&2; seq 100000'"
    done = side_by_side(first, second)
    lines = ["one", "two", "three", f"$ {second}", "four", *map(str, range(1, 100_001))]
    assert done.stdout.splitlines() == [f"$ {first}", *lines]
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("fault", ["exit 3", "kill -9 $$"])
def test_any_failure_fails(at: int, fault: str) -> None:
    commands = ["true", "true", "true"]
    commands[at] = f"sh -c '{fault}'"
    done = side_by_side(*commands)
    ended = "exit code 3" if fault == "exit 3" else "signal 9"
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == f"failed: {commands[at]} ({ended})"


def test_the_makefile_runs_all_three() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    target = re.search(r"^test:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert target is not None
    assert "tools/side_by_side.py" in target[1]
    commands = re.findall(r"'\$\(BIN\)/([^']+)'", target[1])
    assert [command.split(" -n ")[0] for command in commands] == [
        "ruff check .",
        "mypy",
        "python -m pytest",
    ]
