"""Undoing the last write, byte for byte, without git."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from crm_cli.model.errors import ConflictError, NotFound
from crm_cli.store.last_write import LastChange, LastFile, last
from crm_cli.store.staging import digest
from crm_cli.store.transaction import Committed, FileChange, Waiting, commit

_UNDO = "undo: "
_REDO = "redo: "


def undo(
    root: Path,
    *,
    command: str = "crm undo",
    when: str = "",
    timeout: float = 10.0,
    waiting: Waiting | None = None,
    then: Callable[[Committed], object] | None = None,
) -> tuple[LastChange, Committed]:
    """Take back the last change; what it was, and what was written.

    A file that it made goes, one that it removed comes back with its mode. What was taken
    back becomes the last change, so that undoing again redoes it. All or nothing. Raises
    NotFound where there is nothing to take back; ConflictError where a file has been
    changed since; and what `commit` raises.
    """
    change = last(root)
    if change is None:
        raise NotFound("there is no last change to undo", "crm history shows older ones")
    for file in change.files:
        if not file.intact:
            raise _changed(file.path)
    changes = [FileChange(file.path, _restore(file), file.mode) for file in change.files]
    committed = commit(
        root,
        changes,
        command=command,
        subject=opposite(change.subject or change.command),
        when=when,
        timeout=timeout,
        waiting=waiting,
        then=then,
    )
    return change, committed


def opposite(subject: str) -> str:
    """What taking back a change is called: `undo: X` for X, `redo: X` for that, and so on."""
    if subject.startswith(_UNDO):
        return _REDO + subject.removeprefix(_UNDO)
    return _UNDO + subject.removeprefix(_REDO)


def _restore(file: LastFile) -> Callable[[bytes | None], bytes | None]:
    def update(current: bytes | None) -> bytes | None:
        # Looked at again under the lock: another command may have come between.
        if digest(current) != file.after_hash:
            raise _changed(file.path)
        return file.before

    return update


def _changed(path: str) -> ConflictError:
    return ConflictError(
        f"{path} was changed after the last command; nothing was undone",
        f"undo would lose that change: move the file away or undo the change by hand, or use git "
        f"(git log -p {path})",
    )
