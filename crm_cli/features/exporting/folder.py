"""A folder with a file for each entry, as vdirsyncer has them: what becomes of each file.

What was changed there and not yet imported is never overwritten, and what others put
there is never removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Generic, TypeVar

from crm_cli.formats.content_lines import Refused
from crm_cli.model.errors import CrmError
from crm_cli.query.lookups import customers
from crm_cli.store.vdir import Vdir
from crm_cli.workspace import Workspace

E = TypeVar("E")
"""An entry of a calendar, or a card."""

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._+-]{0,120}")


@dataclass(frozen=True, slots=True)
class File(Generic[E]):
    """A file of the folder: its bytes, and what it says (None: it cannot be read)."""

    name: str
    data: bytes
    entries: tuple[E, ...] | None


@dataclass(slots=True)
class Folder:
    """What became of a folder: numbers of files, and those left alone, with why."""

    path: Path
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    kept: list[tuple[str, str]] = field(default_factory=list)
    without_day: int = 0

    def read(
        self, vdir: Vdir, read: Callable[[bytes, str], Iterable[E | Refused]]
    ) -> list[File[E]]:
        """The files that are there; `read` takes the bytes of a file, and its name.

        What cannot be read is left alone, and told.
        """
        files: list[File[E]] = []
        for name, data in vdir.read().items():
            if isinstance(data, str):
                self.kept.append((name, data))
                continue
            try:
                found = list(read(data, name))
            except CrmError as error:
                self.kept.append((name, f"it cannot be read: {error.message}"))
                continue
            refused = [one for one in found if isinstance(one, Refused)]
            entries = tuple(one for one in found if not isinstance(one, Refused))
            if refused:
                self.kept.append((name, f"line {refused[0].line}: {refused[0].reason}"))
            files.append(File(name, data, None if refused else entries))
        return files

    def add(self, vdir: Vdir, uid: str, data: bytes) -> None:
        """Write the file of an entry that has none."""
        name = file_name(uid, vdir.suffix)
        if vdir.write(name, data, None):
            self.written += 1
        elif not any(kept == name for kept, _ in self.kept):
            self.kept.append((name, "another entry has this name, or came meanwhile"))

    def replace(
        self, vdir: Vdir, name: str, before: bytes, data: bytes, has_news: Callable[[], bool]
    ) -> None:
        """Write a file anew, unless it has news."""
        if has_news():
            self.kept.append((name, "changed there"))
        elif vdir.write(name, data, before):
            self.written += 1
        else:
            self.kept.append((name, "changed meanwhile"))

    def remove(self, vdir: Vdir, name: str, before: bytes, has_news: Callable[[], bool]) -> None:
        """Remove the file of what is shown no longer, unless it has news."""
        if has_news():
            self.kept.append((name, "changed there"))
        elif vdir.remove(name, before):
            self.removed += 1
        else:
            self.kept.append((name, "changed meanwhile"))

    def finish(self, vdir: Vdir) -> None:
        """Make durable what was done."""
        if self.written or self.removed:
            vdir.settle()
        vdir.sweep()


def file_name(uid: str, suffix: str) -> str:
    """The file of a UID: its own name where that is a harmless one."""
    if _PLAIN.fullmatch(uid):
        return f"{uid}{suffix}"
    return f"{sha256(uid.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}{suffix}"


def sound(workspace: Workspace) -> set[str] | None:
    """The customers whose records are read whole; None where all are."""
    wrong = {problem.path for problem in workspace.problems}
    if not wrong:
        return None
    return {id for id, path in customers(workspace.database) if path not in wrong}
