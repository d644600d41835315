"""A record of what was shown or sent, written beforehand so that nothing is sent twice.

It lies in the user's own state folder, one for each data directory, never in the
directory: reading does not write there. Unlike the cache it cannot be made again.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from crm_cli.model.errors import StorageError
from crm_cli.store import files, outside

NAME = "claims.sqlite"
_KEPT = timedelta(days=400)
"""What comes round every year must be told again the next."""
_WAIT = 10.0
_SELF = "identity"
_LOCK = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
_MADE = (
    'CREATE TABLE IF NOT EXISTS "claim" ("list" TEXT, "key" TEXT, "day" TEXT, "state" TEXT,'
    ' PRIMARY KEY ("list", "key")) WITHOUT ROWID'
)


def state_folder(root: Path, environ: Mapping[str, str]) -> Path:
    """The folder for a data directory's state: CRM_STATE_DIR, else `$XDG_STATE_HOME/crm`,
    else `~/.local/state/crm`; in it one named after the directory's real path.

    It is made, private. Raises StorageError where there is none to be had.
    """
    base = environ.get("CRM_STATE_DIR")
    if not base:
        home = environ.get("HOME") or environ.get("USERPROFILE")
        state = environ.get("XDG_STATE_HOME")
        if state and Path(state).is_absolute():
            base = str(Path(state) / "crm")
        elif home and Path(home).is_absolute():
            base = str(Path(home) / ".local" / "state" / "crm")
    if not base:
        raise StorageError(
            "there is no folder to record what was shown",
            "set CRM_STATE_DIR to a folder of your own, outside the data directory",
        )
    name = hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:32]
    folder = Path(base) / name
    real = os.path.join(os.path.realpath(root), "")
    if os.path.realpath(folder).startswith(real):
        raise StorageError(
            f"{folder} lies in the data directory",
            "set CRM_STATE_DIR to a folder outside of it: reading does not write there",
        )
    with files.telling(f"make {folder}", "nothing was shown"):
        outside.make_folder(folder)
    return folder


class Claims:
    """The claims of one data directory, of one user of the machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take(
        self, name: str, keys: Sequence[str], today: date, *, most: int | None = None
    ) -> frozenset[str]:
        """Claim keys of a list, at most so many, the first ones; those that nobody had claimed.

        They are on disk when it returns. Of two runs at once each key is one's. Raises
        StorageError.
        """
        with self._open() as connection:
            new: set[str] = set()
            for key in keys:
                if most is not None and len(new) >= most:
                    break
                values = (name, key, today.isoformat(), "")
                sql = 'INSERT OR IGNORE INTO "claim" VALUES (?, ?, ?, ?)'
                if connection.execute(sql, values).rowcount:
                    new.add(key)
            # What is still told stays known, however long it has been.
            connection.executemany(
                'UPDATE "claim" SET "day" = ? WHERE "list" = ? AND "key" = ?',
                ((today.isoformat(), name, key) for key in keys),
            )
            connection.execute(
                'DELETE FROM "claim" WHERE "list" = ? AND "day" < ?',
                (name, (today - _KEPT).isoformat()),
            )
            return frozenset(new)

    def state(self, name: str, key: str) -> str | None:
        """What is known of a key, None where nobody claimed it."""
        with self._open() as connection:
            row = connection.execute(
                'SELECT "state" FROM "claim" WHERE "list" = ? AND "key" = ?', (name, key)
            ).fetchone()
        return None if row is None else str(row[0])

    def mark(self, name: str, key: str, state: str | None, today: date) -> None:
        """Write down the state of a key; with None it is claimed no longer."""
        with self._open() as connection:
            if state is None:
                connection.execute(
                    'DELETE FROM "claim" WHERE "list" = ? AND "key" = ?', (name, key)
                )
            else:
                connection.execute(
                    'INSERT OR REPLACE INTO "claim" VALUES (?, ?, ?, ?)',
                    (name, key, today.isoformat(), state),
                )

    def identity(self) -> str:
        """What tells these claims from others', such as those of a run with another folder for
        its state: made up once. Raises StorageError."""
        with self._open() as connection:
            sql = 'SELECT "key" FROM "claim" WHERE "list" = ?'
            row = connection.execute(sql, (_SELF,)).fetchone()
            if row is None:
                row = (secrets.token_hex(16),)
                connection.execute('INSERT INTO "claim" VALUES (?, ?, ?, ?)', (_SELF, *row, "", ""))
        return str(row[0])

    def forget(self, word: str) -> None:
        """Drop the claims whose key has a word in it, as a JSON text. Raises StorageError."""
        if not files.exists(os.fspath(self.folder / NAME)):
            return
        with self._open() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute('DELETE FROM "claim" WHERE instr("key", ?) > 0', (f'"{word}"',))

    @contextmanager
    def alone(self, name: str) -> Iterator[bool]:
        """Whether this run is the only one at something; the kernel ends it with the process."""
        path = self.folder / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.lock"
        with files.telling(f"open {path}", "nothing was sent"):
            descriptor = files.again(files.calls.open, os.fspath(path), _LOCK, 0o600)
        try:
            yield self._held(descriptor, path)
        finally:
            files.calls.close(descriptor)

    def _held(self, descriptor: int, path: Path) -> bool:
        with files.telling(f"lock {path}", "nothing was sent"):
            try:
                files.again(files.calls.flock, descriptor, exclusive=True)
            except BlockingIOError:
                return False
        return True

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction that is on disk when it ends, alone while it lasts."""
        path = self.folder / NAME
        try:
            connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
            try:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(_MADE)
                yield connection
                connection.execute("COMMIT")
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise StorageError(
                f"cannot write down in {path} what is shown or sent: {error}",
                "what this run has not told of was not shown or sent, or is told by the next one",
            ) from error
