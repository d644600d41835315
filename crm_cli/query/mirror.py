"""A mirror in PostgreSQL, asked as the index is.

Everything that is asked in one command is of one state: the connection reads in one transaction,
and what is pushed meanwhile is seen by the next. Where one book is meant, each statement begins
with the tables as that book has them, so that none can see another's rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from crm_cli.index.matching import HINT, SECONDS, Pattern
from crm_cli.index.postgres.address import Address
from crm_cli.index.postgres.connection import driver, quoted, reason, translated
from crm_cli.index.postgres.dialect import PostgreSQL
from crm_cli.index.postgres.schema import BOOK, POSTGRESQL, Flavour, tables
from crm_cli.index.reading import problem_of
from crm_cli.model.errors import CrmError, Problem, Refused, StorageError, UsageError
from crm_cli.model.text import visible
from crm_cli.query.database import Database, Parameters, overflow
from crm_cli.query.fault import QueryError

if TYPE_CHECKING:
    import psycopg

    from crm_cli.index.postgres.connection import Connection

_NONE: Parameters = {}
_PATTERN_SECONDS = 5 * SECONDS
"""How long a statement with a regular expression may take, which reads all texts there."""
_WITH = re.compile(r"\s*WITH(\s+RECURSIVE)?\b", re.I)
_WORD = re.compile(r"[A-Za-z_]\w*")


class Mirror(Database):
    """The books of a mirror: the one that is `only` asked for, or all."""

    __slots__ = ("_address", "books", "only")
    is_mirror = True

    def __init__(
        self,
        connection: Connection,
        address: Address,
        books: Sequence[str],
        only: str = "",
        flavour: Flavour = POSTGRESQL,
        *,
        mixed: bool = False,
    ) -> None:
        self._address = address
        self.only = only or (books[0] if len(books) == 1 else "")
        self.books = (self.only,) if self.only else tuple(books)
        several = not self.only
        dialect = PostgreSQL(several=several, flavour=flavour, mixed=several and mixed)
        super().__init__(connection, dialect)

    def rows(self, sql: str, parameters: Parameters = _NONE) -> list[tuple[Any, ...]]:
        """See `Database`. Raises StorageError where the connection is lost, UsageError for what
        can be asked of one book only where several are meant."""
        if _COMPILED not in parameters:
            self.require_one()
        return self._of(self.only, sql, parameters)

    def every(self, sql: str, parameters: Parameters = _NONE) -> list[tuple[Any, ...]]:
        """See `Database`."""
        return self._of(self.only, sql, parameters)

    def problems(self) -> list[Problem]:
        """What was wrong with the files when they were pushed."""
        names = ("path", "line", "column", "code", "message", "hint", "severity")
        shown = ", ".join(map(self.dialect.name, names))
        return list(map(problem_of, self.every(f"SELECT {shown} FROM problem")))

    def of_settings(self, sql: str, parameters: Parameters = _NONE) -> list[tuple[Any, ...]]:
        """See `Database`: the settings are those of the first book."""
        return self._of(self.only or self.books[0], sql, parameters)

    def require_one(self) -> None:
        """See `Database`."""
        if not self.only:
            choices = ", ".join(f"{BOOK}:{book}" for book in self.books)
            raise UsageError(
                "this is answered from one book at a time", f"add one to the line: {choices}"
            )

    def _of(self, book: str, sql: str, parameters: Parameters) -> list[tuple[Any, ...]]:
        psycopg = driver()
        patterns = [one for one in parameters.values() if isinstance(one, Pattern)]
        statement = self._of_book(sql) if book else sql
        try:
            if patterns:
                self._limit(_PATTERN_SECONDS)
            found: list[tuple[Any, ...]] = self._connection.execute(
                statement, {**parameters, ONLY: book}
            ).fetchall()
            if patterns:
                self._limit(0)
        except psycopg.Error as error:
            if not self._connection.closed:
                self._connection.rollback()
            raise self._meaning(error, patterns) from error
        return found

    @contextmanager
    def within(
        self, sql: str, parameters: Parameters, seconds: float
    ) -> Iterator[psycopg.Cursor[Any]]:
        """The cursor of a statement that may take so long. Raises psycopg.Error."""
        statement = self._of_book(sql) if self.only else sql
        try:
            self._limit(seconds)
            with self._connection.cursor() as cursor:
                yield cursor.execute(statement, {**parameters, ONLY: self.only})
        finally:
            if not self._connection.closed:
                self._connection.rollback()

    def meaning(self, error: Any) -> CrmError:
        """Translate an error of the database."""
        return self._meaning(error, ())

    def row(self, sql: str, parameters: Parameters = _NONE) -> tuple[Any, ...] | None:
        """The first row that a statement answers; None without any."""
        return next(iter(self.rows(sql, parameters)), None)

    def _limit(self, seconds: float) -> None:
        self._connection.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")

    def _of_book(self, sql: str) -> str:
        """A statement over tables that have the rows of one book alone."""
        asked = sorted(_tables() & {*_WORD.findall(sql)})
        if not asked:
            return sql
        wanted = f"WHERE {quoted(BOOK)} = {self.dialect.parameter(ONLY)}"
        schema = quoted(self._address.schema)
        made = ", ".join(
            f"{quoted(table)} AS NOT MATERIALIZED (SELECT * FROM {schema}.{quoted(table)} {wanted})"
            for table in asked
        )
        own = _WITH.match(sql)
        if own is None:
            return f"WITH {made} {sql}"
        return f"WITH{own[1] or ''} {made}, {sql[own.end():]}"

    def _meaning(self, error: Any, patterns: Sequence[Pattern]) -> CrmError:
        """Translate an error of the database, by its SQLSTATE (PostgreSQL 15, appendix A)."""
        state = error.sqlstate or ""
        if state == "57014" and patterns:
            held = next((one for one in patterns if one.segment), patterns[0])
            where = f"in segment @{held.segment}: " if held.segment else ""
            what = f"the regular expression {visible(held)} takes too long, and was stopped"
            return QueryError((), f"{where}{what}", HINT)
        if state == "57014":
            return Refused(
                f"the database stopped the query: {reason(error)}", "add conditions or a limit"
            )
        if state == "22003":
            return overflow()
        if state == "2201B":
            return UsageError(
                f"PostgreSQL cannot read the regular expression: {reason(error)}",
                "write it in another way, or ask the files, without --on",
            )
        if state.startswith("54") or state in ("53200", "42P18"):
            return UsageError(
                f"the query is too large: {reason(error)}",
                "ask for fewer columns or conditions at a time",
            )
        if not state or state.startswith(("08", "57")):
            lost = f"the connection to {self._address.shown} was lost: {reason(error)}"
            return StorageError(lost, "run it again")
        return translated(error, self._address)


ONLY = "only_book"
"""The parameter with the name of the one book."""
_COMPILED = "today"
"""A parameter of every statement that queries are compiled to, and of no other: their rows are
linked by their books."""


@cache
def _tables() -> frozenset[str]:
    return frozenset(table.name for table in tables())

