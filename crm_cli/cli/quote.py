"""`crm quote`: the purchases of that kind, and what became of them."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import DryRun, Force, On, Yes
from crm_cli.cli.purchase_verbs import purchase_verbs
from crm_cli.cli.purchases_named import Which, change_purchases
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option

verbs = purchase_verbs("quote")


@verbs.add
def sent(
    session: Session,
    quotes: Which,
    date: On = None,
    force: Force = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Note that quotes were sent; drafts are posted, and get their numbers.

    crm quote sent Q-2026-0007
    crm quote sent ana-novak
    """
    from crm_cli.features.purchases.quotes import is_unsent
    from crm_cli.features.purchases.quotes import sent as plan

    change_purchases(
        session,
        "quote",
        quotes,
        lambda workspace, found: plan(workspace, found, date, force=force),
        among=is_unsent,
        state="unsent",
        dry_run=dry_run,
        yes=yes,
    )


@verbs.add
def accept(
    session: Session,
    quotes: Which,
    force: Force = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Note that quotes are accepted; their deals are won with them.

    An accepted quote becomes an order or an invoice by crm quote convert.

    crm quote accept Q-2026-0007
    crm quote accept ana
    """
    from crm_cli.features.purchases.quotes import accept as plan
    from crm_cli.features.purchases.quotes import is_open

    change_purchases(
        session,
        "quote",
        quotes,
        lambda workspace, found: plan(workspace, found, force=force),
        among=is_open,
        state="unanswered",
        dry_run=dry_run,
        yes=yes,
    )


@verbs.add
def decline(
    session: Session,
    quotes: Which,
    reason: Annotated[
        str | None, Option("--reason", metavar="TEXT", help="Why; kept in its notes.")
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Note that quotes are declined; their deals stay as they are.

    crm quote decline Q-2026-0007 --reason "Too expensive"
    crm quote decline ana
    """
    from crm_cli.features.purchases.quotes import decline as plan
    from crm_cli.features.purchases.quotes import is_open

    change_purchases(
        session,
        "quote",
        quotes,
        lambda workspace, found: plan(workspace, found, reason),
        among=is_open,
        state="unanswered",
        dry_run=dry_run,
        yes=yes,
    )
