"""SQLite's dialect, and the Python functions registered with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from crm_cli.index.dialect import Dialect
from crm_cli.index.matching import LINES, found
from crm_cli.model.text import fold

_LEVELS = 100
"""So many tests may stand side by side."""


class SQLite(Dialect):
    """SQLite 3.38 and later, with FTS5 and JSON; see `Dialect` for what each method is for."""

    def name(self, key: str) -> str:
        return f'"{key}"'

    def parameter(self, name: str) -> str:
        return f":{name}"

    def literal(self, value: str | int) -> str:
        return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"

    def truth(self, value: bool) -> str:
        return "1" if value else "0"

    def flag(self, value: bool) -> object:
        return int(value)

    def array(self, values: Sequence[str]) -> object:
        # Loaded only here, since few queries name so many.
        import json

        return json.dumps(list(values))

    def map(self, values: Mapping[str, str]) -> object:
        import json

        return json.dumps(dict(values))

    def today(self) -> str:
        return "date('now', 'localtime')"

    def now(self) -> str:
        return "strftime('%Y-%m-%dT%H:%M:00Z', 'now')"

    def book(self, row: str) -> str:
        return ""

    @property
    def several(self) -> bool:
        return False

    def flagged(self, number: str) -> str:
        return number

    def bit(self, flag: str) -> str:
        return flag

    def holds(self, flag: str) -> str:
        return flag

    def certain(self, test: str) -> str:
        return f"COALESCE(({test}), 0)"

    def balanced(self, tests: Sequence[str], sign: str) -> str:
        """As a tree that is as low as can be: SQLite takes no more than 1,000 levels
        (sqlite.org/limits.html), and a query may have as many values."""
        if len(tests) <= _LEVELS:
            return sign.join(tests)
        half = len(tests) // 2
        return f"({self.balanced(tests[:half], sign)}){sign}({self.balanced(tests[half:], sign)})"

    def among(self, value: str, listed: str) -> str:
        return f"{value} IN (SELECT value FROM json_each({listed}))"

    def table(self, listed: str) -> str:
        # A table of its own has an index that is made for the join.
        return f"(SELECT key, value FROM json_each({listed}))"

    @property
    def line_break(self) -> str:
        return "char(10)"

    def contains(self, text: str, part: str) -> str:
        return f"instr({text}, {part}) > 0"

    def starts(self, text: str, part: str) -> str:
        return f"substr({text}, 1, length({part})) = {part}"

    def ends(self, text: str, part: str) -> str:
        return f"substr({text}, -length({part})) = {part}"

    def folded(self, text: str) -> str:
        return f"crm_fold({text})"

    def same_word(self, word: str, wanted: str) -> str:
        """Words in ASCII are compared without Python: CASE looks no further, AND would."""
        plain = f"{word} = {wanted} COLLATE NOCASE"
        foreign = f"length({word}) <> length(CAST({word} AS BLOB))"
        folded = f"{self.folded(word)} = {wanted}"
        return f"({plain} OR CASE WHEN {foreign} THEN {folded} ELSE {self.truth(False)} END)"

    def caseless(self, word: str) -> str:
        return f"{word} COLLATE NOCASE"

    def matches(self, text: str, pattern: str) -> str:
        return f"crm_match({pattern}, {text})"

    def matches_line(self, text: str, pattern: str) -> str:
        return f"crm_match('{LINES}' || {pattern}, {text})"

    def words(self, record: str) -> str:
        return f"(SELECT words FROM search WHERE rowid = {record})"

    def searched(self, record: str, words: str) -> str:
        return f"{record} IN (SELECT rowid FROM search WHERE search MATCH {words})"

    def phrase(self, tokens: Sequence[str], *, prefix: bool) -> str:
        words = " ".join(tokens).replace('"', "")
        return f'"{words}"{"*" if prefix else ""}'

    def letter(self, text: str, place: str) -> str:
        return f"substr({text}, {place}, 1)"

    def number(self, text: str) -> str:
        return f"CAST({text} AS REAL)"

    def whole(self, number: str) -> str:
        return f"CAST(ROUND({number}) AS INTEGER)"

    def quotient(self, part: str, whole: str) -> str:
        """Exact while the part is below 2**52: then a binary fraction tells what lies beside a
        half."""
        return f"CAST(ROUND(1.0 * {part} / NULLIF({whole}, 0)) AS INTEGER)"

    def added(self, numbers: Sequence[str]) -> str:
        return f"({' + '.join(numbers)})"

    def greatest(self, numbers: Sequence[str]) -> str:
        return f"max({', '.join(numbers)})"

    def median(self, number: str) -> str:
        return f"crm_median({number})"

    def quantile(self, number: str, order: str, source: str, part: int, of: int) -> str:
        """By the two numbers in whose midst it lies: an index on `order` has them at hand."""
        place = f"(SELECT (COUNT(*) - 1) * {part} {source})"
        nearest = f"SELECT {number} AS v {source} ORDER BY {order} LIMIT 2 OFFSET {place} / {of}"
        return f"(SELECT {of} * MIN(v) + {place} % {of} * (MAX(v) - MIN(v)) FROM ({nearest}))"

    def period(self, day: str, part: str) -> str:
        year, month = f"substr({day}, 1, 4)", f"CAST(substr({day}, 6, 2) AS INTEGER)"
        if part == "month":
            return f"substr({day}, 1, 7)"
        if part == "week":
            # Rows share few days, whose weeks Python remembers; SQLite would compute each again.
            return f"crm_week({day})"
        if part == "weekday":
            return f"substr('sunmontuewedthufrisat', 3 * strftime('%w', {day}) + 1, 3)"
        return year if part == "year" else f"{year} || '-q' || (({month} + 2) / 3)"

    def month_day(self, day: str) -> str:
        return f"substr({day}, -5)"

    def days_between(self, first: str, last: str) -> str:
        return f"julianday({last}) - julianday({first})"

    def each_line(self, text: str, alias: str) -> str:
        return f"LEFT JOIN json_each(crm_lines({text})) {alias}"

    def each_value(self, value: str, source: str, alias: str) -> str:
        listed = f"(SELECT json_group_array(DISTINCT {value}) {source})"
        return f"LEFT JOIN json_each({listed}) {alias}"

    def gathered(self, value: str, source: str, order: str) -> str:
        ordered = f"(SELECT replace({value}, char(10), char(30)) AS v {source} ORDER BY {order})"
        return f"(SELECT group_concat(v, char(10)) FROM {ordered})"

    def grouped(self, value: str) -> str:
        return f"group_concat(replace({value}, char(10), char(30)), char(10))"

    def joined(self, value: str, source: str, order: str) -> str:
        ordered = f"(SELECT {value} AS v {source} ORDER BY {order})"
        return f"(SELECT group_concat(v, '; ') FROM {ordered})"

    def grouped_by(self, keys: Sequence[str], fixed: Sequence[str]) -> str:
        return ", ".join(keys)

    def sorted(self, value: str, *, down: bool = False) -> str:
        return f"{value} DESC" if down else value

    def in_turn(self, table: str, index: str = "") -> str:
        return f"{table} INDEXED BY {self.name(index)}" if index else f"{table} NOT INDEXED"

    def by_sorting(self, key: str) -> str:
        return f"+{key}"

    def by_record(self, link: str) -> str:
        """An index leads through the items in the order of their records, and any column may
        stand beside a group."""
        return link

    def missing(self, value: str) -> str:
        return f"({value} IS NULL OR {value} = '')"

    def limit(self, rows: int) -> int:
        """In 64 bits."""
        return min(rows, 2**63 - 1)

    def prepare(self, connection: sqlite3.Connection) -> None:
        connection.create_function("crm_fold", 1, _fold, deterministic=True)
        connection.create_function("crm_match", 2, _match, deterministic=True)
        connection.create_function("crm_lines", 1, _lines, deterministic=True)
        connection.create_function("crm_week", 1, _week, deterministic=True)
        # typeshed wants the methods' parameters named as SQLite's own are.
        connection.create_aggregate("crm_median", 1, _Median)  # type: ignore[arg-type]


SQLITE = SQLite()


def _fold(text: str | None) -> str | None:
    return None if text is None else fold(str(text)).strip()


def _lines(text: str | None) -> str | None:
    import json

    if not text:
        return None
    return json.dumps([line.replace("\x1e", "\n") for line in dict.fromkeys(text.split("\n"))])


@cache
def _week(day: str | None) -> str | None:
    """The week of an ISO day: `2026-w47`, of the year in which its Thursday lies."""
    try:
        year, number, _ = date.fromisoformat(day or "").isocalendar()
    except ValueError:
        return None
    return f"{year:04}-w{number:02}"


class _Median:
    """Collects a group's numbers."""

    def __init__(self) -> None:
        self.numbers: list[int | float] = []

    def step(self, number: int | float | None) -> None:
        """Add one."""
        if number is not None:
            self.numbers.append(number)

    def finalize(self) -> int | float | None:
        """The one in the middle."""
        numbers = self.numbers
        if not numbers:
            return None
        numbers.sort()
        half = len(numbers) // 2
        return numbers[half] if len(numbers) % 2 else (numbers[half - 1] + numbers[half]) / 2


def _match(pattern: str, text: str | None) -> int | None:
    return None if text is None else int(found(pattern, str(text)))
