"""`crm due`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import SHAPE, Owner, Shape, Terms, Where, Within
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verbs

verbs = Verbs()


@verbs.add
def due(
    session: Session,
    terms: Terms = None,
    where: Where = None,
    within: Within = None,
    owner: Owner = None,
    kind: Annotated[
        str | None,
        Option("--kind", metavar="A,B", help="Only these kinds: call,follow_up."),
    ] = None,
    exit_code: Annotated[
        bool, Option("--exit-code", help="Exit with status 1 if anything is due.")
    ] = False,
    since_last: Annotated[
        bool,
        Option("--since-last", help="Only what no earlier run with the same options showed."),
    ] = False,
    shape: Shape = SHAPE,
) -> None:
    """Show what is due through today, overdue first; print nothing if nothing is due.

    crm due
    crm due --within 7d --owner me
    crm due +vip --kind call -o json
    crm due --owner me --since-last
    """
    from crm_cli.cli.columns import only
    from crm_cli.cli.outputs import TABLE
    from crm_cli.cli.query_rows import marked
    from crm_cli.features.due import due as find
    from crm_cli.features.due import heading
    from crm_cli.formats.tables import PATHS
    from crm_cli.model.rows import Column, Rows
    from crm_cli.render.days import fitted, with_times

    session.look_back(shape.as_of)
    workspace = session.workspace
    found = find(
        workspace, session.terms(terms), where=where, within=within, owner=owner, kind=kind
    )
    form = session.form(shape)
    columns = [Column("when", "moment")]
    columns += [Column(key) for key in ("kind", "who", "name", "what", "id", "owner")]
    only(Rows(columns, []), shape.cols)  # A wrong name is told before anything counts as shown.
    if since_last:
        from crm_cli.features.due.news import new

        asked = (terms or (), where, within, workspace.me(owner), kind)
        found = new(workspace, found, asked, limit=shape.limit)
    session.negative = exit_code and bool(found)
    found = found[: shape.limit]
    today, zone = workspace.clock.today, workspace.business.time_zone
    known = {when: heading(when, today, zone) for when in {row.when for row in found}}
    headings = [known[row.when] for row in found]
    rows = Rows(
        columns,
        found,
        ids=[row.id or row.who for row in found],
        paths=[workspace.path_of(row.who) for row in found] if form is PATHS else None,
        tones=["alert" if one == "overdue" else "" for one in headings],
        groups=headings,
        none="",
    )
    rows = only(rows, shape.cols)
    if form is TABLE:
        rows = marked(session, with_times(rows), form)
        rows = fitted(rows, session.screen) if shape.cols is None else rows
    session.show(rows, form, header=not shape.no_header)
