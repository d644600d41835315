"""The operating system's file calls, as the program makes them.

They stand in one class, so that a test can put another in its place (`files.replaced`).
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def _fsync(descriptor: int) -> None:
    # macOS's fsync leaves the data in the drive's cache; F_FULLFSYNC is what survives power loss.
    if sys.platform == "darwin":
        import fcntl

        try:
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
        except OSError:
            pass
    os.fsync(descriptor)


def _syncfs(descriptor: int) -> None:
    """All that was written to the file system of an open file or folder; ENOTSUP elsewhere.

    Since Linux 5.8 it tells of failed writes, of which there were some since the
    descriptor was opened. A kernel that does not tell is not asked.
    """
    if sys.platform != "linux" or _kernel() < (5, 8):
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))
    import ctypes

    try:
        syncfs = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP)) from None
    if syncfs(descriptor):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _kernel() -> tuple[int, ...]:
    found = re.match(r"(\d+)\.(\d+)", os.uname().release)
    return tuple(map(int, found.groups())) if found else (0, 0)


def _flock(descriptor: int, *, exclusive: bool) -> None:
    """Take the lock without waiting (BlockingIOError where it is held), or give it back."""
    if sys.platform == "win32":
        import msvcrt

        # Far behind the text, which a waiting process must be able to read.
        os.lseek(descriptor, 1 << 30, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK if exclusive else msvcrt.LK_UNLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(*error.args) from error
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB if exclusive else fcntl.LOCK_UN)


def _realpath(path: str) -> str:
    return os.path.realpath(path)


@contextmanager
def _scandir(path: str) -> Iterator[Iterator[os.DirEntry[str]]]:
    """The entries of a folder; their `path` is not to be relied on.

    They are asked by their names within the open folder: looking for each along the whole
    path takes a fifth longer.
    """
    if os.scandir not in os.supports_fd:
        with os.scandir(path) as listing:
            yield listing
        return
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with os.scandir(folder) as listing:
            yield listing
    finally:
        os.close(folder)


def _chown(path: str, owner: int, group: int) -> None:
    if sys.platform != "win32":
        os.chown(path, owner, group)


def _no_attributes(path: str, *rest: object) -> list[str]:
    raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))


class Calls:
    """The operating system, one attribute per call."""

    open = staticmethod(os.open)
    close = staticmethod(os.close)
    read = staticmethod(os.read)
    write = staticmethod(os.write)
    ftruncate = staticmethod(os.ftruncate)
    fsync = staticmethod(_fsync)
    syncfs = staticmethod(_syncfs)
    fstat = staticmethod(os.fstat)
    stat = staticmethod(os.stat)
    lstat = staticmethod(os.lstat)
    scandir = staticmethod(_scandir)
    listdir = staticmethod(os.listdir)
    realpath = staticmethod(_realpath)
    replace = staticmethod(os.replace)
    link = staticmethod(os.link)
    unlink = staticmethod(os.unlink)
    mkdir = staticmethod(os.mkdir)
    rmdir = staticmethod(os.rmdir)
    chmod = staticmethod(os.chmod)
    chown = staticmethod(_chown)
    if sys.platform == "linux":
        listxattr = staticmethod(os.listxattr)
        getxattr = staticmethod(os.getxattr)
        setxattr = staticmethod(os.setxattr)
        removexattr = staticmethod(os.removexattr)
    else:
        listxattr = getxattr = setxattr = removexattr = staticmethod(_no_attributes)
    flock = staticmethod(_flock)
