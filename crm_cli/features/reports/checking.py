"""Checking the business's own reports, each mistake with its place."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.reports.context import Asked
from crm_cli.features.reports.own import Ask, defaults, kind_of, made, names, taken
from crm_cli.features.reports.running import answer
from crm_cli.model.errors import CrmError, DataError, Problem
from crm_cli.model.item import Item
from crm_cli.model.places import REPORTS as FOLDER
from crm_cli.model.report import QUERY_KEYS
from crm_cli.model.report import REPORT as KIND
from crm_cli.model.segment import place
from crm_cli.model.text import did_you_mean
from crm_cli.model.written import value_node
from crm_cli.workspace import Workspace

_CODE = "report"
_SHAPING = ("group_by", "agg", "having", "pivot", "sort")
"""What shapes the answer, in the order in which it is tried."""


def problems(workspace: Workspace, ask: Ask) -> Iterator[Problem]:
    """The faults of all reports in reports/; files that cannot be read are told of elsewhere."""
    for name in names(workspace):
        path = FOLDER.file(name)
        try:
            item = workspace.open(path, workspace.tree.read(path)).record
        except (DataError, FileNotFoundError):
            continue
        for key, message, hint, asked in _faults(workspace, item, name, ask):
            line, column = _place(item, key, asked)
            yield Problem(path, line, column, _CODE, message, hint)


Fault = tuple[str, str, str, str]
"""(key, message, hint, the text within the value that it is about)"""


def _faults(workspace: Workspace, item: Item, name: str, ask: Ask) -> Iterator[Fault]:
    for reason in taken(name):
        yield "title", reason, "give the file another name", ""
    known = list(KIND.by_name)
    for key in item.extra:
        hint = did_you_mean(key, known) or f"known: {', '.join(KIND.by_key)}"
        yield key, f"a report has no '{key}'", hint, ""
    asked = [key for key in QUERY_KEYS if key in item.values]
    if "sql" in item.values and asked:
        yield asked[0], f"this report has both sql and {asked[0]}", "leave one of them out", ""
        return
    if "sql" not in item.values and not asked:
        hint = "add query or where, with group_by and agg; or sql"
        yield "title", "this report asks for nothing", hint, ""
        return
    if "sql" in item.values:
        yield from _of_sql(workspace, item, ask)
        return
    yield from _of_query(workspace, item, name, ask)


def _of_sql(workspace: Workspace, item: Item, ask: Ask) -> Iterator[Fault]:
    """SQL is tried with the parameters that it has, and those that are given when it is run."""
    import re

    statement = str(item.values["sql"])
    day = workspace.clock.today.isoformat()
    given = dict.fromkeys(re.findall(r":([a-z_]\w*)", statement), day)
    unknown = [name for name in defaults(item) if name not in given]
    if unknown:
        yield "params", f"the statement has no parameter :{unknown[0]}", "", ""
        return
    try:
        ask(workspace, statement, {**given, **defaults(item)})
    except CrmError as error:
        yield "sql", error.message.splitlines()[0], _one_line(error.hint), ""


def _of_query(workspace: Workspace, item: Item, name: str, ask: Ask) -> Iterator[Fault]:
    """The condition, then what shapes the answer, a key at a time: the first fault is told."""
    from crm_cli.query.fault import QueryError

    try:
        base = kind_of(item)
    except DataError as error:
        yield "kind", error.message, error.hint, ""
        return
    scope = workspace.scope(base)._replace(user="me")
    try:
        workspace.node(scope, item.values.get("query") or (), item.values.get("where"))
    except QueryError as error:
        key = "query" if "query" in item.values else "where"
        for fault in error.faults:
            at = next((one for one in ("query", "where") if fault.span.text in _texts(item, one)),
                      key)  # fmt: skip
            yield at, fault.message, _one_line(fault.hint), fault.span.text[fault.span.start :]
        if not error.faults:
            yield key, error.message, _one_line(error.hint), ""
        return
    if "group_by" not in item.values:
        for key in ("having", "pivot"):
            if key in item.values:
                yield key, f"{key} needs groups", "add group_by", ""
                return
    tried = Item(item.kind)
    tried.values = {key: held for key, held in item.values.items() if key not in _SHAPING}
    for key in _SHAPING:
        if key not in item.values:
            continue
        tried.values[key] = item.values[key]
        try:
            answer(workspace, made(tried, name, ask, {}), Asked(), limit=0)
        except CrmError as error:
            yield key, error.message.splitlines()[0], _one_line(error.hint), ""
            return


def _texts(item: Item, key: str) -> list[str]:
    held = item.values.get(key) or ()
    return [held] if isinstance(held, str) else list(held)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _place(item: Item, key: str, asked: str) -> tuple[int, int]:
    """Where a part of a key's value stands; else the value, else the report."""
    if asked:
        return place(item, asked, 0)
    node = item.extra.get(key) or value_node(item, key) or item.node
    return (node.line, node.column) if node is not None else (0, 0)
