# ruff: noqa: PTH102, PTH105, PTH108, PTH119, PTH120
"""Promise 1, power loss: what every writing command has asked the disk for, and when.

No test can cut the power. What can be told is the order of the calls: a text is synced
before it gets its name, the folder after it, and both before the command says that it
is done.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from crm_cli.store import files
from tests.trust.ground import Ground
from tests.trust.writers import WRITERS, Writer, prepared

_NO_MATTER = ("change", "uncommitted", "commits", "merging")
"""What undo finds under its other name, what git can be asked again, and the note of a merge,
which counts only as long as git is in that merge."""
_ELSEWHERE = re.compile(r"/\.(git|config)/")


class Disk(files.Calls):
    """Knows what would not be there after a power loss."""

    def __init__(self) -> None:
        self.paths: dict[int, str] = {}
        self.unsynced: set[str] = set()
        self.unnamed: set[str] = set()
        self.early: list[str] = []

    def open(self, path: str, flags: int, mode: int = 0o777) -> int:  # type: ignore[override]
        descriptor = os.open(path, flags, mode)
        self.paths[descriptor] = os.fspath(path)
        return descriptor

    def write(self, descriptor: int, data: Any) -> int:
        self.unsynced.add(self.paths[descriptor])
        return os.write(descriptor, data)

    def fsync(self, descriptor: int) -> None:
        path = self.paths[descriptor]
        self.unsynced.discard(path)
        self.unnamed.discard(path)

    def syncfs(self, descriptor: int) -> None:
        self.unsynced.clear()

    def replace(self, source: str, target: str) -> None:  # type: ignore[override]
        self._named(source, target)
        os.replace(source, target)

    def link(self, source: str, target: str) -> None:  # type: ignore[override]
        self._named(source, target)
        os.link(source, target)

    def unlink(self, path: str) -> None:  # type: ignore[override]
        os.unlink(path)
        name = os.path.basename(path)
        if not files.TEMPORARY.fullmatch(name) and name not in _NO_MATTER:
            self.unnamed.add(os.path.dirname(path))

    def mkdir(self, path: str, mode: int = 0o777) -> None:  # type: ignore[override]
        os.mkdir(path, mode)
        if not path.endswith("/.crm/undo"):
            self.unnamed.add(os.path.dirname(path))

    def _named(self, source: str, target: str) -> None:
        if source in self.unsynced:
            self.early.append(target)
        if os.path.basename(target) not in _NO_MATTER and not _ELSEWHERE.search(target):
            self.unnamed.add(os.path.dirname(target))


@pytest.mark.turns(2)
@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.name)
def test_what_is_acknowledged_is_on_the_disk(writer: Writer, tmp_path: Path) -> None:
    ground = Ground(tmp_path / "ground")
    words = prepared(ground, writer)
    disk = Disk()
    ran = ground.run(*words, system=disk)
    assert ran.code == 0, ran
    assert disk.early == [], "named before it was synced"
    records = {folder for folder in disk.unnamed if not folder.endswith("/.crm/undo")}
    assert records == set(), "its folder was never synced"
