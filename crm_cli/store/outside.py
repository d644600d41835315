"""Files outside the data directory: imported, exported, or set aside."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from crm_cli.model.errors import UsageError
from crm_cli.model.places import SETTINGS, place_of
from crm_cli.store import files
from crm_cli.store.paths import same_name

LARGEST = 1024 * 1024 * 1024
"""The most that is read of a file, in bytes."""

_CHUNK = 1024 * 1024
_READ = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_ABANDONED = 3600
"""Seconds after which a temporary file is nobody's: there is no lock outside the directory."""
_DAY = 86_400


def read(path: Path) -> bytes:
    """All bytes of a file, or of stdin for `-`. Raises UsageError where there is none."""
    try:
        data = _stdin() if str(path) == "-" else _read(os.fspath(path))
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.EISDIR, errno.ENOTDIR):
            raise UsageError(f"cannot read {path}: {files.reason(error)}") from error
        raise files.failure(f"read {path}", error) from error
    if len(data) > LARGEST:
        raise UsageError(f"{path} has more than 1 GiB", "split it")
    return data


def _stdin() -> bytes:
    return sys.stdin.buffer.read(LARGEST + 1)


def _read(path: str) -> bytes:
    """A file's bytes, or a pipe's until its other end is closed (`<(command)` is one)."""
    descriptor = files.again(files.calls.open, path, _READ)
    try:
        chunks = []
        size = 0
        while size <= LARGEST:
            chunk = files.again(files.calls.read, descriptor, _CHUNK)
            if not chunk:
                break
            chunks.append(chunk)
            size += len(chunk)
        return b"".join(chunks)
    finally:
        files.calls.close(descriptor)


def write(path: Path, pieces: Iterable[str | bytes], *, force: bool = False) -> None:
    """Write a whole new file; one that is there is replaced only with `force`.

    It is written under another name first, so that nobody ever sees half of it; a pipe, a
    device or a stream of this process is written into. Raises UsageError where a file is in
    the way, also with `force` where it is a data directory's own or git's; StorageError where
    the disk refuses.
    """
    write_data(path, encoded(pieces), force=force)


def write_data(path: Path, data: bytes, *, force: bool = False) -> None:
    """As `write`, of bytes."""
    with files.telling(f"write {path}", "nothing was written"):
        mode = _type(path)
        if mode is not None and _is_stream(path, mode):
            _pour(path, data)
            return
        place = files.calls.realpath(os.fspath(path))
        _refuse_own(path, place)
        if mode is not None and (not force or stat.S_ISBLK(mode)):
            raise UsageError(f"{path} exists", "choose another name, or say --force to replace it")
        if force:
            files.write_atomic(place, data, granting=_rights(place))
        else:
            _write_new(place, data)
        files.sync_folder(os.path.dirname(place))
    _sweep(place)


def refuse_taken(path: Path) -> None:
    """Raise UsageError where no new file can be written: one is there, or there is no folder.

    `write` says the same, after the work is done. Raises StorageError.
    """
    with files.telling(f"look for {path}", "nothing was written"):
        mode = _type(path)
        if mode is not None and _is_stream(path, mode):
            return
        _refuse_own(path, files.calls.realpath(os.fspath(path)))
        if mode is not None:
            raise UsageError(f"{path} exists", "choose another name; nothing was written")
        if _type(path.parent) is None:
            raise UsageError(f"there is no folder {path.parent}", "make it first")


def free_name(path: Path, data: bytes | None = None) -> Path:
    """The path itself, or with the first of `-2`, `-3` … of which there is no file, or one that
    holds `data` already.

    Raises StorageError.
    """
    number, candidate = 1, path
    with files.telling(f"look for {path}", ""):
        while (mode := _type(candidate)) is not None:
            if data is not None and stat.S_ISREG(mode) and candidate.read_bytes() == data:
                return candidate
            number += 1
            candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return candidate


def write_once(path: Path, data: bytes) -> None:
    """As `write_data`, unless the file holds these bytes already."""
    with files.telling(f"write {path}", "nothing was written"):
        mode = _type(path)
        is_there = mode is not None and stat.S_ISREG(mode) and path.read_bytes() == data
    if not is_there:
        write_data(path, data)


def encoded(pieces: Iterable[str | bytes]) -> bytes:
    """The pieces of a file as its bytes, texts in UTF-8."""
    return b"".join(
        piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogatepass")
        for piece in pieces
    )


def holds_files(folder: Path, pattern: str) -> bool:
    """True if a folder has a file of a pattern. Raises StorageError."""
    with files.telling(f"look into {folder}", "nothing was written"):
        return any(path.is_file() for path in folder.glob(pattern))


def write_within(path: Path, data: bytes) -> None:
    """As `write_data` with `force`, and make the folders that are missing."""
    with files.telling(f"make {path.parent}", "the export is not complete"):
        make_folder(path.parent)
    write_data(path, data, force=True)


