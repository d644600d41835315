"""Rows that a map leaves out: `skip: {Status: [failed, pending], Amount: "-*"}`.

A cell is compared as a whole, without regard to case; `*` stands for any text, `""` is an
empty cell. Of an order the rows that leave the cell empty go with the one that says it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from crm_cli.formats.cells.texts import cleaned
from crm_cli.formats.grid import Row, Table
from crm_cli.formats.mapping import Map
from crm_cli.formats.targets import rows_of
from crm_cli.model.errors import UsageError
from crm_cli.model.kind import Kind

_NAMES = ("id", "external_id", "number")
"""The fields that tell which rows are of one item."""


class _Rule(NamedTuple):
    """A column by its place, and what its cells say in rows that are left out."""

    place: int
    heading: str
    pattern: re.Pattern[str]


class Skipped:
    """The rows of a table that are left out, counted as they are met.

    `headings` are those of the columns that decide. Raises UsageError for a column that the
    table has not.
    """

    def __init__(self, table: Table, kind: Kind, map: Map) -> None:
        self.headings = frozenset(heading for heading, _ in map.skip)
        if missing := sorted(self.headings - {*table.headings}):
            raise UsageError(
                f"skip: the file has no column {', '.join(missing)}",
                f"its headings are {', '.join(table.headings)}",
            )
        at = {heading: place for place, heading in enumerate(table.headings)}
        self._rules = [_Rule(at[name], name, _pattern(words)) for name, words in map.skip]
        self._counts: Counter[tuple[str, str]] = Counter()
        several = rows_of(kind) is not None
        self._names = [at[one.heading] for one in map.columns if several and one.key in _NAMES]
        self._gone: dict[tuple[int, str], tuple[_Rule, str]] = {}
        if self._names and self._rules:
            for row in table.rows:
                if (met := self._met(row)) is not None:
                    self._gone |= dict.fromkeys(self._called(row), met)

    def takes(self, row: Row) -> bool:
        """Whether a row is left out."""
        if not self._rules:
            return False
        met = self._met(row) or self._with_another(row)
        if met is None:
            return False
        self._counts[met[0].heading, met[1]] += 1
        return True

    def told(self) -> Iterator[str]:
        """What is said of the rows that were left out."""
        total = sum(self._counts.values())
        if not total:
            return
        parts = [
            f"{heading} is {text or 'empty'} ({count:,})"
            for (heading, text), count in self._counts.most_common(5)
        ]
        more = f" and {len(self._counts) - 5} more" if len(self._counts) > 5 else ""
        rows = "1 row is" if total == 1 else f"{total:,} rows are"
        yield f"{rows} left out, as the map says: {', '.join(parts)}{more}"

    def _met(self, row: Row) -> tuple[_Rule, str] | None:
        for rule in self._rules:
            text = cleaned(row.cells[rule.place])
            if rule.pattern.fullmatch(text.casefold()):
                return rule, text
        return None

    def _called(self, row: Row) -> Iterator[tuple[int, str]]:
        for place in self._names:
            if text := cleaned(row.cells[place]):
                yield place, text

    def _with_another(self, row: Row) -> tuple[_Rule, str] | None:
        """What another row of the same item said, where this one says nothing of it."""
        for name in self._called(row) if self._gone else ():
            met = self._gone.get(name)
            if met is not None and not row.cells[met[0].place].strip():
                return met
        return None


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    either = "|".join(re.escape(cleaned(word).casefold()).replace(r"\*", ".*") for word in words)
    return re.compile(either, re.DOTALL)
