"""The business's own reports, in reports/: a query, or SQL over the documented views."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from crm_cli.features.reports import REPORTS, TAKEN, load
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Table
from crm_cli.model.errors import DataError, NotFound, UsageError
from crm_cli.model.ids import is_customer_id
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.places import REPORTS as FOLDER
from crm_cli.model.report import QUERY_KEYS
from crm_cli.model.report import REPORT as KIND
from crm_cli.model.text import did_you_mean
from crm_cli.workspace import Workspace

OWN = "Your own"
"""The heading of the business's own reports."""


class Answered(Protocol):
    """What a statement answers."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows."""


Ask = Callable[[Workspace, str, Mapping[str, str]], Answered]
"""Asks SQL over the documented views, with its parameters."""


class Described(NamedTuple):
    """A report in the list of reports."""

    name: str
    group: str
    answers: str


def described(workspace: Workspace) -> list[Described]:
    """Every report: the built-in ones, then the business's own."""
    found = [Described(one.name, one.group, one.answers) for one in map(load, REPORTS)]
    return found + [
        Described(name, OWN, ": ".join(filter(None, (title, describe))))
        for name, title, describe in sorted(_rows(workspace))
    ]


def names(workspace: Workspace) -> list[str]:
    """The names of the business's own reports."""
    return sorted(name for name, _, _ in _rows(workspace))


def is_there(workspace: Workspace, name: str) -> bool:
    """Whether there is a file of that name in reports/, readable or not."""
    there = is_customer_id(name) and workspace.tree.exists(FOLDER.file(name))
    return there or name in names(workspace)


def _rows(workspace: Workspace) -> list[tuple[str, str, str]]:
    from crm_cli.query.ast import EVERYTHING

    rows = workspace.rows(KIND, EVERYTHING, ("id", "title", "describe"))
    return [(str(id), title or "", describe or "") for id, title, describe in rows]


def find(workspace: Workspace, name: str, ask: Ask, parameters: Sequence[str] = ()) -> Report:
    """A report of the business's own; `parameters` are `NAME=VALUE` for its SQL.

    Raises NotFound with the nearest name, DataError for a file that cannot be read,
    UsageError.
    """
    path = FOLDER.file(name)
    try:
        data = workspace.tree.read(path)
    except FileNotFoundError:
        known = [one.name for one in described(workspace)]
        near = did_you_mean(name, known)
        raise NotFound(
            f"there is no report '{name}'", f"{near} crm report lists them".strip()
        ) from None
    return made(workspace.open(path, data).record, name, ask, _given(parameters))


def made(item: Item, name: str, ask: Ask, given: Mapping[str, str]) -> Report:
    """The report that a record in reports/ declares; raises DataError, UsageError."""
    values = item.values
    if "sql" in values:
        return _of_sql(item, name, ask, given)
    if given:
        raise UsageError(f"{name} is no SQL, and has no parameters", "leave --param out")
    base = kind_of(item)
    by = tuple(Key(_key(text), text, "") for text in values.get("group_by") or ())
    figures = tuple(map(_figure, values.get("agg") or (("count",) if by else ())))
    counted = next((one.key for one in figures if one.ask == "count"), "")
    figures = tuple(
        one.but(cases=counted) if one.ask.startswith("rate") else one for one in figures
    )
    report = Report(
        **_said(item, name),
        base=base,
        terms=tuple(values.get("query") or ()),
        where=values.get("where") or "",
        having=values.get("having") or "",
        by=by,
        usual=tuple(key.name for key in by),
        figures=figures,
        sort=values.get("sort") or "",
        chart=_drawn(item, figures[0].key if figures else ""),
        shape=_shape(item),
    )
    if "pivot" in values:
        return report.but(compute=_pivot(report, values["pivot"]))
    return report if by or figures else report.but(compute=_list(report), figures=())


def kind_of(item: Item) -> Kind:
    """The kind of the rows that a report of one's own is about; raises DataError."""
    text = item.get("kind")
    kind = BY_NAME.get(str(text).lower())
    if kind is None:
        known = [one.name for one in dict.fromkeys(BY_NAME.values())]
        raise DataError(f"there is no kind '{text}'", did_you_mean(str(text), known))
    return kind


