"""Files that are not the directory's: what is imported, exported, or kept beside."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from crm_cli.model.errors import StorageError, UsageError
from crm_cli.store import files

LARGEST = 1024 * 1024 * 1024
"""The most that is read of a file, in bytes."""

_ABANDONED = 3600
"""Seconds after which a temporary file is nobody's: there is no lock outside the directory."""


def read(path: Path) -> bytes:
    """All bytes of a file, or of stdin for `-`. Raises UsageError where there is none."""
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.EISDIR, errno.ENOTDIR):
            raise UsageError(f"cannot read {path}: {error.strerror}") from error
        raise StorageError(f"cannot read {path}: {error.strerror or error}") from error
    if len(data) > LARGEST:
        raise UsageError(f"{path} has more than 1 GiB", "split it")
    return data


def write(path: Path, pieces: Iterable[str], *, force: bool = False) -> None:
    """Write a whole new file; one that is there is replaced only with `force`.

    It is written under another name first, so that nobody ever sees half of it. Raises
    UsageError where a file is in the way, StorageError where the disk refuses.
    """
    if path.exists() and not force:
        raise UsageError(f"{path} exists", "choose another name, or say --force to replace it")
    data = "".join(pieces).encode("utf-8", "surrogatepass")
    place = os.path.realpath(path)
    with files.telling(f"write {path}", "nothing was written"):
        if force:
            files.write_atomic(place, data, mode=_mode(place))
        else:
            _write_new(place, data)
        files.sync_folder(os.path.dirname(place))
    _sweep(place)


def free_name(path: Path) -> Path:
    """The path itself, or with the first of `-2`, `-3` … of which there is no file."""
    number, candidate = 1, path
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return candidate


def _write_new(place: str, data: bytes) -> None:
    """Like `write_atomic`, but never over a file that has come to be meanwhile."""
    temporary = files.temporary_beside(place)
    files.write_new(temporary, data, mode=_mode(place))
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


def _mode(place: str) -> int:
    """The mode of the file that is replaced, else private: it holds personal data."""
    try:
        return files.calls.stat(place).st_mode & 0o777
    except OSError:
        return 0o600


def write_bytes(path: Path, data: bytes) -> None:
    """Replace a file's bytes as a whole. Raises StorageError."""
    place = os.path.realpath(path)
    with files.telling(f"write {path}", "nothing was written"):
        files.write_atomic(place, data, mode=_mode(place))
