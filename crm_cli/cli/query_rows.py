"""Run a query and print its rows in the requested format, as every list does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_cli.cli.outputs import TABLE
from crm_cli.cli.session import Session
from crm_cli.formats.tables import Holds, TableFormat
from crm_cli.model.aspects import CardTable
from crm_cli.model.errors import UsageError
from crm_cli.model.kind import Kind
from crm_cli.model.rows import NONE, Column, Rows

if TYPE_CHECKING:
    from crm_cli.query.select import Answer
    from crm_cli.workspace import Groups

_MONEY = "money"


def answer_list(
    session: Session,
    base: Kind,
    terms: Sequence[str] | None,
    *,
    where: str | None = None,
    period: str | None = None,
    cols: str | None = None,
    sort: str | None = None,
    limit: int | None = None,
    output: str | None = None,
    json: bool = False,
    header: bool = True,
    default_sort: str = "",
    groups: Groups | None = None,
    total: bool = False,
    everything: bool = False,
) -> None:
    """Answer with the rows of a kind that terms and expression describe, or groups of them.

    Sums are of what counts, and what they leave out is said; with `everything` of all.

    `-o ids` and `-o paths` ask for just those columns, whatever `--cols` says.
    """
    form = session.format(output, json)
    wanted: str | Sequence[str] | None = cols
    if groups:
        default_sort = ""
    elif form.holds is Holds.NAMES:
        wanted = (form.column,)
    alert = ""
    if form is TABLE and cols is None and not groups and session.screen.terminal:
        alert = _alert(base)
        wanted = [*base.columns, alert] if alert else None
    answer = session.workspace.select(
        base,
        [*session.terms(terms, base), *_within(session, base, period)],
        where=where,
        cols=wanted,
        sort=sort or default_sort or None,
        limit=limit,
        groups=groups or None,
        total=total,
        everything=everything,
    )
    if answer.left_out:
        one = answer.left_out == 1
        what = f"1 {base.name} does" if one else f"{answer.left_out} {base.key} do"
        session.notice(
            f"{what} not count and {'is' if one else 'are'} left out of the sums;"
            f" --all includes {'it' if one else 'them'}"
        )
    tones = None
    if alert:
        tones = ["alert" if row[-1] else "" for row in answer.rows]
        answer = _without_last(answer)
    none = f"no {base.key.replace('_', ' ')}"
    rows = rows_of(answer, none=none, currency=session.workspace.business.currency)
    rows = rows.but(name=base.key)
    if not groups and cols is None:
        rows = rows.but(ranked=base.ranked, tones=tones)
    elif groups and form is not TABLE:
        rows = _beside(rows, answer, session.workspace.business.currency)
    elif groups:
        rows = _named(rows, groups.by or "")
    session.show(marked(session, rows, form), form, header=header)


def _alert(base: Kind) -> str:
    """The field that is true of an item which needs attention, as its card marks it."""
    return base.card.alert if isinstance(base.card, CardTable) else ""


def _without_last(answer: Answer) -> Answer:
    """The answer without its last column."""
    total = None if answer.total is None else answer.total[:-1]
    rows = [row[:-1] for row in answer.rows]
    return answer._replace(columns=answer.columns[:-1], rows=rows, total=total)


def _named(rows: Rows, by: str) -> Rows:
    """For people: groups without a key have a label."""
    parts = (part.lower().partition(" as ") for part in by.split(","))
    named = {(name or key).strip().replace("-", "_").replace(".", "_") for key, _, name in parts}
    places = [place for place, key in enumerate(rows.keys) if key in named]
    if not any(row[place] is None for row in rows.rows for place in places):
        return rows
    labelled = [
        [NONE if cell is None and place in places else cell for place, cell in enumerate(row)]
        for row in rows.rows
    ]
    return rows.but(rows=labelled)


def _beside(rows: Rows, answer: Answer, currency: str) -> Rows:
    """For programs: groups by currency whose rows have amounts in the base one, too, say which."""
    keyed = any(one.key == "currency" for one in answer.columns)
    if not keyed or not any(one.type.name == _MONEY and one.base for one in answer.columns):
        return rows
    columns = [*rows.columns, Column("base_currency")]
    return rows.but(columns=columns, rows=[(*row, currency) for row in rows.rows], total=None)


def _within(session: Session, base: Kind, period: str | None) -> list[str]:
    """The term for `--period`: the rows' own date lies in it."""
    if period is not None and not base.when:
        raise UsageError(
            f"{base.key} have no date of their own for --period",
            f"crm query fields {base.name} lists their fields",
        )
    return session.workspace.dated(base.when, period)


def marked(session: Session, rows: Rows, form: TableFormat) -> Rows:
    """The rows with what only people see of items' ids: how much of one is enough to type, where
    a terminal or colour can show it, and its file, where a terminal can open it."""
    screen = session.screen
    if form is not TABLE or not (screen.color or screen.terminal) or "id" not in rows.keys:
        return rows
    from crm_cli.features.items import unique_parts

    ids = rows.values("id")
    rows = rows.but(unique=unique_parts(session.workspace, ids))
    if not screen.links:
        return rows
    from crm_cli.features.paths import files_of

    return rows.but(files=files_of(session.workspace, ids))


def rows_of(answer: Answer, *, none: str, currency: str = "") -> Rows:
    """A query's answer as rows to be shown.

    Amounts in the base `currency` say so, unless a column beside them does. Others are in the
    currency of their row.
    """
    label = f"{{}} ({currency})" if currency and not _says_currency(answer, currency) else ""
    return Rows(
        [
            Column(one.key, one.type.name, label=label.format(one.key) if one.base else "")
            for one in answer.columns
        ],
        answer.rows,
        none=none,
        total=_labelled(answer),
    )


def _says_currency(answer: Answer, currency: str) -> bool:
    """Whether a column `currency` is right for the amounts in the base currency of each row."""
    if any(one.type.name == _MONEY and not one.base for one in answer.columns):
        return False
    places = [place for place, one in enumerate(answer.columns) if one.key == "currency"]
    return bool(places) and all(row[place] == currency for place in places for row in answer.rows)


def _labelled(answer: Answer) -> tuple[object, ...] | None:
    """The total, with the word in its first cell where there is room."""
    if answer.total is None or not answer.total or answer.total[0] is not None:
        return answer.total
    return ("total", *answer.total[1:])
