"""Writing records: all of a change or none of it, and never over an unread text.

The protocol: take the lock; finish what a killed run began; read and hash every file
and compute its new text; write the new texts beside the files; hash again, and start
over where somebody else wrote meanwhile; then rename. With several files an intent
journal goes before the renames. The old texts stay in `.crm/undo/` for undo.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from crm_cli.model.errors import ConflictError, DataError, Refused
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.store import files, journal, paths, undo
from crm_cli.store.lock import Lock
from crm_cli.store.staging import MANY, Changed, Staging, check_writable, digest

_ATTEMPTS = 5

Waiting = Callable[[str], None]
"""Told once, with the holder's command, that this one waits for the lock."""


class FileChange(NamedTuple):
    """What is to become of one file.

    `path` is relative, with `/`. `update` gets the current bytes (None: no file) and
    returns the new ones (None: no file; the same: no change). It may be called again, with
    other bytes, if the file is changed meanwhile, and may raise a CrmError to refuse.
    `mode` is a new file's; one that exists keeps its own.
    """

    path: str
    update: Callable[[bytes | None], bytes | None]
    mode: int = 0o600


class Written(NamedTuple):
    """One file that was changed: bytes before and after (None: no file)."""

    path: str
    before: bytes | None
    after: bytes | None


class Committed(NamedTuple):
    """What a commit changed, and its entry for undo; empty where nothing differed."""

    files: tuple[Written, ...] = ()
    entry: undo.Entry | None = None
    linked: tuple[str, ...] = ()
    """The files that had another name, which still leads to the old text."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The changed files, relative, in the order asked for."""
        return tuple(file.path for file in self.files)


class _Plan(NamedTuple):
    """What becomes of a file; `old` and `new` are the hashes of its bytes before and after."""

    path: str
    before: bytes | None
    after: bytes | None
    old: str | None
    new: str | None
    mode: int
    links: int = 1

    @property
    def forward(self) -> journal.Image:
        return journal.Image(self.path, self.old, self.new, self.after, self.mode)

    @property
    def backward(self) -> journal.Image:
        return journal.Image(self.path, self.new, self.old, self.before, self.mode)

    @property
    def kept(self) -> journal.Image:
        return journal.Image(self.path, self.old, self.new, self.before, self.mode)


def commit(
    root: Path,
    changes: Sequence[FileChange],
    *,
    command: str,
    subject: str = "",
    when: str = "",
    timeout: float = 10.0,
    waiting: Waiting | None = None,
    then: Callable[[Committed], object] | None = None,
    role: str = "",
    of: int = 0,
) -> Committed:
    """Carry out all changes, or none.

    `command` is what others see while they wait; `subject` and `when` (any text that says
    the time) are kept for undo. `then` is told what was written, while the lock is still
    held; it answers False where the next write has to see to it. `role` and `of` are those of
    its entry for undo.

    Raises ConflictError (locked, changed meanwhile, a name's twin), Refused (a path outside,
    a link), StorageError, and whatever an `update` raises; whichever it is, every file is its
    old self or, as the message then says, its new one.
    """
    real = files.real(root)
    _check(changes)
    with Lock(real, command=command, timeout=timeout, waiting=waiting) as lock:
        _tidy(real, lock)
        conflict = ""
        for _ in range(_ATTEMPTS):
            plans = _plan(real, changes)
            if not plans:
                lock.clean = True
                return Committed()
            log = journal.Log(command, subject, when, tuple(plan.kept for plan in plans))
            staging = Staging(real, many=len(plans) >= MANY)
            try:
                entry = _write(real, plans, log, staging, role, of)
            except Changed as changed:
                conflict = changed.path
                continue
            except KeyboardInterrupt:
                # It may have come just after a file was made, before that was written down.
                staging.clean = False
                raise
            except BaseException:
                # What is in place all the same is left to the next write to make sure of.
                staging.clean &= not staging.placed
                raise
            finally:
                staging.discard()
                lock.clean = staging.clean
            done = Committed(
                tuple(Written(p.path, p.before, p.after) for p in plans),
                entry,
                tuple(p.path for p in plans if p.links > 1 and p.after is not None),
            )
            if then is not None:
                # Who is stopped here has not told git: the next write does.
                lock.clean = False
                lock.clean = then(done) is not False and staging.clean
            return done
    raise ConflictError(
        f"{conflict} keeps being changed by something else; nothing was changed",
        "see what is writing there, then run the command again",
    )


def preview(root: Path, changes: Sequence[FileChange]) -> Committed:
    """What `commit` would change, now. Takes no lock, writes nothing; raises as it does."""
    real = files.real(root)
    _check(changes)
    plans = _plan(real, changes)
    return Committed(tuple(Written(plan.path, plan.before, plan.after) for plan in plans))


@contextmanager
def alone(
    root: Path, *, command: str, timeout: float = 10.0, waiting: Waiting | None = None
) -> Iterator[bool]:
    """Keep others from writing while something else is done, such as a merge of git's.

    What a killed run left is finished first, as by every write; gives whether there was
    anything. Raises ConflictError, StorageError.
    """
    real = files.real(root)
    with Lock(real, command=command, timeout=timeout, waiting=waiting) as lock:
        found = lock.unclean
        found |= _tidy(real, lock)
        yield found
        lock.clean = True


def recover(
    root: Path, *, command: str, timeout: float = 10.0, waiting: Waiting | None = None
) -> bool:
    """Finish what a killed run left, as the next write would; whether there was anything.

    Raises ConflictError, StorageError.
    """
    with alone(root, command=command, timeout=timeout, waiting=waiting) as found:
        return found


def _check(changes: Sequence[FileChange]) -> None:
    seen = set()
    for change in changes:
        if paths.check(change.path) in seen:
            raise Refused(f"{change.path} is named twice in one change")
        seen.add(change.path)


