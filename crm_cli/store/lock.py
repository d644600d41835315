"""One writer at a time: an exclusive lock on `.crm/lock`.

The kernel frees the lock when its holder dies, so there are no stale locks. The file
is never deleted, and holds its holder's command while it is held. A clean end empties
it: what a new holder finds there says that the last one was killed, and that
temporary files may have to be swept.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from types import TracebackType

from crm_cli.model.errors import ConflictError, StorageError
from crm_cli.store import files

FOLDER = ".crm"
NAME = "lock"
_PAUSE = 0.02
_FLAGS = (
    os.O_RDWR
    | os.O_CREAT
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


class Lock:
    """The lock of the data directory `root` (a real path), as a context manager.

    `command` is what others see while they wait; `waiting` is called once, with the
    holder's command, if this one has to wait. Entering raises ConflictError after
    `timeout` seconds, and StorageError where the file system cannot lock.
    `unclean` says that the holder before was killed; `clean` is to be set once nothing
    of this one's is left behind.
    """

    def __init__(
        self,
        root: str,
        *,
        command: str,
        timeout: float = 10.0,
        waiting: Callable[[str], None] | None = None,
    ) -> None:
        self.folder = os.path.join(root, FOLDER)
        self.command = command
        self.timeout = timeout
        self.waiting = waiting
        self.unclean = False
        self.clean = False
        self._descriptor = -1

    def __enter__(self) -> Lock:
        try:
            files.private_folder(self.folder)
            place = os.path.join(self.folder, NAME)
            is_new = not files.exists(place)
            self._descriptor = files.again(files.calls.open, place, _FLAGS, 0o600)
            if is_new:
                files.shared(place)
        except OSError as error:
            raise files.failure(f"open the lock {FOLDER}/{NAME}", error) from error
        try:
            self._take()
            self._sign()
        except BaseException:
            self._descriptor, descriptor = -1, self._descriptor
            files.calls.close(descriptor)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._descriptor, descriptor = -1, self._descriptor
        try:
            if self.clean:
                files.calls.ftruncate(descriptor, 0)
            # Said aloud: a worker process that was forked meanwhile holds the file open too.
            files.calls.flock(descriptor, exclusive=False)
        except OSError:
            pass  # closing frees it as well, and a text that stays costs the next one a sweep
        finally:
            files.calls.close(descriptor)

    def _take(self) -> None:
        until = time.monotonic() + self.timeout
        told = False
        while True:
            try:
                files.calls.flock(self._descriptor, exclusive=True)
                return
            except InterruptedError:
                continue
            except BlockingIOError:
                holder = self._text() or "another crm command"
            except OSError as error:
                reason = files.reason(error)
                raise StorageError(
                    f"this file system cannot lock {FOLDER}/{NAME} ({reason}); nothing was changed",
                    "keep the directory on a local disk, or on a network one that has locks",
                ) from error
            if time.monotonic() >= until:
                raise ConflictError(
                    f"{holder} is writing here; gave up after {self.timeout:g} s",
                    "try again when it is done, or wait longer with --lock-timeout",
                )
            if self.waiting and not told:
                self.waiting(holder)
                told = True
            time.sleep(min(_PAUSE, max(0.0, until - time.monotonic())))

    def _text(self) -> str:
        """The line that the holder left, if any; a waiting one may meet it half written."""
        try:
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            data = files.calls.read(self._descriptor, 400)
        except OSError:
            return ""
        return data.decode("utf-8", "replace").partition("\n")[0].strip()

    def _sign(self) -> None:
        self.unclean = bool(self._text())
        line = " ".join(self.command.split())[:200]
        try:
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            files.calls.ftruncate(self._descriptor, 0)
            files.write_all(self._descriptor, f"{line} (pid {os.getpid()})\n".encode())
        except OSError as error:
            raise files.failure(f"write the lock {FOLDER}/{NAME}", error) from error
