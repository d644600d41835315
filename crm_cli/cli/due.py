"""`crm due`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.items import change
from crm_cli.cli.options import SHAPE, DryRun, Owner, Shape, Terms, Where, Within, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import UsageError
from crm_cli.model.ids import is_item_id
from crm_cli.model.task import TASK

if TYPE_CHECKING:
    from crm_cli.features.due import Due

verbs = Verbs()


@verbs.add
def list_(
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
    crm due list novak
    crm due snooze ana reorder +2w
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
    found = found[:shape.limit]
    zone = workspace.business.time_zone
    known = {when: heading(when, workspace.clock, zone) for when in {row.when for row in found}}
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


@verbs.add
def snooze(
    session: Session,
    line: Annotated[
        list[str],
        Argument(metavar="ID|WHO KIND DATE", help="An item, or a customer and a kind; a day."),
    ],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Put off a line of crm due to another day.

    Tasks and planned interactions move to that day. Of birthdays, reorders, keeping in
    touch and invoices the customer's record notes it (deferrals), for this one time.

    crm due snooze ana reorder +2w
    crm due snooze ana keep-in-touch "next month"
    crm due snooze 2026-0035 mon
    """
    from crm_cli.features.due import deferring
    from crm_cli.features.tasks import snooze as task

    if len(line) < 2:
        raise UsageError("snooze needs a line and a day", "crm due snooze ana reorder +2w")
    rows = _lines(session, line[:-1])
    if (id := rows[0].id) is not None and id.startswith(f"{TASK.letter}-"):
        change(session, TASK, [id], lambda of, found: task(of, found, line[-1]),
               dry_run=dry_run, yes=yes)
        return
    plan = deferring.snooze(session.workspace, rows, line[-1])
    carry_out(session, plan, dry_run=dry_run, yes=yes)


@verbs.add
def dismiss(
    session: Session,
    line: Annotated[
        list[str],
        Argument(metavar="ID|WHO KIND", help="An invoice, or a customer and a kind of line."),
    ],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Dismiss a line of crm due. The next birthday, purchase or contact is due as ever.

    crm due dismiss ana birthday
    crm due dismiss kava-doo reorder
    """
    from crm_cli.features.due import deferring

    plan = deferring.dismiss(session.workspace, _lines(session, line))
    carry_out(session, plan, dry_run=dry_run, yes=yes)


def _lines(session: Session, words: list[str]) -> list[Due]:
    """The lines that are meant; which of several items, is asked at a terminal."""
    from crm_cli.cli.pickers import chosen
    from crm_cli.features.due.deferring import lines

    strict = not session.interactive

    def find(text: str) -> list[Due]:
        named = [text] if is_item_id(text) else [text, *words[1:]]
        return lines(session.workspace, named, strict=strict)

    return chosen(session, find, words[0] if words else "")
