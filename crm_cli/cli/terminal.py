"""The user's terminal: questions asked on it, and the pager."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress

from crm_cli.model.errors import Declined
from crm_cli.model.text import visible


def ask_terminal(prompt: str) -> str | None:
    """A line typed on the controlling terminal, None where there is none.

    stdin may be a pipe, as in `crm list -o ids | crm tag add coast -`. Raises
    Declined at the end of input.
    """
    names = ("CONIN$", "CONOUT$") if os.name == "nt" else ("/dev/tty", "/dev/tty")
    try:
        source = os.open(names[0], os.O_RDONLY)
    except OSError:
        return None
    try:
        target = os.open(names[1], os.O_WRONLY)
    except OSError:
        os.close(source)
        return None
    with (
        os.fdopen(source, encoding="utf-8", errors="replace") as typed,
        os.fdopen(target, "w", encoding="utf-8", errors="backslashreplace") as shown,
    ):
        shown.write(visible(prompt, multiline=True))
        shown.flush()
        line = typed.readline()
        if not line:
            shown.write("\n")
            raise Declined("nothing was changed")
        return line.rstrip("\n")


def page(text: str, environ: Mapping[str, str]) -> bool:
    """Show the text in the user's pager; False where there is none to be had.

    `CRM_PAGER`, else `PAGER`, else less; empty or `cat` is no pager. As with git,
    `LESS` is FRX unless the user set it: short texts end at once, colours stay.
    """
    import shlex
    import subprocess

    command = environ.get("CRM_PAGER", environ.get("PAGER", "less"))
    try:
        arguments = shlex.split(command)
    except ValueError:
        return False
    if not arguments or arguments == ["cat"]:
        return False
    try:
        pager = subprocess.Popen(arguments, stdin=subprocess.PIPE, env={"LESS": "FRX", **environ})
    except OSError:
        return False
    try:
        pager.communicate(text.encode(sys.stdout.encoding or "utf-8", "backslashreplace"))
    except KeyboardInterrupt:
        # The key is the pager's: it stops a search there, and does not end us before it.
        if pager.stdin is not None:
            with suppress(OSError):
                pager.stdin.close()
        while pager.poll() is None:
            with suppress(KeyboardInterrupt):
                pager.wait()
    return True
