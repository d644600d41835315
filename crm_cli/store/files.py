"""File operations on a data directory.

Nothing else in the program opens, writes or removes a record: tests replace `calls`
and so make any single call fail, or end the process there. Messages of failures are
made here too, so that they read alike. No function here knows what a record is.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from crm_cli.model.errors import Refused, StorageError
from crm_cli.store import access
from crm_cli.store.system_calls import Calls as Calls

LARGEST = 16 * 1024 * 1024
"""No record may be larger (bytes)."""

_P = ParamSpec("_P")
_T = TypeVar("_T")

_CLOEXEC = getattr(os, "O_CLOEXEC", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_READ = os.O_RDONLY | _CLOEXEC | _NONBLOCK | _BINARY

TEMPORARY = re.compile(r"\..+\.tmp-[0-9a-f]{12}")
"""The whole name of a temporary file: `.NAME.tmp-` and twelve hexadecimal digits."""


calls = Calls()


@contextmanager
def replaced(other: Calls) -> Iterator[Calls]:
    """Let `other` stand for the operating system within the block (for tests)."""
    global calls
    before, calls = calls, other
    try:
        yield other
    finally:
        calls = before


def again(call: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Repeat a call that has done nothing when a signal interrupts it. Raises OSError.

    PEP 475 covers most; this also covers file systems that answer EINTR by themselves.
    """
    while True:
        try:
            return call(*args, **kwargs)
        except InterruptedError:
            continue


def reason(error: OSError) -> str:
    """What the system says is wrong, in its own words, without the path."""
    return error.strerror or str(error) or type(error).__name__


def failure(doing: str, error: OSError, outcome: str = "nothing was changed") -> StorageError:
    """The refusal for a failed call: `cannot write x: No space left on device; nothing …`."""
    end = f"; {outcome}" if outcome else ""
    return StorageError(f"cannot {doing}: {reason(error)}{end}", _CURES.get(error.errno or 0, ""))


_ROOM = "make room on the disk, then run the command again"
_RIGHTS = "check who may write there (ls -ld)"
_CURES = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: "the file system is mounted read-only; reading still works",
    errno.EIO: "the disk reports an error; check it before you go on",
    errno.ENAMETOOLONG: "choose a shorter id",
}


@contextmanager
def telling(doing: str, outcome: str = "nothing was changed") -> Iterator[None]:
    """Turn a failed call within the block into the refusal that says so (see `failure`)."""
    try:
        yield
    except OSError as error:
        raise failure(doing, error, outcome) from error


def real(root: str | os.PathLike[str]) -> str:
    """A data directory's own path, without links. Raises StorageError."""
    with telling(f"find {os.fspath(root)}", ""):
        return calls.realpath(os.fspath(root))


class NotRegular(OSError):
    """What was to be read is no file: a folder, pipe, socket or device."""


def read(path: str, *, follow: bool = True, limit: int | None = None) -> bytes:
    """The bytes of a regular file.

    Never blocks on a pipe or device. `follow=False` refuses a symbolic link with OSError
    (ELOOP); with `limit` no more than that many bytes are read. Raises OSError;
    FileNotFoundError where there is none; NotRegular.
    """
    return read_with_status(path, follow=follow, limit=limit)[0]


def read_with_status(
    path: str, *, follow: bool = True, limit: int | None = None
) -> tuple[bytes, os.stat_result]:
    """The bytes of a regular file and its status, of the same file even if it is replaced."""
    system = calls
    descriptor = again(system.open, path, _READ if follow else _READ | _NOFOLLOW)
    try:
        status = system.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotRegular(0, kind_of(status.st_mode))
        # One byte more than the size, so that the usual file takes one read and one for its end.
        wanted = status.st_size + 1
        if limit is not None:
            wanted = min(wanted, limit)
        chunk = again(system.read, descriptor, wanted)
        chunks = [chunk]
        size = len(chunk)
        while chunk and (limit is None or size < limit):
            chunk = again(system.read, descriptor, 65536 if limit is None else limit - size)
            chunks.append(chunk)
            size += len(chunk)
        return b"".join(chunks), status
    finally:
        system.close(descriptor)


