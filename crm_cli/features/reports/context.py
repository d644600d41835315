"""A report function's input: the request, and the ways to query the index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crm_cli.features.reports.columns import About, Figure, Key
from crm_cli.features.reports.table import Table
from crm_cli.model.errors import Problem
from crm_cli.model.exchange import unknown_balance
from crm_cli.model.kind import Kind
from crm_cli.model.money import round_money
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.periods import Period

if TYPE_CHECKING:
    from crm_cli.query.ast import Node
    from crm_cli.query.columns import Column
    from crm_cli.workspace import Workspace

_LOST, _MONEY = "unconverted", "money"


LookBack = Callable[["Workspace", str], object]
"""Has a workspace answer from the files of a date or a revision."""


class Asked(NamedTuple):
    """What is asked of a report. `options` are the values of its own, by name; `look_back` lets
    it answer from other states of the files."""

    terms: Sequence[str] = ()
    where: str | None = None
    period: str | None = None
    by: str | None = None
    options: Mapping[str, str] = {}
    everything: bool = False
    look_back: LookBack | None = None


class Listed(NamedTuple):
    """Rows as they are, with the keys and the types of their columns."""

    columns: tuple[tuple[str, str], ...]
    rows: list[tuple[Any, ...]]


class Context:
    """One run of a report over the files of a workspace.

    `period` are the days of `--period`, open where none was given; `problems` grow while
    the report is made.
    """

    def __init__(
        self, workspace: Workspace, about: About, asked: Asked, keys: Sequence[Key]
    ) -> None:
        self.workspace = workspace
        self.about = about
        self.asked = asked
        self.keys = tuple(keys)
        self.problems: list[Problem] = []
        self.limit: int | None = None
        """The number of groups that were made, where no others are needed."""

    @property
    def today(self) -> date:
        """The day by which the report is made."""
        return self.workspace.clock.today

    @property
    def currency(self) -> str:
        """The base currency, in which all amounts are."""
        return self.workspace.business.currency

    @cached_property
    def period(self) -> Period:
        """The days of `--period`."""
        return self.workspace.period(self.asked.period)

    def order(self, usual: str) -> str:
        """What rows are sorted by: groups that follow each other in time by that, others as the
        report has them, by `usual`."""
        return "" if any(key.timed for key in self.keys) else usual

    def option(self, name: str) -> str:
        """The value of one of the report's own options; empty where it has none."""
        return self.asked.options.get(name, "")

    @cached_property
    def node(self) -> Node:
        """The condition that terms, `-w` and the report itself are, on rows of its base."""
        from crm_cli.query.ast import EVERYTHING, And

        workspace, base = self.workspace, self.about.base
        scope = workspace.scope(base, everything=self.asked.everything)
        nodes = [workspace.node(scope, self.asked.terms, self.asked.where)]
        if self.about.terms or self.about.where:
            nodes.append(workspace.node(scope, self.about.terms, self.about.where or None))
        nodes = [node for node in nodes if node != EVERYTHING]
        return And(tuple(nodes))

    def of(self, kind: Kind, node: Node | None = None) -> Node:
        """The same, or another condition on rows of the base, for items of another kind: of which
        customers, or other rows, they are."""
        from crm_cli.query.ast import EVERYTHING, How, Quantified
        from crm_cli.query.fields import collection

        node = self.node if node is None else node
        if node == EVERYTHING:
            return EVERYTHING
        found = collection(self.about.base.name, kind)
        assert found is not None
        return Quantified(How.ANY, found, node)

    def items_of(self, kind: Kind, *terms: str, among: Node | None = None) -> Node:
        """The items of the report's customers, or of those of a condition, that further query
        terms describe."""
        from crm_cli.query.ast import And

        scope = self.workspace.scope(kind, everything=self.asked.everything)
        return And((self.of(kind, among), self.workspace.node(scope, terms)))

    def unknown_balance(self, path: str, name: str) -> None:
        """Tell of a customer whose balance is not known."""
        self.problems.append(unknown_balance(path, name))

    def groups(
        self,
        keys: Sequence[Key] | None = None,
        figures: Sequence[Figure] | None = None,
        *,
        kind: Kind | None = None,
        where: str = "",
        dated: str | None = None,
        among: Node | None = None,
        own: bool = False,
        totals: bool = True,
        sort: str | None = "",
        limit: int | None = None,
        apart: bool = False,
    ) -> Table:
        """Figures of groups of rows, all that count, and of all rows together.

        Keys and figures are the report's, the rows those of its base, unless others are
        given; of another kind they belong to the customers that the report is about.
        `where` and `among` choose among them, a full expression and a condition; `dated` is
        the date that the period goes by, `-` for none. With `own` the amounts of groups by
        currency are in that of their group. Without `totals` there are no figures of all rows
        together, which saves a pass over them. With a limit there are only the first groups
        in the order of `sort`, figures with or without a minus; the total is of all. Where
        `sort` is None they come in no order, which saves sorting them; with `apart` two records
        may have a group each where their keys are the same.
        """
        from crm_cli.query.ast import And
        from crm_cli.query.group import GroupQuery

        keys = self.keys if keys is None else keys
        figures = self.about.figures if figures is None else figures
        base = kind or self.about.base
        parts = next((key.parts for key in keys if key.parts is not None), None)
        nodes = [self.node if base is self.about.base else self.of(base)]
        if where:
            scope = self.workspace.scope(base, everything=self.asked.everything)
            nodes.append(self.workspace.node(scope, (), where))
        if among is not None:
            nodes.append(among)
        by_date = self.about.period if dated is None else dated
        if by_date != "-" and self.asked.period is not None:
            nodes.append(self.workspace.within(base, self.asked.period, by_date))
        table = Table(keys, figures, ())
        window = f"@{self.asked.period}" if self.asked.period else ""
        asked = [figure for figure in figures if figure.ask]
        names = [f"one:{key.label} as {table.names[key.name]}" for key in keys if key.label]
        money = any(measure.name == _LOST for measure in base.measures)
        query = GroupQuery(
            base,
            [f"{key.field} as {key.name}" for key in keys],
            [
                *names,
                *(f"{one.ask.replace('{@}', window)} as {one.key}" for one in asked),
                *([_LOST] if money else []),
            ],
            And(tuple(nodes)),
            self.about.having if kind is None else "",
            sort,
            limit,
            parts=parts,
            own=own,
            totals=totals,
            apart=apart,
            common=False,
        )
        found = self.workspace.group(query, everything=self.asked.everything)
        columns = [column.key for column in found.columns]
        types = {column.key: column for column in found.columns}
        rows = [dict(zip(columns, row, strict=True)) for row in found.rows]
        total = dict(zip(columns, found.total or (), strict=found.total is not None))
        if total.get(_LOST) or (not totals and any(row.get(_LOST) for row in rows)):
            self._lost(query)
        made = Table(keys, [self._typed(one, types, query.kind) for one in figures], rows, total)
        made.divide()
        return made

    def buyers(self, figures: Sequence[str]) -> list[tuple[Any, ...]]:
        """(id, figures …) of every customer with purchases in the period, whatever the terms:
        the figures are measures of purchases."""
        from crm_cli.model.purchase import PURCHASE
        from crm_cli.query.group import GroupQuery

        node = self.workspace.within(PURCHASE, self.asked.period)
        query = GroupQuery(PURCHASE, ["customer"], list(figures), node)
        return self.workspace.group(query, everything=self.asked.everything).rows

    def pivot(self, keys: Sequence[Key], figure: Figure, across: Key) -> Table:
        """One figure of groups, with a column for each value of a further key, and the total."""
        from crm_cli.query.group import GroupQuery

        query = GroupQuery(
            self.about.base,
            [f"{key.field} as {key.name}" for key in keys],
            [f"{figure.ask} as {figure.key}"],
            self._within(),
            self.about.having,
        )
        everything = self.asked.everything
        found = self.workspace.pivot(query, across.field, everything=everything)
        columns = found.columns[len(keys) :]
        figures = [
            Figure(one.key, "", "", type=one.type.name, own=_own(one), across=across.field)
            for one in columns
        ]
        names = [*(key.name for key in keys), *(one.key for one in columns)]
        rows = [dict(zip(names, row, strict=True)) for row in found.rows]
        return Table(keys, figures, rows, dict(zip(names, found.total or (), strict=True)))

    def listed(self, sort: str) -> Listed:
        """The rows that the report is about, with the columns that lists of them have."""
        base = self.about.base
        found = self.workspace.listed(base, self._within(), sort, everything=self.asked.everything)
        columns = tuple((one.key, one.type.name) for one in found.columns)
        return Listed(columns, found.rows)

    def _within(self) -> Node:
        """The condition for the report's rows, the period included."""
        from crm_cli.query.ast import And

        dated = self.about.period
        if dated == "-" or self.asked.period is None:
            return self.node
        within = self.workspace.within(self.about.base, self.asked.period, dated)
        return And((self.node, within))

    def rows(self, *cols: str, among: Node | None = None) -> list[tuple[Any, ...]]:
        """Columns of the rows that the report is about, whatever the period, in no order."""
        from crm_cli.query.ast import And

        node = self.node if among is None else And((self.node, among))
        everything = self.asked.everything
        return self.workspace.rows(self.about.base, node, cols, everything=everything)

    def _typed(self, figure: Figure, columns: Mapping[str, Column], kind: Kind) -> Figure:
        """A figure with the type that its aggregate turned out to have."""
        from crm_cli.query.figures import zero

        if not figure.ask:
            return figure
        type = figure.type or columns[figure.key].type.name
        start: Any = None
        if zero(figure.ask, kind):
            nothing = round_money(Decimal(0), self.currency)
            start = {"integer": 0, "money": nothing}.get(type, Decimal(0))
        return figure.but(type=type, start=start, own=_own(columns[figure.key]))

    def lost(self, currency: str, day: date | None) -> None:
        """Tell of a purchase whose amounts have no rate."""
        told = _problem(currency, 1, day)
        if told not in self.problems:
            self.problems.append(told)

    def _lost(self, query: Any) -> None:
        """Tell of the amounts that have no rate."""
        missing = self.workspace.unconverted(query, everything=self.asked.everything)
        self.problems += [_problem(*one) for one in missing]


def _own(column: Column) -> bool:
    """Whether a column has amounts that are not in the base currency."""
    return column.type.name == _MONEY and not column.base


def _problem(currency: str, count: int, day: date | None) -> Problem:
    several = count != 1
    return Problem(
        "rates.yaml",
        0,
        0,
        "missing-rate",
        f"{count} purchase{'s' if several else ''} in {currency} {'are' if several else 'is'} "
        "left out of the sums: there is no rate"
        + (f" on or before {day}" if day else f" of {currency}"),
        f"add the rate: {day}: {{{currency}: 1.08}}" if day else "add one to rates.yaml",
    )
