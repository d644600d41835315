"""The index's tables as SQLite has them: one for each kind, by its column plan, and a few that
all share.

Fields are named `order`, `to` or `end`, so every name is quoted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from crm_cli import __version__
from crm_cli.index.cells import SqlType
from crm_cli.index.plan import (
    EXTRA,
    Column,
    dated_columns,
    in_record,
    plan_of,
    record_columns,
    summed_columns,
)
from crm_cli.model.aspects import Fifth
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import Code
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import KINDS, RECORDS, stands_in_items
from crm_cli.model.places import PLACES
from crm_cli.model.text import RULES as FOLDING

if TYPE_CHECKING:
    import sqlite3

EXTRACTOR = 21
"""Counts the changes of what is put into the tables; their definitions speak for themselves."""

TYPES: dict[SqlType, str] = {
    "key": "INTEGER PRIMARY KEY",
    "integer": "INTEGER",
    "boolean": "INTEGER",
    "decimal": "TEXT",
    "date": "TEXT",
    "moment": "TEXT",
    "text": "TEXT",
}
"""SQLite's types."""

ITEM_BITS = 23
"""A record's items have the numbers from its own, shifted by so many bits: their number
needs no asking, and they lie together. A file of 16 MiB cannot hold more of one kind."""


def table_ddl(name: str, columns: Iterable[Column]) -> str:
    """The statement that makes a table."""
    body = ", ".join(
        f'"{column.name}" {TYPES[column.type]}'
        + (f" DEFAULT {_literal(column.default)}" if column.default is not None else "")
        for column in columns
    )
    return f'CREATE TABLE "{name}" ({body})'


def _literal(value: object) -> str:
    return str(int(value)) if isinstance(value, (bool, int)) else f"'{value}'"


SHARED = (
    'CREATE TABLE "meta" ("key" TEXT PRIMARY KEY, "value" BLOB) WITHOUT ROWID',
    'CREATE TABLE "file" ("pk" INTEGER PRIMARY KEY, "path" TEXT, "kind" TEXT, "id" TEXT,'
    ' "hash" BLOB, "since" TEXT, "until" TEXT)',
    'CREATE TABLE "problem" ("path" TEXT, "line" INTEGER, "column" INTEGER, "code" TEXT,'
    ' "message" TEXT, "hint" TEXT, "severity" TEXT)',
    table_ddl("extra", EXTRA),
    # The words come folded and cut; the tokenizer has only to split them at the spaces.
    "CREATE VIRTUAL TABLE \"search\" USING fts5(words, tokenize='ascii')",
)
SHARED_INDEXES = (
    'CREATE INDEX "file.path" ON "file" ("path")',
    'CREATE INDEX "file.id" ON "file" ("id", "kind")',
    'CREATE INDEX "file.since" ON "file" ("since")',
    'CREATE INDEX "file.until" ON "file" ("until")',
    'CREATE INDEX "problem.path" ON "problem" ("path")',
    'CREATE INDEX "extra.record" ON "extra" ("record")',
    # What all values of a key are; and those of one item, sought for each of thousands.
    'CREATE INDEX "extra.key" ON "extra" ("key", "kind", "type", "ordinal")',
    'CREATE INDEX "extra.item" ON "extra" ("item", "kind", "key")',
)


def index_ddl(kind: Kind) -> list[str]:
    """The statements that make a kind's indexes; after the first rows, which is faster."""
    fields = plan_of(kind).fields
    wanted: list[str] = []
    if in_record(kind):
        wanted += record_columns(kind)
        if stands_in_items(kind):
            wanted.append("parent")
    if "id" in fields:
        wanted.append("id")
    if kind is CUSTOMER:
        wanted.append(fields["name"].words)
    wanted += [fields[key].value for key in kind.sought]
    wanted += [fields[one.of].value for one in _fifths(kind)]
    wanted += [fields[key].compared for key in _sought(kind)]
    further = _beside(kind)
    made = [
        f'CREATE INDEX "{kind.name}.{name}" ON "{kind.name}"'
        f" ({', '.join(_quoted(name, *further.get(name, ())))})"
        for name in dict.fromkeys(wanted)
    ]
    if lost := plan_of(kind).lost('"{}"'.format):
        # Mostly empty: whether any amount has no rate is seen at once.
        made.append(f'CREATE INDEX "{kind.name}.lost" ON "{kind.name}" ("pk") WHERE {lost}')
    return made


