"""What the last write replaced, kept in `.crm/last/` for undo without git.

`next` is written before the files are, and becomes `change` after. Whichever of the two
agrees with the files on disk is the last change, so that a run killed in between takes
nothing away and never makes undo restore wrong bytes. Each is whole by its checksum, or
does not count.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from crm_cli.model.errors import CrmError
from crm_cli.store import files, journal, paths
from crm_cli.store.staging import digest

FOLDER = os.path.join(".crm", "last")
_NEXT = "next"
_CHANGE = "change"


class LastFile(NamedTuple):
    """One file of the last change. `before` is None where it made the file.

    `now` is what stands there at present (None: nothing); `intact` says that this is what
    the change left, so that it can be taken back.
    """

    path: str
    before: bytes | None
    now: bytes | None
    intact: bool
    after_hash: str | None
    mode: int


class LastChange(NamedTuple):
    """The last change: the command, its subject, when (as its caller said it), its files."""

    command: str
    subject: str
    when: str
    files: tuple[LastFile, ...]

    @property
    def intact(self) -> bool:
        """Whether every file is still what the change left."""
        return all(file.intact for file in self.files)


def last(root: Path) -> LastChange | None:
    """The last change of this directory, or None if there is none to be had.

    Takes no lock and writes nothing. Raises StorageError.
    """
    real = files.real(root)
    with files.telling("read .crm/last", ""):
        log = _read(real, _NEXT)
        if log is None or not _matches(real, log):
            log = _read(real, _CHANGE)
        if log is None:
            return None
        return LastChange(
            log.command, log.subject, log.when, tuple(_file(real, i) for i in log.images)
        )


def prepare(root: str, log: journal.Log) -> None:
    """Keep the old texts of a write that is about to happen. Raises OSError, Refused."""
    settle(root)
    files.private_folder(os.path.join(root, FOLDER))
    files.write_atomic(_place(root, _NEXT), journal.encode(log))


def promote(root: str) -> None:
    """Make what was prepared the last change. If that fails, `last` finds it where it is."""
    try:
        files.calls.replace(_place(root, _NEXT), _place(root, _CHANGE))
    except OSError:
        return


def withdraw(root: str) -> bool:
    """Drop what was prepared for a write that did not happen; whether it is gone."""
    return files.remove_quietly(_place(root, _NEXT))


def settle(root: str) -> None:
    """Decide about what a killed run had prepared, before it is written over. OSError."""
    if not files.exists(_place(root, _NEXT)):
        return
    log = _read(root, _NEXT)
    if log is not None and _matches(root, log):
        promote(root)
    else:
        withdraw(root)


def _place(root: str, name: str) -> str:
    return os.path.join(root, FOLDER, name)


def _read(root: str, name: str) -> journal.Log | None:
    try:
        log = journal.decode(files.read(_place(root, name), follow=False))
    except (FileNotFoundError, NotADirectoryError):
        return None
    if log is None or any(digest(image.content) != image.old for image in log.images):
        return None
    return log


def _matches(root: str, log: journal.Log) -> bool:
    try:
        return all(_file(root, image).intact for image in log.images)
    except CrmError:
        return False


def _file(root: str, image: journal.Image) -> LastFile:
    now = files.read_if_any(paths.target(root, image.path))
    intact = digest(now) == image.new
    return LastFile(image.path, image.content, now, intact, image.new, image.mode)
