"""`crm sql`: the documented views, read with SQL on a connection that can only read.

Three guards stand before the files' truth: the connection is opened for reading, an
authorizer refuses whatever is not a SELECT, and a clock interrupts what takes too long.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from crm_cli.index.database import fails
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.kinds import KINDS
from crm_cli.model.text import did_you_mean
from crm_cli.query.own import OwnColumn
from crm_cli.query.view_rows import own_of
from crm_cli.query.views import view_name, views
from crm_cli.workspace import Workspace

SECONDS = 30.0
"""How long a statement may take."""
MOST_ROWS = 1_000_000
_LONGEST = 16 * 1024 * 1024
"""Bytes of one value; a value of SQLite's own may have a billion."""
_STEPS = 20_000
"""Instructions of SQLite's machine between two looks at the clock: a millisecond or so."""

_ALLOWED = frozenset(
    (
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    )
)
_DENIED_FUNCTIONS = frozenset(("load_extension", "fts3_tokenizer"))
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d+)?", re.ASCII)


class Table(NamedTuple):
    """What a statement answered; numbers with a fraction are rounded to six decimals."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Described(NamedTuple):
    """A column of a view, for people."""

    view: str
    column: str
    type: str
    doc: str


def ask(
    workspace: Workspace,
    statement: str,
    parameters: Mapping[str, str] | None = None,
    *,
    limit: int | None = None,
    seconds: float = SECONDS,
) -> Table:
    """The rows of one SELECT over the views; `:name` in it is a parameter.

    A parameter that is spelled like a number is one. Raises UsageError for SQL that
    cannot be read, Refused for what is not reading or takes too long.
    """
    values = {name: _value(text) for name, text in (parameters or {}).items()}
    for name in values:
        if not re.search(rf"[:@$]{re.escape(name)}\b", statement):
            raise UsageError(f"the statement has no parameter :{name}", "write :name in the SQL")
    if workspace.database.is_mirror:
        return _of_mirror(workspace, statement, values, limit, seconds)
    connection = _connection(workspace)
    refusals: list[str] = []
    try:
        connection.set_authorizer(_guard(refusals))
        _stop_after(connection, seconds)
        return _rows(connection, statement, values, limit)
    except sqlite3.Error as error:
        if "decode to UTF-8" in str(error):
            raise UsageError(
                "the answer has text that is not UTF-8", "write hex(…) around what holds bytes; "
                "if it is a record's text, crm index rebuild mends the index",
            ) from error  # fmt: skip
        if fails(error):
            raise  # the index does, not the statement
        known = [one.column for one in describe("", workspace)]
        raise _told(error, statement, refusals, seconds, known) from error
    finally:
        connection.close()


def _of_mirror(
    workspace: Workspace,
    statement: str,
    values: Mapping[str, Any],
    limit: int | None,
    seconds: float,
) -> Table:
    """The same over the views of a mirror, in PostgreSQL's SQL."""
    # Loaded only here, with psycopg.
    from crm_cli.query.mirror import Mirror
    from crm_cli.query.mirror_sql import ask as ask_mirror

    mirror = workspace.database
    assert isinstance(mirror, Mirror)
    most = MOST_ROWS + 1 if limit is None else min(limit, MOST_ROWS)
    made = views(
        workspace.clock.now, mirror.dialect, own=_own(workspace), business=workspace.business
    )
    names, rows = ask_mirror(mirror, made, statement, values, seconds, most)
    if limit is None and len(rows) > MOST_ROWS:
        raise Refused(f"there are more than {MOST_ROWS:,} rows", "add LIMIT, or a condition")
    return Table(_unique(names), [tuple(map(_cell, row)) for row in rows])


def describe(name: str = "", workspace: Workspace | None = None) -> list[Described]:
    """The columns of a view, of all without a name; with a workspace those of its own keys, too.

    Raises UsageError.
    """
    found = {view.name: view for view in views(own=_own(workspace) if workspace else ())}
    if name and name not in found:
        near = did_you_mean(name, found)
        raise UsageError(f"there is no view '{name}'", near or f"views: {', '.join(found)}")
    return [
        Described(view.name, column.name, column.sql_type, column.doc)
        for view in ([found[name]] if name else found.values())
        for column in view.columns
    ]


def _value(text: str) -> Any:
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _own(workspace: Workspace) -> list[OwnColumn]:
    """The keys of the users' own."""
    return own_of(workspace.database, workspace.business)


