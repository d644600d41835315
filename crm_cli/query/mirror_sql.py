"""A SELECT of people's own over the documented views of a mirror.

The views that it names stand before it, made as of the command's today, and the tables as the
book has them. The transaction reads only; one statement is taken, since it is bound.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from crm_cli.index.postgres.connection import driver, reason
from crm_cli.model.errors import CrmError, Refused, UsageError
from crm_cli.model.text import did_you_mean
from crm_cli.query.mirror import ONLY, Mirror
from crm_cli.query.views import View

_PARTS = re.compile(
    r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\2\$|::)|:(\w+)|(%)",
    re.DOTALL,
)
"""What is no parameter, a parameter, and the sign that psycopg keeps to itself."""
_WITH = re.compile(r"\s*WITH(\s+RECURSIVE)?\b", re.IGNORECASE)
_READS = re.compile(r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(?:SELECT|WITH|VALUES|TABLE)\b", re.I | re.S)
_ONE = "crm_one"
"""Stands before each statement with a parameter: then it is bound, and can only be one."""


def ask(
    mirror: Mirror,
    views: Sequence[View],
    statement: str,
    parameters: Mapping[str, Any],
    seconds: float,
    most: int,
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The names of the columns, and at most so many rows; raises UsageError, and Refused for what
    is not reading or takes longer than `seconds`."""
    psycopg = driver()
    if not _READS.match(statement):
        raise _only_reads()
    text, named = _bound(statement)
    missing = [name for name in named if name not in parameters]
    if missing:
        raise UsageError(f"the parameter :{missing[0]} has no value", f"add -p {missing[0]}=VALUE")
    try:
        with mirror.within(_with_views(text, views), parameters, seconds) as cursor:
            if cursor.description is None:
                raise UsageError("the statement returns no rows", "write SELECT … FROM customers")
            names = [column.name for column in cursor.description]
            return names, [tuple(map(_cell, row)) for row in cursor.fetchmany(most)]
    except psycopg.Error as error:
        raise _meaning(error, views, seconds) or mirror.meaning(error) from error


def _bound(statement: str) -> tuple[str, list[str]]:
    """The statement as psycopg takes it, and the names of its parameters."""
    named: list[str] = []

    def write(found: re.Match[str]) -> str:
        if found[3]:
            named.append(found[3])
            return f"%({found[3]})s"
        return found[0].replace("%", "%%")

    return _PARTS.sub(write, statement.strip().rstrip(";")), named


def _with_views(text: str, views: Sequence[View]) -> str:
    """The statement, after the views that it names."""
    words = {*re.findall(r"\w+", text.lower())}
    shown = (
        f"{view.dialect.name(view.name)} AS NOT MATERIALIZED ({view.select()})"
        for view in views
        if view.name in words
    )
    made = ", ".join((f"{_ONE} AS (SELECT CAST(%({ONLY})s AS TEXT))", *shown))
    own = _WITH.match(text)
    if own is None:
        return f"WITH {made} {text}"
    return f"WITH{own[1] or ''} {made}, {text[own.end():]}"


def _cell(value: Any) -> Any:
    """A value as SQLite has it: numbers, texts."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, int | float | str | None) else str(value)


def _meaning(error: Any, views: Sequence[View], seconds: float) -> CrmError | None:
    """Translate an error in the statement, by its SQLSTATE (PostgreSQL 15, appendix A); None for
    any other error."""
    state, said = error.sqlstate or "", reason(error)
    if state == "57014":
        return Refused(f"stopped after {seconds:g} seconds",
                       "narrow it, or allow more with --timeout")  # fmt: skip
    if state == "25006":
        return _only_reads()
    if state == "42601" and "multiple commands" in said:
        return UsageError("one statement at a time", "leave out what follows the semicolon")
    if state == "42P01":
        name = re.sub(r'^.*relation "(.*)" does not exist.*$', r"\1", said)
        near = did_you_mean(name, [view.name for view in views])
        return UsageError(f"there is no view '{name}'", f"{near} crm sql alone lists them".strip())
    if state == "42703":
        return UsageError(f"SQL: {said}", "crm sql VIEW lists a view's columns")
    if state[:2] in ("42", "22", "21", "0A"):
        return UsageError(f"SQL: {said}", "crm sql alone lists the views")
    return None


def _only_reads() -> Refused:
    return Refused("crm sql only reads", "files are changed by crm set, crm tag, crm task …")
