"""The index's rows as the mirror takes them: lines of CSV, which SQLite itself puts together.

A row is some hundred cells, most of them empty, and there are millions of rows: to make the
line where the row is read takes a fraction of the time that Python needs for its cells.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crm_cli.index.postgres import schema
from crm_cli.index.postgres.schema import Field, Table
from crm_cli.index.schema import ITEM_BITS
from crm_cli.model.kinds import HOLDERS, RECORDS

if TYPE_CHECKING:
    from crm_cli.index.database import Index

_LINES = 2_000
"""Lines that are handed over at once."""
Content = tuple[str, bytes, str | None, str | None]
"""A file's path, and what its rows follow from, settings and rates aside: hash, since, until."""


class Local:
    """The index of a directory in one state, to be pushed as a book."""

    def __init__(self, connection: sqlite3.Connection, book: str) -> None:
        self.book = book
        self._connection = connection
        self._moves = False

    def files(self) -> Iterator[tuple[int, Content]]:
        """The files with their numbers here, in the order of their paths' bytes."""
        rows = self._connection.execute(
            'SELECT "pk", "path", "hash", "since", "until" FROM "file" ORDER BY "path"'
        )
        for number, *content in rows:
            yield number, tuple(content)

    def contents(self) -> Iterator[list[Content]]:
        """The same without their numbers, so many at once."""
        rows = self._connection.execute(
            'SELECT "path", "hash", "since", "until" FROM "file" ORDER BY "path"'
        )
        while found := rows.fetchmany(_LINES):
            yield found

    def count(self) -> int:
        """How many files there are."""
        return self._one('SELECT COUNT(*) FROM "file"')

    def unread(self) -> bool:
        """Whether a file could not be read: what it says is not known by its hash."""
        return bool(self._one('SELECT EXISTS (SELECT 1 FROM "file" WHERE LENGTH("hash") = 0)'))

    def problems(self) -> list[tuple[object, ...]]:
        """What is wrong with the files, as rows in a settled order."""
        return sorted(self._connection.execute('SELECT * FROM "problem"').fetchall())

    def meta(self, key: str) -> object:
        """What the index says of itself under a key; None where it says nothing."""
        row = self._connection.execute('SELECT "value" FROM "meta" WHERE "key" = ?', (key,))
        found = row.fetchone()
        return None if found is None else found[0]

    def customers(self) -> int:
        """How many customers there are."""
        return self._one('SELECT COUNT(*) FROM "customer"')

    def _one(self, sql: str) -> int:
        found: int = self._connection.execute(sql).fetchone()[0]
        return found

    def move(self, numbers: Mapping[int, int]) -> None:
        """Have `lines` answer the rows of these files alone, under the numbers given here."""
        self._connection.execute(
            "CREATE TEMP TABLE moved (old INTEGER PRIMARY KEY, by INTEGER NOT NULL)"
        )
        self._connection.executemany(
            "INSERT INTO moved VALUES (?, ?)", [(old, new - old) for old, new in numbers.items()]
        )
        self._moves = True

    def filled(self, table: Table) -> tuple[Field, ...]:
        """The columns of a table's lines that any row has a value in, or that are not empty by
        themselves: of a hundred, most have none, and to make their cells takes most of the time."""
        fields = columns_of(table)
        if table.kind is None:
            return fields
        counts = ", ".join(f'COUNT("{field.name}")' for field in fields)
        row = self._connection.execute(f'SELECT {counts} FROM "{table.name}"').fetchone()
        return tuple(
            field
            for field, count in zip(fields, row, strict=True)
            if count or field.default is not None
        )

    def lines(self, table: Table, fields: Sequence[Field] = ()) -> Iterator[bytes]:
        """A table's rows as lines of CSV in UTF-8, many at once: all of `columns_of`, or these."""
        rows = self._connection.execute(self._statement(table, fields or columns_of(table)))
        while found := rows.fetchmany(_LINES):
            text = "\n".join([row[0] for row in found])
            if "\0" in text:
                # No text of PostgreSQL may hold it (15, 8.3).
                text = text.replace("\0", "\ufffd")
            yield f"{text}\n".encode("utf-8", "replace")

    def _statement(self, table: Table, fields: Sequence[Field]) -> str:
        cells = [_text(literal(self.book))]
        cells += [_cell(field, self._number(table, field.name)) for field in fields]
        return f"SELECT {_line(cells)} FROM {self._source(table)}"

    def _source(self, table: Table) -> str:
        """The rows, `t`, beside the `moved` of their file, `m`."""
        name, order = f'"{table.name}"', "pk"
        if table is schema.OWN:
            # They are numbered by what they stand in, in their order there.
            place = 'ROW_NUMBER() OVER (PARTITION BY "record" ORDER BY "pk") - 1'
            name = f"(SELECT *, {place} AS place FROM {name} %s)"
        elif table is schema.SEARCH:
            order = "rowid"
        if not self._moves:
            inner = name % "" if table is schema.OWN else name
            return f"{inner} t" + ("" if table is schema.OWN else f" ORDER BY t.{order}")
        if table is schema.OWN:
            return self._moved_own(name)
        levels = schema.depth(table)
        if not levels or table is schema.SEARCH:
            return f"moved m CROSS JOIN {name} t ON t.{order} = m.old"
        bits = str(ITEM_BITS)
        if levels == 2:
            bits = f"CASE WHEN m.old < 0 THEN {2 * ITEM_BITS} ELSE {ITEM_BITS} END"
        return (
            f"moved m CROSS JOIN {name} t"
            f" ON t.pk >= m.old << ({bits}) AND t.pk < (m.old + 1) << ({bits})"
        )

    def _moved_own(self, name: str) -> str:
        of = 'WHERE "record" IN (SELECT old FROM moved WHERE old > 0) OR "record" < 0'
        inner = name % of
        held = f"CASE WHEN t.record < 0 THEN t.record >> {ITEM_BITS} ELSE t.record END"
        return f"{inner} t JOIN moved m ON m.old = {held}"

    def _number(self, table: Table, column: str) -> str:
        """SQL for a column, with a number of a row as it is there."""
        by = "m.by" if self._moves else "0"
        inner = f"({by} << {ITEM_BITS})"
        named = f't."{column}"'
        if table is schema.OWN:
            if column == "pk":
                return f"((t.record + {by}) << {ITEM_BITS}) + t.place"
            if column == "item":
                return f"t.item + CASE WHEN t.item = t.record THEN {by} ELSE {inner} END"
            return f"t.record + {by}" if column == "record" else named
        if table is schema.SEARCH and column == "pk":
            named = "t.rowid"
        if not self._moves:
            return named
        if column == "pk":
            return f"{named} + {by if schema.depth(table) == 0 else inner}"
        kind = table.kind
        if kind is None or kind in RECORDS:
            return named
        if column == "parent" and HOLDERS[kind]:
            return f"{named} + {inner}"
        # Numbers of entries stay: their file has the same one everywhere.
        held = {one.name for one in HOLDERS[kind] if one in RECORDS}
        return f"{named} + {by}" if column in held else named


