"""The index's tables, made from the kinds: one for each, and a few for what all share.

A field of storage X gets the columns of `COLUMNS[X]`, named by its key and a suffix:
`summary` and `summary__f`. A group's fields get the group's key before theirs
(`credit_limit`). Fields are named `order`, `to` or `end`, so every name is quoted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from crm_cli import __version__
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import Code, FieldType, Storage
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf
from crm_cli.model.kinds import HOLDERS, HOMES, KINDS, RECORDS
from crm_cli.model.places import PLACES
from crm_cli.model.text import RULES as FOLDING

EXTRACTOR = 7
"""Counts the changes of what is put into the tables; their definitions speak for themselves."""

COLUMNS: dict[Storage, tuple[tuple[str, str], ...]] = {
    Storage.TEXT: (("", "TEXT"), ("__f", "TEXT")),
    Storage.TEXTS: (("", "TEXT"), ("__f", "TEXT")),
    Storage.WORD: (("", "TEXT"),),
    Storage.INTEGER: (("", "INTEGER"),),
    Storage.BOOLEAN: (("", "INTEGER"),),
    Storage.DECIMAL: (("", "TEXT"),),
    Storage.MONEY: (("", "INTEGER"), ("__b", "INTEGER")),
    Storage.DATE: (("", "TEXT"),),
    Storage.MOMENT: (("", "TEXT"), ("__d", "TEXT")),
    Storage.PARTIAL_DATE: (("", "TEXT"),),
    Storage.NESTED: (),
    Storage.FREE: (),
}
"""(suffix, SQLite type) of each column that a storage has."""

ITEM_BITS = 23
"""A record's items have the numbers from its own, shifted by so many bits: their number
needs no asking, and they lie together. A file of 16 MiB cannot hold more of one kind."""

SHARED = (
    'CREATE TABLE "meta" ("key" TEXT PRIMARY KEY, "value" BLOB) WITHOUT ROWID',
    'CREATE TABLE "file" ("pk" INTEGER PRIMARY KEY, "path" TEXT, "kind" TEXT, "id" TEXT,'
    ' "hash" BLOB)',
    'CREATE TABLE "problem" ("path" TEXT, "line" INTEGER, "column" INTEGER, "code" TEXT,'
    ' "message" TEXT, "hint" TEXT, "severity" TEXT)',
    'CREATE TABLE "extra" ("pk" INTEGER PRIMARY KEY, "record" INTEGER, "kind" TEXT,'
    ' "item" INTEGER, "key" TEXT, "value" TEXT, "value__f" TEXT)',
    # The words come folded and cut; the tokenizer has only to split them at the spaces.
    "CREATE VIRTUAL TABLE \"search\" USING fts5(words, tokenize='ascii')",
)
SHARED_INDEXES = (
    'CREATE INDEX "file.path" ON "file" ("path")',
    'CREATE INDEX "file.id" ON "file" ("id", "kind")',
    'CREATE INDEX "problem.path" ON "problem" ("path")',
    'CREATE INDEX "extra.record" ON "extra" ("record")',
    'CREATE INDEX "extra.key" ON "extra" ("key", "kind")',
)
VIEWS = 1
"""Counts the changes of the views' making (views.py); else they follow from the kinds."""


def listed(kind: Kind) -> bool:
    """Whether items of the kind are listed by commands, and so searched on their own."""
    return bool(kind.columns) and kind not in RECORDS


def has_id(kind: Kind) -> bool:
    """Whether rows have an id that no field declares."""
    named = kind in HOMES or bool(kind.letter)
    return named and "id" not in kind.by_key


def in_record(kind: Kind) -> bool:
    """Whether the kind's items stand in the list of a record or an entry, and are neither."""
    return kind not in HOMES


def record_columns(kind: Kind) -> tuple[str, ...]:
    """The columns that hold the number of the record, or entry, in which an item stands.

    There is one for each kind of records that has such items, named after it; in each row
    one of them has a value. Items that no kind of records declares are the customers'.
    """
    return tuple(holder.name for holder in HOLDERS.get(kind, ())) or (CUSTOMER.name,)


def has_currency(kind: Kind) -> bool:
    """Whether the rows say a currency: a field's, or that of their money."""
    types = [field.type for field in kind.fields]
    types += [derived.type for derived in kind.derived if not derived.sql and not derived.base]
    return "currency" in kind.by_key or any(type.storage is Storage.MONEY for type in types)


def lifted(kind: Kind) -> Iterator[tuple[str, Field, Field]]:
    """(name, list, the items' field) of what a kind answers from the first item of a list."""
    for field, items in kind.lists:
        for name, key in field.lifts.items():
            yield name, field, items.by_key[key]


def lift_column(name: str) -> str:
    """A record's column of a lift: the first one's value; of tags all of them."""
    return "tags" if name == "tag" else name


def field_columns(key: str, type: FieldType) -> Iterator[tuple[str, str]]:
    """(name, SQLite type) of the columns of a field."""
    if isinstance(type, GroupOf):
        for field in type.kind.fields:
            yield from field_columns(f"{key}_{field.key}", field.type)
        return
    for suffix, storage in COLUMNS[type.storage]:
        yield key + suffix, storage


