"""Output of a report: in the requested format, as a chart, or into a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_cli.cli.columns import only
from crm_cli.cli.options import Shape
from crm_cli.cli.outputs import TABLE
from crm_cli.cli.session import Session
from crm_cli.features.reports.charting import chart_of
from crm_cli.features.reports.comparing import Comparison
from crm_cli.features.reports.context import Asked
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.running import Answered, answer
from crm_cli.features.reports.table import few_noted, for_people, for_programs
from crm_cli.formats.tables import TABLES, TableFormat
from crm_cli.model.errors import UsageError
from crm_cli.model.rows import Rows
from crm_cli.model.text import visible
from crm_cli.render.screen import Screen

if TYPE_CHECKING:
    from crm_cli.workspace import Workspace


def answer_report(session: Session, report: Report, given: dict[str, Any]) -> None:
    """Answer with a report; `given` are the values of the options by name."""
    shape = Shape(**{name: given[name] for name in Shape._fields})
    session.look_back(shape.as_of)
    form = _form(session, shape, given["to"])
    chart = given["chart"]
    if chart and (shape.output or shape.json or shape.cols):
        raise UsageError("--chart draws for people", "leave -o, --json and --cols out")
    asked, beside = asked_of(session, report, given)
    found = answer(
        session.workspace,
        report,
        asked,
        comparison=beside,
        sort=given["sort"],
        limit=shape.limit,
    )
    session.report(found.problems)
    session.negative = "exit-code" in asked.options and bool(found.table.rows)
    _show(session, found, form, shape, chart=chart, to=given["to"], force=given["force"])


def asked_of(
    session: Session, report: Report, given: dict[str, Any]
) -> tuple[Asked, Comparison | None]:
    """What the options ask of a report, and what they compare it with."""
    owner = given["owner"]
    terms = session.terms(given["terms"], report.base)
    asked = Asked(
        [*terms, *([f"owner:{owner}"] if owner is not None else [])],
        given["where"],
        given.get("period"),
        given["by"],
        _options(report, given),
        given.get("all", False),
        _look_back,
    )
    if given.get("compare") is None and given.get("compare_as_of") is None:
        return asked, None
    return asked, Comparison(given.get("compare"), given.get("compare_as_of"), _look_back)


def _look_back(workspace: Workspace, text: str) -> str:
    from crm_cli.features.as_of import look_back

    return look_back(workspace, text)


def _options(report: Report, given: dict[str, Any]) -> dict[str, str]:
    """The values of the report's own options that were given; a flag's is its name."""
    values = {one.name: given[one.key] for one in report.options}
    return {
        name: name if value is True else str(value)
        for name, value in values.items()
        if value not in (None, False)
    }


def _form(session: Session, shape: Shape, to: str | None) -> TableFormat:
    """The format asked for, else that of the file's ending, else a table."""
    otherwise = TABLE
    if to not in (None, "-"):
        suffix = Path(str(to)).suffix.lower()
        otherwise = next((one for one in TABLES if suffix in one.suffixes), TABLE)
    return session.form(shape, otherwise=otherwise)


def _show(
    session: Session,
    found: Answered,
    form: TableFormat,
    shape: Shape,
    *,
    chart: bool,
    to: str | None,
    force: bool,
) -> None:
    people = form is TABLE and not shape.cols
    if people:
        rows = for_people(
            found.table, found.currency, bar=found.report.bar, first=found.report.ranked
        )
        rows = _with_chart(rows, found, chart=chart)
    else:
        table = form is TABLE
        rows = for_programs(found.table, found.currency, named=bool(shape.cols), marked=table)
        rows = only(rows, shape.cols)
        if table:
            rows = few_noted(rows, found.table)
    rows = rows.but(name=found.report.name)
    header = not shape.no_header
    if to not in (None, "-"):
        _save(session, Path(str(to)), rows, form, chart=chart, header=header, force=force)
    elif chart:
        from crm_cli.render import shapes

        session.draw(shapes.chart, rows)
    else:
        session.show(rows, form, header=header)


def _with_chart(rows: Rows, found: Answered, *, chart: bool) -> Rows:
    try:
        return rows.but(chart=chart_of(found))
    except UsageError:
        if chart:
            raise
        return rows


def _save(
    session: Session,
    path: Path,
    rows: Rows,
    form: TableFormat,
    *,
    chart: bool,
    header: bool,
    force: bool,
) -> None:
    from crm_cli.features.reports.saving import save
    from crm_cli.render.chart import chart_lines
    from crm_cli.render.output import rows_lines

    pieces: Iterable[str | bytes]
    if chart:
        pieces = chart_lines(rows, Screen())
    elif form is TABLE:
        pieces = rows_lines(rows, Screen(), header=header)
    else:
        pieces = session.written(rows, form, header=header)
    save(path, list(pieces), force=force)
    session.say(f"written to {visible(str(path))}")
