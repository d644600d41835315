"""`crm address`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import DryRun, Force, WhosAndValues, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verbs
from crm_cli.cli.writing import carry_out

verbs = Verbs()

list_verb(
    verbs,
    "address",
    """List addresses that match query terms, those of the past among them.

    crm address list customer:ana
    crm address list is:coming
    """,
)


@verbs.add
def move(
    session: Session,
    words: WhosAndValues,
    start: Annotated[
        str | None, Option("--from", metavar="DATE", help="The first day there; default today.")
    ] = None,
    label: Annotated[
        str | None,
        Option("--label", metavar="LABEL", help="Which of several addresses is given up: office."),
    ] = None,
    force: Force = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Note that customers move: their address ends, and another one begins.

    The old one stays known; invoices keep the address that they were sent to.

    crm address move ana street="Glavni trg 5" city=Koper postcode=6000 --from 2027-01-01
    crm address move ana luka "street=Obala 7" city=Piran postcode=6330
    """
    from crm_cli.features.addresses import move as plan
    from crm_cli.model.assignments import split_assignments

    whos, assignments = split_assignments(words)
    ids = session.workspace.whos(session.settled(whos), strict=not session.interactive)
    made = plan(session.workspace, ids, assignments, start=start, label=label, force=force)
    carry_out(session, made, dry_run=dry_run, yes=yes)
