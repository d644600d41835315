"""The log of what agents asked and did: a line of JSON for each call, in the user's own folder."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from crm_cli.store import files

NAME = "mcp.log"
_LARGEST = 1 << 20
"""Bytes after which a log is put aside, and another one begun."""
_KEPT = 3
"""So many that were put aside stay: `mcp.log.1` is the latest."""
_APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)


class CallLog:
    """The log in a folder. Several processes may write into it at once."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def add(self, line: str) -> None:
        """Append a line. Raises StorageError."""
        with files.telling(f"write {self.path}"):
            self._make_room()
            descriptor = files.again(files.calls.open, os.fspath(self.path), _APPEND, 0o600)
            try:
                # One write, so that lines of several processes do not mix.
                files.write_all(descriptor, f"{line}\n".encode("utf-8", "backslashreplace"))
            finally:
                files.calls.close(descriptor)

    def forget(self, word: str) -> None:
        """Remove the lines that name somebody. Raises StorageError."""
        for path in (self.path, *map(self._aside, range(1, _KEPT + 1))):
            with files.telling(f"write {path}"):
                held = files.read_if_any(os.fspath(path))
                if held is None or word.encode() not in held:
                    continue
                lines = [line for line in held.splitlines(True) if word.encode() not in line]
                files.write_atomic(os.fspath(path), b"".join(lines))

    def _make_room(self) -> None:
        try:
            full = files.calls.stat(os.fspath(self.path)).st_size >= _LARGEST
        except FileNotFoundError:
            return
        if full:
            for number in range(_KEPT, 0, -1):
                older = self._aside(number - 1) if number > 1 else self.path
                with suppress(FileNotFoundError):  # Another process may have put it aside.
                    files.calls.replace(os.fspath(older), os.fspath(self._aside(number)))

    def _aside(self, number: int) -> Path:
        return self.path.with_name(f"{NAME}.{number}")
