"""Rows: a command's answer, for people and for programs.

A feature or a command makes them; `render` draws them as a table or a chart, and
`formats/tables` writes them as CSV, JSON and so on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crm_cli.model.declaration import Declaration
from crm_cli.model.money import EXACT

_BLOCK = 1000
_FOUR = Decimal("0.0001")
NONE = "(none)"
"""The label of a group without a key, for people."""


class Fraction(Decimal):
    """A share or a rate as programs get it, rounded, with its `exact` value.

    People see percent, which are rounded from that: rounded twice, 12/22 would be 54.6 %.
    """

    exact: Decimal


class Few(Fraction):
    """A rate of fewer than 5 cases, which a table marks: it may be chance."""


def fraction(exact: Decimal, unit: Decimal = _FOUR) -> Fraction:
    """A fraction, rounded half up to four decimals or another unit; never minus zero."""
    rounded = exact.quantize(unit, ROUND_HALF_UP, EXACT)
    made = Fraction(rounded if rounded else abs(rounded))
    made.exact = exact
    return made


def few(value: Decimal) -> Few:
    """A rate that a table marks."""
    made = Few(value)
    made.exact = exact_of(value)
    return made


def exact_of(value: Decimal) -> Decimal:
    """The value of which a fraction was rounded; any other number as it is."""
    found: Decimal = getattr(value, "exact", value)
    return found


class Column(Declaration, positional=2):
    """A column of rows."""

    key: str
    """Its name in formats for programs, and in `--cols`."""
    type: str = "text"
    """The name of its values' type, as fields have it: `text`, `money`, `date`, `phone` …"""
    label: str = ""
    """Its heading for people, where that is not the key."""
    unit: str = ""
    """What its numbers are counted in, such as `days`, where the heading does not say it; a
    terminal does."""

    @property
    def heading(self) -> str:
        """The heading above it in a table."""
        return self.label or self.key


class Chart(Declaration):
    """How rows are drawn where a chart is asked for."""

    value: str
    """The key of the column whose numbers are drawn."""
    labels: tuple[str, ...]
    """The keys of the columns that name a row; the first one with a text does."""
    kind: str = "bars"
    """Bars compare rows with each other; a line follows one value through time. A terminal draws
    all other kinds as bars; `formats/html/charts` has them."""
    series: tuple[str, ...] = ()
    """The keys of the columns that are drawn beside the value, or that make it up."""
    panels: tuple[str, ...] = ()
    """The keys of the columns that tell small charts beside each other apart."""
    unit: str = ""
    """What stands after each figure, such as a currency."""


class Rows(Declaration, positional=2):
    """An answer of several rows."""

    columns: Sequence[Column]
    """The columns, in the order of each row's values."""
    rows: Sequence[Sequence[Any]]
    """A sequence of values for each row, typed as the columns say; a missing value is None."""
    ids: Sequence[str] | None = None
    """What `-o ids` prints, one for each row; the column `id` where there are none."""
    paths: Sequence[str] | None = None
    """What `-o paths` prints, one for each row; the column `path` where there are none."""
    tones: Sequence[str] | None = None
    """Each row's tone on a terminal, such as `alert`; empty for none."""
    total: Sequence[Any] | None = None
    """A last row, for people only."""
    none: str = "nothing found"
    """What a terminal is told where there is no row; empty tells nothing."""
    groups: Sequence[str] | None = None
    """Each row's heading, which a terminal shows where it changes."""
    unique: Mapping[str, int] | None = None
    """How many of an id's first characters are enough to type, on a terminal."""
    marks: Sequence[str] | None = None
    """A word before each row's text on a terminal, such as `urgent`; empty for none."""
    files: Sequence[str] | None = None
    """The absolute path of each row's file, which a terminal may open from its id."""
    ranked: Sequence[str] = ()
    """Keys by importance: a terminal too narrow for all leaves out the last and the unnamed."""
    wrap: bool = False
    """Whether a terminal breaks long texts over several lines even so, and cuts none."""
    chart: Chart | None = None
    """How they are drawn as a chart, where they can be."""
    notes: Sequence[str] = ()
    """What a table says below the rows, a line each."""
    name: str = ""
    """What they are of, such as `customers`: what a spreadsheet calls their sheet."""

    @property
    def keys(self) -> list[str]:
        """The columns' keys."""
        return [column.key for column in self.columns]

    def values(self, key: str) -> Sequence[Any]:
        """The values of the column of that key; raises KeyError."""
        keys = self.keys
        if key not in keys:
            raise KeyError(key)
        return by_column(self.rows, len(keys))[keys.index(key)]

    def blocks(self) -> Iterator[list[Sequence[Any]]]:
        """The columns of a thousand rows at a time, so that writers can treat cells together."""
        for start in range(0, len(self.rows), _BLOCK):
            yield by_column(self.rows[start : start + _BLOCK], len(self.columns))

    def records(self) -> Iterator[dict[str, Any]]:
        """Each row as a dictionary by key."""
        keys = self.keys
        return (dict(zip(keys, row, strict=True)) for row in self.rows)


class ByColumn(Sequence[Sequence[Any]]):
    """Rows that are held by their columns, of which there is at least one."""

    def __init__(self, columns: Sequence[Sequence[Any]]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    def __iter__(self) -> Iterator[Sequence[Any]]:
        return zip(*self.columns, strict=True)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return ByColumn([column[place] for column in self.columns])
        return tuple(column[place] for column in self.columns)


def by_column(rows: Sequence[Sequence[Any]], count: int) -> list[Sequence[Any]]:
    """The `count` columns of rows, which may be none."""
    if isinstance(rows, ByColumn):
        return list(rows.columns)
    return list(zip(*rows, strict=True)) if rows else [()] * count
