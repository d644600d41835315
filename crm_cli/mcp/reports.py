"""The tool `report`: the built-in reports, with the groups that may leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_cli.features.as_of import look_back
from crm_cli.features.reports import REPORTS, load
from crm_cli.features.reports.charting import is_timed
from crm_cli.features.reports.columns import Key
from crm_cli.features.reports.context import Asked
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.running import answer, keys_of
from crm_cli.features.reports.table import for_programs
from crm_cli.mcp import schema
from crm_cli.mcp.answers import Answer, Page, part
from crm_cli.mcp.guarding import check_terms, column_leaves
from crm_cli.mcp.reading import PAGED, TERMS
from crm_cli.mcp.tool import Bench, Tool
from crm_cli.model.cells import NUMBERS
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.leaving import Leaving

_HARMLESS = NUMBERS | {"boolean", "series", "date", "date or time", "moment"}


def _report(bench: Bench, given: Mapping[str, Any], page: Page) -> Answer:
    """The rows of a report; a text that is no group, and not declared public, stays."""
    report, leaving = load(given["name"]), bench.leaving
    terms, by = given.get("terms", []), given.get("by")
    check_terms(bench.workspace, leaving, report.base, terms, None)
    for key in keys_of(report, by):
        if not _key_leaves(leaving, report, key):
            raise Refused(
                f"{report.name} by {key.name} shows a field that agents may not see",
                "group it by something else; mcp.fields of crm.yaml lists what may leave",
            )
    period = given.get("period")
    if period is not None and report.standing:
        raise UsageError(f"{report.name} is of today, and has no period", "leave period out")
    asked = Asked(terms, None, period, by, look_back=look_back)
    found = answer(bench.workspace, report, asked)
    rows = for_programs(found.table, found.currency, named=True)
    keys = {key.name for key in found.table.keys}
    public = {figure.key for figure in found.table.columns if figure.public}
    names = {found.table.names[key.name]: key for key in found.table.keys if key.label}
    left: list[str] = []
    shown: list[str] = []
    for column in rows.columns:
        fine = column.key in keys or column.key in public or column.type in _HARMLESS
        if column.key in names:
            fine = _field_leaves(leaving, report, names[column.key].label)
        (shown if fine or column.key == "currency" else left).append(column.key)
    made = [{key: record[key] for key in shown} for record in rows.records()]
    own = {"report": report.name, "meaning": report.formula}
    return part(made, page, {**own, **({"withheld": left} if left else {})})


def _key_leaves(leaving: Leaving, report: Report, key: Key) -> bool:
    """True if the values of a grouping key may leave: ids, times, what is public or listed."""
    return key.ids or key.public or is_timed(key) or _field_leaves(leaving, report, key.field)


def _field_leaves(leaving: Leaving, report: Report, field: str) -> bool:
    try:
        return column_leaves(leaving, report.base, field)
    except UsageError:
        return False


REPORT = Tool(
    "report",
    "Make a report",
    "Compute one of the built-in reports: sales, receivables, pipeline, churn and so on. The tool "
    "help with the topic `report NAME` explains one.",
    schema.arguments(
        {
            "name": schema.text("the report", REPORTS),
            "period": schema.text("a period: last-month, 2026, 2026-q3"),
            "by": schema.text("a row for each value of these keys: month, product, owner"),
            "terms": TERMS,
            **PAGED,
        },
        ["name"],
    ),
    _report,
)
