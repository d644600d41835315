"""Extracting many files into batches of rows, in one process or several.

Each worker process reads the files itself and sends rows; only paths go to it. It has two
batches to do at a time, so that it never waits for the next one, and so that neither
side is ever stuck with a message that the other does not take.
"""

from __future__ import annotations

import gc
import marshal
import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from crm_cli.index.reading import Batch, FileReader
from crm_cli.store.tree import Folder

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from crm_cli.model.business import Business
    from crm_cli.store.tree import Tree

CHUNK = 50
"""Files in a batch."""

MANY = 200
"""From so many files on, starting processes takes less time than it saves."""

_MOST = 8
"""Worker processes; one process puts the rows in, and keeps up with hardly more."""

_AHEAD = 2
"""Batches that a worker is given before the first is done."""

File = tuple[int, str]
"""(pk, path) of a record's file."""


def batches(
    tree: Tree, business: Business, files: Sequence[File], *, workers: int | None = None
) -> Iterator[Batch]:
    """The rows of all files, in no particular order.

    `workers` is the number of processes beside this one; without it as many as there are
    processors, where that pays.
    """
    chunks = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
    if workers is None:
        workers = _processors() if len(files) >= MANY else 0
    # What else a directory is read through may hold on to a process of its own.
    if workers > 1 and isinstance(tree, Folder):
        done: set[int] = set()
        try:
            yield from _parallel(tree, business, chunks, min(workers, len(chunks), _MOST), done)
        except _NoProcess:
            chunks = [chunk for number, chunk in enumerate(chunks) if number not in done]
        else:
            return
    reader = FileReader(tree, business)
    with unhurried_collector():
        for chunk in chunks:
            yield reader.batch(chunk)


@contextmanager
def unhurried_collector() -> Iterator[None]:
    """Let Python look for garbage seldom: while so much is made, it finds little each time."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _NoProcess(Exception):
    """A worker could not be started, or has died."""


def _parallel(
    tree: Folder,
    business: Business,
    chunks: list[Sequence[File]],
    workers: int,
    done: set[int],
) -> Iterator[Batch]:
    """The batches as they come; notes in `done` which they were."""
    # Imported here since a usual read starts no process.
    import multiprocessing
    from multiprocessing.connection import wait

    ways = multiprocessing.get_all_start_methods()
    context: Any = multiprocessing.get_context("fork" if "fork" in ways else "spawn")
    waiting = deque(enumerate(chunks))
    ours: list[Connection] = []
    processes = []
    try:
        for _ in range(workers):
            try:
                mine, theirs = context.Pipe()
                ours.append(mine)
                # A forked process has copies of our ends, and must not keep them open: it
                # would not notice that we are gone.
                inherited = tuple(ours) if context.get_start_method() == "fork" else ()
                process = context.Process(
                    target=_work, args=(theirs, tree, business, inherited), daemon=True
                )
                process.start()
            except (OSError, ImportError) as error:
                raise _NoProcess from error
            theirs.close()
            processes.append(process)
            for _ in range(_AHEAD):
                _hand_out(mine, waiting)
        left = len(chunks)
        while left:
            for ready in wait(ours):
                try:
                    number, batch = _taken(ready)  # type: ignore[arg-type]
                    _hand_out(ready, waiting)  # type: ignore[arg-type]
                except (EOFError, OSError) as error:
                    raise _NoProcess from error
                left -= 1
                done.add(number)
                yield batch
    finally:
        for connection in ours:
            connection.close()
        for process in processes:
            process.terminate()
            process.join()


def _hand_out(worker: Connection, waiting: deque[tuple[int, Sequence[File]]]) -> None:
    if waiting:
        number, chunk = waiting.popleft()
        worker.send_bytes(marshal.dumps((number, list(chunk))))


def _taken(worker: Connection) -> tuple[int, Batch]:
    message = marshal.loads(worker.recv_bytes())
    if isinstance(message, str):
        raise RuntimeError(f"reading failed in a worker process:\n{message}")
    number, parts = message
    return number, Batch(*parts)


def _work(
    connection: Connection, tree: Folder, business: Business, inherited: Sequence[Connection]
) -> None:
    """A worker's life: paths in, rows out, until the other side is gone."""
    import signal

    for other in inherited:
        other.close()
    # Who presses Ctrl-C means the command; it ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reader = FileReader(tree, business)
    try:
        with unhurried_collector():
            while True:
                number, chunk = marshal.loads(connection.recv_bytes())
                connection.send_bytes(marshal.dumps((number, tuple(reader.batch(chunk)))))
    except (EOFError, OSError):
        return
    except Exception:
        from traceback import format_exc

        connection.send_bytes(marshal.dumps(format_exc()))


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