def _defaults(kind: Kind) -> dict[str, str]:
    """What a column has where a record does not say: SQL literals by column."""
    literals = {}
    for field in kind.fields:
        if field.default is not None:
            (name, _), *more = field_columns(field.key, field.type)
            assert not more, f"{kind.name}.{field.key}: a default of several columns"
            default = field.default
            number = isinstance(default, (bool, int))
            literals[name] = str(int(default)) if number else f"'{default}'"
    return literals


def columns(kind: Kind) -> list[tuple[str, str]]:
    """(name, SQLite type) of every column of a kind's table, in order."""
    found = [("pk", "INTEGER PRIMARY KEY")]
    if in_record(kind):
        found += [(name, "INTEGER") for name in (*record_columns(kind), "parent", "ordinal")]
    if has_id(kind):
        found.append(("id", "TEXT"))
    if kind in RECORDS:
        found.append(("path", "TEXT"))
    for field in kind.fields:
        found += field_columns(field.key, field.type)
    if has_currency(kind) and "currency" not in kind.by_key:
        found.append(("currency", "TEXT"))
    for derived in kind.derived:
        if not derived.sql:
            own = list(field_columns(derived.key, derived.type))
            found += own[:1] if derived.base else own
    if kind in RECORDS:
        found += [(lift_column(name), "TEXT") for name, _, _ in lifted(kind)]
    if listed(kind):
        found.append(("all__f", "TEXT"))
    return list(dict(found).items())


def table_ddl(kind: Kind) -> str:
    """The statement that makes a kind's table."""
    defaults = _defaults(kind)
    body = ", ".join(
        f'"{name}" {storage}' + (f" DEFAULT {defaults[name]}" if name in defaults else "")
        for name, storage in columns(kind)
    )
    return f'CREATE TABLE "{kind.name}" ({body})'


def index_ddl(kind: Kind) -> list[str]:
    """The statements that make a kind's indexes; after the first rows, which is faster."""
    wanted: list[str] = []
    if in_record(kind):
        wanted += record_columns(kind)
        if any(kind in (part for _, part in one.lists) for one in KINDS if in_record(one)):
            wanted.append("parent")
    names = {name for name, _ in columns(kind)}
    if "id" in names:
        wanted.append("id")
    if kind is CUSTOMER:
        wanted.append("name__f")
    wanted += kind.sought
    for key in _sought(kind):
        wanted += [name for name in (f"{key}__f", f"{key}__d", key) if name in names][:1]
    further = _beside(kind, names)
    return [
        f'CREATE INDEX "{kind.name}.{name}" ON "{kind.name}"'
        f" ({', '.join(_quoted(name, *further.get(name, ())))})"
        for name in dict.fromkeys(wanted)
    ]


def _quoted(*columns: str) -> list[str]:
    return [f'"{column}"' for column in columns]


def _beside(kind: Kind, names: set[str]) -> dict[str, tuple[str, ...]]:
    """What else stands in an index, so that an answer need not look at the rows."""
    if kind in RECORDS:
        # Lists are in the order of ids; where two files have one, of their paths.
        return {"id": ("path",)}
    if not kind.when or not in_record(kind):
        return {}
    summed = (f"{key}__b" if f"{key}__b" in names else key for key in kind.summed)
    day = f"{kind.when}__d" if f"{kind.when}__d" in names else kind.when
    together = tuple(summed)
    records = record_columns(kind)
    found = {day: (*records, *together)}
    if together:
        found |= dict.fromkeys(records, (day, *together))
    return found


def _sought(kind: Kind) -> Iterator[str]:
    """The fields by which items are looked for: dates, numbers, what records lift."""
    if kind.when:
        yield kind.when
    title = kind.by_key.get(kind.title)
    if title is not None and isinstance(title.type, Code):
        yield title.key
    for record in RECORDS:
        for _, field, value in lifted(record):
            if isinstance(field.type, ListOf) and field.type.kind is kind:
                yield value.key
    for derived in kind.derived:
        if kind not in RECORDS and not derived.sql and derived.type.storage is Storage.WORD:
            yield derived.key


def ddl() -> tuple[str, ...]:
    """Every statement that makes the tables."""
    return (*SHARED, *(table_ddl(kind) for kind in KINDS))


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
    program = f"crm {__version__}, extractor {EXTRACTOR}, views {VIEWS}, folding {FOLDING}"
    places = (f"{place.pattern} {place.shape.name} {place.declaration}" for place in PLACES)
    return "\n".join((*ddl(), *indexes(), *places, program, *_environment()))


def _environment() -> Iterator[str]:
    """The tables that fold texts and know phones, by their packages' files.

    Asking the package database for their versions takes longer than a whole query.
    """
    from unicodedata import unidata_version

    yield f"unicode {unidata_version}"
    for package in ("anyascii", "phonenumbers"):
        found = _file_of(package)
        if found is None:
            yield f"{package} missing"
        else:
            yield f"{package} {found[0]} {found[1].st_size} {found[1].st_mtime_ns}"


def _file_of(package: str) -> tuple[str, os.stat_result] | None:
    for folder in sys.path:
        path = f"{folder}/{package}/__init__.py"
        try:
            return path, os.stat(path)  # noqa: PTH116 - a Path for each takes ten times as long
        except (OSError, ValueError):
            continue
    from importlib.util import find_spec

    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return spec.origin, Path(spec.origin).stat()
