"""A mirror's tables: those of the index, made from the same column plan, for many books.

All lie in one schema, under the names that the index gives them. In front of each table's columns
stands `book`, the name of the directory that a row is from, and with it each primary key and
index begins, so that a database on many machines can part them by it. A `pk` is unique within
its book only: rows belong together by `book` and number.

`search.indexed` is for finding, and exact together with `words` only: it holds each word once,
without its place, and is NULL where a text is too long for it, and where the database has no
such index. So a query asks `(indexed IS NULL OR indexed @@ …)` and then looks into `words`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from crm_cli import __version__
from crm_cli.index import schema as index
from crm_cli.index.cells import SqlType
from crm_cli.index.plan import EXTRA, Column, plan_of
from crm_cli.index.postgres.connection import quoted
from crm_cli.model.address import ADDRESS
from crm_cli.model.contacts import EMAIL, PHONE
from crm_cli.model.fieldtypes import Code
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import ENTRIES, KINDS, RECORDS
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.text import RULES as FOLDING

BOOK = "book"
MIRROR = "crm_meta"
"""The table with a row for each book: what was pushed, when, and from what."""
TYPES: dict[SqlType, str] = {
    "key": "bigint",
    "integer": "bigint",
    "boolean": "boolean",
    "decimal": "text",
    "date": "text",
    "moment": "text",
    "text": "text",
}
"""PostgreSQL's types, by the names that information_schema has for them."""


class Field(NamedTuple):
    """A column: its type as `TYPES` has it (or bytea, tsvector), and what it has by default."""

    name: str
    type: str
    default: Any = None


class Table(NamedTuple):
    """A table without its `book`; `key` are the columns that follow it in the primary key.

    `kind` is that of its rows, None for the tables that all kinds share.
    """

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ("pk",)
    kind: Kind | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, `book` first."""
        return (BOOK, *(field.name for field in self.fields))


def _fields(columns: tuple[Column, ...]) -> tuple[Field, ...]:
    return tuple(Field(one.name, TYPES[one.type], one.default) for one in columns)


def _texts(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, "text") for name in names)


_PK = Field("pk", "bigint")
FILE = Table(
    "file",
    (_PK, *_texts("path", "kind", "id"), Field("hash", "bytea"), *_texts("since", "until")),
)
PROBLEM = Table(
    "problem",
    (
        _PK, *_texts("path"), Field("line", "bigint"), Field("column", "bigint"),
        *_texts("code", "message", "hint", "severity"),
    ),
)  # fmt: skip
SEARCH = Table("search", (_PK, *_texts("words"), Field("indexed", "tsvector")))
OWN = Table("extra", _fields(EXTRA))
META = Table("meta", _texts("key", "value"), ("key",))
TEXT = Table("text", (*_texts("path"), Field("content", "bytea")), ("path",))
"""The files by which answers are given, such as settings, rates and reports: their bytes."""
STATE = Table(
    MIRROR,
    (
        *_texts("directory", "commit"), Field("work_tree", "boolean"),
        *_texts("day", "pushed", "version", "business", "digest", "currency"),
        Field("customers", "bigint"),
    ),
    (),
)  # fmt: skip
"""`commit` is the one that was pushed, or on which the pushed work tree stands, empty without
git; `day` the one that figures are of, `pushed` the moment (UTC), `version` that of the tables'
content, `business` that of the settings and rates, `digest` that of all that was pushed."""

SHARED = (FILE, PROBLEM, SEARCH, OWN, META, TEXT, STATE)


@cache
def tables() -> tuple[Table, ...]:
    """Every table."""
    made = (Table(kind.name, _fields(plan_of(kind).columns), kind=kind) for kind in KINDS)
    return (*SHARED, *made)


def depth(table: Table) -> int:
    """How rows are numbered: 0 as files, 1 as entries of a file, 2 as items of either."""
    if table.kind is None:
        return 2 if table is OWN else 0
    return 0 if table.kind in RECORDS else 1 if table.kind in ENTRIES else 2


class Flavour(NamedTuple):
    """What differs between databases that speak PostgreSQL's protocol."""

    name: str
    collation: str = ' COLLATE "C"'
    """CockroachDB orders texts by their bytes as it is."""
    hashes: bool = True
    """Whether long texts can be found by a hash index; the others' indexes take any length."""
    words: bool = True
    """Whether words are found by an index, GIN."""
    normalizes: bool = True
    """Whether `normalize` makes NFKC of a text."""
    locks: bool = True
    """Whether a push can wait for another one; else the database ends one of the two."""
    analyzes: bool = True
    """Whether the planner's figures can be renewed within a transaction."""
    settings: tuple[str, ...] = ()
    """Statements that a session begins with."""


POSTGRESQL = Flavour("PostgreSQL")
_OTHERS = {
    "CockroachDB": Flavour(
        "CockroachDB",
        "",
        hashes=False,
        words=False,
        normalizes=False,
        locks=False,
        analyzes=False,
        settings=("SET experimental_enable_temp_tables = on",),
    ),
    "-YB-": Flavour("YugabyteDB", hashes=False, words=False),
}


