"""A folder of calendar files or vCards, one entry each, shared with vdirsyncer and others.

Others write it too, so a file is replaced or removed only while it is what was read.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Mapping
from pathlib import Path

from crm_cli.model.errors import UsageError
from crm_cli.model.places import PLACES
from crm_cli.store import files

CALENDARS, CARDS = ".ics", ".vcf"
"""The endings of the files of a folder of calendars, and of an address book."""
_LARGEST = 16 * 1024 * 1024
_ABANDONED = 3600
"""Seconds after which a temporary file is nobody's: there is no lock outside the directory."""


class Vdir:
    """See the module. `path` need not exist before the first file is written."""

    def __init__(self, path: Path, root: Path | None = None, *, suffix: str = CALENDARS) -> None:
        """`suffix` ends the names of its files; they must not lie in the own folders of `root`,
        the data directory.

        Raises UsageError where they would, and for what is no folder.
        """
        self.path = path
        place = os.path.realpath(path)
        if root is not None:
            home = os.path.realpath(root)
            own = [os.path.join(home, name) for name in _OWN]
            if place == home or any(
                place == folder or place.startswith(folder + os.sep) for folder in own
            ):
                raise UsageError(
                    f"{path} is where records lie",
                    "calendars and address books need their own folders",
                )
        if os.path.lexists(place) and not os.path.isdir(place):
            raise UsageError(f"{path} is no folder", f"a vdir is a folder of {suffix} files")
        self.suffix = suffix
        self._place = place

    def read(self) -> Mapping[str, bytes | str]:
        """The bytes of each of its files by name; why not, of one that cannot be read."""
        found: dict[str, bytes | str] = {}
        try:
            names = files.calls.listdir(self._place)
        except FileNotFoundError:
            return found
        except OSError as error:
            raise files.failure(f"read {self.path}", error, "") from error
        for name in sorted(names):
            if name.startswith(".") or not name.lower().endswith(self.suffix):
                continue
            try:
                data = files.read(self._at(name), follow=False, limit=_LARGEST + 1)
            except FileNotFoundError:
                continue
            except OSError as error:
                link = error.errno == errno.ELOOP
                found[name] = "it is a link" if link else files.reason(error)
            else:
                found[name] = data if len(data) <= _LARGEST else "it has more than 16 MiB"
        return found

    def write(self, name: str, data: bytes, before: bytes | None) -> bool:
        """Replace a file that is `before`, or make a new one (None); False where it is neither.

        Raises StorageError.
        """
        place = self._at(name)
        with files.telling(f"write {self.path / name}", "the file is as it was"):
            self._make()
            if not self._is(place, before):
                return False
            files.write_atomic(place, data)
        return True

    def remove(self, name: str, before: bytes) -> bool:
        """Remove a file that is `before`; False where it is not. Raises StorageError."""
        place = self._at(name)
        with files.telling(f"remove {self.path / name}", "the file is as it was"):
            if not self._is(place, before):
                return False
            files.calls.unlink(place)
        return True

    def settle(self) -> None:
        """Make the names that were added and removed durable. Raises StorageError."""
        with files.telling(f"write {self.path}", ""):
            files.sync_folder(self._place)

    def sweep(self) -> None:
        """Remove what killed runs left, if it is too old to be of a living one."""
        try:
            for name in files.calls.listdir(self._place):
                if f"{self.suffix}.tmp-" in name and files.TEMPORARY.fullmatch(name):
                    path = self._at(name)
                    if files.calls.lstat(path).st_mtime < time.time() - _ABANDONED:
                        files.remove_quietly(path)
        except OSError:
            return

    def _make(self) -> None:
        if not os.path.isdir(self._place):
            files.make_folders(os.path.abspath(os.sep), self._place)

    def _is(self, place: str, before: bytes | None) -> bool:
        try:
            return files.read(place, follow=False) == before
        except FileNotFoundError:
            return before is None

    def _at(self, name: str) -> str:
        return os.path.join(self._place, name)


_OWN = (*(place.path[:-1] for place in PLACES if place.is_folder), ".crm", ".git")
