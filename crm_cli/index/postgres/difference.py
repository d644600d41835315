"""Which files' rows a mirror lacks, or has otherwise: both sides in the order of their paths.

A directory may have a million files. Neither side is held as a whole: what stays in memory are the
files that differ.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any

from crm_cli.index.postgres.connection import Connection, driver, quoted
from crm_cli.index.postgres.local import Content, Local
from crm_cli.index.postgres.schema import BOOK, FILE
from crm_cli.model.named_tuple import NamedTuple

_ROWS = 1_000
"""Rows that a server hands over at once."""


class Difference(NamedTuple):
    """Files whose rows are new or others, as (number here, number there or None); the numbers
    there of those that are gone; and the highest number there."""

    changed: list[tuple[int, int | None]]
    gone: list[int]
    last: int


def difference(connection: Connection, local: Local) -> Difference:
    """Compare an index with its book in a mirror."""
    return differing(local.files(), _there(connection, local.book))


def differing(
    here: Iterable[tuple[int, Content]], there: Iterator[tuple[int, Content]]
) -> Difference:
    """Compare files with numbers, in the order of the bytes of their paths. One whose hash is
    empty could not be read, and always differs."""
    changed: list[tuple[int, int | None]] = []
    gone: list[int] = []
    last = 0
    number, held = next(there, _END)
    for own, content in here:
        path = content[0]
        while held is not None and held[0] < path:
            gone.append(number)
            last = max(last, number)
            number, held = next(there, _END)
        if held is None or held[0] != path:
            changed.append((own, None))
            continue
        if held != content or not content[1]:
            changed.append((own, number))
        last = max(last, number)
        number, held = next(there, _END)
    while held is not None:
        gone.append(number)
        last = max(last, number)
        number, held = next(there, _END)
    return Difference(changed, gone, last)


_END: tuple[int, Content | None] = (0, None)


def digest_of(said: Any, local: Local) -> str:
    """What tells a state of the directory from others: of its files, and of all else that is
    pushed."""
    made = blake2b(marshal.dumps(said, 2), digest_size=16)
    for some in local.contents():
        made.update(marshal.dumps(some, 2))
    return made.hexdigest()


def _there(connection: Connection, book: str) -> Iterator[tuple[int, Content]]:
    """The mirror's files in the order of their paths."""
    columns = ", ".join(map(quoted, ("pk", "path", "hash", "since", "until")))
    size = _ROWS if driver().capabilities.has_stream_chunked() else 1
    with connection.cursor(binary=True) as cursor:
        found: Iterator[tuple[Any, ...]] = cursor.stream(
            f"SELECT {columns} FROM {quoted(FILE.name)} WHERE {quoted(BOOK)} = %s"
            f" ORDER BY {quoted('path')}",
            [book],
            size=size,
        )
        for number, *content in found:
            yield number, tuple(content)
