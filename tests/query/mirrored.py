"""The directories of tests as books of one mirror, so that each has others beside it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from crm_cli.index.database import Index
from crm_cli.query.database import Database

if TYPE_CHECKING:
    from tests.postgres import Server

server: Mirrors | None = None
"""What is asked in place of the index; None where the index itself is."""


class Mirrors:
    """A mirror that grows by a book for each directory."""

    def __init__(self, server: Server) -> None:
        from crm_cli.index.postgres.address import read_address
        from crm_cli.index.postgres.connection import connect

        self.name = server.database()
        self._address = read_address(self.name)
        self.reader = connect(self._address, {}, only_read=True)
        self._made = 0

    def filled(self, index: Index, books: Sequence[str] = (), only: str = "") -> Database:
        """The mirror's rows of an index, as the only ones; of several `books` that are given
        names, those `only` of one of them, or of all."""
        if not books:
            self._made += 1
            only = f"b{self._made}"
            books = (only,)
        for book in books:
            self.push(index, book)
        return self.of(books, only)

    def of(self, books: Sequence[str], only: str = "", *, mixed: bool = False) -> Database:
        """Books that were pushed before."""
        from crm_cli.query.mirror import Mirror

        self.reader.rollback()
        return Mirror(self.reader, self._address, books, only, mixed=mixed)

    def push(self, index: Index, book: str) -> None:
        """Push an index as a book."""
        from crm_cli.index.postgres.connection import connect
        from crm_cli.index.postgres.local import taken
        from crm_cli.index.postgres.push import Origin, push

        origin = Origin(book, "", True, "2026-11-18", "2026-11-18T11:00:00Z")
        with closing(connect(self._address, {})) as connection, taken(index, book) as local:
            push(connection, self._address.schema, local, origin, {}, waiting=lambda: None)

    def close(self) -> None:
        """Let go of the connection."""
        self.reader.close()
