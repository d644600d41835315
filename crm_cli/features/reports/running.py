"""Running a report: grouping keys, rows, order and comparison."""

from __future__ import annotations

from crm_cli.features.reports.columns import Key
from crm_cli.features.reports.comparing import Comparison, compared, other
from crm_cli.features.reports.context import Asked, Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Table
from crm_cli.model.errors import Problem, UsageError
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.periods import Period
from crm_cli.model.text import did_you_mean
from crm_cli.workspace import Workspace


class Answered(NamedTuple):
    """A report as it was made; `problems` are amounts that it leaves out, `days` those of the
    period that chose its rows, open where none did."""

    report: Report
    table: Table
    currency: str
    problems: tuple[Problem, ...]
    days: Period = Period(None, None)


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
    table = made(report, context, limit if comparison is None and not sort else None)
    problems = list(context.problems)
    if comparison is not None:
        with other(context, comparison) as beside:
            table = compared(table, made(report, beside), context.period, beside.period)
            problems += [one for one in beside.problems if one not in problems]
    if sort or comparison is not None:
        table.sort(sort or context.order(report.sort))
    if limit is not None:
        del table.rows[limit:]
    days = Period(None, None) if report.period == "-" else context.period
    return Answered(report, table, context.currency, tuple(problems), days)


def made(report: Report, context: Context, limit: int | None = None) -> Table:
    """The table of one run, in the report's own order; with a limit at least so many rows, if
    there are as many."""
    table = _computed(report, context, limit)
    if report.counts and not table.keys:
        table.rows = [row for row in table.rows if any(row.get(key) for key in report.counts)]
    return table


def _computed(report: Report, context: Context, limit: int | None) -> Table:
    if report.compute is not None:
        return report.compute(context)
    order = context.order(report.sort)
    # What follows from all groups is computed in one currency.
    own = report.finish is None
    if (own or report.leading) and _in_order_of_ids(report, context, order):
        context.limit = limit
        table = context.groups(own=own, sort=order, limit=limit)
    else:
        table = context.groups(own=own)
    table.sort(order)
    if report.finish is not None:
        report.finish(context, table)
    return table


def _in_order_of_ids(report: Report, context: Context, order: str) -> bool:
    """Whether the index can put the groups in order just as a table does: by figures of its own
    in the base currency, then by the records that the groups are."""
    asked = {one.key for one in report.figures if one.ask}
    sorted_by = {part.strip(" +-") for part in order.split(",") if part.strip()}
    keys = context.keys
    return bool(keys) and all(key.ids for key in keys) and sorted_by <= asked


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
            hints = [did_you_mean(name, known)]
            if known:
                hints.append(f"there are: {', '.join(known)}")
            if report.open:
                hints.append(f"and the fields of {report.base.key}: crm query fields")
            raise UsageError(f"{report.name} has no --by {name}", " ".join(filter(None, hints)))
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
