"""`crm undo`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import DryRun
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.model.text import visible

verbs = Verbs()

_SHOWN = 12


@verbs.add
def undo(
    session: Session,
    commit: Annotated[
        str | None,
        Argument(metavar="[COMMIT]", help="A commit to undo; default: the last."),
    ] = None,
    listed: Annotated[bool, Option("--list", help="List what can be undone.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Undo the last command that wrote something, byte for byte; run it again to redo.

    Later changes to other fields are kept.

    crm undo --dry-run
    crm undo
    crm undo --list
    crm undo 3f9c2a1
    """
    from crm_cli.cli.writing import few, show_diffs
    from crm_cli.features.undoing import undo as take_back
    from crm_cli.features.undoing import words

    if listed:
        _list(session)
        return
    planned = take_back(session.workspace, commit, dry_run=True)
    if dry_run:
        show_diffs(session, planned)
        session.say("nothing was written")
        return
    told = words(session.workspace, planned.diffs)
    for line in told[:_SHOWN]:
        session.say(f"  {visible(line)}")
    if len(told) > _SHOWN:
        session.say(f"  and {len(told) - _SHOWN:,} more")
    written = take_back(session.workspace, commit)
    session.write(f"{visible(written.subject)}  ({few(written.paths, 2)})\n")
    session.say("run crm undo again to redo it")


def _list(session: Session) -> None:
    from crm_cli.cli.outputs import TABLE
    from crm_cli.features.undoing import undoable
    from crm_cli.model.rows import Column, Rows
    from crm_cli.render.days import with_times

    zone = session.workspace.business.time_zone
    found = undoable(session.workspace)
    columns = [Column("commit"), Column("when", "moment"), Column("subject"), Column("hindrance")]
    rows = [
        (one.commit[:10], one.when.astimezone(zone), one.subject, one.reason or None)
        for one in found
    ]
    session.show(with_times(Rows(columns, rows, none="nothing to undo")), TABLE)
