"""Rows on their way into a mirror: copied as they are, or beside it first and then merged."""

from __future__ import annotations

from collections.abc import Iterable

from crm_cli.index.postgres import schema
from crm_cli.index.postgres.connection import Connection, quoted
from crm_cli.index.postgres.local import Local, columns_of
from crm_cli.index.postgres.schema import BOOK, Field, Flavour, Table
from crm_cli.index.schema import ITEM_BITS

_STAGED, _TOUCHED = "crm_staged", "crm_touched"
_RANGES = (("pk", "pk_end"), ("entry", "entry_end"), ("item", "item_end"))
"""The columns of the touched files' numbers, by the depth of a table's rows."""
_LONGEST, _LONG = 200_000, 2_000
"""Bytes of a text whose words are put into the index, and of a word: a tsvector has less than
1 MiB, a word of it less than 2 KiB (PostgreSQL 15, 12.11)."""


def copy_rows(connection: Connection, local: Local, table: Table, flavour: Flavour) -> int:
    """Copy the index's rows of a table into the mirror's; how many there are."""
    fields = local.filled(table)
    lines = local.lines(table, fields)
    first = next(lines, None)
    if first is None:
        return 0
    if table is schema.SEARCH and flavour.words:
        _stage(connection, table)
        count = _copy(connection, _STAGED, fields, first, lines)
        names = ", ".join(map(quoted, table.names))
        connection.execute(
            f"INSERT INTO {quoted(table.name)} ({names}) SELECT {_chosen(table, flavour)}"
            f" FROM {quoted(_STAGED)} s"
        )
        connection.execute(f"DROP TABLE {quoted(_STAGED)}")
    else:
        count = _copy(connection, table.name, fields, first, lines)
    return count


def _copy(
    connection: Connection,
    to: str,
    fields: Iterable[Field],
    first: bytes,
    lines: Iterable[bytes],
) -> int:
    """Copy lines of CSV into the columns that they have; how many they were."""
    names = ", ".join(map(quoted, (BOOK, *(field.name for field in fields))))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quoted(to)} ({names}) FROM STDIN (FORMAT csv)") as copy,
    ):
        copy.write(first)
        for some in lines:
            copy.write(some)
    return int(cursor.rowcount)


class Staging:
    """The rows of the files that have changed, merged into the mirror table by table."""

    def __init__(self, connection: Connection, local: Local, flavour: Flavour) -> None:
        self._connection = connection
        self._local = local
        self._flavour = flavour

    def touch(self, numbers: Iterable[int]) -> None:
        """Name the files, by the mirror's numbers, whose rows may change or go."""
        names = [name for pair in _RANGES for name in pair]
        self._connection.execute(
            f"CREATE TEMP TABLE {_TOUCHED} ({', '.join(f'{name} bigint' for name in names)})"
        )
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {_TOUCHED} FROM STDIN") as copy,
        ):
            for number in numbers:
                bits = 2 * ITEM_BITS if number < 0 else ITEM_BITS
                row = [number, number + 1]
                row += [number << ITEM_BITS, (number + 1) << ITEM_BITS]
                row += [number << bits, (number + 1) << bits]
                copy.write_row(row)
        if self._flavour.analyzes:
            self._connection.execute(f"ANALYZE {_TOUCHED}")

    def merge(self, table: Table) -> None:
        """Make the touched files' rows of a table those of the index; one that is the same is
        not written."""
        lines = self._local.lines(table)
        first = next(lines, None)
        name, staged = quoted(table.name), quoted(_STAGED)
        unless = ""
        if first is not None:
            _stage(self._connection, table)
            _copy(self._connection, _STAGED, columns_of(table), first, lines)
            if self._flavour.analyzes:
                self._connection.execute(f"ANALYZE {staged}")
            unless = f" AND NOT EXISTS (SELECT 1 FROM {staged} s WHERE s.pk = t.pk)"
        low, high = _RANGES[schema.depth(table)]
        self._connection.execute(
            f"DELETE FROM {name} t USING {_TOUCHED} c WHERE t.{quoted(BOOK)} = %s"
            f" AND t.pk >= c.{low} AND t.pk < c.{high}{unless}",
            [self._local.book],
        )
        if first is not None:
            self._connection.execute(self._upsert(table))
            self._connection.execute(f"DROP TABLE {staged}")

    def _upsert(self, table: Table) -> str:
        names = ", ".join(map(quoted, table.names))
        rest = [quoted(one) for one in table.names if one not in (BOOK, *table.key)]
        new = [f"EXCLUDED.{one}" for one in rest]
        sets = ", ".join(f"{one} = {value}" for one, value in zip(rest, new, strict=True))
        own = ", ".join(f"{quoted(table.name)}.{one}" for one in rest)
        return (
            f"INSERT INTO {quoted(table.name)} ({names})"
            f" SELECT {_chosen(table, self._flavour)} FROM {quoted(_STAGED)} s"
            f" ON CONFLICT ({', '.join(map(quoted, (BOOK, *table.key)))}) DO UPDATE SET {sets}"
            f" WHERE ({own}) IS DISTINCT FROM ({', '.join(new)})"
        )


def _stage(connection: Connection, table: Table) -> None:
    """Make a table beside the mirror's with the same columns."""
    columns = ", ".join(f"{quoted(one.name)} {one.type}" for one in columns_of(table))
    connection.execute(f"CREATE TEMP TABLE {quoted(_STAGED)} ({quoted(BOOK)} text, {columns})")


def _chosen(table: Table, flavour: Flavour) -> str:
    """The columns of a staged table, as the mirror's has them."""
    return ", ".join(
        f"s.{quoted(name)}" if name != "indexed" else _words(flavour) for name in table.names
    )


def _words(flavour: Flavour) -> str:
    """SQL for the words of a text as a tsvector, NULL where they do not fit into one."""
    if not flavour.words:
        return "CAST(NULL AS tsvector)"
    each = "string_to_array(s.words, ' ')"
    return (
        # Of a short text no word is too long; to take it apart for that is half of the work.
        f"CASE WHEN octet_length(s.words) <= {_LONG} OR octet_length(s.words) <= {_LONGEST}"
        f" AND NOT EXISTS (SELECT 1 FROM unnest({each}) AS w (word)"
        f" WHERE octet_length(w.word) > {_LONG})"
        f" THEN array_to_tsvector(array_remove({each}, '')) END"
    )