def flavour_of(version: str) -> Flavour:
    """The flavour of a database by what `version()` says."""
    return next((one for sign, one in _OTHERS.items() if sign in version), POSTGRESQL)


def table_ddl(table: Table, flavour: Flavour) -> str:
    """The statement that makes a table."""
    columns = [f"{quoted(BOOK)} text{flavour.collation} NOT NULL"]
    for field in table.fields:
        needed = " NOT NULL" if field.name in table.key else ""
        columns.append(f"{column_ddl(field, flavour)}{needed}")
    key = ", ".join(map(quoted, (BOOK, *table.key)))
    return f"CREATE TABLE {quoted(table.name)} ({', '.join(columns)}, PRIMARY KEY ({key}))"


def column_ddl(field: Field, flavour: Flavour) -> str:
    """A column as CREATE TABLE and ADD COLUMN take it."""
    collation = flavour.collation if field.type == "text" else ""
    return f"{quoted(field.name)} {field.type}{collation}{_default(field)}"


def _default(field: Field) -> str:
    if field.default is None:
        return ""
    if field.type == "boolean":
        return f" DEFAULT {'TRUE' if field.default else 'FALSE'}"
    if isinstance(field.default, int):
        return f" DEFAULT {int(field.default)}"
    said = str(field.default).replace("'", "''")
    return f" DEFAULT '{said}'"


def indexes(flavour: Flavour) -> Iterator[tuple[str, str]]:
    """(name, statement) of each index beside the primary keys."""
    for name, table, columns, kind in _wanted():
        way, shown = "", ", ".join(map(quoted, (BOOK, *columns)))
        if kind == "hash" and flavour.hashes:
            way, shown = " USING hash", quoted(columns[0])
        if kind == "words":
            if not flavour.words:
                continue
            way, shown = " USING gin", quoted(columns[0])
        yield name, f"CREATE INDEX {quoted(name)} ON {quoted(table)}{way} ({shown})"


def _wanted() -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    """(name, table, columns, kind) of each index that pays here: by numbers, by days and by what
    hardly two have. Texts of any length go by their hash, since a B-tree takes 2,704 bytes at
    most (PostgreSQL 15, 67.4.1); of a hash that many rows share each new row reads all."""
    yield "file.path", "file", ("path",), "hash"
    yield "extra.record", "extra", ("record",), ""
    yield "extra.item", "extra", ("item",), ""
    yield "search.words", "search", ("indexed",), "words"
    for kind in KINDS:
        types = {field.name: field.type for field in plan_of(kind).columns}
        for column in _columns(kind):
            if types[column] in ("key", "integer", "date", "moment"):
                yield f"{kind.name}.{column}", kind.name, (column,), ""
            elif types[column] == "text" and _hardly_shared(kind, column):
                yield f"{kind.name}.{column}", kind.name, (column,), "hash"


def _hardly_shared(kind: Kind, column: str) -> bool:
    """Whether few rows have the same text: ids, names, numbers, ways to reach somebody; not what
    is chosen from a list, nor towns."""
    if kind in (EMAIL, PHONE) or column == "id":
        return True
    field = next((one for one in plan_of(kind).fields.values() if column in one.cells), None)
    if field is None or kind is ADDRESS:
        return False
    return isinstance(field.type, Code) or (kind in RECORDS and field.path == kind.title)


def _columns(kind: Kind) -> list[str]:
    """The first columns of a kind's indexes in the index, which `schema.index_ddl` declares."""
    made = (one for one in index.index_ddl(kind) if " WHERE " not in one)
    return list(dict.fromkeys(one.rpartition(" (")[2].split('"')[1] for one in made))


@cache
def version() -> str:
    """What the tables' content follows from, in short: as the index's version, but the same on
    every machine that has the same editions."""
    from hashlib import blake2b
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as edition
    from unicodedata import unidata_version

    parts = [__version__, str(index.EXTRACTOR), str(FOLDING), unidata_version]
    for package in ("anyascii", "phonenumberslite", "holidays"):
        try:
            parts.append(edition(package))
        except PackageNotFoundError:
            parts.append("")
    parts += (table_ddl(table, POSTGRESQL) for table in tables())
    return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def differing(there: Mapping[str, Mapping[str, str]], flavour: Flavour) -> Iterator[str]:
    """The statements that make a schema's tables what they should be; `there` has the types of
    the columns of those that it has, by table and column. What is in other columns stays."""
    for table in tables():
        held = there.get(table.name)
        if held is None:
            yield table_ddl(table, flavour)
            continue
        name = quoted(table.name)
        wanted = {BOOK: "text", **{field.name: field.type for field in table.fields}}
        for column, type in held.items():
            if wanted.get(column) != type:
                yield f"ALTER TABLE {name} DROP COLUMN {quoted(column)}"
        for field in table.fields:
            if held.get(field.name) != field.type:
                yield f"ALTER TABLE {name} ADD COLUMN {column_ddl(field, flavour)}"
