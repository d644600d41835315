"""What a mirror knows of itself: its books, and the tables that it has."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

from crm_cli.index.postgres import functions, schema
from crm_cli.index.postgres.connection import Connection, quoted
from crm_cli.index.postgres.roles import ACCESS
from crm_cli.index.postgres.schema import BOOK, STATE
from crm_cli.model.named_tuple import NamedTuple

_LOCK = 0x63726D
"""The first of the two numbers of the lock (`crm`); the second is the schema's."""

VIEWS = "views"
"""The key in `meta` under which a book says for which views it was pushed."""


class Book(NamedTuple):
    """A directory in a mirror, as `schema.STATE` describes it."""

    book: str
    directory: str
    commit: str
    work_tree: bool
    day: str
    pushed: str
    version: str
    business: str
    digest: str
    currency: str
    customers: int


def books(connection: Connection, name: str | None = None) -> list[Book]:
    """The books of a mirror in the order of their names, or the one of a name."""
    columns = ", ".join(map(quoted, STATE.names))
    wanted = f" WHERE {quoted(BOOK)} = %s" if name is not None else ""
    rows = connection.execute(
        f"SELECT {columns} FROM {quoted(STATE.name)}{wanted} ORDER BY {quoted(BOOK)}",
        [name] if name is not None else [],
    )
    return [Book(*row) for row in rows.fetchall()]


def is_there(connection: Connection, name: str) -> bool:
    """True if a schema holds a mirror, also for a login that may not read it."""
    found = connection.execute(
        "SELECT 1 FROM pg_catalog.pg_class c"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relname = %s",
        [name, STATE.name],
    )
    return found.fetchone() is not None


def columns(connection: Connection, name: str) -> dict[str, dict[str, str]]:
    """The types of the columns of a schema's tables, by table and column."""
    # information_schema takes a hundred times as long.
    rows = connection.execute(
        "SELECT c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_catalog.pg_class c"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid"
        " WHERE n.nspname = %s AND c.relkind IN ('r', 'p') AND a.attnum > 0"
        " AND NOT a.attisdropped",
        [name],
    )
    found: dict[str, dict[str, str]] = {}
    for table, column, type in rows.fetchall():
        found.setdefault(table, {})[column] = type
    return found


def texts(connection: Connection, book: str) -> dict[str, bytes]:
    """The files of a book by which answers are given, by their paths."""
    rows = connection.execute(
        f"SELECT {quoted('path')}, {quoted('content')} FROM {quoted(schema.TEXT.name)}"
        f" WHERE {quoted(BOOK)} = %s",
        [book],
    ).fetchall()
    return {path: bytes(content) for path, content in rows}


def flavour(connection: Connection) -> schema.Flavour:
    """Which database it is."""
    row = connection.execute("SELECT version()").fetchone()
    assert row is not None
    return schema.flavour_of(row[0])


def views(connection: Connection, name: str) -> list[str]:
    """The names of a schema's views that are ours: those with a `book` in front."""
    rows = connection.execute(
        "SELECT v.table_name FROM information_schema.views v JOIN information_schema.columns c"
        " ON c.table_schema = v.table_schema AND c.table_name = v.table_name"
        " WHERE v.table_schema = %s AND c.ordinal_position = 1 AND c.column_name = %s",
        [name, BOOK],
    )
    return [row[0] for row in rows.fetchall()]


def has_views(connection: Connection, digest: str) -> bool:
    """True if a book was pushed for these views."""
    found = connection.execute(
        f"SELECT 1 FROM {quoted(schema.META.name)} WHERE {quoted('key')} = %s"
        f" AND {quoted('value')} = %s",
        [VIEWS, digest],
    )
    return found.fetchone() is not None


def index_names(connection: Connection, name: str) -> set[str]:
    """The names of a schema's indexes."""
    rows = connection.execute("SELECT indexname FROM pg_indexes WHERE schemaname = %s", [name])
    return {row[0] for row in rows.fetchall()}


def lock(connection: Connection, name: str, waiting: Callable[[], None]) -> None:
    """Be the only one who changes a mirror, until the transaction ends; `waiting` is called
    where another one is."""
    number = blake2b(name.encode(), digest_size=4).digest()
    key = [_LOCK, int.from_bytes(number, "big", signed=True)]
    got = connection.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", key).fetchone()
    if got is None or not got[0]:
        waiting()
        connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", key)


def drop_book(connection: Connection, book: str) -> None:
    """Delete all that a mirror has of a book."""
    for table in schema.tables():
        connection.execute(f"DELETE FROM {quoted(table.name)} WHERE {quoted(BOOK)} = %s", [book])


def drop(connection: Connection, name: str) -> None:
    """Delete a mirror: its views and tables, and the schema unless others have tables in it."""
    for view in views(connection, name):
        connection.execute(f"DROP VIEW {quoted(view)}")
    ours = {ACCESS, functions.TABLE, *(table.name for table in schema.tables())}
    there = columns(connection, name)
    dropped = ", ".join(quoted(table) for table in there if table in ours)
    if dropped:
        # At once: the policies of `crm mirror roles` on one table look into others.
        connection.execute(f"DROP TABLE {dropped}")
    if ours.issuperset(there):
        connection.execute(f"DROP SCHEMA {quoted(name)} CASCADE")
