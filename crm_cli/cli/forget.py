"""`crm forget`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.options import DryRun, Who, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verbs
from crm_cli.model.errors import NotFound
from crm_cli.model.text import visible

if TYPE_CHECKING:
    from crm_cli.features.forgetting import Forgetting

verbs = Verbs()


@verbs.add
def forget(
    session: Session,
    who: Who,
    force: Annotated[
        bool, Option("--force", help="Forget them even though something is owed.")
    ] = False,
    history: Annotated[
        bool, Option("--history", help="Rewrite git's history, too; asked for again.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Forget a customer: their record goes, and all that mentions them.

    Numbered invoices stay without a name. crm undo brings back nothing from before, and
    imports do not either. A customer is named by id, e-mail, phone or whole name. The
    same command again finishes what was interrupted, and --history may follow later, by
    their id.

    crm forget ana-novak --dry-run
    crm forget ana-novak
    crm forget ana-novak --history
    """
    from crm_cli.features.forgetting import check, erase, held_elsewhere

    workspace = session.workspace
    if history:
        check(workspace)
    found = _meant(session, who, force=force)
    _carry_out(session, found, dry_run=dry_run, yes=yes)
    if not dry_run:
        erase(workspace, found)
        session.tell(visible(found.plan.done))
        if history:
            _rewrite(session, found, yes=yes)
    for line in held_elsewhere(workspace, found.id, rewritten=history and not dry_run):
        session.say(visible(line))


def _rewrite(session: Session, found: Forgetting, *, yes: bool) -> None:
    """Ask a second time, rewrite the history, and say what is to be done with the clones."""
    from crm_cli.features.forgetting import erase, for_clones, past_of, rewrite
    from crm_cli.features.plan import counted

    past = past_of(session.workspace, found)
    if past.planned.changed:
        session.confirm(past.question, yes=yes)
    rewrite(session.workspace, past)
    erase(session.workspace, found)
    count = len(past.planned.changed)
    session.tell(f"rewrote {counted(count, 'commit')}" if count else "the history has nothing left")
    for line in for_clones(past):
        session.say(visible(line))


def _meant(session: Session, who: str, *, force: bool) -> Forgetting:
    """What forgetting them does, or what is left to do where they were forgotten before."""
    from crm_cli.features.forgetting import finishing, forget

    try:
        id = session.who(who, exact=True)
    except NotFound:
        found = finishing(session.workspace, who)
        if found is None:
            raise
        return found
    return forget(session.workspace, id, force=force)


def _carry_out(session: Session, found: Forgetting, *, dry_run: bool, yes: bool) -> None:
    """Show what is done, ask, and do it."""
    from crm_cli.cli.writing import show_diffs

    workspace, plan = session.workspace, found.plan
    for note in plan.notes:
        session.say(visible(note))
    if not plan.change.steps:
        return
    if dry_run:
        show_diffs(session, workspace.write(plan.change, dry_run=True))
        session.say("nothing was written")
        return
    session.confirm(visible(plan.question), yes=yes)
    workspace.waiting = lambda holder: session.say(f"waiting for {holder} …")
    workspace.write(plan.change)
