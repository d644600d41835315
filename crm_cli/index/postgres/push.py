"""Filling a mirror from an index, by difference, in one transaction.

Readers see the book as it was before until the transaction ends, and then all of it; where it
does not end, nothing has happened. A lock that ends with it keeps a second push waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any

from crm_cli.index import packing
from crm_cli.index.postgres import functions, schema, state
from crm_cli.index.postgres.connection import Connection, quoted
from crm_cli.index.postgres.difference import difference, digest_of
from crm_cli.index.postgres.local import Local
from crm_cli.index.postgres.schema import BOOK, Flavour, Table
from crm_cli.index.postgres.staging import Staging, copy_rows
from crm_cli.model.named_tuple import NamedTuple

_OWN_WAY = (schema.PROBLEM, schema.META, schema.TEXT, schema.STATE)
"""Tables that are not filled from one of the index's by its columns."""
Statements = Callable[[Flavour], Iterable[str]]


class Origin(NamedTuple):
    """What is pushed: the fields of the book's row that the index does not know."""

    directory: str
    commit: str
    work_tree: bool
    day: str
    pushed: str


class Pushed(NamedTuple):
    """What a push did: files whose rows are new or others, files that are gone, and whether
    everything was pushed."""

    changed: int
    gone: int
    whole: bool


def push(
    connection: Connection,
    name: str,
    local: Local,
    origin: Origin,
    texts: Mapping[str, bytes],
    *,
    waiting: Callable[[], None],
    views: Statements = lambda flavour: (),
) -> Pushed:
    """Make a book of the mirror in the schema `name` the same as an index, and commit.

    `texts` are the files of `schema.TEXT`, `views` the statements that make the views.
    `waiting` is called where another push is at work. Raises psycopg.Error.
    """
    kind = state.flavour(connection)
    for setting in kind.settings:
        connection.execute(setting)
    connection.commit()
    with connection.transaction():
        if kind.locks:
            state.lock(connection, name, waiting)
        made = _ready(connection, name, kind)
        functions.ready(connection, kind)
        shown = _show(connection, name, tuple(views(kind)), anew=made is not None)
        found = state.books(connection, local.book)
        book = _Book(connection, local, found[0] if found else None, kind, shown)
        done = book.push(texts)
        _note(connection, local, origin, book)
        if made is not None:
            for index, statement in schema.indexes(kind):
                if index not in made:
                    connection.execute(statement)
        return done


_MANY = 1000
"""From so many new rows on the database's figures of a table are renewed: of fewer any plan will
do, and it samples tables of many books for longer than the rows took."""


class _Book:
    """A book of the mirror that is being pushed."""

    def __init__(
        self,
        connection: Connection,
        local: Local,
        known: state.Book | None,
        flavour: Flavour,
        views: str,
    ) -> None:
        self.views = views
        self.connection = connection
        self.local = local
        self.known = known
        self.flavour = flavour
        self.business = _digest(_settings(local))
        self.digest = ""

    def push(self, texts: Mapping[str, bytes]) -> Pushed:
        """Bring its rows up to date."""
        local, known = self.local, self.known
        problems = local.problems()
        made = (schema.version(), self.views, self.business)
        self.digest = digest_of((made, problems, sorted(texts.items())), local)
        if known is not None and known.digest == self.digest and not local.unread():
            return Pushed(0, 0, False)
        self._replace(schema.PROBLEM, [(n, *row) for n, row in enumerate(problems)])
        self._replace(schema.TEXT, sorted(texts.items()))
        meta = {"currency": str(local.meta("currency")), state.VIEWS: self.views}
        self._replace(schema.META, meta.items())
        if known is None or (known.version, known.business) != (schema.version(), self.business):
            return self._whole(local.count())
        found = difference(self.connection, local)
        if 2 * len(found.changed) > local.count():
            return self._whole(len(found.changed), len(found.gone))
        numbers: dict[int, int] = {}
        last = found.last
        for own, there in found.changed:
            if there is None and own > 0:
                there = last = last + 1
            numbers[own] = own if there is None else there
        local.move(numbers)
        staging = Staging(self.connection, local, self.flavour)
        staging.touch([*numbers.values(), *found.gone])
        for table in _filled():
            staging.merge(table)
        return Pushed(len(found.changed), len(found.gone), False)

    def _whole(self, changed: int, gone: int = 0) -> Pushed:
        """Push every row."""
        for table in _filled():
            if self.known is not None:
                self._clear(table)
            count = copy_rows(self.connection, self.local, table, self.flavour)
            if count >= _MANY and self.flavour.analyzes:
                # Without these figures whoever asks next would wait for the wrong plans.
                self.connection.execute(f"ANALYZE {quoted(table.name)}")
        return Pushed(changed, gone, True)

    def _clear(self, table: Table) -> None:
        self.connection.execute(
            f"DELETE FROM {quoted(table.name)} WHERE {quoted(BOOK)} = %s", [self.local.book]
        )

    def _replace(self, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
        """Give a small table of the book these rows in place of those that it has."""
        if self.known is not None:
            self._clear(table)
        names = ", ".join(map(quoted, table.names))
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f"COPY {quoted(table.name)} ({names}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row((self.local.book, *map(_without_nul, row)))


def _without_nul(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def _filled() -> list[Table]:
    return [table for table in schema.tables() if table not in _OWN_WAY]


def _settings(local: Local) -> bytes:
    """What rows follow from beside their file: settings and rates, but not where on this machine
    the calendars are."""
    held = local.meta("business")
    assert isinstance(held, bytes)
    return packing.packed(packing.unpacked(held)._replace(calendars=""))


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


def _ready(connection: Connection, name: str, flavour: Flavour) -> set[str] | None:
    """Make the schema's tables what they should be, if they are not, without views; then the
    names of the indexes that there are, else None."""
    there = state.columns(connection, name)
    statements = list(schema.differing(there, flavour))
    if not statements:
        return None
    if not there:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(name)}")
    for view in state.views(connection, name):
        connection.execute(f"DROP VIEW {quoted(view)}")
    for statement in statements:
        connection.execute(statement)
    return state.index_names(connection, name)


def _show(
    connection: Connection, name: str, statements: tuple[str, ...], *, anew: bool
) -> str:
    """Make the views, where they are not there or others; what tells them from others.

    Made by another edition of the program, they stay as they are once ours has been here.
    """
    digest = _digest("\n".join(statements).encode())
    if anew or not state.has_views(connection, digest):
        for view in state.views(connection, name):
            connection.execute(f"DROP VIEW {quoted(view)}")
        for statement in statements:
            connection.execute(statement)
    return digest


def _note(connection: Connection, local: Local, origin: Origin, book: _Book) -> None:
    """Write the book's row."""
    values = [
        local.book, *origin, schema.version(), book.business, book.digest,
        str(local.meta("currency")), local.customers(),
    ]  # fmt: skip
    names = schema.STATE.names
    updates = ", ".join(f"{quoted(name)} = EXCLUDED.{quoted(name)}" for name in names[1:])
    connection.execute(
        f"INSERT INTO {quoted(schema.STATE.name)} ({', '.join(map(quoted, names))})"
        f" VALUES ({', '.join(['%s'] * len(names))})"
        f" ON CONFLICT ({quoted(BOOK)}) DO UPDATE SET {updates}",
        values,
    )