def columns_of(table: Table) -> tuple[Field, ...]:
    """The columns of a table's lines after `book`: all that the index has."""
    return tuple(field for field in table.fields if field.type != "tsvector")


@contextmanager
def taken(index: Index, book: str) -> Iterator[Local]:
    """The index as it is now, over a connection of its own."""
    connection = index.separate()
    try:
        connection.execute("BEGIN")
        yield Local(connection, book)
    finally:
        connection.close()


def literal(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def _cell(field: Field, sql: str) -> str:
    """SQL for the text of a cell, NULL where it is empty."""
    if field.type == "boolean":
        return f"CASE {sql} WHEN 1 THEN 't' WHEN 0 THEN 'f' END"
    if field.type == "bytea":
        return f"'\\x' || hex({sql})"
    if field.type == "bigint":
        return sql
    return _text(sql)


def _text(sql: str) -> str:
    # An empty text has quotes, NULL has none (PostgreSQL 15, COPY).
    return f"""'"' || replace({sql}, '"', '""') || '"'"""


def _line(cells: Iterable[str]) -> str:
    """SQL that joins cells by commas: as a tree, since each step copies what it joins."""
    parts = [f"COALESCE({cell}, '')" for cell in cells]
    while len(parts) > 1:
        pairs = [parts[at : at + 2] for at in range(0, len(parts), 2)]
        parts = ["(" + " || ',' || ".join(pair) + ")" for pair in pairs]
    return parts[0]
