"""The tables that queries run on, whatever database holds them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Any

from crm_cli.index import matching
from crm_cli.index.dialect import Dialect
from crm_cli.index.sqlite import SQLITE
from crm_cli.model.errors import CrmError, DataError, UsageError
from crm_cli.model.text import visible
from crm_cli.query.fault import QueryError

Parameters = Mapping[str, Any]
_NONE: Parameters = {}


class Database:
    """A connection to the tables, and the dialect in which it is asked."""

    __slots__ = ("_connection", "dialect")
    books: tuple[str, ...] = ()
    """The directories that are asked, by name, where a mirror has them."""
    is_mirror = False
    """Whether it is a mirror that is asked; see `query/mirror.py`."""

    def __init__(self, connection: Any, dialect: Dialect = SQLITE) -> None:
        self._connection = connection
        self.dialect = dialect
        dialect.prepare(connection)

    def rows(self, sql: str, parameters: Parameters = _NONE) -> list[tuple[Any, ...]]:
        """All rows that a statement answers; its parameters are named.

        Raises QueryError where a regular expression of it took too long, UsageError where it
        is too large for the database, DataError for sums beyond 64 bits.
        """
        matching.allow()
        try:
            found: list[tuple[Any, ...]] = self._connection.execute(sql, parameters).fetchall()
        except (sqlite3.OperationalError, sqlite3.DataError) as error:
            raise _told(error, parameters) or error from error
        return found

    def every(self, sql: str, parameters: Parameters = _NONE) -> list[tuple[Any, ...]]:
        """The same of a statement that is right over several directories at once, too."""
        return self.rows(sql, parameters)

    def of_settings(self, sql: str, parameters: Parameters = _NONE) -> list[tuple[Any, ...]]:
        """The same of the directory whose settings are asked by, where there are several."""
        return self.rows(sql, parameters)

    def require_one(self) -> None:
        """Raise UsageError where several directories are asked."""

    def row(self, sql: str, parameters: Parameters = _NONE) -> tuple[Any, ...] | None:
        """The first row that a statement answers; None without any."""
        found: tuple[Any, ...] | None = self._connection.execute(sql, parameters).fetchone()
        return found

    def column(self, sql: str, parameters: Parameters = _NONE) -> list[Any]:
        """The first value of each row."""
        return [row[0] for row in self.rows(sql, parameters)]


_TOO_LARGE = (
    r"too many (?:columns|FROM|SQL|terms|arguments|references)|tables in a join|too (?:large|big)"
    r"|stack overflow|nesting"
)
"""What SQLite says where a statement passes one of its limits (sqlite.org/limits.html)."""


def _told(error: sqlite3.Error, parameters: Parameters) -> CrmError | None:
    """The refusal of a statement that cannot be answered; None where it is the database's."""
    if (pattern := matching.exhausted()) is not None:
        return _exhausted(pattern, parameters)
    if "overflow" in str(error) and "stack" not in str(error):
        return overflow()
    if re.search(_TOO_LARGE, str(error)):
        return UsageError(
            f"the query is too large: {error}", "ask for fewer columns or conditions at a time"
        )
    return None


def overflow() -> DataError:
    """The refusal of a sum beyond 64 bits."""
    return DataError(
        "a sum is larger than can be computed: 64 bits hold 92,233,720,368,547,758.07",
        "crm purchase list --sort net- -n 5 shows whether an amount is a slip; "
        "fewer at a time can be summed, as with --period",
    )


def _exhausted(pattern: str, parameters: Parameters) -> QueryError:
    """The refusal of a query whose regular expression takes too long, with its segment."""
    held = [one for one in parameters.values() if isinstance(one, matching.Pattern)]
    same = [one for one in held if pattern in (one, f"{matching.LINES}{one}")]
    names = [one.segment for one in same if one.segment]
    where = f"in segment @{names[0]}: " if names else ""
    shown = visible(same[0] if same else pattern)
    message = f"the regular expression {shown} takes too long, and was stopped"
    return QueryError((), f"{where}{message}", matching.HINT)
