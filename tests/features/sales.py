"""The report `sales`, asked in a line; `crm purchase summary` shows the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.features.reports import load
from crm_cli.features.reports.context import Asked
from crm_cli.features.reports.running import answer
from crm_cli.model.errors import Problem
from crm_cli.workspace import Workspace

KEYS = tuple(key.name for key in load("sales").by)


class Sums(NamedTuple):
    """A row of the report; its total is of no group."""

    group: str | None
    name: str | None
    orders: int
    units: Decimal
    net: Decimal | None
    share: Decimal | None
    first: date | None
    last: date | None


class Summary(NamedTuple):
    """The groups, the total of all of them, the base currency, what is left out."""

    groups: tuple[Sums, ...]
    total: Sums
    currency: str
    problems: tuple[Problem, ...]


def summarize(
    workspace: Workspace,
    terms: Sequence[str] = (),
    *,
    by: str | None = None,
    where: str | None = None,
    period: str | None = None,
    everything: bool = False,
) -> Summary:
    """The rows of the report; without `by` there is none but the total."""
    asked = Asked(terms, where, period, by, {}, everything)
    found = answer(workspace, load("sales"), asked)
    table = found.table
    assert table.total is not None
    groups = tuple(_sums(row, by) for row in table.rows) if by is not None else ()
    total = _sums(table.total, None)._replace(name=None)
    return Summary(groups, total, found.currency, found.problems)


def _sums(row: dict[str, Any], by: str | None) -> Sums:
    group = None if by is None else row[by]
    figures = (row[name] for name in ("orders", "units", "net", "share", "first", "last"))
    return Sums(group, row.get("name"), *figures)
