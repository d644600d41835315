"""PostgreSQL's dialect; `patterns.py` has its regular expressions, `functions.py` the folding.

Only what PostgreSQL 15, CockroachDB and YugabyteDB share is used, save what `docs/scale.md` lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from crm_cli.index.dialect import Dialect
from crm_cli.index.postgres.functions import FOLD
from crm_cli.index.postgres.schema import POSTGRESQL, Flavour

_LONGEST = 63
"""Bytes of a name (PostgreSQL 15, 4.1.1)."""
_DAY = len("2026-11-18")
_LETTERS = ' COLLATE "und-x-icu"'
"""By whose letters regular expressions go: "C" knows those of ASCII alone."""


class PostgreSQL(Dialect):
    """PostgreSQL 15; see `Dialect` for what each method is for.

    `several` says that rows of several books are asked for at once.
    """

    def __init__(
        self, *, several: bool = False, flavour: Flavour = POSTGRESQL, mixed: bool = False
    ) -> None:
        self._several = several
        self._mixed = mixed
        self._c = flavour.collation

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PostgreSQL) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[bool, str]:
        return self._several, self._c

    def name(self, key: str) -> str:
        """A long name is cut and told from others by a digest; psycopg keeps `%` to itself."""
        if "%" in key or len(key.encode("utf-8", "replace")) > _LONGEST:
            digest = blake2b(key.encode("utf-8", "replace"), digest_size=8).hexdigest()
            key = f"{key.replace('%', '_').encode('ascii', 'ignore').decode()[:40]}~{digest}"
        return '"' + key.replace('"', '""') + '"'

    def parameter(self, name: str) -> str:
        return f"%({name})s"

    def literal(self, value: str | int) -> str:
        if isinstance(value, int):
            return str(value)
        quoted = "'" + value.replace("'", "''") + "'"
        return quoted if "%" not in quoted else "(" + quoted.replace("%", "' || chr(37) || '") + ")"

    def truth(self, value: bool) -> str:
        return "TRUE" if value else "FALSE"

    def flag(self, value: bool) -> object:
        return bool(value)

    def array(self, values: Sequence[str]) -> object:
        return list(values)

    def map(self, values: Mapping[str, str]) -> object:
        import json

        return json.dumps(dict(values))

    def today(self) -> str:
        return f"CAST(CURRENT_DATE AS TEXT){self._c}"

    def now(self) -> str:
        shown = "'YYYY-MM-DD\"T\"HH24:MI:\"00Z\"'"
        return f"(to_char(CURRENT_TIMESTAMP AT TIME ZONE 'UTC', {shown}){self._c})"

    # Books

    def book(self, row: str) -> str:
        return f'{row}."book"' if self._several else ""

    @property
    def several(self) -> bool:
        return self._several

    @property
    def mixed(self) -> bool:
        """See `Dialect`."""
        return self._mixed

    # Conditions

    def flagged(self, number: str) -> str:
        return f"({number} <> 0)"

    def bit(self, flag: str) -> str:
        return f"CAST({flag} AS INTEGER)"

    def holds(self, flag: str) -> str:
        return flag

    def certain(self, test: str) -> str:
        return f"COALESCE(({test}), FALSE)"

    def balanced(self, tests: Sequence[str], sign: str) -> str:
        return sign.join(tests)

    def among(self, value: str, listed: str) -> str:
        return f"{value} = ANY({listed})"

    def table(self, listed: str) -> str:
        return f"(SELECT key, value FROM jsonb_each_text(CAST({listed} AS JSONB)))"

    # Texts

    @property
    def line_break(self) -> str:
        return "chr(10)"

    def contains(self, text: str, part: str) -> str:
        return f"strpos({text}, {part}) > 0"

    def starts(self, text: str, part: str) -> str:
        return f"left({text}, length({part})) = {part}"

    def ends(self, text: str, part: str) -> str:
        return f"right({text}, length({part})) = {part}"

    def folded(self, text: str) -> str:
        return f"{FOLD}({text})"

    def same_word(self, word: str, wanted: str) -> str:
        """Words in ASCII are compared without the function, which reads a table."""
        plain = f"lower({word}{self._c}) = {wanted}"
        foreign = f"length({word}) <> octet_length({word})"
        folded = f"{self.folded(word)} = {wanted}"
        return f"({plain} OR CASE WHEN {foreign} THEN {folded} ELSE FALSE END)"

    def caseless(self, word: str) -> str:
        return f"lower({word}{self._c})"

    def matches(self, text: str, pattern: str) -> str:
        return f"({text}){self._letters} ~* {pattern}"

    def matches_line(self, text: str, pattern: str) -> str:
        # `w`: `^` and `$` are the ends of lines, all else is as it is (PostgreSQL 15, 9.7.3.4).
        return f"({text}){self._letters} ~* ('(?w)' || {pattern})"

    @property
    def _letters(self) -> str:
        return _LETTERS if self._c else ""

    def words(self, record: str) -> str:
        return f"(SELECT s.words FROM search s WHERE s.pk = {record}{self._of('s', record)})"

    def searched(self, record: str, words: str) -> str:
        """By the index for the words, then by their text, which knows their sequence."""
        asked = f"replace(btrim({words}), ' ', ''' & ''')"
        prefix = f"CASE WHEN right({words}, 1) = ' ' THEN '''' ELSE ''':*' END"
        query = f"CAST('''' || {asked} || {prefix} AS TSQUERY)"
        found = f"(s.indexed IS NULL OR s.indexed @@ {query}) AND {self.contains('s.words', words)}"
        row = record.rpartition(".")[0]
        keys = self.keys("s", "s.pk")
        return f"{self.key(row, record)} IN (SELECT {keys} FROM search s WHERE {found})"

    def phrase(self, tokens: Sequence[str], *, prefix: bool) -> str:
        words = " ".join(tokens).replace("'", "").replace("\\", "")
        return f" {words}" if prefix else f" {words} "

    def _of(self, row: str, record: str) -> str:
        return self.same_book(row, record.rpartition(".")[0])

    # Numbers

    def letter(self, text: str, place: str) -> str:
        return f"substr({text}, CAST({place} AS INTEGER), 1)"

    def number(self, text: str) -> str:
        """As a binary fraction: what it is multiplied by, and rounded to, is the same then."""
        return f"CAST({text} AS DOUBLE PRECISION)"

    def whole(self, number: str) -> str:
        return f"CAST(ROUND(CAST({number} AS NUMERIC)) AS BIGINT)"

    def quotient(self, part: str, whole: str) -> str:
        return f"CAST(ROUND(CAST({part} AS NUMERIC) / NULLIF({whole}, 0)) AS BIGINT)"

    def added(self, numbers: Sequence[str]) -> str:
        return f"({' + '.join(numbers)})"

    def greatest(self, numbers: Sequence[str]) -> str:
        return f"GREATEST({', '.join(numbers)})"

    def median(self, number: str) -> str:
        return f"percentile_cont(0.5) WITHIN GROUP (ORDER BY {number})"

    def quantile(self, number: str, order: str, source: str, part: int, of: int) -> str:
        """By the two numbers in whose midst it lies, so that it is exact."""
        place = f"(SELECT (COUNT(*) - 1) * {part} {source})"
        nearest = f"SELECT {number} AS v {source} ORDER BY {order} LIMIT 2 OFFSET ({place} / {of})"
        between = f"mod({place}, {of}) * (MAX(v) - MIN(v))"
        return f"(SELECT {of} * MIN(v) + {between} FROM ({nearest}) q)"

    # Dates

    def period(self, day: str, part: str) -> str:
        year = f"substr({day}, 1, 4)"
        if part == "month":
            return f"substr({day}, 1, 7)"
        if part == "year":
            return year
        if part == "quarter":
            month = f"CAST(COALESCE(NULLIF(substr({day}, 6, 2), ''), '0') AS INTEGER)"
            return f"({year} || '-q' || (({month} + 2) / 3))"
        date = self._date(day)
        if part == "weekday":
            place = f"3 * CAST(EXTRACT(DOW FROM {date}) AS INTEGER) + 1"
            return f"(substr('sunmontuewedthufrisat', {place}, 3){self._c})"
        iso, week = (self._two(f"EXTRACT({what} FROM {date})") for what in ("ISOYEAR", "WEEK"))
        return f"((lpad({iso}, 4, '0') || '-w' || lpad({week}, 2, '0')){self._c})"

    @staticmethod
    def _two(number: str) -> str:
        return f"CAST(CAST({number} AS INTEGER) AS TEXT)"

    @staticmethod
    def _date(day: str) -> str:
        """The day of a text; NULL where it is not whole."""
        return f"CAST(CASE WHEN length({day}) >= {_DAY} THEN substr({day}, 1, {_DAY}) END AS DATE)"

    def month_day(self, day: str) -> str:
        return f"right({day}, 5)"

    def days_between(self, first: str, last: str) -> str:
        return f"({self._date(last)} - {self._date(first)})"

    # Lists

    def each_line(self, text: str, alias: str) -> str:
        lines = f"unnest(string_to_array(NULLIF({text}, ''), chr(10)))"
        each = f"SELECT DISTINCT replace(line, chr(30), chr(10)) FROM {lines} AS l (line)"
        return f"LEFT JOIN LATERAL ({each}) {alias} (value) ON TRUE"

    def each_value(self, value: str, source: str, alias: str) -> str:
        return f"LEFT JOIN LATERAL (SELECT DISTINCT {value} {source}) {alias} (value) ON TRUE"

    def gathered(self, value: str, source: str, order: str) -> str:
        return f"(SELECT string_agg({self._line(value)}, chr(10) ORDER BY {order}) {source})"

    def grouped(self, value: str) -> str:
        return f"string_agg({self._line(value)}, chr(10))"

    @staticmethod
    def _line(value: str) -> str:
        return f"replace(CAST({value} AS TEXT), chr(10), chr(30))"

    def joined(self, value: str, source: str, order: str) -> str:
        return f"(SELECT string_agg(CAST({value} AS TEXT), '; ' ORDER BY {order}) {source})"

    # Order and number of rows

    def grouped_by(self, keys: Sequence[str], fixed: Sequence[str]) -> str:
        return ", ".join((*keys, *fixed))

    def sorted(self, value: str, *, down: bool = False) -> str:
        # No constant may stand alone in ORDER BY.
        value = "CAST(NULL AS TEXT)" if value == "NULL" else value
        return f"{value} DESC NULLS LAST" if down else f"{value} NULLS FIRST"

    def in_turn(self, table: str, index: str = "") -> str:
        return table

    def by_sorting(self, key: str) -> str:
        return key

    def missing(self, value: str) -> str:
        return f"({value} IS NULL OR CAST({value} AS TEXT) = '')"

    def limit(self, rows: int) -> int:
        return min(rows, 2**63 - 1)

    # The connection

    def prepare(self, connection: Any) -> None:
        """Texts are bound as `text`, whole numbers as `bigint`; fractions are read as floats."""
        from crm_cli.index.postgres.binding import adapt

        adapt(connection)
