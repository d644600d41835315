"""What is forked from a loaded process runs as a process that was started does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import preloaded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks safely")

SEEN = """
import os, sys
os.umask(mask := os.umask(0))
print(sys.argv, os.getcwd(), mask, sorted(os.environ.items()), sys.stdin.read())
print(sys.stdin.encoding, sys.stdin.errors, sys.stdout.encoding, sys.stdout.errors, file=sys.stderr)
"""


def both(*words: str, **how: object) -> tuple[object, object]:
    """How a process ends and what it prints, started and forked."""
    environ = {**preloaded.ENVIRON, "PYTHONPATH": str(preloaded.ROOT), "CRM_TODAY": "2026-11-20"}
    started, forked = (
        subprocess.run([program, *words], capture_output=True, env=environ, **how)  # type: ignore[call-overload]
        for program in (sys.executable, preloaded.python())
    )
    return (
        (started.returncode, started.stdout, started.stderr),
        (forked.returncode, forked.stdout, forked.stderr),
    )


@pytest.mark.parametrize(
    "code",
    [
        SEEN,
        "import sys; sys.exit(3)",
        "import sys; sys.exit('no')",
        "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
        "import signal; print([signal.getsignal(n) for n in (2, 13, 17)])",
    ],
)
def test_code_sees_and_ends_as_in_a_process_of_its_own(code: str, tmp_path: Path) -> None:
    started, forked = both("-c", code, "a", "b c", cwd=tmp_path, input=b"typed\n", umask=0o27)
    assert forked == started


@pytest.mark.parametrize(
    "words", [["list"], ["list", "x:1"], ["task", "add", "--help"], ["nosuch"]]
)
def test_the_program_answers_the_same(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "customers").mkdir()
    (tmp_path / "crm.yaml").write_text("currency: EUR\n")
    (tmp_path / "customers/ana.yaml").write_text("name: Ana\n")
    started, forked = both("-m", "crm_cli", *words, cwd=tmp_path)
    assert forked == started


def test_nothing_is_left_of_an_earlier_run() -> None:
    left = "import crm_cli; print(hasattr(crm_cli, 'left')); crm_cli.left = 1"
    assert [both("-c", left)[1] for _ in range(2)] == [(0, b"False\n", b"")] * 2


def test_another_locale_is_that_of_a_started_process() -> None:
    environ = {**preloaded.ENVIRON, "LC_ALL": "C", "PYTHONUTF8": "0"}
    code = "import sys; print(sys.stdout.encoding, 'crm_cli.cli.app' in sys.modules)"
    run = subprocess.run(
        [preloaded.python(), "-c", code], capture_output=True, env=environ, check=True
    )
    assert run.stdout.split()[-1] == b"False"


def test_a_run_in_the_environment_that_was_asked_for_is_forked(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    python = preloaded.python(environ={"LC_ALL": "C.UTF-8"})
    code = "import sys; print('crm_cli.cli.app' in sys.modules, sys.executable)"
    run = subprocess.run([python, "-c", code], capture_output=True, env=environ, check=True)
    assert run.stdout.decode().split() == ["True", python]


def test_closed_streams_stay_closed() -> None:
    code = "import os, sys; os.write(2, repr((sys.stdin, sys.stdout)).encode())"
    line = f"'{preloaded.python()}' -c \"{code}\" <&- >&-"
    run = subprocess.run(["sh", "-c", line], stderr=subprocess.PIPE, env=os.environ, check=True)
    assert run.stderr == b"(None, None)"
