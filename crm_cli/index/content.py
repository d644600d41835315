"""Inserting into and deleting from the index."""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from crm_cli.index import schema
from crm_cli.model.kinds import ENTRIES, RECORDS
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.places import PLACES, RATES, SETTINGS, Shape, kind_of

if TYPE_CHECKING:
    from datetime import date

    from crm_cli.index.batches import File
    from crm_cli.index.reading import ProblemRow
    from crm_cli.model.business import Business
    from crm_cli.model.kind import Kind
    from crm_cli.store.tree import Tree

Progress = Callable[[int, int], None]
"""Told of (files read, files to read)."""

BUSINESS_FILES = (SETTINGS.path, RATES.path)
SINGLE = {
    place.path: -number
    for number, place in enumerate(PLACES, 1)
    if not place.is_folder and place.shape is not Shape.RECORD
}
"""The files that are there once, with their numbers; those of records' files are above 0."""

_INSERT_FILE = schema.insert("file", "pk", "path", "kind", "id", "hash")
_INSERT_RECORD = schema.insert("file", "pk", "path", "kind", "id", "hash", "since", "until")
_INSERT_PROBLEM = schema.insert(
    "problem", "path", "line", "column", "code", "message", "hint", "severity"
)


class State(NamedTuple):
    """What the index knows of the directory as a whole."""

    version: str
    snapshot: bytes
    """See `snapshot.packed`."""
    racy: frozenset[str]
    """Paths that are to be read again however they look."""
    business: bytes
    """See `packing.packed`."""


def get_state(connection: sqlite3.Connection) -> State:
    """The state; raises sqlite3.Error, or ValueError where it is not whole."""
    found = dict(connection.execute('SELECT "key", "value" FROM "meta"'))
    try:
        racy = frozenset(marshal.loads(found["racy"]))
        return State(found["version"], found["snapshot"], racy, found["business"])
    except (KeyError, TypeError, EOFError) as error:
        raise ValueError("the index's state is not whole") from error


def put_state(connection: sqlite3.Connection, state: State) -> None:
    """Replace the state."""
    cells = state._replace(racy=marshal.dumps(sorted(state.racy), 2))  # type: ignore[arg-type]
    connection.executemany(
        'INSERT OR REPLACE INTO "meta" VALUES (?, ?)', zip(State._fields, cells, strict=True)
    )


def put_currency(connection: sqlite3.Connection, business: Business) -> None:
    """Note the base currency, where the views find it."""
    connection.execute(
        'INSERT OR REPLACE INTO "meta" VALUES (?, ?)', ("currency", business.currency)
    )


def put_records(
    connection: sqlite3.Connection,
    tree: Tree,
    business: Business,
    files: Sequence[File],
    progress: Progress | None,
) -> tuple[set[str], set[str]]:
    """Read records' files and insert their rows; (paths that are gone, unreadable ones)."""
    from crm_cli.index.batches import batches, unhurried_collector

    gone = {path for _, path in files}
    unreadable: set[str] = set()
    done = 0
    with unhurried_collector():
        for batch in batches(tree, business, files):
            for table, rows in batch.tables.items():
                connection.executemany(schema.insert(*table), rows)
            connection.executemany(_INSERT_RECORD, batch.files)
            put_problems(connection, _certain(batch.problems, business))
            gone.difference_update(path for _, path, *_ in batch.files)
            unreadable.update(path for _, path, _, _, hash, *_ in batch.files if not hash)
            done += batch.asked
            if progress is not None:
                progress(done, len(files))
    return gone, unreadable


def put_entries(connection: sqlite3.Connection, tree: Tree, path: str, business: Business) -> None:
    """Read a file that is there once, as products.yaml, and insert the rows of its entries."""
    from crm_cli.index.reading import entries, read

    file = read(tree, path)
    if file is None:
        return
    tables, problems = entries(file, SINGLE[path], path, business)
    for table, rows in tables.items():
        connection.executemany(schema.insert(*table), rows)
    put_single(connection, path, file.settled(problems))
    put_problems(connection, _certain(problems, business))


def put_single(connection: sqlite3.Connection, path: str, hash: bytes) -> None:
    """Note which bytes a file that is there once had."""
    connection.execute(_INSERT_FILE, (SINGLE[path], path, "", "", hash))


def unsettled(connection: sqlite3.Connection) -> set[str]:
    """The files that are there once and could not be read: they are tried again."""
    rows = connection.execute('SELECT "path" FROM "file" WHERE "pk" < 0 AND LENGTH("hash") = 0')
    return {path for (path,) in rows}


