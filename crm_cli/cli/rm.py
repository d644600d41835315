"""`crm rm`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import DryRun, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Verbs
from crm_cli.cli.writing import carry_out_asked

verbs = Verbs()


@verbs.add
def rm(
    session: Session,
    who: Annotated[
        str,
        Argument(
            metavar="WHO|ID|NUMBER", help="A customer; or the id, or number, of one of their items."
        ),
    ],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Remove a customer with all their items, or one item.

    For a customer, and for an item that others refer to, asks first and says what hangs
    on it. A customer is named by id, e-mail, phone or whole name.

    crm rm ana-novak
    crm rm i-4k7
    crm rm 2026-0042
    """
    from crm_cli.features.removing import remove_customer, remove_item

    plan = remove_item(session.workspace, who)
    if plan is None:
        plan = remove_customer(session.workspace, session.who(who, exact=True))
    carry_out_asked(session, plan, dry_run=dry_run, yes=yes)
