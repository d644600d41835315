"""Running a report: grouping keys, rows, order and comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crm_cli.features.reports.columns import Key
from crm_cli.features.reports.comparing import Comparison, compared, other
from crm_cli.features.reports.context import Asked, Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Table
from crm_cli.model.errors import Problem, UsageError
from crm_cli.model.text import did_you_mean
from crm_cli.workspace import Workspace


class Answered(NamedTuple):
    """A report as it was made; `problems` are amounts that it leaves out."""

    report: Report
    table: Table
    currency: str
    problems: tuple[Problem, ...]


def answer(
    workspace: Workspace,
    report: Report,
    asked: Asked = Asked(),  # noqa: B008 - never changed
    *,
    comparison: Comparison | None = None,
    sort: str | None = None,
    limit: int | None = None,
) -> Answered:
    """The rows of a report; raises UsageError for what cannot be asked."""
    usual = {choice.name: choice.default for choice in report.options}
    asked = asked._replace(options={**usual, **asked.options})
    keys = keys_of(report, asked.by)
    context = Context(workspace, report, asked, keys)
    table = made(report, context)
    problems = list(context.problems)
    if comparison is not None:
        with other(context, comparison) as beside:
            table = compared(table, made(report, beside), context.period, beside.period)
            problems += [one for one in beside.problems if one not in problems]
    if sort or comparison is not None:
        table.sort(sort or _order(report, keys))
    if limit is not None:
        del table.rows[limit:]
    return Answered(report, table, context.currency, tuple(problems))


def made(report: Report, context: Context) -> Table:
    """The table of one run, in the report's own order."""
    table = _computed(report, context)
    if report.counts and not table.keys:
        table.rows = [row for row in table.rows if any(row.get(key) for key in report.counts)]
    return table


def _computed(report: Report, context: Context) -> Table:
    if report.compute is not None:
        return report.compute(context)
    # What follows from all groups is computed in one currency.
    table = context.groups(own=report.finish is None)
    table.sort(_order(report, context.keys))
    if report.finish is not None:
        report.finish(context, table)
    return table


def keys_of(report: Report, text: str | None) -> list[Key]:
    """The keys that `--by` names; raises UsageError with the nearest."""
    names = report.usual if text is None else tuple(part.strip() for part in text.split(","))
    found = []
    for name in names:
        key = report.key(name.lower())
        if key is None and report.open and name:
            key = _field(report, name)
        if key is None:
            known = [one.name for one in report.by]
            near = did_you_mean(name, known)
            raise UsageError(
                f"{report.name} has no --by {name}",
                f"{near} there are: {', '.join(known)}".strip(),
            )
        found.append(key)
    if len({key.name for key in found}) < len(found):
        raise UsageError(f"--by {text} names a key twice")
    return found


def _field(report: Report, name: str) -> Key | None:
    """Any other field of the rows, or of the parts that they are taken apart into."""
    from crm_cli.query.fault import Unknown
    from crm_cli.query.fields import resolve
    from crm_cli.query.figures import figure_key
    from crm_cli.query.keys import PARTS

    head, dot, part = name.rpartition(".")
    bare = head if dot and part in PARTS else name
    timed = bare != name and part != "weekday"
    kinds = [report.base, *(key.parts for key in report.by if key.parts is not None)]
    for kind in dict.fromkeys(kinds):
        try:
            ref = resolve(bare, kind)
        except Unknown:
            continue
        if ref.many and not ref.lifted:
            continue
        parts = None if kind is report.base else kind
        return Key(figure_key(name), name, ref.doc, parts=parts, timed=timed)
    return None


def _order(report: Report, keys: Sequence[Key]) -> str:
    """Groups that follow each other in time are in its order, others in the report's."""
    return "" if any(key.timed for key in keys) else report.sort
