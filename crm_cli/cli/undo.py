"""`crm undo`, `crm redo`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.options import DryRun, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.model.errors import UsageError
from crm_cli.model.text import visible

if TYPE_CHECKING:
    from crm_cli.features.undoing import Taking

verbs = Verbs()

_SHOWN = 12


@verbs.add
def undo(
    session: Session,
    what: Annotated[
        str | None,
        Argument(
            metavar="[N|COMMIT]",
            help="How many commands to undo (1-99), or a commit; default: 1.",
        ),
    ] = None,
    listed: Annotated[bool, Option("--list", help="List what can be undone.")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Undo the last command that wrote something, byte for byte; each time one more.

    What was undone comes back with crm redo. Later changes to other fields are kept.

    crm undo --dry-run
    crm undo
    crm undo 3
    crm undo --list
    crm undo 3f9c2a1
    """
    from crm_cli.features.undoing import last_commands, one_commit

    if listed:
        _list(session)
    elif what is None or _is_number(what):
        taking = last_commands(session.workspace, _count(what))
        _take(session, taking, dry_run=dry_run, yes=yes or what is None, back="redo brings")
    else:
        taking = one_commit(session.workspace, what)
        _take(session, taking, dry_run=dry_run, yes=yes, back="undo takes")


@verbs.add
def redo(
    session: Session,
    count: Annotated[
        str | None,
        Argument(metavar="[N]", help="How many commands to redo (1-99); default: 1."),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Redo the command that was undone last; each time one more, until there are none.

    crm redo
    crm redo 3
    """
    from crm_cli.features.undoing import last_undone

    taking = last_undone(session.workspace, _count(count))
    _take(session, taking, dry_run=dry_run, yes=yes or count is None, back="undo takes")


def _take(session: Session, taking: Taking, *, dry_run: bool, yes: bool, back: str) -> None:
    """Show what taking commands back does, ask where records would go, and do it."""
    from crm_cli.cli.writing import few, show_diffs
    from crm_cli.features.plan import counted
    from crm_cli.features.undoing import carry_out
    from crm_cli.features.undoing.words import words
    from crm_cli.workspace import Written

    subjects = "\n".join(visible(change.subject) for change in taking.changes)
    if not taking.diffs:
        session.say(f"{subjects}: nothing of it is left to undo; nothing changed")
        return
    if dry_run:
        show_diffs(session, Written("", taking.diffs, True))
        session.say("nothing was written")
        return
    told = words(session.workspace, taking.diffs)
    for line in told[:_SHOWN]:
        session.say(f"  {visible(line)}")
    if len(told) > _SHOWN:
        session.say(f"  and {len(told) - _SHOWN:,} more")
    if taking.removed:
        session.confirm(f"Remove {counted(len(taking.removed), 'record')}?", yes=yes)
    carry_out(session.workspace, taking)
    session.write(f"{subjects}  ({few([diff.path for diff in taking.diffs], 2)})\n")
    session.say(f"crm {back} it back")


def _is_number(text: str) -> bool:
    return len(text) <= 2 and text.isascii() and text.isdigit()


def _count(text: str | None) -> int:
    if text is None:
        return 1
    if not _is_number(text) or not int(text):
        raise UsageError(f"'{text}' is no number of commands from 1 to 99")
    return int(text)


def _list(session: Session) -> None:
    from crm_cli.cli.outputs import TABLE
    from crm_cli.features.undoing import undoable
    from crm_cli.model.rows import Column, Rows
    from crm_cli.render.days import with_times

    zone = session.workspace.business.time_zone
    found = undoable(session.workspace)
    columns = [Column("n", "number"), Column("when", "moment"), Column("subject")]
    columns += [Column("commit"), Column("note")]
    rows = [
        (
            one.number, one.when and one.when.astimezone(zone), one.subject,
            one.commit[:10] or None, one.reason or None,
        )
        for one in found
    ]  # fmt: skip
    session.show(with_times(Rows(columns, rows, none="nothing to undo")), TABLE)
