"""Mails in files: a Maildir, an mbox file, a folder of .eml and .msg files, one such file."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

from crm_cli.model.errors import StorageError, UsageError
from crm_cli.model.mail import LARGEST, LARGEST_OF_OUTLOOK
from crm_cli.store import files, outside
from crm_cli.store.mailboxes import Done, Letter

_SUFFIXES = (".eml", ".msg")
_HEAD = 4096
"""So many bytes before the end are compared, to know an mbox file that has grown."""
_FROM = re.compile(rb"From [^\n]{1,300}\d\d:\d\d[^\n]{0,40}\d{4}[^\n]{0,10}\r?\n?\Z")


class Maildir:
    """A Maildir, and the folders within it (Maildir++ and subfolders)."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path
        self._there: set[str] = set()

    def letters(self, done: Done, since: date | None) -> Iterator[Letter]:
        """See `Mailbox`; a mail keeps its name up to the colon when its flags change."""
        found = _sorted(self._files())
        self._there = {place.rpartition(":")[0] or place for place, _ in found}
        for place, path in found:
            key = place.rpartition(":")[0] or place
            if key not in done:
                yield from _letter(path, f"{self._path}/{place}", (key, 1), since)

    def gone(self, done: Done) -> list[str]:
        """See `Mailbox`."""
        return [key for key in done if key not in self._there]

    def _files(self) -> Iterator[tuple[str, str]]:
        for folder, folders, names in os.walk(self._path, onerror=_refuse):
            folders[:] = sorted(one for one in folders if one != "tmp")
            if os.path.basename(folder) in ("cur", "new"):
                # A mail goes from new to cur, and stays the same.
                above = os.path.relpath(os.path.dirname(folder), self._path)
                for name in names:
                    if not name.startswith("."):
                        yield os.path.normpath(os.path.join(above, name)), f"{folder}/{name}"


class Folder:
    """A folder of .eml and .msg files, or one such file."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path
        self._there: set[str] = set()

    def letters(self, done: Done, since: date | None) -> Iterator[Letter]:
        """See `Mailbox`; a file that is written anew is read anew."""
        found = sorted(self._files())
        self._there = {place for place, _ in found}
        for place, path in found:
            try:
                with files.telling(f"look at {path}", "what was fetched is kept"):
                    status = files.calls.stat(path)
            except StorageError as error:
                if isinstance(error.__cause__, FileNotFoundError):
                    continue  # gone meanwhile, or a link to nothing
                raise
            said = f"{status.st_size} {status.st_mtime_ns}"
            if done.get(place) != said:
                yield from _letter(path, path, (place, said), since)

    def gone(self, done: Done) -> list[str]:
        """See `Mailbox`."""
        return [key for key in done if key not in self._there]

    def _files(self) -> Iterator[tuple[str, str]]:
        if self._path.is_file():
            yield self._path.name, str(self._path)
            return
        for folder, folders, names in os.walk(self._path, onerror=_refuse):
            folders[:] = sorted(one for one in folders if not one.startswith("."))
            for name in names:
                # An editor's lock of a.eml is a link to nothing, .#a.eml.
                if name.lower().endswith(_SUFFIXES) and not name.startswith("."):
                    path = os.path.join(folder, name)
                    yield os.path.relpath(path, self._path), path


class Mbox:
    """An mbox file (RFC 4155); it is read from where it ended last time, if it has only grown."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path

    def letters(self, done: Done, since: date | None) -> Iterator[Letter]:
        """See `Mailbox`; memory holds one mail at a time."""
        with files.telling(f"read {self._path}", "what was fetched is kept"), open(
            self._path, "rb"
        ) as file:
            start = self._start(file, done.get("end"))
            file.seek(start)
            for line, at, end, data in _mails(file, start):
                place = f"{self._path}, byte {at}" if start else f"{self._path}:{line}"
                yield Letter(place, data, None, ("end", [end, _before(file, end)]))

    def gone(self, done: Done) -> list[str]:
        """See `Mailbox`: there is one key."""
        return []

    def _start(self, file: BinaryIO, held: object) -> int:
        if isinstance(held, list) and len(held) == 2 and isinstance(held[0], int):
            return held[0] if _before(file, held[0]) == held[1] else 0
        return 0


