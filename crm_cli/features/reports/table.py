"""A report's rows while it is built, and their final shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.model.errors import UsageError
from crm_cli.model.kind import normal
from crm_cli.model.money import EXACT
from crm_cli.model.rows import NONE, Column, Few, Rows, few, fraction
from crm_cli.model.text import did_you_mean

CURRENCY, _BASE = "currency", "base_currency"
_FOUR = Decimal("0.0001")
Row = dict[str, Any]
"""The values of a row, by the keys of its columns."""


class Table:
    """Rows by group: `keys` with their values, `columns` with theirs, and the total of all."""

    def __init__(
        self,
        keys: Sequence[Key],
        columns: Sequence[Figure],
        rows: Iterable[Row],
        total: Row | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        self.keys = tuple(keys)
        self.columns = tuple(columns)
        self.rows = list(rows)
        self.total = total
        self.notes = list(notes)

    @property
    def names(self) -> dict[str, str]:
        """The column that names a key's values to people, by the key: `name` for one."""
        labelled = [key.name for key in self.keys if key.label]
        return {key: "name" if len(labelled) == 1 else f"{key}_name" for key in labelled}

    def group(self, row: Row) -> tuple[Any, ...]:
        """What tells a row from the others."""
        return tuple(row.get(key.name) for key in self.keys)

    @property
    def currency(self) -> str:
        """The key by whose currency amounts are; empty where all are in the base currency."""
        if not any(figure.own for figure in self.columns):
            return ""
        return next((key.name for key in self.keys if key.field == CURRENCY), "")

    def divide(self) -> None:
        """Fill in the figures that are one figure of the row divided by another."""
        for figure in self.columns:
            if figure.ratio is not None:
                for row in [*self.rows, *([self.total] if self.total is not None else [])]:
                    part, whole = (row.get(key) for key in figure.ratio)
                    row[figure.key] = quotient(part, whole, money=figure.type == "money")
            elif figure.part_of:
                for row in self.rows:
                    part, whole = (of.get(figure.part_of) for of in (row, self.total or {}))
                    # In several currencies these are not what it was divided of.
                    if (exact := quotient(part, whole)) == row.get(figure.key):
                        row[figure.key] = exact

    def sort(self, text: str) -> None:
        """Order by columns, `net-` from the largest; missing values last, ties by the keys.

        Amounts in several currencies have no order: those in one stand together.
        """
        self.rows.sort(key=lambda row: [_ranked(value) for value in self.group(row)])
        for part in reversed([part.strip() for part in text.split(",") if part.strip()]):
            bare = part.strip("+-")
            key = self._known(bare)
            down = (part[:1] == "-") != part.endswith("-")
            there = [row for row in self.rows if row.get(key) is not None]
            there.sort(key=lambda row: _ranked(row[key]), reverse=down)
            self.rows = [*there, *(row for row in self.rows if row.get(key) is None)]
            if self.currency and any(one.own for one in self.columns if one.key == key):
                self.rows.sort(key=lambda row: _ranked(row[self.currency]))

    def _known(self, name: str) -> str:
        keys = [key.name for key in self.keys] + [figure.key for figure in self.columns]
        if normal(name) in keys:
            return normal(name)
        raise UsageError(
            f"there is no column '{name}'",
            f"{did_you_mean(name, keys)} valid: {', '.join(keys)}".strip(),
        )


def quotient(
    part: Any, whole: Any, *, money: bool = False, unit: Decimal = _FOUR
) -> Decimal | None:
    """A fraction with four decimals, or an amount to the cent; missing by nothing."""
    if part is None or not whole:
        return None
    exact = EXACT.divide(Decimal(part), Decimal(whole))
    if not money:
        return fraction(exact, unit)
    unit = Decimal(1).scaleb(Decimal(part).as_tuple().exponent)  # type: ignore[arg-type]
    return Decimal(fraction(exact, unit))


def for_programs(table: Table, currency: str, *, named: bool, marked: bool = False) -> Rows:
    """The rows as formats for programs have them; with the names of keys if `named`, and if
    `marked` with what is of few cases."""
    columns = [*_keys(table, named=named), *_figures(table)]
    doubtful = _doubts(table)
    rows = [
        _cells({**row, **doubtful(row)} if marked else row, columns, currency)
        for row in table.rows
    ]
    return Rows(columns, rows, ids=_ids(table))


