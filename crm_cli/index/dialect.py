"""A database's dialect of SQL: everything that compiled queries spell differently.

Everything else that the query layer writes is standard SQL: SELECT with JOIN, LEFT JOIN,
EXISTS, CASE, COALESCE, GROUP BY and ORDER BY, the aggregates COUNT, SUM, AVG, MIN and MAX,
`||`, and `substr`, `length` and `replace` with positive places. So a second database is a
second class of this kind, and tables with the columns that index/schema.py names. Each
method says what PostgreSQL will write. Its tables will hold flags as BOOLEAN, money and
counts as BIGINT, and texts and dates as TEXT COLLATE "C", which orders and compares as
SQLite does; full-text words as a `tsvector` of the simple configuration beside the text.

Arguments and answers are SQL, unless the description says otherwise.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any


class Dialect(ABC):
    """See the module."""

    # Names and values

    @abstractmethod
    def name(self, key: str) -> str:
        """The name of a table or column, given as text: fields are called `order`, `for`, `end`.

        PostgreSQL: the same.
        """

    @abstractmethod
    def parameter(self, name: str) -> str:
        """The place of a bound value, by its name.

        PostgreSQL (psycopg): `%(name)s`, so that no other `%` may stand in a statement.
        """

    @abstractmethod
    def literal(self, value: str | int) -> str:
        """A value within a view, which takes no parameters. PostgreSQL: the same."""

    @abstractmethod
    def truth(self, value: bool) -> str:
        """A condition that always holds, or never. PostgreSQL: `TRUE`, `FALSE`."""

    @abstractmethod
    def flag(self, value: bool) -> object:
        """The bound value that a flag's column is compared with. PostgreSQL: a bool."""

    @abstractmethod
    def array(self, values: Sequence[str]) -> object:
        """The bound value that stands for several texts; see `among`. PostgreSQL: a list."""

    @abstractmethod
    def today(self) -> str:
        """The day as ISO text, within a view. PostgreSQL: `CAST(CURRENT_DATE AS TEXT)`."""

    @abstractmethod
    def now(self) -> str:
        """The minute as the index writes instants (`2026-11-18T09:30:00Z`), within a view.
        PostgreSQL: `TO_CHAR(NOW() AT TIME ZONE 'UTC', …)`."""

    @abstractmethod
    def map(self, values: Mapping[str, str]) -> object:
        """The bound value that stands for texts by their keys; see `table`. PostgreSQL: jsonb."""

    # Books: the directories whose rows lie in the same tables

    @abstractmethod
    def book(self, row: str) -> str:
        """The column that names the directory which a row, given by its alias, comes from; empty
        where one directory is asked. PostgreSQL: `row."book"`, where several are."""

    @property
    @abstractmethod
    def several(self) -> bool:
        """Whether rows of several directories are asked for at once.

        PostgreSQL: so where a mirror holds several, and the query does not choose one.
        """

    @property
    def mixed(self) -> bool:
        """Whether they have different base currencies: then no amount can be told in one."""
        return False

    def same_book(self, first: str, second: str) -> str:
        """A further condition of a link by number or by id: numbers and ids are unique within a
        directory only. `first` and `second` are aliases."""
        book = self.book(first)
        return f" AND {book} = {self.book(second)}" if book else ""

    def keys(self, row: str, column: str) -> str:
        """A column of a row with a number or an id, and before it what makes that unique."""
        book = self.book(row)
        return f"{book}, {column}" if book else column

    def key(self, row: str, column: str) -> str:
        """The same as one value, to be compared with such values."""
        return f"({self.keys(row, column)})" if self.book(row) else column

    def unique(self, row: str, column: str) -> str:
        """The same as one value that is missing where the column is: what COUNT(DISTINCT) takes."""
        return f"({self.book(row)} || '/' || {column})" if self.several else column

    # Conditions

    @abstractmethod
    def flagged(self, number: str) -> str:
        """A flag that a column of numbers holds as 0 or 1. PostgreSQL: `(number <> 0)`."""

    @abstractmethod
    def bit(self, flag: str) -> str:
        """A flag as the number 0 or 1, which can be added. PostgreSQL: `CAST(flag AS INTEGER)`."""

    @abstractmethod
    def holds(self, flag: str) -> str:
        """Whether a column that holds a flag is set, as a condition. PostgreSQL: the same."""

    @abstractmethod
    def certain(self, test: str) -> str:
        """A condition that is false where `test` is NULL. PostgreSQL: `COALESCE(test, FALSE)`."""

    @abstractmethod
    def balanced(self, tests: Sequence[str], sign: str) -> str:
        """Thousands of tests joined by AND or OR. PostgreSQL: `sign.join(tests)`."""

    @abstractmethod
    def among(self, value: str, listed: str) -> str:
        """Whether a value is one of several, bound as `array` says.

        PostgreSQL: `value = ANY(listed)`.
        """

    @abstractmethod
    def table(self, listed: str) -> str:
        """A table with the columns `key` and `value`, bound as `map` says.

        PostgreSQL: `(SELECT * FROM jsonb_each_text(listed))`.
        """

    # Texts

    @property
    @abstractmethod
    def line_break(self) -> str:
        """The text that parts the texts of a list. PostgreSQL: `chr(10)`."""

    @abstractmethod
    def contains(self, text: str, part: str) -> str:
        """Whether a text holds a part, as they are. PostgreSQL: `position(part IN text) > 0`."""

    @abstractmethod
    def starts(self, text: str, part: str) -> str:
        """Whether a text begins with a part, as they are. PostgreSQL: `starts_with(text, part)`."""

    @abstractmethod
    def ends(self, text: str, part: str) -> str:
        """Whether a text ends with a part that is not empty.

        PostgreSQL: `right(text, length(part)) = part`.
        """

    @abstractmethod
    def folded(self, text: str) -> str:
        """The folded text, where the tables keep none; without blanks at its ends.

        PostgreSQL: a function of the mirror, which is filled with our folding.
        """

    @abstractmethod
    def same_word(self, word: str, wanted: str) -> str:
        """Whether a word is the folded `wanted`. PostgreSQL: `folded(word) = wanted`."""

    @abstractmethod
    def caseless(self, word: str) -> str:
        """What words are ordered by, whatever their case. PostgreSQL: `lower(word)`."""

    @abstractmethod
    def matches(self, text: str, pattern: str) -> str:
        """Whether a regular expression is found in a text, in any case.

        PostgreSQL: `text ~* pattern`; what only Python's expressions know is an error there.
        """

    @abstractmethod
    def matches_line(self, text: str, pattern: str) -> str:
        """The same for a list of texts, in which `^` and `$` are the ends of each.

        PostgreSQL: `text ~* ('(?n)' || pattern)`.
        """

    @abstractmethod
    def words(self, record: str) -> str:
        """The folded words of all text of the record with a key.

        PostgreSQL: the same, by the column `pk`.
        """

    @abstractmethod
    def searched(self, record: str, words: str) -> str:
        """Whether full-text search finds what `phrase` asks for in the record with a key.

        PostgreSQL: `record IN (SELECT pk FROM search WHERE indexed @@ to_tsquery('simple', …))`.
        """

    @abstractmethod
    def phrase(self, tokens: Sequence[str], *, prefix: bool) -> str:
        """The text that is bound for `searched`: tokens in sequence, the last as a beginning.

        PostgreSQL: `a <-> b:*`.
        """

    @abstractmethod
    def letter(self, text: str, place: str) -> str:
        """The character of a text at a place that is computed, from 1.

        PostgreSQL: `substr(text, CAST(place AS INTEGER), 1)`.
        """

    # Numbers

    @abstractmethod
    def number(self, text: str) -> str:
        """The number that decimal text spells. PostgreSQL: `CAST(text AS NUMERIC)`."""

    @abstractmethod
    def whole(self, number: str) -> str:
        """Rounded half away from zero to a whole number.

        PostgreSQL: `CAST(ROUND(CAST(number AS NUMERIC)) AS BIGINT)`.
        """

    @abstractmethod
    def quotient(self, part: str, whole: str) -> str:
        """A whole number divided by another, rounded as `whole` does; NULL by nothing.

        PostgreSQL: `CAST(ROUND(CAST(part AS NUMERIC) / NULLIF(whole, 0)) AS BIGINT)`.
        """

    @abstractmethod
    def added(self, numbers: Sequence[str]) -> str:
        """The sum of several numbers of a row. PostgreSQL: the same."""

    @abstractmethod
    def greatest(self, numbers: Sequence[str]) -> str:
        """The greatest of several numbers of a row. PostgreSQL: `GREATEST(…)`."""

    @abstractmethod
    def median(self, number: str) -> str:
        """The median of a group's numbers: of an even count the mean of the two in the middle.

        PostgreSQL: `percentile_cont(0.5) WITHIN GROUP (ORDER BY number)`.
        """

    @abstractmethod
    def quantile(self, number: str, order: str, source: str, part: int, of: int) -> str:
        """`of` times the quantile of a source's whole numbers at `part`/`of`, which is exact.

        `order` is what is ordered as the numbers are. It is the type 7 of Hyndman and Fan.
        PostgreSQL: `(SELECT of * percentile_cont(1.0 * part / of) WITHIN GROUP (ORDER BY number)
        source)`.
        """

    # Dates

    @abstractmethod
    def period(self, day: str, part: str) -> str:
        """The week (`2026-w47`), month (`2026-11`), quarter (`2026-q4`), year or weekday (`mon`)
        of an ISO day. A week is of the year in which its Thursday lies (ISO 8601).

        PostgreSQL: the same, the weekday by `to_char(CAST(day AS DATE), 'dy')`, the week by
        `to_char(CAST(day AS DATE), 'IYYY"-w"IW')`.
        """

    @abstractmethod
    def month_day(self, day: str) -> str:
        """The month and the day (`11-03`) of an ISO day. PostgreSQL: `right(day, 5)`."""

    @abstractmethod
    def days_between(self, first: str, last: str) -> str:
        """The number of days from one ISO day to another.

        PostgreSQL: `CAST(last AS DATE) - CAST(first AS DATE)`.
        """

    # Lists

    @abstractmethod
    def each_line(self, text: str, alias: str) -> str:
        """A join with one row for each different line of a text, or one without; column `value`.

        PostgreSQL: `LEFT JOIN LATERAL (SELECT DISTINCT … FROM regexp_split_to_table(text, …))
        alias (value) ON TRUE`.
        """

    @abstractmethod
    def each_value(self, value: str, source: str, alias: str) -> str:
        """A join with one row for each different value of `source`, or one without; see above.

        PostgreSQL: `LEFT JOIN LATERAL (SELECT DISTINCT value source) alias (value) ON TRUE`.
        """

    @abstractmethod
    def gathered(self, value: str, source: str, order: str) -> str:
        """The values of a source's rows as one text, a line each; NULL without rows.

        A line break within a value is U+001E, as in the index's lists.
        PostgreSQL: `(SELECT string_agg(…, chr(10) ORDER BY order) source)`.
        """

    @abstractmethod
    def grouped(self, value: str) -> str:
        """The values of a group's rows as one text, as `gathered` has them, in no order.

        PostgreSQL: `string_agg(…, chr(10))`.
        """

    @abstractmethod
    def joined(self, value: str, source: str, order: str) -> str:
        """The values of a source's rows as one text for people; NULL without rows.

        PostgreSQL: `(SELECT string_agg(value, '; ' ORDER BY order) source)`.
        """

    # Order and number of rows

    @abstractmethod
    def grouped_by(self, keys: Sequence[str], fixed: Sequence[str]) -> str:
        """What rows are grouped by, where other columns are `fixed` by the keys.

        PostgreSQL: all of them, since it knows that only of a table itself.
        """

    @abstractmethod
    def sorted(self, value: str, *, down: bool = False) -> str:
        """A term of ORDER BY: a missing value is less than any.

        PostgreSQL: `value NULLS FIRST`, `value DESC NULLS LAST`.
        """

    @abstractmethod
    def in_turn(self, table: str, index: str = "") -> str:
        """A table with its alias whose rows are read in their own order: by an index on a date,
        say, they would lie here and there. With the name of an index whose order is much the same,
        and which has all that is asked for, that is read. PostgreSQL: the same.
        """

    @abstractmethod
    def by_sorting(self, key: str) -> str:
        """A key of GROUP BY whose rows are read in their order and sorted: an index on it would
        lead to rows here and there. PostgreSQL: the same.
        """

    def by_record(self, link: str) -> str:
        """What items are grouped by, one group for each record with any of its columns: `link` is
        the column of theirs that names it. Empty, as for PostgreSQL, where only columns that are
        grouped by may stand beside the group.
        """
        return ""

    @abstractmethod
    def missing(self, value: str) -> str:
        """What comes before a value in ORDER BY, so that rows without it come last.

        PostgreSQL: `(value IS NULL OR CAST(value AS TEXT) = '')`.
        """

    @abstractmethod
    def limit(self, rows: int) -> int:
        """The bound number of at most so many rows. PostgreSQL: the same."""

    # The connection

    @abstractmethod
    def prepare(self, connection: Any) -> None:
        """Make a connection fit for compiled queries, which call functions of ours.

        PostgreSQL: those stand in the mirror's schema; texts are to be bound as `text` (psycopg's
        StrDumper), and numbers that were computed read as floats.
        """
