"""`crm timeline`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import SHAPE, Alone, Owner, PeriodOf, Shape, Since, Where, of_owner
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
    owner: Owner = None,
    alone: Alone = False,
    shape: Shape = SHAPE,
) -> None:
    """Show the events of a customer, or of all customers, newest first.

    An organization's are those of its people as well, unless --alone.

    crm timeline ana
    crm timeline +vip --since last-month --kind call,meeting
    crm timeline ana beans
    crm timeline hotel-adler --alone
    crm timeline --owner me --period last-week
    """
    from crm_cli.cli.columns import only
    from crm_cli.cli.outputs import TABLE
    from crm_cli.cli.pickers import owner as owner_of
    from crm_cli.cli.query_rows import marked
    from crm_cli.features.timeline import timeline as happened
    from crm_cli.formats.tables import PATHS
    from crm_cli.model.customer import CUSTOMER
    from crm_cli.model.rows import Column, Rows
    from crm_cli.query.who import is_term
    from crm_cli.render import shapes

    session.look_back(shape.as_of)
    workspace = session.workspace
    terms = list(words or ())
    customer = None
    if terms and not is_term(terms[0], workspace.scope(CUSTOMER)):
        customer = owner_of(session, terms.pop(0))
    events = happened(
        workspace,
        customer,
        [*terms, *of_owner(owner)],
        where=where,
        kind=kind,
        since=since,
        period=period,
        limit=shape.limit,
        alone=alone,
    )
    form = session.form(shape)
    rows = Rows(
        [Column("when", "moment"), *map(Column, ("kind", "who", "name", "what", "id"))],
        events,
        paths=[workspace.path_of(event.who) for event in events] if form is PATHS else None,
        none="no events",
    )
    shown = "when,kind,name,what,id" if form is TABLE else None
    rows = marked(session, only(rows, shape.cols or shown), form)
    if form is TABLE and shape.cols is None and rows.rows:
        header = not shape.no_header
        session.draw(shapes.entries, rows, today=workspace.clock.today, header=header)
    else:
        session.show(rows, form, header=not shape.no_header)