def _before(file: BinaryIO, end: int) -> str:
    """A digest of what stands before a place in a file; the file stays where it was."""
    at = file.tell()
    file.seek(max(0, end - _HEAD))
    data = file.read(min(end, _HEAD))
    file.seek(at)
    return hashlib.sha256(data).hexdigest()[:16]


def _mails(file: BinaryIO, start: int) -> Iterator[tuple[int, int, int, bytes]]:
    """(line, where it begins, where it ends, bytes) of each mail.

    A `From ` line begins one at the start and after an empty line; quoted ones are unquoted
    (mboxrd). What is larger than the limit is cut, line by line.
    """
    held: list[bytes] = []
    size, at, place, number, first = 0, start, start, 0, 1
    empty, begun = True, False
    while line := file.readline(1024 * 1024):
        number += 1
        if empty and line.startswith(b"From ") and _FROM.match(line):
            if begun:
                yield first, at, place, b"".join(held)
            held, size, at, first, begun = [], 0, place, number, True
        elif size <= LARGEST:
            bare = line[1:] if re.match(rb">+From ", line) else line
            held.append(bare)
            size += len(bare)
            begun = begun or bool(line.strip())
        place += len(line)
        empty = line in (b"\n", b"\r\n")
    if begun:
        yield first, at, place, b"".join(held)


class Stream:
    """One mail on stdin."""

    name = ""

    def letters(self, done: Done, since: date | None) -> Iterator[Letter]:
        """See `Mailbox`."""
        data = outside.read(Path("-"))
        # A pager that writes an mbox file's line first means one mail all the same.
        bare = data.partition(b"\n")[2] if data.startswith(b"From ") else data
        yield Letter("stdin", bare[: LARGEST_OF_OUTLOOK + 1])

    def gone(self, done: Done) -> list[str]:
        """See `Mailbox`."""
        return []


def _letter(
    path: str, place: str, mark: tuple[str, object], since: date | None
) -> Iterator[Letter]:
    """The mail that a file is; none where it came before a day, or has gone meanwhile."""
    try:
        data, status = files.read_with_status(path, limit=_limit(path) + 1)
    except FileNotFoundError:
        return
    except OSError as error:
        fault = StorageError(f"cannot be read: {files.reason(error)}")
        yield Letter(place, b"", None, None, fault)
        return
    if len(data) > LARGEST_OF_OUTLOOK:
        most = LARGEST_OF_OUTLOOK // 1024 // 1024
        yield Letter(place, b"", None, None, StorageError(f"has more than {most} MiB"))
        return
    arrived = datetime.fromtimestamp(status.st_mtime, UTC)
    if since is None or arrived.date() >= since:
        yield Letter(place, data, arrived, mark)


def _limit(path: str) -> int:
    """So many bytes are looked at of a mail."""
    return LARGEST_OF_OUTLOOK if path.lower().endswith(".msg") else LARGEST


def _sorted(found: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """By the time that begins a name in a Maildir, then by name."""

    def key(one: tuple[str, str]) -> tuple[int, str]:
        time = re.match(r"\d{1,12}", os.path.basename(one[0]))
        return int(time[0]) if time else 0, one[0]

    return sorted(found, key=key)


def _refuse(error: OSError) -> None:
    raise StorageError(f"cannot read {error.filename}: {files.reason(error)}") from error


def opened(path: Path, name: str) -> Maildir | Mbox | Folder:
    """The mailbox that a path is, by what is there: a folder with `cur` or `new` is a Maildir,
    another one holds .eml and .msg files; a file is one of these, or an mbox file.

    Raises UsageError where there is none.
    """
    with suppress(OSError):
        if path.is_dir():
            inner = {one for one in ("cur", "new") if (path / one).is_dir()}
            if inner or any(path.glob("*/cur")):
                return Maildir(name, path)
            return Folder(name, path)
        if path.is_file():
            single = path.suffix.lower() in _SUFFIXES
            return Folder(name, path) if single else Mbox(name, path)
    raise UsageError(f"there is no mailbox {path}", "name a Maildir, an mbox file or a folder")
