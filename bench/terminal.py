"""What a terminal costs more than a pipe: processor time of warm commands, in turn.

    python bench/terminal.py FOLDER [--runs 15]

FOLDER is a directory that `generate.py` made. The terminal is a pseudo-terminal of 80 columns
and 24 lines, whose output is read as it comes; PAGER is cat, which costs no time of ours.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import struct
import sys
import termios
from pathlib import Path
from statistics import median

from generate import TODAY

LINES = (
    ("list", "list"),
    ("list, 20 rows", "list -n 20"),
    ("list +vip city:Koper", "list +vip city:Koper"),
    ("task list is:overdue", "task list is:overdue"),
    ("due", "due"),
    ("show", "show {one}"),
    ("agenda", "agenda --days 1"),
    ("purchase summary --by month --chart", "purchase summary --by month --chart"),
)
_COMPLETED = tuple(
    f"__complete fish {line}"
    for line in (
        "list owner:", "list +", "show ", "show a", "purchase list status:", "list city:",
        "task done ", "payment add ", "purchase show 2026-", "case list status:", "deal show ",
    )
)  # fmt: skip
"""What is completed after; at 10,000 customers each has 100 ms."""


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=15)
    asked = parser.parse_args()
    one = sorted((asked.folder / "customers").rglob("*.yaml"))[0].stem
    environ = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("CRM_", "PY"))},
        "CRM_CACHE_DIR": str(asked.folder.parent / f"cache-of-{asked.folder.name}"),
        "CRM_TODAY": TODAY.isoformat(), "CRM_USER": "petra", "TERM": "xterm-256color",
        "PAGER": "cat", "CRM_DIR": str(asked.folder),
    }  # fmt: skip
    sys.stdout.write("| command | pipe | terminal | more |\n|---|--:|--:|--:|\n")
    for name, line in LINES:
        words = line.format(one=one).split(" ")
        once(words, environ, terminal=False)
        pipes, terminals = [], []
        for _ in range(asked.runs):
            pipes.append(once(words, environ, terminal=False))
            terminals.append(once(words, environ, terminal=True))
        pipe, terminal = median(pipes) * 1000, median(terminals) * 1000
        sys.stdout.write(
            f"| crm {name} | {pipe:.0f} ms | {terminal:.0f} ms | {terminal - pipe:+.0f} ms |\n"
        )
        sys.stdout.flush()
    for line in _COMPLETED:
        words = line.split(" ")
        taken = median(once(words, environ, terminal=False) for _ in range(asked.runs))
        sys.stdout.write(f"| crm {line} | {taken * 1000:.0f} ms | | |\n")
    return 0


def once(words: list[str], environ: dict[str, str], *, terminal: bool) -> float:
    """The processor time of one run, in seconds."""
    program = str(Path(sys.executable).with_name("crm"))
    if terminal:
        reading, writing = pty.openpty()
        fcntl.ioctl(writing, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    else:
        reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.setsid()
        # stdin is the terminal as well, else nothing is paged.
        os.dup2(writing if terminal else os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        os.closerange(3, 64)
        os.execve(program, [program, *words], environ)
    os.close(writing)
    while True:
        try:
            if not os.read(reading, 1 << 16):
                break
        except OSError:  # Linux: the other side of a terminal is closed.
            break
    _, _, used = os.wait4(process, 0)
    os.close(reading)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