def few_noted(rows: Rows, table: Table) -> Rows:
    """The rows with a line that explains the mark of few cases, where one has it."""
    least = {figure.key: figure.few for figure in table.columns if figure.cases}
    body = [*rows.rows, *([rows.total] if rows.total is not None else [])]
    met = {
        least[key]
        for row in body
        for key, value in zip(rows.keys, row, strict=True)
        if isinstance(value, Few) and key in least
    }
    return rows.but(notes=[*rows.notes, f"* of fewer than {max(met)}"]) if met else rows


def _doubts(table: Table) -> Callable[[Row], Row]:
    """What is of few cases in a row, by its key."""
    cases = {one.key: (one.cases, one.few) for one in table.columns if one.cases}

    def doubtful(row: Row) -> Row:
        return {
            key: few(row[key])
            for key, (of, least) in cases.items()
            if row.get(key) is not None and (row.get(of) or 0) < least
        }

    return doubtful


def for_people(
    table: Table, currency: str, *, bar: str = "", first: Sequence[str] = ()
) -> Rows:
    """The rows as a table has them: names, a label for what has no key, bars, the total. A
    narrow screen has the figures `first` before others."""
    columns: list[Column] = [*_keys(table, named=True)]
    bar = "" if table.currency else bar  # bars of several currencies compare nothing
    most = max((abs(row[bar]) for row in table.rows if row.get(bar)), default=0) if bar else 0
    columns += _figures(table)
    if bar in (keys := [column.key for column in columns]):
        place = keys.index(bar) + 1
        place += keys[place : place + 1] in ([CURRENCY], [_BASE])
        columns.insert(place, Column(f"{bar}.bar", "bar", label=" "))
    doubtful = _doubts(table)
    names = table.names.values()
    shown: list[list[Any]] = []
    for row in table.rows:
        marked: Row = {key.name: NONE for key in table.keys if row.get(key.name) is None}
        marked |= doubtful(row)
        if bar and most and row.get(bar) is not None:
            marked[f"{bar}.bar"] = Decimal(row[bar]) / Decimal(most)
        shown.append(_cells({**row, **marked}, columns, currency))
    total = None
    if table.total is not None and table.rows and table.keys:
        whole = {key: value for key, value in table.total.items() if key not in names}
        whole |= doubtful(whole)
        total = _cells({**whole, table.keys[0].name: "total"}, columns, currency)
    wrap = table.total is None and any(figure.type == "text" for figure in table.columns)
    made = Rows(
        columns, shown, ids=_ids(table), total=total, notes=list(table.notes),
        ranked=_ranking(table, columns, first), wrap=wrap,
    )  # fmt: skip
    return few_noted(made, table)


def _ranking(table: Table, columns: Sequence[Column], first: Sequence[str]) -> list[str]:
    """The columns by importance: keys, then the figures `first`, then the others, then the ids
    of what has a name beside it, then bars."""
    figures = {figure.key for figure in table.columns}
    order = {key: place for place, key in enumerate(first)}

    def rank(key: str) -> tuple[bool, bool, bool, int]:
        return (
            key.endswith(".bar"), key in table.names, key in figures, order.get(key, len(order))
        )  # fmt: skip

    return sorted((column.key for column in columns), key=rank)


def _keys(table: Table, *, named: bool) -> list[Column]:
    columns = []
    for key in table.keys:
        columns.append(Column(key.name))
        if named and key.label:
            columns.append(Column(table.names[key.name]))
    return columns


def _figures(table: Table) -> list[Column]:
    """The columns of figures, the base currency after the first amount that is in it, unless rows
    say their currency themselves."""
    name = _BASE if any(key.name == CURRENCY for key in table.keys) else CURRENCY
    told = any(figure.key == CURRENCY for figure in table.columns)
    columns: list[Column] = []
    for figure in table.columns:
        columns.append(Column(figure.key, figure.type or "text", unit=figure.unit))
        based = figure.type == "money" and not figure.own
        if based and not told and name not in [column.key for column in columns]:
            columns.append(Column(name))
    return columns


def _cells(row: Row, columns: Sequence[Column], currency: str) -> list[Any]:
    """A row's values in the order of the columns; the base currency where it has none."""
    given = {_BASE: currency, CURRENCY: currency, **row}
    return [given.get(column.key) for column in columns]


def _ids(table: Table) -> list[str] | None:
    """The groups' ids, where the groups are records."""
    if not table.keys or not table.keys[0].ids:
        return None
    found = [row.get(table.keys[0].name) for row in table.rows]
    return [str(id) for id in found if id is not None]


def _ranked(value: Any) -> Any:
    return (value is None, "" if value is None else value)