def _certain(problems: Iterable[ProblemRow], business: Business) -> Iterable[ProblemRow]:
    """The problems without those that only the settings could tell, where these are unread."""
    if business.known:
        return problems
    from crm_cli.model.codes import CODES

    return [one for one in problems if not CODES[one[3]].settings]


def put_problems(connection: sqlite3.Connection, problems: Iterable[ProblemRow]) -> None:
    """Insert problems."""
    connection.executemany(_INSERT_PROBLEM, problems)


def out_of_date(connection: sqlite3.Connection, today: date | None) -> tuple[list[str], list[str]]:
    """The records whose figures were derived for other days than `today`: those that have
    changed since, and those that had not changed yet; see `effect.Span`."""
    if today is None:
        return [], []
    found = (
        connection.execute(f'SELECT "path" FROM "file" WHERE {test} ?', (today.isoformat(),))
        for test in ('"until" <=', '"since" >')
    )
    past, ahead = ([path for (path,) in rows] for rows in found)
    return past, ahead


def remember_phones(
    connection: sqlite3.Connection, business: Business, customers: Iterable[int]
) -> None:
    """Keep the forms of these customers' numbers at hand: most will be there again."""
    from crm_cli.model.phones import remember

    rows = [
        row
        for pk in customers
        for row in connection.execute(
            'SELECT "value", "e164" FROM "phone" WHERE "customer" = ?', (pk,)
        )
    ]
    remember(business.country or None, rows)


def remove(connection: sqlite3.Connection, files: Sequence[File]) -> None:
    """Delete all rows of these files, by their numbers and paths."""
    numbers: dict[Kind, list[int]] = {}
    for number, path in files:
        kind = kind_of(path)
        if kind is not None:
            numbers.setdefault(kind, []).append(number)
    for kind, held in numbers.items():
        if kind in RECORDS:
            _remove(connection, kind, [(number, number + 1) for number in held])
            connection.executemany('DELETE FROM "search" WHERE "rowid" = ?', [(n,) for n in held])
        elif kind in ENTRIES:
            bits = schema.ITEM_BITS
            _remove(connection, kind, [(n << bits, (n + 1) << bits) for n in held])
    connection.executemany('DELETE FROM "file" WHERE "pk" = ?', [(number,) for number, _ in files])
    connection.executemany('DELETE FROM "problem" WHERE "path" = ?', [(p,) for _, p in files])


def _remove(connection: sqlite3.Connection, kind: Kind, numbers: Sequence[tuple[int, int]]) -> None:
    """Delete records or entries by their numbers, (first, after the last), and all in them."""
    columns = {part.name: "pk" if part is kind else kind.name for part in kind.walk()}
    for table, column in {**columns, "extra": "record"}.items():
        connection.executemany(
            f'DELETE FROM "{table}" WHERE "{column}" >= ? AND "{column}" < ?', numbers
        )


def ids_of(connection: sqlite3.Connection, paths: Iterable[str]) -> set[tuple[str, str]]:
    """(kind, id) of the records that these files have claimed to be."""
    found: set[tuple[str, str]] = set()
    for path in paths:
        rows = connection.execute(
            'SELECT "kind", "id" FROM "file" WHERE "path" = ? AND "kind" <> \'\'', (path,)
        )
        found.update(rows.fetchall())
    return found


def mark_duplicates(
    connection: sqlite3.Connection, ids: Iterable[tuple[str, str]] | None = None
) -> None:
    """Make the problems of all files that claim to be the same record: one of these, by
    (kind, id), or any (None)."""
    if ids is None:
        ids = connection.execute(
            'SELECT "kind", "id" FROM "file" WHERE "kind" <> \'\''
            ' GROUP BY "id", "kind" HAVING COUNT(*) > 1'
        ).fetchall()
    problems = []
    for kind, id in sorted(ids):
        rows = connection.execute(
            'SELECT "path" FROM "file" WHERE "id" = ? AND "kind" = ? ORDER BY "path"', (id, kind)
        )
        paths = [row[0] for row in rows]
        connection.executemany(
            'DELETE FROM "problem" WHERE "path" = ? AND "code" = \'duplicate-id\'',
            [(path,) for path in paths],
        )
        if len(paths) < 2:
            continue
        for path in paths:
            others = ", ".join(other for other in paths if other != path)
            message = f"the id {id} is also that of {others}"
            problems.append(
                (path, 0, 0, "duplicate-id", message, "rename one of the files", "error")
            )
    put_problems(connection, problems)
