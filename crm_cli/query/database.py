"""The tables that queries run on, whatever database holds them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from crm_cli.index.dialect import Dialect
from crm_cli.index.sqlite import SQLITE
from crm_cli.model.errors import DataError

Parameters = Mapping[str, Any]
_NONE: Parameters = {}


class Database:
    """A connection to the tables, and the dialect in which it is asked."""

    __slots__ = ("_connection", "dialect")

    def __init__(self, connection: sqlite3.Connection, dialect: Dialect = SQLITE) -> None:
        self._connection = connection
        self.dialect = dialect
        dialect.prepare(connection)

    def rows(self, sql: str, parameters: Parameters = _NONE) -> list[tuple[Any, ...]]:
        """All rows that a statement answers; its parameters are named."""
        return self._connection.execute(sql, parameters).fetchall()

    def sums(self, sql: str, parameters: Parameters = _NONE) -> list[tuple[Any, ...]]:
        """The rows of a statement that sums up; DataError for sums beyond 64 bits."""
        try:
            return self.rows(sql, parameters)
        except sqlite3.OperationalError as error:
            if "overflow" not in str(error):
                raise
            raise DataError("the sums are larger than can be computed with") from error

    def row(self, sql: str, parameters: Parameters = _NONE) -> tuple[Any, ...] | None:
        """The first row that a statement answers; None without any."""
        found: tuple[Any, ...] | None = self._connection.execute(sql, parameters).fetchone()
        return found

    def column(self, sql: str, parameters: Parameters = _NONE) -> list[Any]:
        """The first value of each row."""
        return [row[0] for row in self.rows(sql, parameters)]
