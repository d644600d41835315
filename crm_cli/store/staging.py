"""Moving files from one known state to another, by temporary files."""

from __future__ import annotations

import errno
import hashlib
import os
import stat

from crm_cli.model.errors import StorageError
from crm_cli.store import files, paths


class Changed(Exception):
    """A file is not what it was when it was read: somebody else wrote it meanwhile."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def digest(data: bytes | None) -> str | None:
    """The SHA-256 of a file's bytes, in hexadecimal; None where there is no file."""
    return None if data is None else hashlib.sha256(data).hexdigest()


def check_writable(path: str, mode: int) -> None:
    """Raise StorageError for a file that is protected against writing."""
    if not mode & 0o222:
        # Renaming would get around it, and whoever protected it meant it.
        raise StorageError(
            f"{path} is read-only; nothing was changed", f"chmod u+w {path} lets it be"
        )


MANY = 256
"""From so many files on they are made durable together: each alone waits for the disk."""


class Staging:
    """The temporary files of one write below `root` (a real path).

    With `many` they are durable only after `settle`. `placed` are the paths that have
    been brought to their new state. After `discard`, `clean` says whether nothing of this
    write's own is left.
    """

    def __init__(self, root: str, *, many: bool = False) -> None:
        self.root = root
        self._many = many
        self._whole: int | None = None
        self._device = 0
        self._unsettled: list[str] = []
        self.placed: list[str] = []
        self.clean = True
        self._temporary: dict[str, str] = {}
        self._made: list[str] = []
        self._touched: dict[str, None] = {}

    def stage(self, path: str, content: bytes, mode: int) -> None:
        """Write the new text beside its target, durably; an existing file's mode stays.

        Raises StorageError where the target is protected against writing; OSError; Refused.
        """
        real = paths.target(self.root, path)
        if real in self._temporary:
            return
        folder = os.path.dirname(real)
        try:
            mode = stat.S_IMODE(files.calls.lstat(real).st_mode)
        except FileNotFoundError:
            self._made += files.make_folders(self.root, folder)
        else:
            check_writable(path, mode)
        temporary = files.temporary_beside(real)
        self._temporary[real] = temporary
        together = self._many and self._with_root(folder)
        granting = files.like(real, mode)
        files.write_new(temporary, content, durable=not together, granting=granting)
        if together:
            self._unsettled.append(temporary)

    def settle(self) -> None:
        """Make all temporary files durable. To be called before any is brought. Raises OSError."""
        if self._whole is None or not self._unsettled:
            return
        try:
            files.again(files.calls.syncfs, self._whole)
        except OSError as error:
            if error.errno not in (errno.ENOTSUP, errno.ENOSYS):
                raise
            for temporary in self._unsettled:
                files.sync_file(temporary)
        self._unsettled.clear()

    def _with_root(self, folder: str) -> bool:
        """Whether a folder is on the root's own file system, whose failures are then told.

        The root is opened before anything is written: only failures since then are told.
        """
        if self._whole is None:
            self._whole = files.again(files.calls.open, self.root, os.O_RDONLY)
            self._device = files.calls.fstat(self._whole).st_dev
        return files.calls.lstat(folder).st_dev == self._device

    def bring(self, path: str, old: str | None, content: bytes | None, mode: int) -> None:
        """Replace, make or (`content` None) remove one file, if its hash is still `old`.

        A file that is in the new state already is left. Raises Changed, OSError, Refused.
        """
        real = paths.target(self.root, path)
        new = digest(content)
        # Looked at before anything is written, and again below, just before it counts.
        missing = content is not None and real not in self._temporary
        if content is not None and missing and digest(files.read_if_any(real)) == old:
            self.stage(path, content, mode)
            missing = False
        now = digest(files.read_if_any(real))
        if now == new:
            self.placed.append(path)
            return
        if now != old or missing:
            raise Changed(path)
        # Said before it is done: an interrupt may come just after it, and must not undo the rest.
        self.placed.append(path)
        try:
            if content is None:
                files.calls.unlink(real)
            elif old is None:
                self._link(path, self._temporary[real], real)
            else:
                files.calls.replace(self._temporary[real], real)
                del self._temporary[real]
        except (OSError, Changed):
            self.placed.pop()
            raise
        self._touched[os.path.dirname(real)] = None

    def sync(self) -> None:
        """Make the names of what was placed durable. Raises OSError."""
        for folder in self._touched:
            files.sync_folder(folder)

    def discard(self) -> None:
        """Remove what is left of the temporary files, and folders made for nothing."""
        if self._whole is not None:
            files.calls.close(self._whole)
            self._whole = None
        for temporary in self._temporary.values():
            self.clean &= files.remove_quietly(temporary)
        self._temporary.clear()
        if not self.placed:
            files.remove_folders(self._made)
        self._made.clear()

    def _link(self, path: str, temporary: str, real: str) -> None:
        """Give a new file its name, unless somebody took it: a rename would not notice."""
        try:
            files.calls.link(temporary, real)
        except FileExistsError:
            raise Changed(path) from None
        except OSError:
            # Some file systems have no hard links.
            if files.exists(real):
                raise Changed(path) from None
            files.calls.replace(temporary, real)
