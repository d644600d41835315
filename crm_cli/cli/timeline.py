"""`crm timeline`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import SHAPE, PeriodOf, Shape, Since, Where
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs

verbs = Verbs()


@verbs.add
def timeline(
    session: Session,
    words: Annotated[
        list[str] | None,
        Argument(
            metavar="[WHO] [TERM…]",
            help="A customer, and query terms on events.",
        ),
    ] = None,
    where: Where = None,
    kind: Annotated[
        str | None,
        Option("--kind", metavar="A,B", help="call, task, invoice, payment …"),
    ] = None,
    since: Since = None,
    period: PeriodOf = None,
    shape: Shape = SHAPE,
) -> None:
    """Show the events of a customer, or of all customers, newest first.

    crm timeline ana
    crm timeline +vip --since last-month --kind call,meeting
    crm timeline ana beans
    """
    from crm_cli.cli.columns import only
    from crm_cli.cli.outputs import TABLE
    from crm_cli.cli.query_rows import marked
    from crm_cli.features.timeline import timeline as happened
    from crm_cli.formats.tables import PATHS
    from crm_cli.model.customer import CUSTOMER
    from crm_cli.model.rows import Column, Rows
    from crm_cli.query.who import is_term
    from crm_cli.render.days import narrowed, with_times

    session.look_back(shape.as_of)
    workspace = session.workspace
    terms = list(words or ())
    customer = None
    if terms and not is_term(terms[0], workspace.scope(CUSTOMER)):
        customer = session.who(terms.pop(0))
    events = happened(
        workspace,
        customer,
        terms,
        where=where,
        kind=kind,
        since=since,
        period=period,
        limit=shape.limit,
    )
    form = session.form(shape)
    rows = Rows(
        [Column("when", "moment"), Column("kind"), Column("who"), Column("what"), Column("id")],
        events,
        paths=[workspace.path_of(event.who) for event in events] if form is PATHS else None,
        none="no events",
    )
    rows = only(rows, shape.cols)
    if form is TABLE:
        rows = marked(session, with_times(rows), form)
        rows = narrowed(rows, session.screen) if shape.cols is None else rows
    session.show(rows, form, header=not shape.no_header)
