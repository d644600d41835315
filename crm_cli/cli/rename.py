"""`crm rename`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import DryRun, Who
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Verbs
from crm_cli.cli.writing import carry_out

verbs = Verbs()


@verbs.add
def rename(
    session: Session,
    who: Who,
    id: Annotated[str, Argument(metavar="ID", help="The new id.")],
    dry_run: DryRun = False,
) -> None:
    """Change a customer's id, and every reference to it; WHO may be the path of any record.

    crm rename ana-novak ana-kos
    """
    from crm_cli.features.renaming import record_at
    from crm_cli.features.renaming import rename as plan

    found = record_at(session.workspace, who)
    if found is None:
        planned = plan(session.workspace, session.who(who, writes=True), id)
    else:
        planned = plan(session.workspace, found[0], id, kind=found[1])
    carry_out(session, planned, dry_run=dry_run)