def _said(item: Item, name: str) -> dict[str, Any]:
    title = item.values.get("title") or name
    describe = item.values.get("describe") or ""
    return {
        "name": name, "answers": title, "formula": describe, "example": "", "group": OWN,
    }  # fmt: skip


def _drawn(item: Item, figure: str) -> str:
    return "" if item.get("chart") == "none" else figure


def _shape(item: Item) -> str:
    return "line" if item.get("chart") == "line" else "bars"


def _key(text: str) -> str:
    from crm_cli.query.columns import split_alias
    from crm_cli.query.figures import figure_key

    bare, alias = split_alias(text)
    return alias or figure_key(bare)


def _figure(text: str) -> Figure:
    from crm_cli.query.columns import split_alias

    return Figure(_key(text), split_alias(text)[0], "")


def _pivot(report: Report, key: str) -> Callable[[Context], Table]:
    def compute(context: Context) -> Table:
        across = Key(_key(key), key, "")
        found = context.pivot(context.keys, report.figures[0], across)
        if report.sort:
            found.sort(report.sort)
        return found

    return compute


def _list(report: Report) -> Callable[[Context], Table]:
    def compute(context: Context) -> Table:
        found = context.listed(report.sort)
        columns = [Figure(key, "", "", type=type) for key, type in found.columns]
        keys = [key for key, _ in found.columns]
        rows = [dict(zip(keys, row, strict=True)) for row in found.rows]
        return Table((), columns, rows)

    return compute


def _of_sql(item: Item, name: str, ask: Ask, given: Mapping[str, str]) -> Report:
    statement = str(item.values["sql"])
    if asked := [key for key in QUERY_KEYS if key in item.values]:
        raise DataError(f"reports/{name}.yaml has both sql and {asked[0]}", "leave one out")
    values = {**defaults(item), **given}

    def compute(context: Context) -> Table:
        asked = context.asked
        if asked.terms or asked.where or asked.by or asked.everything:
            raise UsageError(
                f"{name} is SQL: terms, --where, --owner, --by and --all do not shape it",
                "give its parameters with --param NAME=VALUE",
            )
        found = ask(context.workspace, statement, _with_days(values, statement, context))
        columns = [Figure(one, "", "", type=_type(found.rows, n)) for n, one in
                   enumerate(found.columns)]  # fmt: skip
        rows = [dict(zip(found.columns, map(_number, row), strict=True)) for row in found.rows]
        table = Table((), columns, rows)
        if item.values.get("sort"):
            table.sort(item.values["sort"])
        return table

    return Report(
        **_said(item, name), open=False, period="-", compute=compute,
        chart="", shape=_shape(item),
    )  # fmt: skip


def defaults(item: Item) -> dict[str, str]:
    """The values that the parameters have unless others are given."""
    held = item.values.get("params")
    return {str(key): str(value) for key, value in held.items()} if isinstance(held, dict) else {}


def _with_days(values: Mapping[str, str], statement: str, context: Context) -> dict[str, str]:
    """The parameters, with `today`, and `start` and `end` of the period, where it has those."""
    import re

    period = context.period
    days = {"today": context.today, "start": period.start, "end": period.end}
    found = {name: day.isoformat() for name, day in days.items() if day is not None}
    if context.asked.period is not None and not re.search(r":(start|end)\b", statement):
        raise UsageError("--period does not bound this report", "use :start and :end in its SQL")
    wanted = {name for name in found if re.search(rf":{name}\b", statement)}
    return {**{name: found[name] for name in wanted}, **values}


def _given(words: Sequence[str]) -> dict[str, str]:
    found = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(f"'{word}' is no parameter", "write --param NAME=VALUE")
        found[name.strip()] = value
    return found


def _number(value: Any) -> Any:
    return Decimal(str(value)) if type(value) is float else value


def _type(rows: Sequence[Sequence[Any]], place: int) -> str:
    held = {type(row[place]) for row in rows if row[place] is not None}
    if held and held <= {int, float}:
        return "integer" if held == {int} else "number"
    return "text"


def taken(name: str) -> Iterator[str]:
    """Why a name is not to be had for a report of one's own."""
    if name in REPORTS:
        yield f"the name {name} is that of a built-in report"
    elif name in TAKEN:
        yield f"the name {name} means something else after crm report"
