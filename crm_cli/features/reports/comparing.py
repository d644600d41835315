"""Comparing a report with another period, or with another state of the files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from crm_cli.features.reports.columns import Figure
from crm_cli.features.reports.context import Context, LookBack
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.dates import days_in_month
from crm_cli.model.duration import add_months
from crm_cli.model.errors import UsageError
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.periods import Period
from crm_cli.model.rows import Fraction, fraction
from crm_cli.workspace import Workspace

_NUMBERS = ("integer", "decimal", "money", "share", "rate")
NOW = "now"


class Comparison(NamedTuple):
    """With what a report is compared: a period (or `previous`, `year-ago`), or other files.

    `look_back` goes to the files that `as_of` means, unless those are the present ones.
    """

    period: str | None = None
    as_of: str | None = None
    look_back: LookBack | None = None


@contextmanager
def other(context: Context, comparison: Comparison) -> Iterator[Context]:
    """The same report over the other period, or the other files, by the same clock."""
    asked, workspace = context.asked, context.workspace
    if comparison.period is not None:
        asked = asked._replace(period=_period(context, comparison.period))
    if comparison.as_of is None:
        yield Context(workspace, context.about, asked, context.keys)
        return
    clock = workspace.clock
    beside = Workspace(
        workspace.root,
        today=clock.now.isoformat(),
        user=workspace.user,
        lock_timeout=workspace.lock_timeout,
        environ=workspace.environ,
        command=workspace.command,
    )
    try:
        if comparison.as_of != NOW and comparison.look_back is not None:
            comparison.look_back(beside, comparison.as_of)
        yield Context(beside, context.about, asked, context.keys)
    finally:
        beside.close()


def compared(table: Table, beside: Table, period: Period, then: Period) -> Table:
    """Each number with that of the other table, the change, and the change as a fraction.

    Groups of a time stand beside those that lie as far from the beginning of their period.
    Groups that only the other table has come after; there is nothing of them in this one.
    """
    figures = [one for one in table.columns if one.type in _NUMBERS and one.compared]
    months = _months(then, period)
    for row in beside.rows:
        for key in table.keys:
            if key.timed and row.get(key.name):
                row[key.name] = _moved(row[key.name], months)
    others = {beside.group(row): row for row in beside.rows}
    names = [*(key.name for key in table.keys), *table.names.values()]
    rows = [_joined(row, others.pop(table.group(row), {}), figures) for row in table.rows]
    rows += [
        _joined({name: row.get(name) for name in names}, row, figures) for row in others.values()
    ]
    columns: list[Figure] = []
    plain: dict[str, Any] = {"drawn": False, "label": ""}
    for figure in table.columns:
        columns.append(figure)
        if figure in figures:
            columns += [
                figure.but(
                    key=f"{figure.key}_compared", cases="", doc="the same, compared with", **plain
                ),
                figure.but(key=f"{figure.key}_change", cases="", doc="the difference", **plain),
                Figure(f"{figure.key}_growth", "", "the difference as a fraction", type="share"),
            ]
    total = None
    if table.total is not None:
        total = _joined(table.total, beside.total or {}, figures)
    return Table(table.keys, columns, rows, total, table.notes)


def _months(then: Period, now: Period) -> int:
    """How many months one period begins after another; 0 where that is not whole months."""
    if then.start is None or now.start is None or then.start.day != now.start.day:
        return 0
    return (now.start.year - then.start.year) * 12 + now.start.month - then.start.month


def _moved(time: str, months: int) -> str:
    """A month, quarter or year, so many months later; itself where it would lie between two."""
    year, _, part = time.partition("-")
    length = {"": 12, "q": 3}.get(part[:1], 1 if part[:1].isdigit() else 0)
    if not length or months % length:
        return time
    whole = int(year) * (12 // length) + int(part.lstrip("q") or 1) - 1 + months // length
    year, number = f"{whole // (12 // length):04}", whole % (12 // length) + 1
    return year if length == 12 else f"{year}-q{number}" if length == 3 else f"{year}-{number:02}"


def _joined(row: Row, beside: Row, figures: list[Figure]) -> Row:
    joined = dict(row)
    for figure in figures:
        now = row.get(figure.key, figure.start)
        then = beside.get(figure.key, figure.start)
        change = _change(now, then)
        joined[figure.key] = now
        joined[f"{figure.key}_compared"] = then
        joined[f"{figure.key}_change"] = change
        joined[f"{figure.key}_growth"] = quotient(_exact(change), _size(then))
    return joined


def _change(now: Any, then: Any) -> Any:
    """The difference of two figures; of fractions that of their exact values, rounded once."""
    if now is None or then is None:
        return None
    if isinstance(now, Fraction) and isinstance(then, Fraction):
        return fraction(now.exact - then.exact)
    return now - then


def _size(value: Any) -> Any:
    return None if value is None else abs(Decimal(_exact(value)))


def _exact(value: Any) -> Any:
    return value.exact if isinstance(value, Fraction) else value


def _period(context: Context, text: str) -> str:
    """The period that `--compare` means, as `--period` would give it."""
    if text not in ("previous", "year-ago"):
        context.workspace.period(text, option="--compare")
        return text
    period = context.period
    if period.start is None or period.end is None:
        raise UsageError(
            f"--compare {text} needs the period that it is {'before' if text[0] == 'p' else 'of'}",
            "add --period 2026-q3, or another with both ends",
        )
    days = Period(period.start, period.end)
    start, end = _year_ago(days) if text == "year-ago" else previous(period.start, period.end)
    return f"{start.isoformat()}..{end.isoformat()}"


def previous(start: date, end: date) -> tuple[date, date]:
    """The period just before one, as long: whole months before whole months, else as many days."""
    before = start - timedelta(days=1)
    after = end + timedelta(days=1)
    if start.day == after.day == 1:
        months = (after.year - start.year) * 12 + after.month - start.month
        return add_months(start, -months), before
    return start - (after - start), before


def _year_ago(period: Period) -> tuple[date, date]:
    """The same days of the year before; to the end of a month where that is one."""
    assert period.start is not None and period.end is not None
    end = add_months(period.end, -12)
    if period.end.day == days_in_month(period.end.year, period.end.month):
        end = end.replace(day=days_in_month(end.year, end.month))
    return add_months(period.start, -12), end
