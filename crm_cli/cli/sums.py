"""Sums of purchases as rows and as bars."""

from __future__ import annotations

from typing import Any

from crm_cli.features.summaries import By, Summary, Sums
from crm_cli.model.rows import Chart, Column, Rows

NONE = "(none)"
"""The label of what belongs to no group, for people."""

_FIGURES = (
    Column("orders", "integer"),
    Column("units", "decimal"),
    Column("net", "money"),
    Column("currency"),
    Column("share", "percent"),
    Column("first", "date"),
    Column("last", "date"),
)


def summary_rows(
    found: Summary, by: By | None, *, people: bool, named: bool, limit: int | None = None
) -> Rows:
    """The groups as rows, or the total as the only one where there are no groups.

    `people` see the total below, the names of customers and products, and a label where
    there is none; `named` has the names as a column to be picked. The chart is for people.
    """
    if by is None:
        return Rows(_FIGURES, [_figures(found.total, found.currency)], none="no purchases")
    with_names = (people or named) and by in (By.CUSTOMER, By.PRODUCT)
    shown = found.groups[:limit]
    rows = []
    for sums in shown:
        group = NONE if people and sums.group is None else sums.group
        names = [sums.name] if with_names else []
        rows.append([group, *names, *_figures(sums, found.currency)])
    columns = [Column(by.value), *([Column("name")] if with_names else []), *_FIGURES]
    total: list[Any] | None = None
    if people and found.groups:
        total = ["total", *([None] if with_names else []), *_figures(found.total, found.currency)]
    ids = None
    if by in (By.CUSTOMER, By.PRODUCT):
        ids = [sums.group for sums in shown if sums.group is not None]
    labels = ("name", by.value) if with_names else (by.value,)
    return Rows(
        columns,
        rows,
        ids=ids,
        total=total,
        none="no purchases",
        chart=Chart(value="net", labels=labels, unit=found.currency),
    )


def _figures(sums: Sums, currency: str) -> list[Any]:
    return [sums.orders, sums.units, sums.net, currency, sums.share, sums.first, sums.last]
