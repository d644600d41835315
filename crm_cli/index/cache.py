"""The cache folder: which file in it is the index, and who may create one.

Each index that is made has a name of its own, and a small file says which is current.
So nobody's open file is ever replaced under them, nor is one's write-ahead log taken
for another's. A second such file for another version leaves two installations in peace.
"""

from __future__ import annotations

import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT = 10.0
"""Seconds to wait for another run that writes the index."""

_KEPT = 7 * 86_400
"""Seconds for which other versions' indexes are kept."""

_PAGE = 16_384
"""Bytes that are read at once. Of smaller pages the calls for them take a third of a question's
time; to read the file as memory is no faster, and a file that is cut off then ends the program."""

_NETWORK = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre")
)


class Unusable(Exception):
    """The folder cannot hold an index that others write at the same time."""


class Cache:
    """The indexes of one data directory, in a folder that only we write to."""

    def __init__(self, folder: Path, version: str) -> None:
        self.folder = folder
        self._pointer = folder / f"{zlib.crc32(version.encode()):08x}.current"

    def current(self) -> Path | None:
        """The index that is current, or None. Raises OSError."""
        if not self._pointer.is_file():  # a pipe would never end
            return None
        try:
            name = self._pointer.read_text("utf-8")
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        if not name.endswith(".db") or "/" in name or "\\" in name:
            return None
        path = self.folder / name
        return path if path.is_file() else None

    def make(self, fill: Callable[[sqlite3.Connection], None], instead: Path | None) -> Path:
        """Make a new index and declare it current, unless another run has just done so.

        `instead` is the one to be replaced, which is no good. Raises sqlite3.Error,
        OSError, and Unusable.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _on_network(self.folder):
            raise Unusable
        with self._alone():
            current = self.current()
            if current is not None and current != instead:
                return current
            path = self.folder / f"{self._pointer.stem}-{time.time_ns():x}-{os.getpid()}.db"
            try:
                self._make(path, fill)
            except BaseException:
                _unlink(path)
                raise
            self._declare(path)
            self._sweep(path)
        return path

    def _make(self, path: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
        create_private(path)
        connection = connect(path)
        try:
            connection.execute(f"PRAGMA page_size = {_PAGE}")
            # Nobody sees the file before it is whole, and nothing is lost with it.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            fill(connection)
            connection.execute("PRAGMA locking_mode = NORMAL")
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            if mode != "wal":
                raise Unusable
        finally:
            connection.close()
        with path.open("rb+") as file:
            os.fsync(file.fileno())

    def _declare(self, path: Path) -> None:
        draft = self._pointer.with_suffix(f".{os.getpid()}.tmp")
        draft.unlink(missing_ok=True)
        create_private(draft)
        draft.write_text(path.name, "ascii")
        draft.replace(self._pointer)

    def _sweep(self, path: Path) -> None:
        """Delete what no version needs any more."""
        keep = {path.name}
        limit = time.time() - _KEPT
        for pointer in self.folder.glob("*.current"):
            if pointer.stat().st_mtime >= limit:
                keep.add(pointer.read_text("ascii", "replace"))
            elif pointer != self._pointer:
                _unlink(pointer)
        for index in self.folder.glob("*-*-*.db"):
            if index.name not in keep:
                _unlink(index)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the right to make an index; SQLite's own lock goes with the process."""
        path = self.folder / "making.db"
        if not path.exists():
            create_private(path)
        connection = connect(path)
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield
        finally:
            connection.close()


def connect(path: Path | None, *, only_read: bool = False) -> sqlite3.Connection:
    """A connection to a file that is there, or to a new database in memory."""
    if path is None:
        return sqlite3.connect(":memory:", isolation_level=None)
    name = path.absolute().as_posix()
    for char in "%?#":
        name = name.replace(char, f"%{ord(char):02x}")
    slash = "" if name.startswith("/") else "/"
    mode = "ro" if only_read else "rw"
    return sqlite3.connect(
        f"file:{slash}{name}?mode={mode}", uri=True, isolation_level=None, timeout=WAIT
    )


def engine() -> tuple[str, bool]:
    """SQLite's version, and whether it has full-text search, without which there is no index."""
    connection = connect(None)
    try:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
    except sqlite3.Error:
        return sqlite3.sqlite_version, False
    finally:
        connection.close()
    return sqlite3.sqlite_version, True


def whole(path: Path) -> bool:
    """Whether a database file is as long as it says of itself (SQLite format, 1.3)."""
    with path.open("rb") as file:
        head = file.read(100)
        size = os.fstat(file.fileno()).st_size
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        return False
    page = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    return size >= (65536 if page == 1 else page) * pages


def create_private(path: Path) -> None:
    """Make an empty file that only we may read; what SQLite puts beside it is the same."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return


def _unlink(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        try:
            path.with_name(name).unlink()
        except OSError:
            continue


def _on_network(folder: Path) -> bool:
    """Whether the folder lies on a network file system, as far as the system tells."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
    except OSError:
        return False
    real = f"{folder.resolve()}/"
    longest, kind = "", ""
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        fields = left.split(" ")
        if len(fields) < 5:
            continue
        mount = fields[4].replace("\\040", " ")
        if real.startswith(f"{mount.rstrip('/')}/") and len(mount) >= len(longest):
            longest, kind = mount, right.split(" ")[0]
    return kind.removeprefix("fuse.") in _NETWORK or kind == "fuse.sshfs"