def _tidy(root: str, lock: Lock) -> bool:
    """Finish and sweep what a killed run left; whether there was a journal to finish."""
    finished = journal.recover(root)
    with files.telling("look at what the last command left"):
        if lock.unclean:
            files.sweep(root)
            files.sweep(os.path.join(root, ".crm"))
        undo.settle(root)
    if lock.unclean:
        _note(root)
    return finished


def _note(root: str) -> None:
    """What a killed run wrote it may not have committed: the next one does."""
    from crm_cli.store.commits import note
    from crm_cli.store.repository import find_repository

    if find_repository(root) is None:
        return
    change = undo.latest(root)
    if change is not None:
        note(root, change.subject, [image.path for image in change.images])


def _plan(root: str, changes: Sequence[FileChange]) -> list[_Plan]:
    """Read every file and compute its new text; those that stay the same are left out."""
    plans = []
    targets: dict[str, str] = {}
    for change in changes:
        with files.telling(f"read {change.path}"):
            real = paths.target(root, change.path)
            before, mode, links = _read(real, change)
        if targets.setdefault(real, change.path) != change.path:
            raise Refused(f"{change.path} and {targets[real]} are one file")
        after = change.update(before)
        if after == before:
            continue
        if after is None and real != os.path.join(root, *change.path.split("/")):
            relative = os.path.relpath(real, root).replace(os.sep, "/")
            raise Refused(
                f"{change.path} is a link to {relative}; nothing was changed",
                "name the file itself, or remove the link by hand",
            )
        if after is not None and len(after) > files.LARGEST:
            raise Refused(
                f"{change.path} would be larger than 16 MiB, which is never read; nothing was "
                "changed",
                "shorten what is added, or keep it in a file of its own and write its name",
            )
        if before is not None and after is not None:
            check_writable(change.path, mode)
        old, new = digest(before), digest(after)
        plans.append(_Plan(change.path, before, after, old, new, mode, links))
    _check_new(root, plans)
    return plans


def _read(real: str, change: FileChange) -> tuple[bytes | None, int, int]:
    """The bytes, the mode, and the number of names that a file has."""
    try:
        data, status = files.read_with_status(real, limit=files.LARGEST + 1)
    except FileNotFoundError:
        return None, change.mode, 1
    if len(data) > files.LARGEST:
        raise DataError(f"{change.path} is larger than 16 MiB", "split it, or remove it")
    return data, stat.S_IMODE(status.st_mode), status.st_nlink


def _check_new(root: str, plans: list[_Plan]) -> None:
    with files.telling("look for names alike"):
        leaving = frozenset(paths.target(root, p.path) for p in plans if p.after is None)
        names = paths.Names(root, leaving)
        for plan in plans:
            if plan.before is None:
                names.add(paths.target(root, plan.path))


def _write(
    root: str,
    plans: list[_Plan],
    log: journal.Log,
    staging: Staging,
    role: str,
    of: int,
) -> undo.Entry:
    """Write what was planned. Raises Changed before anything is, StorageError."""
    entry: undo.Entry | None = None
    try:
        for plan in plans:
            if plan.after is not None:
                with files.telling(f"write {plan.path}"):
                    staging.stage(plan.path, plan.after, plan.mode)
        with files.telling("write all files"):
            staging.settle()
        with files.telling("write .crm/undo"):
            entry = undo.prepare(root, log, role, of)
        if len(plans) == 1:
            _write_one(plans[0], staging)
        else:
            _write_all(root, plans, log, staging)
    except BaseException:
        if not staging.placed and entry is not None:
            staging.clean &= undo.withdraw(root, entry)
        raise
    undo.promote(root, entry)
    return entry


def _write_one(plan: _Plan, staging: Staging) -> None:
    image = plan.forward
    with files.telling(f"write {plan.path}"):
        staging.bring(image.path, image.old, image.content, image.mode)
    with files.telling(
        f"make sure of {plan.path}",
        "it was changed, but the disk does not confirm that it will last",
    ):
        staging.sync()


def _write_all(root: str, plans: list[_Plan], log: journal.Log, staging: Staging) -> None:
    intent = journal.Log(log.command, log.subject, log.when, tuple(plan.forward for plan in plans))
    try:
        for image in intent.images:
            with files.telling(f"read {image.path}"):
                if digest(files.read_if_any(paths.target(root, image.path))) != image.old:
                    raise Changed(image.path)
        with files.telling("write .crm/journal"):
            journal.write(root, intent)
        try:
            journal.apply(root, intent, staging)
        except Changed:
            if staging.placed:
                _take_back(root, plans, log, staging)
            raise
        except OSError as error:
            outcome = journal.RECORDED if staging.placed else "nothing was changed"
            raise files.failure("write all files", error, outcome) from error
    except BaseException:
        if not staging.placed:
            with files.telling("remove .crm/journal", journal.RECORDED):
                journal.remove(root)
        raise
    with files.telling("remove .crm/journal", "the change itself is saved"):
        journal.remove(root)


def _take_back(root: str, plans: list[_Plan], log: journal.Log, staging: Staging) -> None:
    """Bring the files that were written already back, since another one cannot be."""
    placed = set(staging.placed)
    images = tuple(plan.backward for plan in plans if plan.path in placed)
    reverse = journal.Log(log.command, log.subject, log.when, images)
    undoing = Staging(root)
    with files.telling("take back what was written", journal.RECORDED):
        journal.write(root, reverse)
        try:
            journal.apply(root, reverse, undoing)
        except Changed as changed:
            raise journal.stuck(reverse, changed.path) from changed
        finally:
            undoing.discard()
    staging.placed.clear()
