"""Print a single record or item: as a card, as an object, or with chosen columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_cli.cli.outputs import TABLE
from crm_cli.cli.session import Session
from crm_cli.formats.tables import PATHS, Holds, TableFormat

if TYPE_CHECKING:
    from crm_cli.features.showing import Shown


def answer_one(
    session: Session, shown: Shown, *, cols: str | None, output: str | None, json: bool
) -> None:
    """Answer with a customer or an item of one; `cols` are any fields, as of a list.

    Raises UsageError for an unknown one.
    """
    form = session.format(output, json)
    if cols is not None:
        _chosen(session, shown, cols, form)
    elif form is TABLE:
        from crm_cli.features.showing.cards import card
        from crm_cli.render import shapes

        session.draw(shapes.card, card(session.workspace, shown))
    elif form is PATHS:
        session.write(shown.path + "\n")
    else:
        from crm_cli.features.showing import as_object

        session.show_record(as_object(shown), form)


def _chosen(session: Session, shown: Shown, cols: str, form: TableFormat) -> None:
    from crm_cli.cli.query_rows import rows_of
    from crm_cli.features.showing import chosen

    rows = rows_of(chosen(session.workspace, shown, cols), none="")
    if form.holds is Holds.RECORDS:
        session.show_record(dict(zip(rows.keys, rows.rows[0], strict=True)), form)
    else:
        ids = [shown.item.id if shown.item is not None else shown.record.id]
        session.show(rows.but(ids=ids, paths=[shown.path]), form)
