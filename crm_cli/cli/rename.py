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
    """Change a customer's id, and every reference to it.

    crm rename ana-novak ana-kos
    """
    from crm_cli.features.renaming import rename as plan

    carry_out(session, plan(session.workspace, session.who(who, writes=True), id), dry_run=dry_run)
