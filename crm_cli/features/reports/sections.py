"""A report as a section of a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from crm_cli.features.reports.anonymous import anonymous
from crm_cli.features.reports.charting import HEAT, chart_of, is_timed
from crm_cli.features.reports.own import OWN
from crm_cli.features.reports.report import Headline, Report
from crm_cli.features.reports.running import Answered
from crm_cli.features.reports.table import CURRENCY, Table, for_people
from crm_cli.model.cells import cell_text, people_text
from crm_cli.model.errors import Unreadable, UsageError
from crm_cli.model.periods import read_window
from crm_cli.model.plot import Plot, plot_of
from crm_cli.model.pseudonyms import Pseudonyms
from crm_cli.model.rows import Rows
from crm_cli.model.section import Advice, Explained, Fact, Named, Section

_ROWS, _TIMES = 10, 24
"""So many rows has a table on a page; of those that follow each other in time, the latest."""
_BARS, _POINTS = 12, 120
"""So many has a chart."""
_REST = "(rest)"
"""The key of a column for the chart alone, which no report has."""
_LARGE = 100_000
"""Amounts from here on stand at the top without their cents."""


def nothing(report: Report, why: str, *, command: str) -> Section:
    """A report that cannot be made, as a section that says why."""
    rows = Rows((), (), none=why)
    return Section(**_about(report, command, ()), rows=rows)


def _about(report: Report, command: str, by: Sequence[str]) -> dict[str, Any]:
    """What a section says of its report; `by` are the keys, where they are not the usual ones."""
    title = report.title or report.name.replace("-", " ").capitalize()
    if by:
        name = report.name if report.group != OWN else title
        title = f"{name[:1].upper()}{name[1:].replace('-', ' ')} by {', '.join(by)}"
    return {
        "name": report.name, "group": report.group, "title": title, "answers": report.answers,
        "formula": report.formula, "command": command,
    }  # fmt: skip


def section(
    found: Answered, *, command: str, pseudonyms: Pseudonyms | None = None,
    notes: Sequence[str] = (), period: str | None = None, usual: bool = True,
) -> Section:  # fmt: skip
    """A report as a section; with pseudonyms without names. `usual` is the one that the page has
    unless other options are asked for."""
    report = found.report
    wholes = [row.get(report.whole[0]) for row in found.table.rows] if report.whole else []
    if pseudonyms is not None:
        hidden = anonymous(found.table, pseudonyms, days=report.group != OWN)
        found = found._replace(table=hidden)
    table = found.table
    rows = _rows(found)
    plot = _plot(_with_rest(rows, wholes, found), found)
    timed = bool(table.keys) and is_timed(table.keys[0])
    shown = rows.rows[-_TIMES:] if timed else rows.rows[:_ROWS]
    return Section(
        **_about(report, command, () if usual else [_words(key.name) for key in table.keys]),
        rows=_filled(rows.but(rows=shown), len(table.keys)),
        plot=plot,
        shaded=[one.key for one in table.columns if one.drawn] if report.shape == HEAT else (),
        columns=_explained(table),
        left=len(rows.rows) - len(shown),
        earlier=timed,
        notes=(*notes, *rows.notes),
        advice=_advice(report, found, command),
        facts=tuple(_facts(report, found, period)),
    )


def _rows(found: Answered) -> Rows:
    """The rows with headings for a page: names that know their ids, no column of the currency
    that all amounts are in."""
    table = found.table
    rows = for_people(table, found.currency, first=found.report.ranked)
    heads = {figure.key: figure.label for figure in table.columns}
    keys = {name: key for key, name in table.names.items()}
    based = {one.key for one in table.columns if one.type == "money" and not one.own}
    if any(one.key == CURRENCY for one in table.columns):
        based = set()  # Each row says its own.
    taken = {*table.names, *_of_base(rows, table)}
    places = [place for place, one in enumerate(rows.columns) if one.key not in taken]
    columns = [rows.columns[place] for place in places]
    named = {place: rows.keys.index(keys[rows.columns[place].key])
             for place in places if rows.columns[place].key in keys}  # fmt: skip

    def cells(row: Sequence[Any]) -> list[Any]:
        return [
            Named(row[place] or row[named[place]], row[named[place]])
            if place in named and row[named[place]] is not None else row[place]
            for place in places
        ]  # fmt: skip

    made = [
        column.but(
            key=keys.get(column.key, column.key),
            label=heads.get(column.key) or _words(keys.get(column.key, column.key)),
            unit=found.currency if column.key in based else column.unit,
        )
        for column in columns
    ]
    total = rows.total
    return rows.but(
        columns=made, rows=[cells(row) for row in rows.rows], ids=None,
        total=None if total is None else _total(total, places, named),
    )  # fmt: skip


def _total(total: Sequence[Any], places: Sequence[int], named: dict[int, int]) -> list[Any]:
    return [total[named[place]] if place in named else total[place] for place in places]


def _of_base(rows: Rows, table: Table) -> set[str]:
    """The column that says in each row that amounts are in the base currency."""
    known = {figure.key for figure in table.columns} | {key.name for key in table.keys}
    return {key for key in rows.keys if key in (CURRENCY, f"base_{CURRENCY}") and key not in known}


def _filled(rows: Rows, keys: int) -> Rows:
    """The rows without the columns that no row has anything in."""
    body = [*rows.rows, *([rows.total] if rows.total is not None else [])]
    places = [
        place for place in range(len(rows.columns))
        if place < keys or any(row[place] is not None for row in body)
    ]  # fmt: skip

    def only(row: Sequence[Any]) -> list[Any]:
        return [row[place] for place in places]

    return rows.but(
        columns=only(rows.columns), rows=[only(row) for row in rows.rows],
        total=None if rows.total is None else only(rows.total),
    )  # fmt: skip


def _with_rest(rows: Rows, wholes: Sequence[Any], found: Answered) -> Rows:
    """The rows with what is missing from the drawn figure to the whole that it is a part of."""
    report = found.report
    if report.whole is None or report.bar not in rows.keys:
        return rows
    parts = rows.values(report.bar)
    rest = [
        None if whole is None else whole - (part or 0)
        for whole, part in zip(wholes, parts, strict=True)
    ]
    column = rows.columns[rows.keys.index(report.bar)].but(key=_REST, label=report.whole[1])
    return rows.but(
        columns=[*rows.columns, column],
        rows=[[*row, left] for row, left in zip(rows.rows, rest, strict=True)],
    )


def _plot(rows: Rows, found: Answered) -> Plot | None:
    """What is drawn of all rows; None where nothing can be."""
    if len(rows.rows) < 2 or found.report.shape == HEAT:
        return None
    try:
        chart = chart_of(found)
    except UsageError:
        return None
    if _REST in rows.keys and chart.kind in ("bars", "columns"):
        chart = chart.but(kind="stacked", series=(chart.value, _REST))
    names = {name: key for key, name in found.table.names.items()}
    there = rows.keys
    labels = [names.get(key, key) for key in chart.labels]
    panels = [names.get(key, key) for key in chart.panels]
    wanted = (chart.value, *chart.series)
    if any(key not in there for key in wanted):
        return None
    if not any(value is not None for key in wanted for value in rows.values(key)):
        return None
    timed = any(map(is_timed, found.table.keys))
    most = _TIMES if chart.kind == "stacked" else _POINTS
    shown = rows.rows[-most:] if timed else rows.rows
    if chart.kind == "bars" or _REST in chart.series:
        # What is nothing has no bar; the table has it.
        places = [there.index(key) for key in wanted]
        shown = [row for row in shown if any(row[place] for place in places)]
    if len(shown) < 2:
        return None
    drawn = chart.but(labels=tuple(dict.fromkeys(labels)), panels=tuple(dict.fromkeys(panels)))
    plot = plot_of(rows.but(rows=shown, chart=drawn))
    if len(found.table.keys) > 1 and not panels:
        held = rows.but(rows=shown)
        parts = zip(*(held.values(key.name) for key in found.table.keys), strict=True)
        plot = plot._replace(labels=[", ".join(map(cell_text, one)) for one in parts])
    return plot._replace(partial=_partial(plot.labels, found)) if timed else plot.first(_BARS)


def _partial(labels: Sequence[str], found: Answered) -> dict[str, str]:
    """The months, or other times, of which only some days lie in the period, with which."""
    start, end = found.days
    partial = {}
    for label in dict.fromkeys(labels):
        try:
            first, last = read_window(label, end or date.max)
        except Unreadable:
            continue
        said = f"from {start}" if start and first and first < start else ""
        if end and last and end < last:
            said = f"{said} to {end}".strip()
        if said:
            partial[label] = said
    return partial


def _explained(table: Table) -> list[Explained]:
    keys = [Explained(_words(key.name), key.doc) for key in table.keys]
    figures = [Explained(one.label or _words(one.key), one.doc) for one in table.columns]
    return [one for one in (*keys, *figures) if one.doc]


def _advice(report: Report, found: Answered, command: str) -> tuple[Advice, ...]:
    if report.advice is None:
        return ()
    return tuple(Advice(one, command) for one in report.advice(found.table, found.currency))


def _facts(report: Report, found: Answered, period: str | None) -> list[Fact]:
    facts = []
    for one in report.headlines:
        value = _headline(one, found.table)
        if value is not None:
            text = _with_unit(value, one, found)
            of = f", {period.replace('-', ' ')}" if one.dated and period else ""
            of += _of_few(one, found.table)
            label = one.one if one.one and value == 1 else one.label
            matters = not one.with_any or any(row.get(one.with_any) for row in found.table.rows)
            facts.append(Fact(text, label + of, one.alert and value > 0 and matters))
    return facts


def _of_few(one: Headline, table: Table) -> str:
    """How many cases a total is of, where they are so few that it may be chance."""
    figure = next((each for each in table.columns if each.key == one.figure), None)
    cases = (table.total or {}).get(figure.cases) if figure is not None and figure.cases else None
    return f", of {cases}" if figure is not None and cases and cases < figure.few else ""


def _headline(one: Headline, table: Table) -> Decimal | int | None:
    rows = table.rows
    if one.of == "count":
        return sum(1 for row in rows if row.get(one.figure) is True)
    if one.of == "last" or (not table.keys and rows):
        value = rows[-1].get(one.figure) if rows else None
    else:
        value = table.total.get(one.figure) if table.total is not None and rows else None
    return value if isinstance(value, Decimal | int) else None


def _with_unit(value: Decimal | int, one: Headline, found: Answered) -> str:
    figure = next((each for each in found.table.columns if each.key == one.figure), None)
    type = one.type or ("integer" if one.of == "count" or figure is None else figure.type)
    unit = "" if figure is None or one.of == "count" else figure.unit
    if type == "money":
        unit = found.currency
        value = round(Decimal(value)) if abs(Decimal(value)) >= _LARGE else value
    return f"{people_text(value, type)} {unit}".strip()


def _words(key: str) -> str:
    return key.replace("_", " ")
