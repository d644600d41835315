"""Trees: what a data directory is read through, a folder or a git commit."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from crm_cli.model.errors import DataError, Problem, Severity
from crm_cli.model.places import PLACES, is_scanned, place_of
from crm_cli.store import files, paths

Entry = tuple[str, int, int, int, int]
"""A file: its path, relative with `/`; then its stamp, which changes when its bytes do.

In a folder the stamp is size (bytes), mtime and ctime (nanoseconds) and inode; in a
git tree it is size, two zeros and a number made from the blob's id.
"""

_TYPE = 0o170000
_REGULAR = 0o100000


class Tree(Protocol):
    """Where records are read from. Reading writes nothing."""

    problems: list[Problem]
    """What the last `entries` skipped, and why."""

    def entries(self, *, whole: bool = False) -> Iterator[Entry]:
        """Every file that belongs to the data, in no particular order; those of places that are
        not scanned for records only for the `whole` of it."""

    def listed(self, folder: str) -> list[str]:
        """The paths of the files in a folder of the data, such as `templates/`."""

    def read(self, path: str) -> bytes:
        """A file's bytes.

        Raises FileNotFoundError; DataError (with its `problems`) where it cannot be read;
        Refused where the path is none of this directory's.
        """

    def exists(self, path: str) -> bool:
        """Whether `read` would find a file."""


class Folder:
    """A data directory on disk.

    While the journal of an interrupted write lies there, its texts stand for the files
    that it is about: a reader sees the whole change, though it may not finish it.
    """

    def __init__(self, root: Path) -> None:
        self.root = files.real(root)
        self.problems: list[Problem] = []
        self._known_folders: set[str] = {self.root}
        self._staged: dict[str, bytes | None] = {}
        self._interrupted: tuple[Problem, ...] = ()
        with files.telling("read .crm", ""):
            interrupted = files.exists(os.path.join(self.root, ".crm", "journal"))
        if interrupted:
            # Imported here since hashing and JSON are not needed by a usual read.
            from crm_cli.store import journal

            self._staged, self._interrupted = journal.overlay(self.root)

    def entries(self, *, whole: bool = False) -> Iterator[Entry]:
        """See `Tree.entries`; one walk, one `lstat` for each file.

        Files and folders whose name begins with a dot are not looked at. What cannot be
        used is left out and stands in `problems` afterwards.
        """
        self.problems = list(self._interrupted)
        found: list[Entry] = []
        for place in PLACES:
            if not (place.scanned or whole):
                continue
            if place.is_folder:
                self._walk(place.path[:-1], place.suffix, found)
            else:
                self._single(place.path, found)
        if self._staged:
            found = [entry for entry in found if entry[0] not in self._staged]
            found.extend(one for one in self._staged_entries() if whole or is_scanned(one[0]))
        return iter(found)

    def listed(self, folder: str) -> list[str]:
        """See `Tree.listed`."""
        problems, self.problems = self.problems, []
        place = place_of(f"{folder}x")
        found: list[Entry] = []
        self._walk(folder[:-1], place.suffix if place is not None else "", found)
        self.problems = problems
        paths = {entry[0] for entry in found} - self._staged.keys()
        staged = {entry[0] for entry in self._staged_entries()} if self._staged else set()
        return [*paths, *(path for path in staged if path.startswith(folder))]

    def read(self, path: str) -> bytes:
        """See `Tree.read`."""
        if path in self._staged:
            staged = self._staged[path]
            if staged is None:
                raise FileNotFoundError(path)
            return staged
        absolute = os.path.join(self.root, paths.check(path))
        try:
            self._check_folder(path, os.path.dirname(absolute))
            try:
                data = files.read(absolute, follow=False, limit=files.LARGEST + 1)
            except OSError as error:
                if error.errno not in (errno.ELOOP, errno.EMLINK):
                    raise
                data = files.read(self._link_target(path, absolute), limit=files.LARGEST + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise FileNotFoundError(path) from None
        except files.NotRegular as error:
            raise _unusable(path, "not-a-file", f"is {error.strerror}, not a file") from error
        except OSError as error:
            message = f"cannot be read: {files.reason(error)}"
            raise _unusable(path, "unreadable", message, _cure(error)) from error
        if len(data) > files.LARGEST:
            raise _unusable(path, "too-large", "is larger than 16 MiB", "split it, or remove it")
        return data

    def exists(self, path: str) -> bool:
        """See `Tree.exists`."""
        try:
            self.read(path)
        except FileNotFoundError:
            return False
        except DataError:
            return True
        return True

    def _walk(self, top: str, suffix: str, found: list[Entry]) -> None:
        folders = [top] if self._is_folder(top) else []
        while folders:
            folder = folders.pop()
            try:
                with files.calls.scandir(os.path.join(self.root, folder)) as listing:
                    self._list(folder, listing, suffix, found, folders)
            except OSError as error:
                self._unreadable(folder, error, "this folder ")

    def _list(
        self,
        folder: str,
        listing: Iterator[os.DirEntry[str]],
        suffix: str,
        found: list[Entry],
        folders: list[str],
    ) -> None:
        # Runs once for each of perhaps 100,000 files: one system call, one tuple.
        add, before = found.append, f"{folder}/"
        for entry in listing:
            name = entry.name
            try:
                if name.endswith(suffix) and name[0] != "." and name.isascii():
                    status = entry.stat(follow_symlinks=False)
                    if status.st_mode & _TYPE == _REGULAR:
                        add(
                            (
                                before + name,
                                status.st_size,
                                status.st_mtime_ns,
                                status.st_ctime_ns,
                                status.st_ino,
                            )
                        )
                        continue
                if name[0] == ".":
                    continue
                path = before + name
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                else:
                    self._unusual(path, entry, suffix, found)
            except FileNotFoundError:
                continue  # it went away meanwhile
            except OSError as error:
                self._unreadable(before + name, error)

    def _unusual(self, path: str, entry: os.DirEntry[str], suffix: str, found: list[Entry]) -> None:
        """What the fast way left: links, other types, other endings, names not in ASCII."""
        name = entry.name
        ending = name[-5:].lower()
        if not name.endswith(suffix):
            if ending.endswith((".yml", ".yaml")):
                self._skip(
                    path, "file-ending", "is not read", "its name must end in .yaml; rename it"
                )
            elif entry.is_symlink() and entry.is_dir():
                self._skip(path, "folder-link", "a link to a folder is not followed")
            return
        try:
            name.encode("utf-8")
        except UnicodeEncodeError:
            shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            self._skip(shown, "file-name", "its name is not UTF-8", "rename it", Severity.ERROR)
            return
        self._add(path, found)

    def _single(self, name: str, found: list[Entry]) -> None:
        try:
            self._add(name, found)
        except FileNotFoundError:
            return
        except OSError as error:
            self._unreadable(name, error)

    def _add(self, path: str, found: list[Entry]) -> None:
        """Add a file, or a link to one inside; OSError."""
        absolute = os.path.join(self.root, path)
        status = files.calls.lstat(absolute)
        if status.st_mode & _TYPE == 0o120000:
            real = files.calls.realpath(absolute)
            if not paths.inside(self.root, real):
                self._skip(path, "outside-link", "is a link out of the directory; skipped")
                return
            try:
                status = files.calls.stat(real)
            except OSError as error:
                if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                    raise
                self._skip(path, "broken-link", "is a link to nothing; skipped")
                return
        if status.st_mode & _TYPE != _REGULAR:
            what = files.kind_of(status.st_mode)
            self._skip(path, "not-a-file", f"is {what}, not a file; skipped")
            return
        found.append((path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino))

    def _is_folder(self, top: str) -> bool:
        try:
            mode = files.calls.lstat(os.path.join(self.root, top)).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            # A folder that cannot be looked at is not an empty one.
            self._unreadable(top, error, "this folder ")
            return False
        if mode & _TYPE == 0o040000:
            return True
        if mode & _TYPE == 0o120000:
            self._skip(top, "folder-link", "a link to a folder is not followed")
        else:
            self._skip(top, "not-a-folder", f"is {files.kind_of(mode)}, not a folder; skipped")
        return False

    def _staged_entries(self) -> Iterator[Entry]:
        import hashlib

        for path, data in self._staged.items():
            if data is not None and place_of(path) is not None:
                # No real inode is negative: the file is read again once the write is finished.
                number = int.from_bytes(hashlib.sha256(data).digest()[:7], "big")
                yield path, len(data), 0, 0, -1 - number

    def _check_folder(self, path: str, folder: str) -> None:
        if folder in self._known_folders:
            return
        if not paths.inside(self.root, files.calls.realpath(folder)):
            raise _unusable(path, "outside-link", "lies behind a link out of the directory")
        self._known_folders.add(folder)

    def _link_target(self, path: str, absolute: str) -> str:
        real = files.calls.realpath(absolute)
        if not paths.inside(self.root, real):
            raise _unusable(path, "outside-link", "is a link out of the directory")
        return real

    def _unreadable(self, path: str, error: OSError, what: str = "") -> None:
        message = f"{what}cannot be read: {files.reason(error)}"
        self._skip(path, "unreadable", message, _cure(error), Severity.ERROR)

    def _skip(
        self,
        path: str,
        code: str,
        message: str,
        hint: str = "",
        severity: Severity = Severity.WARNING,
    ) -> None:
        self.problems.append(Problem(path, 0, 0, code, message, hint, severity))


def _cure(error: OSError) -> str:
    denied = error.errno in (errno.EACCES, errno.EPERM)
    return "check who may read it (ls -l)" if denied else ""


def _unusable(path: str, code: str, message: str, hint: str = "") -> DataError:
    problem = Problem(path, 0, 0, code, message, hint)
    return DataError(f"{path} {message}", hint, (problem,))
