"""`crm report forecast`."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.selling import MONTH, OWNER, SOURCE, nothing
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.deal import DEAL

PAST = "past"
"""The row of open deals whose expected close is past."""
_MONEY = ("closed", "commit", "best_case", "pipeline", "weighted", "amount")
_OPEN = (
    Figure("commit", "sum(value where forecast = commit)", "open deals that are sure"),
    Figure("best_case", "sum(value where forecast = best_case)", "those of the best case"),
    Figure("pipeline", "sum(value where forecast = pipeline)", "all others but omitted ones"),
    Figure("weighted", "sum:weighted", "amount × probability of all open deals"),
)
_AMOUNT = Figure("amount", "sum:value", "what all open deals are worth")
_CLOSED = (Figure("closed", "sum:value", "won in the month"),)
_COLUMNS = (
    Figure("closed", "", "won in the month", type="money"),
    *(one.but(ask="", type="money") for one in _OPEN),
    Figure("quota", "", "of the owners, from users in crm.yaml", type="money"),
    Figure(
        "coverage",
        "",
        "commit, best_case and pipeline ÷ what is missing to the quota",
        type="decimal",
        compared=False,
    ),
)


def _compute(context: Context) -> Table:
    others = [key for key in context.keys if key is not MONTH]
    keys = (MONTH, *others)
    rows: dict[tuple[Any, ...], Row] = {}
    open = (*_OPEN, _AMOUNT)
    asked: tuple[tuple[tuple[Key, ...], tuple[Figure, ...], str, str], ...] = (
        (tuple(others), open, "is(slipped)", "expected_close"),
        (keys, open, "status = open and not is(slipped)", "expected_close"),
        ((MONTH.but(field="ended.month"), *others), _CLOSED, _won(context), "ended"),
    )
    for number, (by, figures, where, dated) in enumerate(asked):
        for row in context.groups(by, figures, where=where, dated=dated).rows:
            if not any(row[figure.key] for figure in figures if figure is not _AMOUNT):
                continue
            month = PAST if number == 0 else row["month"]
            group = (month, *(row.get(key.name) for key in others))
            made = rows.setdefault(group, dict(zip(_names(keys), group, strict=True)))
            made |= {figure.key: row[figure.key] for figure in figures}
    zero = nothing(context)
    for row in rows.values():
        for key in _MONEY:
            row.setdefault(key, zero)
        _cover(row, context)
    return Table(keys, _COLUMNS, _ordered(rows.values(), others), _total(rows.values(), zero))


def _won(context: Context) -> str:
    """Of a period what was won in it; else from this month on: a forecast looks ahead."""
    return "status = won" if context.asked.period else "status = won and ended >= som"


def _names(keys: Iterable[Key]) -> list[str]:
    return [key.name for key in keys]


def _ordered(rows: Iterable[Row], others: Iterable[Key]) -> list[Row]:
    """What is past first, then the months, those without a date last."""
    names = _names(others)

    def order(row: Row) -> tuple[Any, ...]:
        month = row["month"]
        rank = 0 if month == PAST else 2 if month is None else 1
        return (rank, month or "", [(row[name] is None, row[name] or "") for name in names])

    return sorted(rows, key=order)


def _cover(row: Row, context: Context) -> None:
    """The quota of a month, and how far the open deals cover what is missing to it."""
    row["quota"] = row["coverage"] = None
    if row["month"] in (None, PAST):
        return
    quotas = context.workspace.business.quotas
    owners = [row["owner"]] if "owner" in row else _owners(context) or list(quotas)
    found = [Decimal(quotas[owner]) for owner in owners if owner in quotas]
    if not found:
        return
    row["quota"] = quota = sum(found, nothing(context))
    missing = quota - row["closed"]
    if missing > 0:
        row["coverage"] = quotient(row["commit"] + row["best_case"] + row["pipeline"], missing)


def _owners(context: Context) -> list[str]:
    """The owners that the terms ask for."""
    found: list[str] = []
    for term in context.asked.terms:
        key, _, values = term.partition(":")
        if key in ("owner", "owner.is"):
            found += [str(context.workspace.me(one.strip())) for one in values.split(",")]
    return found


def _total(rows: Iterable[Row], zero: Decimal) -> Row:
    total: Row = dict.fromkeys(_MONEY, zero)
    for row in rows:
        for key in _MONEY:
            total[key] += row[key]
    return total


REPORT = Report(
    name="forecast",
    answers="Show what will come in, month by month: won, committed, possible; against quota.",
    formula="Open deals by the month of their expected close: those whose date is past in a row "
    "of their own, first, those without one in a row without a month. closed is what was won in "
    "the month, from this month on unless --period says otherwise; commit, best_case and pipeline "
    "go by forecast_category of the stage, omitted ones are in weighted alone. The weighted "
    "amounts of all rows are those of crm report pipeline. quota is that of the owners (users in "
    "crm.yaml), coverage = (commit + best_case + pipeline) ÷ (quota − closed). What was said "
    "then, and what came: --as-of 2026-10-01 --compare-as-of now.",
    example="--by owner",
    group="Selling",
    base=DEAL,
    by=(MONTH, OWNER, SOURCE),
    usual=("month",),
    open=False,
    figures=_COLUMNS,
    period="-",
    bar="weighted",
    shape="stacked",
    whole=("amount", "rest of the full value"),
    title="What will come in by month, weighted by its probability",
    compute=_compute,
)