def remove_others(folder: Path, pattern: str, kept: Iterable[Path]) -> None:
    """Remove the files of a pattern in a folder that are not among those. Raises StorageError."""
    stay = {os.fspath(path) for path in kept}
    with files.telling(f"tidy {folder}", "files of the export before are left"):
        for path in folder.glob(pattern):
            if os.fspath(path) not in stay:
                files.calls.unlink(os.fspath(path))


def make_folder(path: str | os.PathLike[str]) -> None:
    """Make a folder and what is missing above it, private, durably. Raises OSError."""
    place = os.fspath(path)
    try:
        files.calls.mkdir(place, 0o700)
        # Folders above may be others', and not for us to read.
        with suppress(PermissionError):
            files.sync_folder(os.path.dirname(place) or ".")
    except FileExistsError:
        if not stat.S_ISDIR(files.calls.stat(place).st_mode):
            raise
    except FileNotFoundError:
        above = os.path.dirname(place)
        if above in ("", place):
            raise
        make_folder(above)
        make_folder(place)


def _type(path: Path) -> int | None:
    """The mode of what is there, behind a link too; None where there is nothing. OSError."""
    try:
        return files.calls.stat(os.fspath(path)).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def _is_stream(path: Path, mode: int) -> bool:
    """True for what is written into and never replaced, such as `/dev/stdout` or a pipe."""
    if stat.S_ISREG(mode):  # `/dev/stdout` may be one
        return os.path.abspath(path).startswith(("/dev/fd/", "/dev/std", "/proc/"))
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode)


def _pour(path: Path, data: bytes) -> None:
    """Write into what is no regular file. Raises OSError."""
    flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
    descriptor = files.again(files.calls.open, os.fspath(path), flags)
    try:
        files.write_all(descriptor, data)
    finally:
        files.calls.close(descriptor)


def _refuse_own(path: Path, place: str) -> None:
    """Raise UsageError for a file that a data directory or a repository consists of. OSError.

    No undo would bring it back. `place` is the path without links.
    """
    name = same_name(os.path.basename(place))
    folder = os.path.dirname(place)
    while True:
        above, last = os.path.split(folder)
        if same_name(last) in (".git", ".crm") or name in (".git", ".crm"):
            raise UsageError(f"{path} is the program's own, or git's", "choose another name")
        if files.exists(os.path.join(folder, SETTINGS.path)) and (
            place_of(name) is not None or name.startswith(".git")
        ):
            raise UsageError(
                f"{path} is a file of the data directory {folder}",
                "choose another name; crm import and crm edit change what is in the directory",
            )
        if not last:
            return
        folder, name = above, f"{same_name(last)}/{name}"


def _write_new(place: str, data: bytes) -> None:
    """Like `write_atomic`, but never over a file that has come to be meanwhile."""
    temporary = files.temporary_beside(place)
    files.write_new(temporary, data)
    try:
        files.calls.link(temporary, place)
    except FileExistsError:
        raise UsageError(f"{place} exists", "choose another name") from None
    except OSError:
        # A file system without links: the check before is all that can be had.
        files.calls.replace(temporary, place)
        return
    finally:
        files.remove_quietly(temporary)


def _sweep(place: str) -> None:
    """Remove what killed runs left of the same file, if it is too old to be of a living one."""
    folder, name = os.path.split(place)
    try:
        for other in files.calls.listdir(folder):
            if other.startswith(f".{name}.tmp-") and files.TEMPORARY.fullmatch(other):
                path = os.path.join(folder, other)
                if files.calls.lstat(path).st_mtime < time.time() - _ABANDONED:
                    files.remove_quietly(path)
    except OSError:
        return


def sweep_folders(place: str) -> None:
    """As `_sweep`, for what a killed clone or restore was filling, and for what stood beside that;
    of a day ago, since it may take long."""
    folder, name = os.path.split(place)
    try:
        for other in files.calls.listdir(folder):
            if other.lstrip(".").startswith(f"{name}.tmp-") and files.TEMPORARY.fullmatch(other):
                path = os.path.join(folder, other)
                found = files.calls.lstat(path)
                if found.st_mtime > time.time() - _DAY:
                    continue
                if stat.S_ISDIR(found.st_mode):
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    files.remove_quietly(path)
    except OSError:
        return


def _rights(place: str) -> files.Granting | None:
    """Those of the file that is replaced, else none for others: it holds personal data."""
    return files.like(place, 0o600) if files.exists(place) else None


def write_bytes(path: str | os.PathLike[str], data: bytes, *, mode: int | None = None) -> None:
    """Replace or make a file as a whole, durably; `mode` None keeps its own. StorageError."""
    with files.telling(f"write {os.fspath(path)}", "nothing was written"):
        place = files.calls.realpath(os.fspath(path))
        granting = _rights(place) if mode is None else None
        files.write_atomic(place, data, mode=mode or 0o600, granting=granting)
        files.sync_folder(os.path.dirname(place))
    _sweep(place)
