"""`crm history`, `crm blame`, `crm changes`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.options import FORM, WHO, Cols, Form, Limit, PeriodOf, Terms
from crm_cli.cli.outputs import TABLE
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.model.rows import Column, Rows

if TYPE_CHECKING:
    from crm_cli.features.revisions import Change

verbs = Verbs()

WhoOrItem = Annotated[
    str,
    Argument(metavar="WHO|ID", help=f"A customer: {WHO}; an item's id, a number, or a path."),
]

_FOR_PEOPLE = ("when", "who", "record", "what")


@verbs.add
def history(
    session: Session, who: WhoOrItem, limit: Limit = None, cols: Cols = None, how: Form = FORM
) -> None:
    """Show changes to a customer or an item, field by field, newest first.

    crm history ana
    crm history t-9f3
    crm history ana --json
    """
    from crm_cli.cli.pickers import chosen
    from crm_cli.features.history import history as find

    found = chosen(session, lambda text: find(session.workspace, text), who)
    _show(session, found[:limit], cols, how, leave_out="record")


@verbs.add
def changes(
    session: Session,
    terms: Terms = None,
    since: Annotated[
        str | None,
        Option(
            "--since", metavar="DATE|REV", help="Only since a date, or a commit; default monday."
        ),
    ] = None,
    period: PeriodOf = None,
    limit: Limit = None,
    cols: Cols = None,
    how: Form = FORM,
) -> None:
    """Show what changed since a date in all records, and who changed it.

    crm changes --since monday
    crm changes --since HEAD~3
    crm changes +vip --since -30d -o csv
    crm changes --period last-month
    """
    from crm_cli.features.history import changes as find

    found = find(session.workspace, since, session.terms(terms), period=period)
    _show(session, found[:limit], cols, how)


@verbs.add
def blame(
    session: Session,
    who: WhoOrItem,
    fields: Annotated[
        list[str] | None, Argument(metavar="[FIELD…]", help="Only these fields: city, emails.")
    ] = None,
    cols: Cols = None,
    how: Form = FORM,
) -> None:
    """Show who last set each field of a customer or an item, and when.

    crm blame ana
    crm blame ana city owner
    crm blame 2026-0042
    crm blame ana --cols field,value,who
    """
    from crm_cli.cli.columns import only
    from crm_cli.cli.pickers import chosen
    from crm_cli.features.history import blame as find
    from crm_cli.render.days import with_times

    found = chosen(session, lambda text: find(session.workspace, text, fields or ()), who)
    columns = [Column("field"), Column("value"), Column("when", "moment"), Column("who")]
    columns += [Column("subject"), Column("commit")]
    form = session.form(how)
    people = form is TABLE
    rows = Rows(
        columns,
        [(one.field, one.words if people else one.value, *_source(one.change)) for one in found],
    )
    rows = only(rows, cols or ("field,value,when,who" if people else None))
    session.show(with_times(rows) if people else rows, form, header=not how.no_header)


def _source(change: Change | None) -> tuple[object, ...]:
    if change is None:
        return (None, None, None, None)
    return (change.when, change.who, change.subject, change.commit or None)


def _row(change: Change) -> tuple[object, ...]:
    what = change.what
    said = (what.kind, what.item, what.field, what.before, what.after)
    commit = change.commit or None
    return (change.when, change.who, change.record, what.text, *said, change.subject, commit)


def _show(
    session: Session,
    found: Sequence[Change],
    cols: str | None,
    how: Form,
    leave_out: str = "",
) -> None:
    from crm_cli.cli.columns import only
    from crm_cli.render.days import with_times

    columns = [Column("when", "moment"), Column("who"), Column("record"), Column("what")]
    columns += [Column(key) for key in ("kind", "item", "field", "before", "after")]
    columns += [Column("subject"), Column("commit")]
    rows = Rows(
        columns,
        [_row(one) for one in found],
        ids=[one.record for one in found],
        none="no changes",
    )
    form = session.form(how)
    people = form is TABLE
    shown = ",".join(key for key in _FOR_PEOPLE if key != leave_out)
    rows = only(rows, cols or (shown if people else None))
    session.show(with_times(rows) if people else rows, form, header=not how.no_header)
