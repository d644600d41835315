"""A mirror in PostgreSQL, asked as the index is.

Everything that is asked in one command is of one state: the connection reads in one transaction,
and what is pushed meanwhile is seen by the next. Where one book is meant, each statement begins
with the tables as that book has them, so that none can see another's rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from crm_cli.index.matching import HINT, SECONDS, Pattern
from crm_cli.index.postgres.address import Address
from crm_cli.index.postgres.connection import driver, quoted, reason, translated
from crm_cli.index.postgres.dialect import PostgreSQL
from crm_cli.index.postgres.schema import BOOK, POSTGRESQL, Flavour, tables
from crm_cli.model.errors import CrmError, Refused, UsageError
from crm_cli.model.text import visible
from crm_cli.query.database import Database, Parameters, overflow
from crm_cli.query.fault import QueryError

if TYPE_CHECKING:
    from crm_cli.index.postgres.connection import Connection

_NONE: Parameters = {}
_PATTERN_SECONDS = 5 * SECONDS
"""How long a statement with a regular expression may take, which reads all texts there."""
_WORD = re.compile(r"[A-Za-z_]\w*")


class Mirror(Database):
    """The books of a mirror: the one that is `only` asked for, or all."""

    __slots__ = ("_address", "books", "only")

    def __init__(
        self,
        connection: Connection,
        address: Address,
        books: Sequence[str],
        only: str = "",
        flavour: Flavour = POSTGRESQL,
    ) -> None:
        self._address = address
        self.books = tuple(books)
        self.only = only or (books[0] if len(books) == 1 else "")
        super().__init__(connection, PostgreSQL(several=not self.only, flavour=flavour))

    def rows(self, sql: str, parameters: Parameters = _NONE) -> list[tuple[Any, ...]]:
        """See `Database`. Raises StorageError where the connection is lost."""
        psycopg = driver()
        patterns = [one for one in parameters.values() if isinstance(one, Pattern)]
        statement = self._of_book(sql) if self.only else sql
        try:
            if patterns:
                self._limit(_PATTERN_SECONDS)
            found: list[tuple[Any, ...]] = self._connection.execute(
                statement, {**parameters, _ONLY: self.only}
            ).fetchall()
            if patterns:
                self._limit(0)
        except psycopg.Error as error:
            if not self._connection.closed:
                self._connection.rollback()
            raise self._meaning(error, patterns) from error
        return found

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
        wanted = f"WHERE {quoted(BOOK)} = {self.dialect.parameter(_ONLY)}"
        made = ", ".join(
            f"{quoted(table)} AS NOT MATERIALIZED (SELECT * FROM {quoted(table)} {wanted})"
            for table in asked
        )
        own = "WITH "
        return f"WITH {made}, {sql[len(own):]}" if sql.startswith(own) else f"WITH {made} {sql}"

    def _meaning(self, error: Any, patterns: Sequence[Pattern]) -> CrmError:
        """What an error of the database is for people (PostgreSQL 15, appendix A)."""
        state = error.sqlstate or ""
        if state == "57014" and patterns:
            held = next((one for one in patterns if one.segment), patterns[0])
            where = f"in segment @{held.segment}: " if held.segment else ""
            what = f"the regular expression {visible(held)} takes too long, and was stopped"
            return QueryError((), f"{where}{what}", HINT)
        if state == "57014":
            return Refused(f"the database stopped the query: {reason(error)}", "ask for less")
        if state == "22003":
            return overflow()
        if state == "2201B":
            return UsageError(
                f"PostgreSQL cannot read the regular expression: {reason(error)}",
                "write it in another way, or ask the files: leave --on out",
            )
        if state.startswith("54") or state in ("53200", "42P18"):
            return UsageError(
                f"the query is too large: {reason(error)}",
                "ask for fewer columns or conditions at a time",
            )
        return translated(error, self._address)


_ONLY = "only_book"


@cache
def _tables() -> frozenset[str]:
    return frozenset(table.name for table in tables())