def _quoted(*columns: str) -> list[str]:
    return [f'"{column}"' for column in columns]


def _beside(kind: Kind) -> dict[str, tuple[str, ...]]:
    """What else stands in an index, so that an answer need not look at the rows."""
    if kind in RECORDS:
        # Lists are in the order of ids; where two files have one, of their paths.
        fields = plan_of(kind).fields
        ranked = {fields[one.of].value: (fields[one.among].value,)
                  for one in _fifths(kind) if one.among}  # fmt: skip
        return {"id": ("path",), **ranked}
    if not in_record(kind):
        return {}
    together = summed_columns(kind)
    if not kind.when:
        # What has no date of its own is read beside the item that it stands in.
        return {"parent": together} if stands_in_items(kind) else {}
    day, *others = dated_columns(kind)
    records = record_columns(kind)
    found = {day: tuple(others)}
    if together:
        found |= dict.fromkeys(records, (day, *together))
    return found


def _fifths(kind: Kind) -> list[Fifth]:
    """By what records are put into fifths: the cuts are found in an index."""
    return [one.fifth for one in kind.derived if one.fifth is not None]


def _sought(kind: Kind) -> Iterator[str]:
    """The fields by which items are looked for: dates, numbers, what records lift."""
    if kind.when:
        yield kind.when
    title = kind.by_key.get(kind.title)
    if title is not None and isinstance(title.type, Code):
        yield title.key
    for record in RECORDS:
        for field, items in record.lists:
            if items is kind:
                yield from field.lifts.values()
    for derived in kind.derived:
        storage = derived.type.storage
        if kind in RECORDS or not derived.kept or derived.inner:
            continue
        if storage.is_text and not storage.folded:
            yield derived.key


def make(connection: sqlite3.Connection) -> None:
    """Begin a transaction with all tables, still without indexes, in an empty database."""
    connection.execute("BEGIN")
    for statement in ddl():
        connection.execute(statement)


def finish(connection: sqlite3.Connection) -> None:
    """Make the indexes, which is faster after the rows."""
    for statement in indexes():
        connection.execute(statement)


def ddl() -> tuple[str, ...]:
    """Every statement that makes the tables."""
    return (*SHARED, *(table_ddl(kind.name, plan_of(kind).columns) for kind in KINDS))


def indexes() -> tuple[str, ...]:
    """Every statement that makes the indexes."""
    made = [statement for kind in KINDS for statement in index_ddl(kind)]
    return (*SHARED_INDEXES, *made)


def insert(table: str, *columns: str) -> str:
    """The statement that inserts a row with these columns."""
    names = ", ".join(_quoted(*columns))
    return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(columns))})'


@cache
def version() -> str:
    """What the index must say of itself to be used: everything its content follows from."""
    places = (f"{place.pattern} {place.shape.name} {place.declaration}" for place in PLACES)
    return "\n".join((*ddl(), *indexes(), *places, program(), *environment()))


def program() -> str:
    """What of the program itself is no declaration, and changes what the index holds."""
    return f"crm {__version__}, extractor {EXTRACTOR}, folding {FOLDING}"


def environment() -> Iterator[str]:
    """The tables that fold texts and know phones, by their packages' files.

    Asking the package database for their versions takes longer than a whole query.
    """
    from unicodedata import unidata_version

    yield f"unicode {unidata_version}"
    for package in ("anyascii", "phonenumbers"):
        yield _edition(package, _file_of(package))


def calendars(named: Iterable[str]) -> str:
    """The edition of the library that knows the holidays of countries; empty where days alone
    are named. Where it is installed later, what was reckoned without it is out of date."""
    if all(name[:1].isdigit() for name in named):
        return ""
    return _edition("holidays", _among_folders("holidays"))


def _edition(package: str, found: tuple[str, os.stat_result] | None) -> str:
    if found is None:
        return f"{package} missing"
    return f"{package} {found[0]} {found[1].st_size} {found[1].st_mtime_ns}"


def _file_of(package: str) -> tuple[str, os.stat_result] | None:
    found = _among_folders(package)
    if found is not None:
        return found
    from importlib.util import find_spec

    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return spec.origin, Path(spec.origin).stat()


def _among_folders(package: str) -> tuple[str, os.stat_result] | None:
    for folder in sys.path:
        path = f"{folder}/{package}/__init__.py"
        try:
            return path, os.stat(path)  # noqa: PTH116 - a Path for each takes ten times as long
        except (OSError, ValueError):
            continue
    return None
