"""What a terminal of a given size shows: the program run on a pseudo-terminal."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def shown(
    words: Sequence[str],
    *,
    cwd: Path,
    width: int = 80,
    height: int = 24,
    typed: bytes = b"",
    environ: Mapping[str, str] | None = None,
    code: str = "",
) -> str:
    """What `crm WORDS`, or Python `code`, writes to a terminal that is its only stream."""
    import fcntl
    import pty
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    attributes = termios.tcgetattr(slave)
    attributes[1] &= ~termios.OPOST
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(slave, termios.TCSANOW, attributes)
    command = ["-c", code, *words] if code else ["-m", "crm_cli", *words]
    process = subprocess.Popen(
        [sys.executable, *command],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=cwd,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(cwd / "home"),
            "CRM_CACHE_DIR": str(cwd / "cache"),
            "CRM_TODAY": "2026-11-20",
            "CRM_USER": "petra",
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            "PAGER": "cat",
            **(environ or {}),
        },
        preexec_fn=_own(slave),
    )
    os.close(slave)
    if typed:
        os.write(master, typed)
    found = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # Linux: the other side is closed.
            break
        if not piece:
            break
        found += piece
    process.wait(timeout=60)
    os.close(master)
    return found.decode()


def _own(terminal: int) -> Callable[[], None]:
    """Makes the terminal a new session's controlling one."""
    import fcntl
    import termios

    def become() -> None:
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

    return become


def bare(text: str) -> str:
    """What was shown, without colours and links."""
    text = re.sub(r"\x1b\]8;[^;\x1b]*;[^\x1b]*\x1b\\", "", text)
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
