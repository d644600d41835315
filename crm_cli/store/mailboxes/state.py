"""What one machine knows of mailboxes: how far they were read, and the mails that wait.

It lies in the user's state folder, never in the directory: mails of strangers do not come into
git. If it is lost, everything is fetched again, and what is in the records is known there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crm_cli.model.errors import ConflictError
from crm_cli.store import files, outside
from crm_cli.store.claims import Claims, state_folder

NAME = "mail.json"
_LOCK = "mail"


@contextmanager
def mail_state(root: Path, environ: Mapping[str, str]) -> Iterator[MailState]:
    """The state of a data directory, for this run alone. Raises ConflictError, StorageError."""
    folder = state_folder(root, environ)
    with Claims(folder).alone(_LOCK) as mine:
        if not mine:
            raise ConflictError(
                "mail is being fetched by another run", "wait until it has ended"
            )
        yield MailState(folder)


class MailState:
    """The state of one data directory; change it, then `save` it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.marks: dict[str, dict[str, Any]] = {}
        """By mailbox, what is written down of it."""
        self.waiting: dict[str, dict[str, Any]] = {}
        """By Message-ID, the mails of senders whom nobody knows."""
        self._load()

    def _load(self) -> None:
        path = os.fspath(self._folder / NAME)
        with files.telling(f"read {path}", "nothing was fetched"):
            data = files.read_if_any(path)
        try:
            held = json.loads(data or b"{}")
            self.marks, self.waiting = dict(held["marks"]), dict(held["waiting"])
        except (ValueError, KeyError, TypeError):
            # Not ours, or damaged: a mailbox that is read from its beginning loses nothing.
            self.marks, self.waiting = {}, {}

    def save(self) -> None:
        """Write it down, whole and durably. Raises StorageError."""
        held = {"marks": self.marks, "waiting": self.waiting}
        data = json.dumps(held, ensure_ascii=False).encode("utf-8", "replace")
        outside.write_bytes(self._folder / NAME, data, mode=0o600)

    def forget(self, names: Callable[[str], bool]) -> None:
        """Drop the mails that wait, and the marks, of which `names` says that they are about
        somebody."""
        self.drop([id for id, held in self.waiting.items() if names(_text(id, held))])
        for marks in self.marks.values():
            for key in [key for key in marks if names(key)]:
                del marks[key]

    def drop(self, ids: Iterable[str]) -> None:
        """Let mails wait no longer."""
        for id in ids:
            self.waiting.pop(id, None)


def is_kept(folder: Path) -> bool:
    """Whether there is a state in a folder. Raises StorageError."""
    path = os.fspath(folder / NAME)
    with files.telling(f"look for {path}", ""):
        return files.exists(path)


def _text(*values: object) -> str:
    """All texts of values, a line each."""
    found = []
    waiting = list(values)
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        else:
            found.append(str(one))
    return "\n".join(found)
