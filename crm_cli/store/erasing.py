"""Erasing what the program itself keeps of somebody, beside the records.

Each step may be done again: a run that was stopped is finished by the next one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from crm_cli.model.errors import CrmError, StorageError
from crm_cli.store import files, undo
from crm_cli.store.call_log import CallLog
from crm_cli.store.claims import Claims, state_folder
from crm_cli.store.commits import keep
from crm_cli.store.discovery import cache_folder
from crm_cli.store.mailboxes.state import is_kept, mail_state
from crm_cli.store.transaction import Waiting, alone

_KEPT = os.path.join(".crm", "kept")


def settle(
    root: Path,
    environ: Mapping[str, str],
    *,
    command: str,
    timeout: float = 10.0,
    waiting: Waiting | None = None,
) -> None:
    """Finish and commit what earlier commands could not. Raises ConflictError, StorageError."""
    with alone(root, command=command, timeout=timeout, waiting=waiting):
        keep(root, environ, "", ())


def erase(
    root: Path,
    environ: Mapping[str, str],
    *,
    id: str,
    names: Callable[[str], bool],
    called: bool,
    command: str,
    timeout: float = 10.0,
    waiting: Waiting | None = None,
) -> None:
    """Erase the texts for undo, the drafts that `names` says are about them, the index, and
    what was shown of them and the mails that wait. Raises ConflictError, StorageError: then it
    is to be run again. Where it is not known any more what they were `called`, all mails that
    wait go, and mailboxes are read anew.
    """
    real = files.real(root)
    with (
        alone(root, command=command, timeout=timeout, waiting=waiting),
        files.telling("erase what is kept for undo", ""),
    ):
        keep(root, environ, "", ())  # While undo still knows what a killed run has written.
        _clear(real, undo.FOLDER, lambda name, text: True)
        _clear(real, _KEPT, lambda name, text: names(_record_of(name)) or names(text))
        if files.exists(os.path.join(real, undo.COMMITS)):
            files.calls.unlink(os.path.join(real, undo.COMMITS))
    _erase_state(root, environ, id, names if called else lambda text: True)
    erase_index(root, environ)


def _clear(real: str, folder: str, wanted: Callable[[str, str], bool]) -> None:
    """Remove the files of a folder that are wanted gone, by name and text. Raises OSError."""
    place = os.path.join(real, folder)
    try:
        with files.calls.scandir(place) as listing:
            names = sorted(one.name for one in listing)
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        path = os.path.join(place, name)
        text = (files.read_if_any(path) or b"").decode("utf-8", "replace")
        if wanted(name, text):
            files.calls.unlink(path)
    files.sync_folder(place)


def _record_of(name: str) -> str:
    """The file that a draft is of: its name comes after the time and the process."""
    return name.split("-", 2)[-1]


def _erase_state(
    root: Path, environ: Mapping[str, str], id: str, names: Callable[[str], bool]
) -> None:
    """Erase what was shown of them, and the mails about them that wait."""
    try:
        folder = state_folder(root, environ)
    except CrmError:
        return  # There is none, nor was there one.
    Claims(folder).forget(id)
    CallLog(folder).forget(id)
    if is_kept(folder):
        with mail_state(root, environ) as state:
            state.forget(names)
            state.save()


def erase_index(root: Path, environ: Mapping[str, str]) -> None:
    """Remove the index as a whole: a database keeps what was deleted until it is written over.
    Raises StorageError."""
    folder = cache_folder(root, environ)
    for path in sorted(folder.rglob("*"), reverse=True) if folder is not None else ():
        try:
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            reason = files.reason(error)
            raise StorageError(f"{path} cannot be removed: {reason}") from error
