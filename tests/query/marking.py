"""A dialect that marks what it spells, so that a test sees what others have spelled.

Its statements are SQLite's with marks in them: `t.⟦"status"⟧ = ⟦:p1⟧`. What was handed to it
stands in other marks within its own: `⟦instr(«t.⟦"name"⟧», «⟦:p2⟧») > 0⟧`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from crm_cli.index.dialect import Dialect
from crm_cli.index.sqlite import SQLite
from crm_cli.query.database import Database

_MARKS = str.maketrans("", "", "⟦⟧«»¿")

PLAIN = (
    "name", "parameter", "literal", "truth", "flag", "array", "map", "phrase", "limit", "prepare",
    "book", "several",
)  # fmt: skip
"""The methods that are handed no SQL."""
NOT_SQL = ("flag", "array", "map", "phrase", "limit", "prepare", "book", "several")
"""Those that answer none."""
WORDS = {
    "balanced": (1,), "period": (1,), "each_line": (1,), "each_value": (2,), "quantile": (3, 4),
}  # fmt: skip
"""The arguments of the others that are no SQL, by their place."""


CONDITIONS = ("certain", "balanced")
"""Those that are handed conditions, which a ¿ tells."""


def _marking(name: str) -> Any:
    own = getattr(SQLite, name)
    begin = "«¿" if name in CONDITIONS else "«"

    def handed(place: int, arg: Any) -> Any:
        if name in PLAIN or place in WORDS.get(name, ()):
            return arg
        return f"{begin}{arg}»" if isinstance(arg, str) else [f"{begin}{one}»" for one in arg]

    def method(self: SQLite, *args: Any, **named: Any) -> str:
        return f"⟦{own(self, *(handed(place, arg) for place, arg in enumerate(args)), **named)}⟧"

    return method


def _marking_constant(text: str) -> property:
    def get(self: SQLite) -> str:
        return f"⟦{text}⟧"

    return property(get)


def _marked() -> type[SQLite]:
    made: dict[str, Any] = {}
    for name in sorted(Dialect.__abstractmethods__):
        if isinstance(getattr(Dialect, name), property) and name not in NOT_SQL:
            made[name] = _marking_constant(getattr(SQLite(), name))
        elif name not in NOT_SQL:
            made[name] = _marking(name)
    return type("Marked", (SQLite,), made)


MARKED: SQLite = _marked()()


class Recording(Database):
    """Answers statements in the marking dialect, and keeps them."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection, MARKED)
        self.statements: list[str] = []

    def rows(self, sql: str, parameters: Mapping[str, Any] = {}) -> list[tuple[Any, ...]]:
        self.statements.append(sql)
        return super().rows(sql.translate(_MARKS), parameters)

    def row(self, sql: str, parameters: Mapping[str, Any] = {}) -> tuple[Any, ...] | None:
        self.statements.append(sql)
        return super().row(sql.translate(_MARKS), parameters)


def plain(sql: str) -> str:
    """A statement without its marks."""
    return sql.translate(_MARKS)


def unmarked(sql: str) -> list[str]:
    """What a dialect did not spell: the statement, and each SQL that it was handed.

    In each, what the dialect did spell there is a `⟦⟧`.
    """
    found = [""]
    open_: list[int] = [0]
    """Which of `found` each mark that is open goes on with; -1 is the dialect's own."""
    for char in sql:
        if char == "⟦":
            if open_[-1] >= 0:
                found[open_[-1]] += "⟦⟧"
            open_.append(-1)
        elif char == "«":
            open_.append(len(found))
            found.append("")
        elif char in "⟧»":
            open_.pop()
        elif open_[-1] >= 0:
            found[open_[-1]] += "WHERE " if char == "¿" else char
    assert open_ == [0], sql
    return found


STANDARD = frozenset(
    (
        "SELECT", "DISTINCT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "EXISTS", "IS", "NULL",
        "CASE", "WHEN", "THEN", "ELSE", "END", "LIKE", "AS", "JOIN", "LEFT", "ON", "WITH",
        "GROUP", "ORDER", "BY", "DESC", "LIMIT", "CREATE", "TEMP", "VIEW", "UNION", "ALL",
    )
)  # fmt: skip
FUNCTIONS = frozenset(
    ("COUNT", "SUM", "AVG", "MIN", "MAX", "COALESCE", "NULLIF", "length", "substr", "replace")
)
DENIED = frozenset(
    ("glob", "regexp", "match", "rowid", "ifnull", "collate", "cast", "round", "pragma", "offset")
)
"""Words of SQL that need no capitals, and are names of nothing here."""
_BEFORE, _AFTER = r"(?:WHERE|AND|OR|NOT|WHEN|ON) \(*", r"\)*(?: (?:AND|OR|THEN|GROUP|ORDER)\b|$)"
_BARE = re.compile(rf"{_BEFORE}([01]|\w+\.(?:\w+|⟦⟧)){_AFTER}")
"""A number or a column alone, where a condition stands."""


def faults(sql: str) -> Iterator[str]:
    """What of a statement in the marking dialect is no standard SQL."""
    for part in unmarked(sql):
        yield from _faults(part)


def _faults(part: str) -> Iterator[str]:
    part = re.sub(r"'[^']*'", "''", part).replace("WITH t(", "WITH t AS (")
    for sign in re.findall(r'["?:%@`\[\]{}+~^&]|==|->|<<|>>', part):
        yield f"{sign} in {part}"
    for name in re.findall(r"([A-Za-z_]\w*)\s*\(", part):
        if name.upper() not in STANDARD and name not in FUNCTIONS:
            yield f"{name}() in {part}"
    for word in re.findall(r"(?<!\.)\b[A-Z]{2,}\b", part):
        if word not in STANDARD and word not in FUNCTIONS:
            yield f"{word} in {part}"
    for word in re.findall(r"\b[A-Za-z_]\w*\b", part):
        if word.lower() in DENIED:
            yield f"{word} in {part}"
    for test in _BARE.findall(part):
        yield f"{test} as a condition in {part}"
    for test in re.findall(r"COALESCE\(\((?!SELECT)", part):
        yield f"{test} as a condition in {part}"
