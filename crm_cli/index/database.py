"""The index of a data directory: open, refresh, query."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from crm_cli.index import edition, packing, snapshot
from crm_cli.index.cache import Cache, Unusable, connect, whole
from crm_cli.index.content import Progress, get_state
from crm_cli.index.refresh import Earlier, Fresh, Making, Outdated, Today, fill, refresh
from crm_cli.index.snapshot import Walk
from crm_cli.store.tree import Folder

if TYPE_CHECKING:
    from datetime import date

    from crm_cli.model.business import Business
    from crm_cli.model.errors import Problem
    from crm_cli.model.item import Item
    from crm_cli.store.look_ahead import Look
    from crm_cli.store.tree import Tree

T = TypeVar("T")

# SQLite's result codes (sqlite.org/rescode.html) after which a new file would fare no better.
_HOPELESS = frozenset((3, 5, 6, 8, 10, 13, 14, 15))
_CACHE = 32_000
"""Kilobytes of the file that a connection keeps at hand."""
_DAMAGED = (sqlite3.Error, ValueError, EOFError, TypeError)


# Busy, locked, I/O error, corrupt, full, cannot open, protocol, not a database.
_FAILING = frozenset((5, 6, 10, 11, 13, 14, 15, 26))


def fails(error: BaseException) -> bool:
    """Whether it is the database's file that fails, not what was asked of it."""
    return isinstance(error, sqlite3.DatabaseError) and (
        getattr(error, "sqlite_errorcode", 0) & 0xFF in _FAILING
        # Raised by the module itself, without a code.
        or str(error).startswith("Could not decode to UTF-8")
    )


def open_index(
    tree: Tree,
    folder: Path | None,
    *,
    progress: Progress | None = None,
    look: Look | None = None,
    today: Today = lambda business: None,
    as_known: bool = False,
) -> Index:
    """The index of `tree`, up to date.

    `folder` is a private one for its cache. Without one, and where it cannot be used (not
    writable, full, locked for long, on a network), the same index is made in memory.
    `progress` is told of (files read, files to read). `look`
    is one at the tree's folder that was begun before. `today` is the day up to which what is
    dated counts; unless given, all counts. With `as_known` the files are taken to be as they
    were when it was last written, unless one has come or gone since.
    """
    return Index(tree, folder, progress, look, today, as_known=as_known)


