"""Run a query and print its rows in the requested format, as every list does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_cli.cli.outputs import TABLE
from crm_cli.cli.session import Session
from crm_cli.formats.tables import Holds, TableFormat
from crm_cli.model.errors import UsageError
from crm_cli.model.kind import Kind
from crm_cli.model.rows import Column, Rows

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
    rows = rows_of(answer, none=f"no {base.key}", currency=session.workspace.business.currency)
    if not groups and cols is None:
        rows = rows.but(ranked=base.ranked)
    session.show(marked(session, rows, form), form, header=header)


def _within(session: Session, base: Kind, period: str | None) -> list[str]:
    """The term for `--period`: the rows' own date lies in it."""
    if period is not None and not base.when:
        raise UsageError(
            f"{base.key} have no date of their own for --period",
            f"crm query fields {base.name} lists their fields",
        )
    return session.workspace.dated(base.when, period)


def marked(session: Session, rows: Rows, form: TableFormat) -> Rows:
    """The rows with what is enough to type of items' ids, where colour can show it."""
    if form is not TABLE or not session.screen.color or "id" not in rows.keys:
        return rows
    from crm_cli.features.items import unique_parts

    place = rows.keys.index("id")
    return rows.but(unique=unique_parts(session.workspace, (row[place] for row in rows.rows)))


def rows_of(answer: Answer, *, none: str, currency: str = "") -> Rows:
    """A query's answer as rows to be shown.

    Amounts in the base `currency` say so beside others that may not be in it.
    """
    label = f"{{}} ({currency})" if currency and _in_others(answer, currency) else ""
    return Rows(
        [
            Column(one.key, one.type.name, label=label.format(one.key) if one.base else "")
            for one in answer.columns
        ],
        answer.rows,
        none=none,
        total=_labelled(answer),
    )


def _in_others(answer: Answer, currency: str) -> bool:
    """Whether rows have amounts that may not be in the base `currency`, or another currency."""
    if any(one.type.name == _MONEY and not one.base for one in answer.columns):
        return True
    places = [place for place, one in enumerate(answer.columns) if one.key == "currency"]
    return any(row[place] != currency for place in places for row in answer.rows)


def _labelled(answer: Answer) -> tuple[object, ...] | None:
    """The total, with the word in its first cell where there is room."""
    if answer.total is None or not answer.total or answer.total[0] is not None:
        return answer.total
    return ("total", *answer.total[1:])
