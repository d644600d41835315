"""Lookups by key in the index, where a full query would be too slow."""

from __future__ import annotations

from typing import Any

from crm_cli.index.plan import plan_of
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import KINDS
from crm_cli.query.database import Database

LAST = "\U0010ffff"
"""Sorts after every character that an id or a name can go on with."""


def exists(database: Database, kind: Kind, key: str, value: str) -> bool:
    """Whether an item of a kind has this very value in a column."""
    name, wanted = database.dialect.name, database.dialect.parameter("wanted")
    sql = f"SELECT 1 FROM {name(kind.name)} WHERE {name(key)} = {wanted} LIMIT 1"
    return database.row(sql, {"wanted": value}) is not None


def different(database: Database, kind: Kind, key: str, most: int | None = None) -> list[Any]:
    """The different values of a column, at most so many, in no order; without missing ones."""
    table, column = database.dialect.name(kind.name), database.dialect.name(key)
    sql = f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL"
    return _first(database, sql, {}, most)


def all_converted(database: Database) -> bool:
    """Whether every amount of the index is known in the base currency: none lacks a rate."""
    name = database.dialect.name
    lost = [(name(kind.name), plan_of(kind).lost(name)) for kind in KINDS]
    found = (f"EXISTS(SELECT 1 FROM {table} WHERE {rows})" for table, rows in lost if rows)
    return database.every(f"SELECT 1 WHERE {' OR '.join(found)}") == []


def starting(
    database: Database, kind: Kind, key: str, start: str, most: int | None = None
) -> list[str]:
    """The values of a column that begin with a text, as it is; at most so many, in no order."""
    name, parameter = database.dialect.name, database.dialect.parameter
    sql = (
        f"SELECT {name(key)} FROM {name(kind.name)}"
        f" WHERE {name(key)} >= {parameter('start')} AND {name(key)} < {parameter('end')}"
    )
    return _first(database, sql, {"start": start, "end": start + LAST}, most)


def titled(database: Database, kind: Kind, start: str, most: int) -> list[tuple[str, str | None]]:
    """(id, title) of the items whose id begins with a text, as it is; at most so many."""
    name, parameter = database.dialect.name, database.dialect.parameter
    title = name(kind.title) if kind.title else "NULL"
    sql = (
        f"SELECT id, {title} FROM {name(kind.name)} WHERE id >= {parameter('start')}"
        f" AND id < {parameter('end')} LIMIT {parameter('most')}"
    )
    return database.rows(sql, {"start": start, "end": start + LAST, "most": most})


def beside(database: Database, kind: Kind, id: str) -> tuple[str | None, str | None]:
    """The ids of the kind that come before and after one in the order of ids, if any."""
    table, wanted = database.dialect.name(kind.name), database.dialect.parameter("id")
    before, after = (
        database.row(f"SELECT {end}(id) FROM {table} WHERE id {sign} {wanted}", {"id": id})
        for end, sign in (("MAX", "<"), ("MIN", ">"))
    )
    return (before or (None,))[0], (after or (None,))[0]


def files(database: Database) -> list[str]:
    """The paths of all files that were read."""
    return [str(path) for path in database.column("SELECT path FROM file ORDER BY path")]


def paths(database: Database, kind: Kind, id: str) -> list[str]:
    """The files of the records with an id, by path."""
    table, wanted = database.dialect.name(kind.name), database.dialect.parameter("id")
    sql = f"SELECT path FROM {table} WHERE id = {wanted} ORDER BY path"
    return [str(path) for path in database.column(sql, {"id": id})]


def id_at(database: Database, kind: Kind, path: str) -> str | None:
    """The id of the record that a file holds; None where none was read from it."""
    table, wanted = database.dialect.name(kind.name), database.dialect.parameter("path")
    row = database.row(f"SELECT id FROM {table} WHERE path = {wanted}", {"path": path})
    return None if row is None else str(row[0])


def customers(database: Database) -> list[tuple[str, str]]:
    """(id, path) of every customer's file, in no order."""
    return [(str(id), str(path)) for id, path in database.rows("SELECT id, path FROM customer")]


def former_ids(database: Database) -> dict[str, str]:
    """The customers by each id that they had: of records that were merged, and SYSTEM:ID."""
    rows = database.rows(
        "SELECT id, formerly FROM customer WHERE formerly IS NOT NULL ORDER BY id DESC"
    )
    return {former: str(id) for id, held in rows for former in held.split("\n")}


def _first(database: Database, sql: str, parameters: dict[str, Any], most: int | None) -> list[Any]:
    if most is None:
        return database.column(sql, parameters)
    sql += f" LIMIT {database.dialect.parameter('most')}"
    return database.column(sql, {**parameters, "most": most})