def read_if_any(path: str) -> bytes | None:
    """The bytes of a regular file, or None where there is none. Raises OSError."""
    try:
        return read(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def kind_of(mode: int) -> str:
    """What a file that is no regular one is called."""
    for test, name in (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
        (stat.S_ISLNK, "a link"),
    ):
        if test(mode):
            return name
    return "not a regular file"


Granting = Callable[[str], None]
"""Gives rights to the file of a path. Raises OSError."""


def write_new(
    path: str,
    *pieces: bytes,
    mode: int = 0o600,
    durable: bool = True,
    granting: Granting | None = None,
) -> None:
    """Write a file that must not exist yet, wholly and durably (but not its name: `sync_folder`).

    Private before it has content; then it has `mode`, or what `granting` gives. What was begun
    is removed if anything fails. What is not `durable` yet is made so by the caller, for many
    files at once. Raises OSError.
    """
    system = calls
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _CLOEXEC | _NOFOLLOW | _BINARY
    descriptor = again(system.open, path, flags, 0o600)
    try:
        try:
            for piece in pieces:
                write_all(descriptor, piece)
            if granting is not None:
                granting(path)
            elif mode != 0o600:
                system.chmod(path, mode)
            if durable:
                again(system.fsync, descriptor)
        finally:
            system.close(descriptor)
    except BaseException:
        remove_quietly(path)
        raise


def shared(path: str) -> None:
    """Let whoever may write in a folder with its group read and write a new file there, too."""
    access.share(calls, path, 0o600)


def like(before: str, mode: int) -> Granting:
    """Give a new file the rights that the one has which it replaces, or else `mode`."""

    def granting(path: str) -> None:
        try:
            status = calls.stat(before)
        except FileNotFoundError:
            access.share(calls, path, mode)
        else:
            access.take_over(calls, path, before, status)

    return granting


def sync_file(path: str) -> None:
    """Make a file that was written without it durable. Raises OSError."""
    descriptor = again(calls.open, path, os.O_RDONLY | _CLOEXEC | _NOFOLLOW)
    try:
        again(calls.fsync, descriptor)
    finally:
        calls.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte, however few each call takes. Raises OSError."""
    rest = memoryview(data)
    while rest:
        written = again(calls.write, descriptor, rest)
        if written <= 0:
            raise OSError(errno.EIO, "the disk took no more bytes")
        rest = rest[written:]


def temporary_beside(path: str) -> str:
    """A fresh name for the text that is to replace `path`, in the same folder."""
    folder, name = os.path.split(path)
    # A file name has at most 255 bytes, and the record's own may use them all.
    short = name.encode("utf-8", "surrogateescape")[:200].decode("utf-8", "ignore")
    return os.path.join(folder, f".{short}.tmp-{os.urandom(6).hex()}")


def write_atomic(
    path: str, *pieces: bytes, mode: int = 0o600, granting: Granting | None = None
) -> None:
    """Replace `path` as a whole, or leave it as it is; durable after `sync_folder`. OSError."""
    temporary = temporary_beside(path)
    write_new(temporary, *pieces, mode=mode, granting=granting)
    try:
        calls.replace(temporary, path)
    except BaseException:
        remove_quietly(temporary)
        raise


def sync_folder(path: str) -> None:
    """Make names that were added to or removed from a folder durable. Raises OSError."""
    if sys.platform == "win32":
        return
    descriptor = again(calls.open, path, os.O_RDONLY | _CLOEXEC)
    try:
        again(calls.fsync, descriptor)
    except OSError as error:
        # Some file systems cannot sync a folder, and say so; a real failure is another number.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        calls.close(descriptor)


def make_folders(root: str, folder: str) -> list[str]:
    """Make `folder` and what is missing above it, below `root`, private; the ones made.

    Raises OSError; what was made before the failure is removed again.
    """
    missing = []
    while folder != root and not exists(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    created: list[str] = []
    try:
        for path in reversed(missing):
            try:
                calls.mkdir(path, 0o700)
                access.share(calls, path, 0o700)
            except FileExistsError:
                continue  # somebody made it meanwhile
            created.append(path)
            sync_folder(os.path.dirname(path))
    except BaseException:
        remove_folders(created)
        raise
    return created


def remove_folders(created: list[str]) -> None:
    """Remove folders that were just made, if they are still empty; failures do not matter."""
    for path in reversed(created):
        try:
            calls.rmdir(path)
        except OSError:
            return


def exists(path: str) -> bool:
    """Whether anything has this name, even a link to nothing. Raises OSError."""
    try:
        calls.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def remove_quietly(path: str) -> bool:
    """Remove a file of our own; whether it is gone."""
    try:
        calls.unlink(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def sweep(top: str) -> None:
    """Remove the temporary files that a killed run left below a folder; only under the lock.

    Hidden folders below it and links are left alone. Raises OSError.
    """
    folders = [top]
    while folders:
        folder = folders.pop()
        with calls.scandir(folder) as listing:
            for entry in listing:
                path = os.path.join(folder, entry.name)
                if not entry.name.startswith("."):
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(path)
                elif TEMPORARY.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    remove_quietly(path)


def private_folder(path: str) -> None:
    """Make the program's own folder in a data directory, private unless it is shared by group.

    Raises OSError, Refused.
    """
    try:
        calls.mkdir(path, 0o700)
        access.share(calls, path, 0o700)
        sync_folder(os.path.dirname(path))
    except FileExistsError:
        if not stat.S_ISDIR(calls.lstat(path).st_mode):
            raise Refused(
                f"{path} is not a folder, so nothing can be written here",
                "the program keeps its lock there; move that file or link away",
            ) from None
