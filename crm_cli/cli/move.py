"""`crm move`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import DryRun
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import UsageError

verbs = Verbs()


@verbs.add
def move(
    session: Session,
    words: Annotated[
        list[str],
        Argument(
            metavar="ID…|NUMBER… WHO",
            help="Items by id, purchases by number too, - reads ids; then the customer.",
        ),
    ],
    dry_run: DryRun = False,
) -> None:
    """Move items to another customer. They keep their ids; payments go with their purchase.

    crm move t-9f3 i-4k7 kava-doo
    crm move 2026-0042 kava-doo
    """
    from crm_cli.cli.pickers import owner
    from crm_cli.features.moving import move as plan

    if len(words) < 2:
        raise UsageError("move needs an item and a customer", "crm move t-9f3 kava-doo")
    customer = owner(session, words[-1], writes=True)
    items = session.expand(words[:-1], items=True)
    made = plan(session.workspace, items, customer, strict=not session.interactive)
    carry_out(session, made, dry_run=dry_run)
