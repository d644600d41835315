"""Filling an empty index, and refreshing it after changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from crm_cli.index import content, packing, schema, snapshot
from crm_cli.index.content import BUSINESS_FILES, SINGLE, Progress, State
from crm_cli.index.snapshot import Walk
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.places import PLACES, Shape

if TYPE_CHECKING:
    from datetime import date

    from crm_cli.index.batches import File
    from crm_cli.model.business import Business
    from crm_cli.store.tree import Tree

Today = Callable[["Business"], "date | None"]
"""The day of the command, for a business; None where figures are of all days."""
FEW = 200
"""Up to so many files are looked at one by one, whether their bytes have changed at all."""


class Outdated(Exception):
    """So much has changed that filling an empty index is the shorter way."""


class Earlier(Outdated):
    """So many figures are of days after today that an index of its own is better kept for it."""

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day


class Making(NamedTuple):
    """What goes into an index besides the files: the version that it is of, whom to tell how far
    it is, and the day."""

    version: str
    progress: Progress | None
    today: Today


class Fresh(NamedTuple):
    """What an index is up to date with."""

    walk: Walk
    business: Business
    changed: int
    """How many files were read or forgotten for it."""


class _Todo(NamedTuple):
    read: list[str]
    forget: list[str]
    vanished: set[str]
    """Paths that were there when the directory was looked at, and not when they were read."""
    again: frozenset[str]
    """Paths to be read again next time, however they look."""


def fill(connection: sqlite3.Connection, tree: Tree, now: Walk, making: Making) -> Fresh:
    """Fill an empty database in one transaction."""
    schema.make(connection)
    business = _on(making.today, _put_business(connection, tree))
    seen = {entry[0] for entry in now.entries}
    for path in SINGLE:
        # An absent file is not asked for: what fails then would be remembered.
        if path in seen and path not in BUSINESS_FILES:
            content.put_entries(connection, tree, path, business)
    paths = sorted(entry[0] for entry in now.entries if _is_record(entry[0]))
    files = list(enumerate(paths, 1))
    gone, unreadable = content.put_records(connection, tree, business, files, making.progress)
    schema.finish(connection)
    content.mark_duplicates(connection)
    unreadable |= content.unsettled(connection)
    todo = _Todo([], [], gone, _again(now, unreadable))
    _put_state(connection, now, todo, business, making.version)
    connection.execute("COMMIT")
    return Fresh(now, business, len(files))


def _on(today: Today, business: Business) -> Business:
    return business._replace(today=today(business))


def refresh(connection: sqlite3.Connection, tree: Tree, now: Walk, making: Making) -> Fresh:
    """Bring an index up to date with a directory and a day; leaves a read transaction open.

    Where nothing has changed nothing is written. Raises Outdated (for another version,
    and for too much to do), sqlite3.Error, and ValueError, EOFError or TypeError for a
    state that is damaged; no transaction is open then.
    """
    try:
        return _refresh(connection, tree, now, making)
    except BaseException:
        if connection.in_transaction:
            connection.rollback()
        raise


def _refresh(connection: sqlite3.Connection, tree: Tree, now: Walk, making: Making) -> Fresh:
    connection.execute("BEGIN")
    known = content.get_state(connection)
    if known.version != making.version:
        raise Outdated
    packed = now.packed
    business = _on(making.today, packing.unpacked(known.business))
    if business.calendars != schema.calendars(business.holidays):
        raise Outdated
    old = _of_other_days(connection, business, now)
    if known.snapshot == packed and not known.racy and not old:
        return Fresh(now, business, 0)
    todo = _todo(connection, tree, known, now)
    if not old and not _writes(known, packed, todo):
        return Fresh(now, business, 0)
    connection.execute("COMMIT")
    connection.execute("BEGIN IMMEDIATE")
    latest = content.get_state(connection)
    if latest != known:
        # Another run was here meanwhile, and may have seen what this one has not.
        now = snapshot.walk(tree)
        todo = _todo(connection, tree, latest, now)
    old = _of_other_days(connection, business, now).difference(todo.read, todo.forget)
    todo = todo._replace(read=[*todo.read, *sorted(old)])
    business = _apply(connection, tree, latest, now, todo, making)
    connection.execute("COMMIT")
    connection.execute("BEGIN")
    connection.execute('SELECT 1 FROM "meta"').fetchone()
    return Fresh(now, business, len(todo.read) + len(todo.forget))


def _of_other_days(connection: sqlite3.Connection, business: Business, now: Walk) -> frozenset[str]:
    """The records whose figures are not those of today."""
    past, ahead = content.out_of_date(connection, business.today)
    if len(past) + len(ahead) > max(2 * FEW, len(now.entries) // 2):
        if ahead and business.today is not None:
            raise Earlier(business.today)
        raise Outdated
    return frozenset((*past, *ahead))


def _todo(connection: sqlite3.Connection, tree: Tree, known: State, now: Walk) -> _Todo:
    """What looks different and says something else, or is gone."""
    from crm_cli.index.reading import read

    changed, gone = snapshot.difference(known.snapshot, now.entries)
    changed = [path for path in changed if _counts(path)]
    forget = [path for path in gone if _counts(path)]
    if len(changed) + len(forget) > max(2 * FEW, len(now.entries) // 2):
        raise Outdated
    there = {entry[0] for entry in now.entries}
    # What could not be looked for, and is not there, would be remembered for good.
    forget += sorted(known.racy - there.union(forget))
    suspects = (there & known.racy).difference(changed)
    differing: list[str] = []
    if len(changed) > FEW:
        differing += changed
    else:
        suspects.update(changed)
    unreadable: set[str] = set()
    vanished: set[str] = set()
    for path in sorted(suspects):
        file = read(tree, path)
        if file is None:
            vanished.add(path)
            forget.append(path)
            continue
        if not file.hash:
            unreadable.add(path)
        before = connection.execute('SELECT "hash" FROM "file" WHERE "path" = ?', (path,))
        if before.fetchone() != (file.hash,):
            differing.append(path)
    return _Todo(differing, forget, vanished, _again(now, unreadable))


def _writes(known: State, packed: bytes, todo: _Todo) -> bool:
    return bool(todo.read or todo.forget or known.racy != todo.again or known.snapshot != packed)


def _apply(
    connection: sqlite3.Connection,
    tree: Tree,
    known: State,
    now: Walk,
    todo: _Todo,
    making: Making,
) -> Business:
    touched = [*todo.read, *todo.forget]
    numbers: dict[str, int] = {}
    for path in touched:
        row = connection.execute('SELECT "pk" FROM "file" WHERE "path" = ?', (path,)).fetchone()
        if row is not None:
            numbers[path] = row[0]
    business = _on(making.today, packing.unpacked(known.business))
    if len(numbers) <= FEW:
        content.remember_phones(connection, business, numbers.values())
    ids = content.ids_of(connection, numbers)
    content.remove(connection, [(pk, path) for path, pk in numbers.items()])
    if any(path in BUSINESS_FILES for path in touched):
        content.remove(connection, [(SINGLE[path], path) for path in BUSINESS_FILES])
        business = _on(making.today, _put_business(connection, tree))
        if packing.packed(business) != known.business:
            # Every record is read by the settings and the rates.
            raise Outdated
    for path in todo.read:
        if path in SINGLE and path not in BUSINESS_FILES:
            content.put_entries(connection, tree, path, business)
    last: int = connection.execute('SELECT COALESCE(MAX("pk"), 0) FROM "file"').fetchone()[0]
    files: list[File] = []
    for path in filter(_is_record, todo.read):
        number = numbers.get(path)
        if number is None:
            number = last = max(last, 0) + 1
        files.append((number, path))
    gone, unreadable = content.put_records(connection, tree, business, files, making.progress)
    ids |= content.ids_of(connection, (path for _, path in files))
    content.mark_duplicates(connection, ids)
    again = todo.again | unreadable | content.unsettled(connection)
    todo = todo._replace(vanished=todo.vanished | gone, again=again)
    _put_state(connection, now, todo, business, making.version)
    return business


def _put_business(connection: sqlite3.Connection, tree: Tree) -> Business:
    # Reading files is imported where there is something to read: a usual run has nothing.
    from crm_cli.index.settings import read_business

    business, problems, hashes = read_business(tree)
    content.put_problems(connection, problems)
    content.put_currency(connection, business)
    for path, hash in hashes.items():
        content.put_single(connection, path, hash)
    return business


def _put_state(
    connection: sqlite3.Connection, now: Walk, todo: _Todo, business: Business, version: str
) -> None:
    """What vanished is left out, so that it counts as new should it come back as it was."""
    entries = now.entries
    if todo.vanished:
        entries = [entry for entry in entries if entry[0] not in todo.vanished]
    content.put_state(
        connection,
        State(
            version,
            snapshot.packed(entries),
            frozenset(todo.again),
            packing.packed(business),
        ),
    )


def _again(now: Walk, unreadable: set[str]) -> frozenset[str]:
    return frozenset(filter(_counts, (*snapshot.racy(now), *unreadable)))


_RECORDS = tuple(place.path for place in PLACES if place.shape in (Shape.RECORDS, Shape.RECORD))


def _is_record(path: str) -> bool:
    """Whether a file of the data is a record's."""
    return path.startswith(_RECORDS)


def _counts(path: str) -> bool:
    """Whether a file of the data is read for the index: texts are not."""
    return _is_record(path) or path in SINGLE
