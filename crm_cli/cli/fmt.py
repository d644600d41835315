"""`crm fmt`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import DryRun, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out

verbs = Verbs()


@verbs.add
def fmt(
    session: Session,
    what: Annotated[
        list[str] | None,
        Argument(metavar="[WHO|PATH…]", help="Only these customers or files."),
    ] = None,
    check: Annotated[
        bool, Option("--check", help="Change nothing; exit with status 1 if anything would.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Rewrite records in the canonical form: order, indentation, quotes; comments stay.

    crm fmt ana
    crm fmt --check
    """
    from crm_cli.features.formatting import fmt as plan

    made = plan(session.workspace, what or ())
    if check:
        session.write(f"{path}\n" for path in made.records)
        session.negative = bool(made.records)
    elif not made.records:
        for note in made.notes:
            session.say(note)
        if made.done:
            session.say(made.done)
    else:
        carry_out(session, made, dry_run=dry_run, yes=yes)
