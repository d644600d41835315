"""How soon `crm ui` has its first rows on a terminal of 80 columns and 24 lines.

    python bench/interface.py FOLDER [--runs 9] [--program PATH]

FOLDER is a directory that `generate.py` made, or the example. The terminal is a pseudo-terminal
that answers what is asked of it, as the usual ones do. The time is from the start of the program
until the name in the first row of `crm due` has been written, the processor time that of the
program up to then.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from generate import TODAY

_ANSWERS = (
    (re.compile(rb"\x1b\[\?(\d+)\$p"), b"\x1b[?\\1;2$y"),  # a mode: known, and not set
    (re.compile(rb"\x1b\[c"), b"\x1b[?62;22c"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
)
_CONTROL = re.compile(rb"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|P[^\x1b]*\x1b\\|.)")
_PATIENCE = 20.0


class Taken(NamedTuple):
    """Seconds by the clock, and of the processor."""

    clock: float
    processor: float


def main() -> int:
    """Print the least and the middle of the runs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--program", default=str(Path(sys.executable).with_name("crm")))
    asked = parser.parse_args()
    environ = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("CRM_", "PY"))},
        "CRM_CACHE_DIR": str(asked.folder.parent / f"cache-of-{asked.folder.name}"),
        "CRM_TODAY": TODAY.isoformat(), "CRM_USER": "petra", "TERM": "xterm-256color",
        "CRM_DIR": str(asked.folder),
    }  # fmt: skip
    if "PYTHONPATH" in os.environ:
        environ["PYTHONPATH"] = os.environ["PYTHONPATH"]
    sys.stdout.write(f"{report(asked.program, environ, asked.runs)}\n")
    return 0


def report(program: str, environ: Mapping[str, str], runs: int) -> str:
    """A line with the times of some runs, after one that does not count."""
    found = subprocess.run(
        [program, "due", "-o", "json"], env=environ, check=True, capture_output=True
    )
    name = json.loads(found.stdout)[0]["name"].encode()
    taken = [first_rows([program, "ui"], environ, name) for _ in range(runs + 1)][1:]
    clock, processor = zip(*taken, strict=True)
    return (
        f"| crm ui, first rows | {min(clock) * 1000:.0f} ms | {median(clock) * 1000:.0f} ms "
        f"| {min(processor) * 1000:.0f} ms | {median(processor) * 1000:.0f} ms |"
    )


def first_rows(words: Sequence[str], environ: Mapping[str, str], name: bytes) -> Taken:
    """What it takes until a name stands on the terminal; the program is ended then."""
    reading, writing = pty.openpty()
    fcntl.ioctl(writing, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    begun = time.perf_counter()
    process = os.fork()
    if process == 0:
        os.setsid()
        fcntl.ioctl(writing, termios.TIOCSCTTY, 0)
        for number in range(3):
            os.dup2(writing, number)
        os.closerange(3, 64)
        os.execve(words[0], list(words), dict(environ))
    os.close(writing)
    held = b""
    try:
        while name not in _CONTROL.sub(b"", held):
            left = begun + _PATIENCE - time.perf_counter()
            if left <= 0 or not select.select([reading], [], [], left)[0]:
                raise SystemExit(f"no rows after {_PATIENCE:.0f} s: {held[-2000:]!r}")
            new = os.read(reading, 1 << 16)
            held += new
            for asked, answer in _ANSWERS:
                for match in asked.finditer(new):
                    os.write(reading, match.expand(answer))
        return Taken(time.perf_counter() - begun, _processor(process))
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(reading)


def _processor(process: int) -> float:
    """Seconds of processor time that the threads of a process have had."""
    tasks = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


if __name__ == "__main__":
    sys.exit(main())
