"""How the SQL of a query is spelled for SQLite: the one place to change for another engine.

Everything else that the compiler writes is plain SQL with named parameters.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from functools import lru_cache

from crm_cli.model.text import fold

_LEVELS = 100
"""So many tests may stand side by side."""


def name(key: str) -> str:
    """A table's or column's name; fields are called `order`, `for`, `end`."""
    return f'"{key}"'


def contains(text: str, part: str) -> str:
    """Whether a text holds a part, both compared as they are."""
    return f"instr({text}, {part}) > 0"


def starts(text: str, part: str) -> str:
    """Whether a text begins with a part."""
    return f"substr({text}, 1, length({part})) = {part}"


def ends(text: str, part: str) -> str:
    """Whether a text ends with a part (which is not empty)."""
    return f"substr({text}, -length({part})) = {part}"


def folded(text: str) -> str:
    """The folded text, where the index keeps none; without blanks at its ends."""
    return f"crm_fold({text})"


def same_word(word: str, wanted: str) -> str:
    """Whether a word is the folded `wanted`: ASCII words are compared without Python."""
    plain = f"{word} = {wanted} COLLATE NOCASE"
    foreign = f"length({word}) <> length(CAST({word} AS BLOB))"
    return f"({plain} OR ({foreign} AND {folded(word)} = {wanted}))"


def matches(text: str, pattern: str) -> str:
    """Whether a regular expression is found in a text, in any case of letters."""
    return f"crm_match({pattern}, {text})"


def searched(record: str, words: str) -> str:
    """Whether the full-text index finds words in the record with that key."""
    return f"{record} IN (SELECT rowid FROM search WHERE search MATCH {words})"


def phrase(tokens: list[str], *, prefix: bool) -> str:
    """What full-text search is asked for: tokens in sequence, the last as a beginning."""
    words = " ".join(tokens).replace('"', "")
    return f'"{words}"{"*" if prefix else ""}'


def limit(rows: int) -> int:
    """At most so many rows, as SQLite takes it: in 64 bits."""
    return min(rows, 2**63 - 1)


def balanced(tests: Sequence[str], sign: str) -> str:
    """Tests with AND or OR between them, whose tree is as low as can be: SQLite takes no more
    than 1,000 levels (sqlite.org/limits.html), and a query may have as many values."""
    if len(tests) <= _LEVELS:
        return sign.join(tests)
    half = len(tests) // 2
    return f"({balanced(tests[:half], sign)}){sign}({balanced(tests[half:], sign)})"


def among(value: str, listed: str) -> str:
    """Whether a value is in a parameter that holds a JSON array."""
    return f"{value} IN (SELECT value FROM json_each({listed}))"


def period(day: str, part: str) -> str:
    """The month (`2026-11`), quarter (`2026-q4`), year or weekday (`mon`) of a day in ISO text."""
    year, month = f"substr({day}, 1, 4)", f"CAST(substr({day}, 6, 2) AS INTEGER)"
    if part == "month":
        return f"substr({day}, 1, 7)"
    if part == "weekday":
        return f"substr('sunmontuewedthufrisat', 3 * strftime('%w', {day}) + 1, 3)"
    return year if part == "year" else f"{year} || '-q' || (({month} + 2) / 3)"


def lines(text: str) -> str:
    """A table of the different lines of a text, its column `value`; none of a missing one."""
    return f"json_each(crm_lines({text}))"


def different(value: str, source: str) -> str:
    """A table of the different values of a subquery's rows, its column `value`."""
    return f"json_each((SELECT json_group_array(DISTINCT {value}) {source}))"


def median(number: str) -> str:
    """The median of a group's numbers: of an even count the mean of the two in the middle."""
    return f"crm_median({number})"


def whole(number: str) -> str:
    """Rounded half away from zero to a whole number."""
    return f"CAST(ROUND({number}) AS INTEGER)"


def quotient(part: str, whole: str) -> str:
    """A whole number divided by another, rounded half away from zero; NULL by nothing.

    Exact while the part is below 2**52: then a binary fraction tells what lies beside a half.
    """
    return f"CAST(ROUND(1.0 * {part} / NULLIF({whole}, 0)) AS INTEGER)"


def number(text: str) -> str:
    """The number that decimal text spells."""
    return f"CAST({text} AS REAL)"


def gathered(value: str, source: str, order: str) -> str:
    """The values of a subquery's rows as one text, a line each; NULL without rows.

    A line break within a value is U+001E, as in the index's lists.
    """
    ordered = f"(SELECT replace({value}, char(10), char(30)) AS v {source} ORDER BY {order})"
    return f"(SELECT group_concat(v, char(10)) FROM {ordered})"


def joined(value: str, source: str, order: str) -> str:
    """The values of a source's rows as one text for people; NULL without rows."""
    return f"(SELECT group_concat(v, '; ') FROM (SELECT {value} AS v {source} ORDER BY {order}))"


def prepare(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that compiled queries call."""
    connection.create_function("crm_fold", 1, _fold, deterministic=True)
    connection.create_function("crm_match", 2, _match, deterministic=True)
    connection.create_function("crm_lines", 1, _lines, deterministic=True)
    # typeshed wants the methods' parameters named as SQLite's own are.
    connection.create_aggregate("crm_median", 1, _Median)  # type: ignore[arg-type]


def _fold(text: str | None) -> str | None:
    return None if text is None else fold(str(text)).strip()


def _lines(text: str | None) -> str | None:
    import json

    if not text:
        return None
    return json.dumps([line.replace("\x1e", "\n") for line in dict.fromkeys(text.split("\n"))])


class _Median:
    """Gathers a group's numbers."""

    def __init__(self) -> None:
        self.numbers: list[int | float] = []

    def step(self, number: int | float | None) -> None:
        """Take one in."""
        if number is not None:
            self.numbers.append(number)

    def finalize(self) -> int | float | None:
        """The one in the middle."""
        from statistics import median as middle

        return middle(self.numbers) if self.numbers else None


def _match(pattern: str, text: str | None) -> int | None:
    return None if text is None else int(_compiled(pattern).search(str(text)) is not None)


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