class Index:
    """What the directory says, as tables.

    Reading goes on in one transaction: other runs' changes are not seen before the next
    `refresh`.
    """

    def __init__(
        self,
        tree: Tree,
        folder: Path | None,
        progress: Progress | None = None,
        look: Look | None = None,
        today: Today = lambda business: None,
        *,
        as_known: bool = False,
    ) -> None:
        self.tree = tree
        self._as_known = as_known
        self._making = Making(edition.version(folder), progress, today)
        self.path: Path | None = None
        """The database's file; None in memory."""
        self._cache = Cache(folder, self._making.version) if folder is not None else None
        self._look = look
        self._connection: sqlite3.Connection | None = None
        self._mended = False
        self._fresh = self._open(None)

    @property
    def connection(self) -> sqlite3.Connection:
        """The tables, to be read only."""
        assert self._connection is not None
        return self._connection

    @property
    def business(self) -> Business:
        """The business, by its settings and rates."""
        return self._fresh.business

    @property
    def changed(self) -> int:
        """How many files the last refresh had to read or forget."""
        return self._fresh.changed

    def settings(self) -> Item | None:
        """`crm.yaml` as an item; None where there is none that can be read."""
        from crm_cli.index.reading import read
        from crm_cli.index.settings import PATH, settings_of

        file = read(self.tree, PATH)
        return None if file is None else settings_of(file)[0]

    def problems(self) -> list[Problem]:
        """What is wrong with the files, by path and place."""
        rows = self.answer(
            lambda connection: connection.execute('SELECT * FROM "problem"').fetchall()
        )
        if not rows:
            return sorted(self._fresh.walk.problems)
        # Loaded only here: all that reads records comes with it.
        from crm_cli.index.reading import problem_of

        return sorted([*self._fresh.walk.problems, *map(problem_of, rows)])

    def remember_phones(self, customer: str) -> None:
        """See `content.remember_phones`: before a customer's file is read."""
        from crm_cli.index.content import remember_phones

        rows = self.connection.execute('SELECT "pk" FROM "customer" WHERE "id" = ?', (customer,))
        remember_phones(self.connection, self.business, [row[0] for row in rows.fetchall()])

    def dangling(self) -> list[Problem]:
        """References to nobody, with their places; reads the files that have any."""
        from crm_cli.index.references import dangling

        return dangling(self.connection, self.tree, self.business)

    def doubles(self) -> list[Problem]:
        """Values that should be one customer's and several have; reads the files with any."""
        from crm_cli.index.doubles import doubles

        return doubles(self.connection, self.tree, self.business)

    def contradictions(self) -> list[Problem]:
        """Links that both records state, and not alike; reads the files with any."""
        from crm_cli.index.contradictions import contradictions

        return contradictions(self.connection, self.tree, self.business)

    def rings(self) -> list[Problem]:
        """References that lead back to where they begin; reads the files with any."""
        from crm_cli.index.rings import ringed

        return list(ringed(self.connection, self.tree, self.business))

    def naming(self, to: str, id: str) -> list[str]:
        """The paths of the files that refer to the record `id` of the kind `to`."""
        from crm_cli.index.naming import files_naming

        return self.answer(lambda connection: files_naming(connection, to, id))

    def separate(self) -> sqlite3.Connection:
        """A connection of its own to the tables, to be closed by the caller: to read only, or of
        an index in memory to a copy of it."""
        if self.path is not None:
            return connect(self.path, only_read=True)
        copy = connect(None)
        self.connection.backup(copy)
        return copy

    def refresh(self) -> int:
        """Look at the directory again; how many files had changed."""
        return self._refresh(self._walk())

    def _refresh(self, now: Walk) -> int:
        connection = self.connection
        if connection.in_transaction:
            connection.rollback()
        connection.execute("PRAGMA query_only = OFF")
        try:
            fresh = refresh(connection, self.tree, now, self._making)
        except (*_DAMAGED, Outdated):
            self._fresh = self._open(self.path)
        else:
            self._ready(connection, fresh)
        return self._fresh.changed

    def put_views(self, statements: Sequence[str]) -> None:
        """Have the file hold views for other programs, until it is made anew; none in memory.

        They are no part of it from the start, since every command would read them. Raises
        sqlite3.OperationalError where the file cannot be written.
        """
        made = 'SELECT "name", "sql" FROM "sqlite_master" WHERE "type" = \'view\''
        known = dict(self.answer(lambda connection: connection.execute(made).fetchall()))
        if self.path is None or set(known.values()) == set(statements):
            return
        connection = self.connection
        connection.rollback()
        connection.execute("PRAGMA query_only = OFF")
        try:
            connection.execute("BEGIN IMMEDIATE")
            for name in known:
                connection.execute(f'DROP VIEW IF EXISTS "{name}"')
            for statement in statements:
                connection.execute(statement)
            connection.execute("COMMIT")
        finally:
            # It also notices what was changed while the file got a new time.
            self.refresh()

    def rebuild(self) -> None:
        """Make the index anew from the files."""
        self._fresh = self._open(self.path, anew=True)

    def reread(self) -> list[str]:
        """Make the index anew; the files of which it knew another text, by their path."""
        before = self._hashes()
        self.rebuild()
        now = self._hashes()
        return sorted(path for path, hash in before.items() if now.get(path, hash) != hash)

    def _hashes(self) -> dict[str, str]:
        found = self.answer(lambda one: one.execute('SELECT "path", "hash" FROM "file"').fetchall())
        return dict(found)

    def answer(self, ask: Callable[[sqlite3.Connection], T]) -> T:
        """What `ask` finds in the tables; where they fail, in others (see `mend`)."""
        while True:
            try:
                return ask(self.connection)
            except sqlite3.DatabaseError as error:
                if not fails(error) or not self.mend():
                    raise

    def mend(self) -> bool:
        """Go on with tables made anew, the second time in memory; False where they are there.

        What was asked of the old ones is void: the new ones number their rows differently.
        """
        if self.path is None:
            return False
        if self._mended:
            self._cache = None
        self._mended = True
        self.rebuild()
        return True

    def status(self) -> dict[str, Any]:
        """Where the index is and what it holds, for people."""
        count = self.connection.execute(
            'SELECT (SELECT COUNT(*) FROM "customer"), (SELECT COUNT(*) FROM "file"),'
            ' (SELECT COUNT(*) FROM "problem")'
        ).fetchone()
        return {
            "path": str(self.path) if self.path is not None else None,
            "bytes": self.path.stat().st_size if self.path is not None else None,
            "customers": count[0],
            "files": count[1],
            "problems": count[2] + len(self._fresh.walk.problems),
            "changed": self.changed,
        }

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _walk(self) -> Walk:
        look, self._look = self._look, None
        return snapshot.walk(self.tree, look)

    def _open(self, bad: Path | None, *, anew: bool = False) -> Fresh:
        self.close()
        if self._cache is not None:
            try:
                return self._open_file(self._cache, bad if anew else None)
            except (*_DAMAGED, OSError, Unusable, Outdated):
                self.close()
        self.path = None
        connection = connect(None)
        fresh = self._fill(connection)
        return self._ready(connection, fresh)

    def _fill(self, connection: sqlite3.Connection) -> Fresh:
        return fill(connection, self.tree, self._walk(), self._making)

    def _of_day(self, held: Cache, day: date) -> Cache | None:
        """The cache for a day long past, which leaves the present one's figures alone; None
        where there is none."""
        from crm_cli.store.discovery import tree_folder

        if held.folder.parent.name == "trees":
            return None
        folder = tree_folder(held.folder, day.isoformat())
        return None if folder is None else Cache(folder, self._making.version)

    def _open_file(self, held: Cache, bad: Path | None) -> Fresh:
        """From the cache; an index that is damaged or out of date is made anew once."""
        path = held.current()
        if path is not None and path != bad:
            try:
                return self._open_current(path)
            except Earlier as earlier:
                self.close()
                if (aside := self._of_day(held, earlier.day)) is not None:
                    self._cache = aside
                    return self._open_file(aside, None)
                bad = path
            except Outdated:
                bad = path
            except _DAMAGED as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in _HOPELESS:
                    raise
                bad = path
            self.close()
        made: list[Fresh] = []

        def make(connection: sqlite3.Connection) -> None:
            made.append(self._fill(connection))

        path = held.make(make, bad)
        return self._open_current(path, made[0] if made else None)

    def _open_current(self, path: Path, fresh: Fresh | None = None) -> Fresh:
        """From a file; `fresh` is what it was made for just now, if it was."""
        if not whole(path):
            raise ValueError("the file is cut off")
        connection = connect(path)
        self._connection = connection
        self.path = path
        connection.execute("PRAGMA synchronous = NORMAL")
        if fresh is None:
            fresh = self._known(path, connection)
        if fresh is None:
            fresh = refresh(connection, self.tree, self._walk(), self._making)
        elif not connection.in_transaction:
            connection.execute("BEGIN")
            connection.execute('SELECT 1 FROM "meta"').fetchone()
        return self._ready(connection, fresh)

    def _known(self, path: Path, connection: sqlite3.Connection) -> Fresh | None:
        """What was known when it was last written, by the day of then, where that is asked for and
        will do; see `snapshot.as_known`."""
        if not self._as_known or not isinstance(self.tree, Folder):
            return None
        state = get_state(connection)
        walk = snapshot.as_known(state.snapshot, path.stat().st_mtime_ns, self.tree.root)
        if walk is None or state.racy:
            return None
        return Fresh(walk, packing.unpacked(state.business), 0)

    def _ready(self, connection: sqlite3.Connection, fresh: Fresh) -> Fresh:
        connection.create_function("REGEXP", 2, _matches, deterministic=True)
        # Groups and joins look at rows in an order that is not the table's: with SQLite's own
        # 2 MB each page is read again and again. Only what is read takes memory.
        connection.execute(f"PRAGMA cache_size = -{_CACHE}")
        connection.execute("PRAGMA query_only = ON")
        self._connection = connection
        self._fresh = fresh
        return fresh


def _matches(pattern: str, text: str | None) -> int | None:
    """`text REGEXP pattern`: whether the pattern is found in the text, in any case."""
    if text is None:
        return None
    from crm_cli.index.matching import found

    return int(found(pattern, text))
