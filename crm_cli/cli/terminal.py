"""The user's terminal: prompts, and the pager."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress

from crm_cli.model.errors import Declined
from crm_cli.model.text import visible


def ask_terminal(prompt: str) -> str | None:
    """A line typed on the controlling terminal, None where there is none.

    stdin may be a pipe, as in `crm list -o ids | crm tag add coast -`. The prompt is one that
    `render/shapes.py` made visible. Raises Declined at the end of input.
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
        shown.write(prompt)
        shown.flush()
        line = typed.readline()
        if not line:
            shown.write("\n")
            raise Declined("nothing was changed")
        return line.rstrip("\n")


def can_ask() -> bool:
    """True if there is a controlling terminal, whatever stdin is."""
    try:
        os.close(os.open("CONIN$" if os.name == "nt" else "/dev/tty", os.O_RDONLY))
    except OSError:
        return False
    return True


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


def edit(text: str, name: str, environ: Mapping[str, str], *, line: int = 1) -> str:
    """The text after the user's editor (`VISUAL`, `EDITOR`, else vi) was closed.

    It is edited in a private folder, under `name`, so that the editor knows its kind; a
    `line` after the first is where the cursor is put, as far as the editor is known to
    take it. Raises UsageError where there is no editor, Declined where it fails.
    """
    import shlex
    import subprocess
    import tempfile

    from crm_cli.model.errors import UsageError

    command = environ.get("VISUAL") or environ.get("EDITOR") or ""
    if not command:
        if not sys.stdin.isatty():
            raise UsageError("there is no terminal for an editor", "set EDITOR, or use crm set")
        command = "vi"
    try:
        arguments = shlex.split(command)
    except ValueError:
        raise UsageError(f"EDITOR is no command: {visible(command)}") from None
    with tempfile.TemporaryDirectory(prefix="crm-") as folder:
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text)
        program = os.path.basename(arguments[0]) if arguments else ""
        at = [f"+{line}"] if line > 1 and program in _TAKES_LINE else []
        try:
            done = subprocess.run([*arguments, *at, path], env=dict(environ), check=False)
        except OSError as error:
            raise UsageError(
                f"cannot start the editor {visible(command)}: {error.strerror}",
                "set EDITOR to one that is there",
            ) from error
        if done.returncode:
            raise Declined(f"the editor ended with {done.returncode}; nothing was changed")
        return _left(path)


def _left(path: str) -> str:
    """The text that an editor left; raises Declined where that is no file any more."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        raise Declined(f"the editor left no file ({error.strerror}); nothing was changed") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Declined("the editor left something else than a file; nothing was changed")
    with open(descriptor, encoding="utf-8", errors="surrogateescape", newline="") as file:
        return file.read()


_TAKES_LINE = frozenset(
    ("vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe")
)