def _connection(workspace: Workspace) -> sqlite3.Connection:
    """A connection of its own, with the views as of the command's today."""
    connection = workspace.index.separate()
    connection.execute("PRAGMA trusted_schema = OFF")
    for view in views(
        workspace.clock.now, own=_own(workspace), business=workspace.business
    ):
        connection.execute(view.ddl(temporary=True))
    connection.execute("PRAGMA query_only = ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    return connection


def _guard(refusals: list[str]) -> Any:
    """What SQLite asks before it prepares anything; notes why it says no."""

    def guard(action: int, first: str | None, second: str | None, *_: object) -> int:
        if action in _ALLOWED:
            if action != sqlite3.SQLITE_FUNCTION or second not in _DENIED_FUNCTIONS:
                return sqlite3.SQLITE_OK
            refusals.append(f"{second} is not for crm sql")
        elif action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH):
            refusals.append("other databases cannot be attached")
        elif action == sqlite3.SQLITE_PRAGMA:
            refusals.append(f"PRAGMA {first} is not for crm sql")
        else:
            refusals.append("crm sql only reads")
        return sqlite3.SQLITE_DENY

    return guard


def _stop_after(connection: sqlite3.Connection, seconds: float) -> None:
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: int(time.monotonic() > end), _STEPS)


def _rows(
    connection: sqlite3.Connection, statement: str, values: Mapping[str, Any], limit: int | None
) -> Table:
    cursor = connection.execute(statement, values)
    if cursor.description is None:
        raise UsageError("the statement returns no rows", "write SELECT … FROM customers")
    most = MOST_ROWS if limit is None else min(limit, MOST_ROWS)
    rows = cursor.fetchmany(most)
    if limit is None and cursor.fetchone() is not None:
        raise Refused(f"there are more than {MOST_ROWS:,} rows", "add LIMIT, or a condition")
    rows = [tuple(map(_cell, row)) for row in rows]
    return Table(_unique([part[0] for part in cursor.description]), rows)


def _cell(value: Any) -> Any:
    """Money comes as a binary fraction; what it is not to the sixth decimal is not shown."""
    if type(value) is float:
        return round(value, 6) if value == value and abs(value) != float("inf") else None
    return value.hex() if type(value) is bytes else value


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """Column names, each once: `name`, `name_2`."""
    found: list[str] = []
    for name in names:
        unique, number = name, 1
        while unique in found:
            number += 1
            unique = f"{name}_{number}"
        found.append(unique)
    return tuple(found)


def _told(
    error: sqlite3.Error,
    statement: str,
    refusals: Sequence[str],
    seconds: float,
    known: Sequence[str],
) -> UsageError | Refused:
    """SQLite's complaint in our words, with the token marked."""
    message = str(error)
    if not refusals and message.startswith("cannot modify"):
        refusals = ["crm sql only reads"]
    if refusals:
        return Refused(refusals[0], "files are changed by crm set, crm tag, crm task …")
    if message == "interrupted":
        return Refused(
            f"stopped after {seconds:g} seconds", "narrow it, or allow more with --timeout"
        )
    if missing := re.search(r"binding(?: parameter)?:? :?(\w+)|value for binding.*:(\w+)", message):
        name = missing[1] or missing[2]
        return UsageError(f"the parameter :{name} has no value", f"add -p {name}=VALUE")
    if "one statement at a time" in message:
        return UsageError("one statement at a time", "leave out what follows the semicolon")
    if found := re.search(r"no such table: (?:\w+\.)?(.+)", message):
        near = did_you_mean(found[1], [view_name(kind) for kind in KINDS])
        return UsageError(
            _marked(f"there is no view '{found[1]}'", found[1], statement),
            f"{near} crm sql alone lists the views".strip(),
        )
    if found := re.search(r"no such column: (.+)", message):
        bare = found[1].rpartition(".")[2]
        near = did_you_mean(bare, dict.fromkeys(known))
        return UsageError(
            _marked(f"there is no column '{found[1]}'", found[1], statement),
            f"{near} crm sql VIEW lists a view's columns".strip(),
        )
    if found := re.search(r'near "(.+?)": syntax error', message):
        return UsageError(_marked(f"SQL cannot be read at '{found[1]}'", found[1], statement))
    return UsageError(f"SQL: {message}", "crm sql alone lists the views")


def _marked(message: str, token: str, statement: str) -> str:
    """The message and, where the token stands on one line only once, the line with it marked."""
    from crm_cli.model.text import visible

    lines = [line for line in statement.splitlines() if token in line]
    if len(lines) != 1 or lines[0].count(token) != 1:
        return message
    line = lines[0].strip()
    before = visible(line[: line.index(token)])
    return f"{message}\n  {visible(line)}\n  {' ' * len(before)}{'^' * len(visible(token))}"
