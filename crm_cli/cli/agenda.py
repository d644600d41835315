"""`crm agenda`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import SHAPE, Owner, PeriodOf, Shape, Terms, Where
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verbs

verbs = Verbs()


@verbs.add
def agenda(
    session: Session,
    terms: Terms = None,
    where: Where = None,
    days: Annotated[
        int | None, Option("--days", metavar="N", help="Number of days; default 7.")
    ] = None,
    period: PeriodOf = None,
    owner: Owner = None,
    gaps: Annotated[bool, Option("--gaps", help="Also show free working hours.")] = False,
    shape: Shape = SHAPE,
) -> None:
    """Show the coming days: meetings and calls with times, and what is due.

    Overdue items come first. Working hours are set in crm.yaml.

    crm agenda
    crm agenda --days 14 --owner me --gaps
    crm agenda --period next-week
    """
    from crm_cli.cli.columns import only
    from crm_cli.cli.outputs import TABLE
    from crm_cli.features.due.agenda import agenda as find
    from crm_cli.features.due.agenda import heading
    from crm_cli.formats.tables import PATHS
    from crm_cli.model.rows import Column, Rows

    session.look_back(shape.as_of)
    workspace = session.workspace
    found = find(
        workspace, session.terms(terms), days=days, period=period, owner=owner, gaps=gaps,
        where=where,
    )  # fmt: skip
    found = found[: shape.limit]
    form = session.form(shape)
    if form is TABLE and shape.cols is None:
        from crm_cli.features.items import unique_parts
        from crm_cli.render import shapes

        days_of = [(heading(entry, workspace), entry) for entry in found]
        unique = unique_parts(workspace, [one.id for one in found])
        marks: dict[str, str] = {}
        if session.screen.terminal:
            from crm_cli.features.due.marks import priorities

            ids = [entry.id or "" for entry in found]
            marks = dict(zip(ids, priorities(workspace, ids), strict=True))
        today = workspace.clock.today
        session.draw(shapes.agenda, days_of, today=today, unique=unique, marks=marks)
        return
    columns = [Column("when", "moment"), Column("until", "moment")]
    columns += [Column(key) for key in ("kind", "who", "name", "what", "id", "owner")]
    records = [entry for entry in found if entry.who is not None]
    rows = Rows(
        columns,
        found,
        ids=[entry.id or str(entry.who) for entry in records],
        paths=[workspace.path_of(str(entry.who)) for entry in records] if form is PATHS else None,
    )
    session.show(only(rows, shape.cols), form, header=not shape.no_header)
