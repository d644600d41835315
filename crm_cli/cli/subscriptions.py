"""The verbs of purchases that come again: `crm purchase recur`, `crm purchase reprice`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.numbered import carry_out_numbered
from crm_cli.cli.options import DryRun
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import UsageError


def subscription_verbs(verbs: Verbs) -> None:
    """Give a module the verbs of subscriptions."""
    verbs.add(recur)
    verbs.add(reprice)


def recur(
    session: Session,
    which: Annotated[
        list[str] | None,
        Argument(
            metavar="[TERM…|WHO…]",
            help="Subscriptions by id, customers, or query terms; all of them unless given.",
        ),
    ] = None,
    posted: Annotated[
        bool, Option("--posted", help="Post all that is made; invoices take their numbers.")
    ] = False,
    draft: Annotated[bool, Option("--draft", help="Make drafts, to be posted later.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Make the purchases that subscriptions have due up to today, each once.

    A subscription is a purchase with --every; what is made of it is a draft if that is
    one. It never asks, and is for cron; max in crm.yaml bounds a run. What a cancelled
    purchase was for is not made again.

    crm purchase recur
    crm purchase recur --dry-run
    crm purchase recur owner:petra --draft
    """
    from crm_cli.features.purchases.recurring import meant
    from crm_cli.features.purchases.recurring import recur as plan
    from crm_cli.model.purchase import PURCHASE

    if posted and draft:
        raise UsageError("--posted and --draft do not go together", "leave one of them out")
    workspace = session.workspace
    words = session.expand(which or [], PURCHASE)
    terms, whose = meant(workspace, words, strict=not session.interactive)
    made = plan(workspace, terms, whose=whose, draft=draft or (False if posted else None))
    if not made.change.steps:
        session.report(made.problems)
        if session.interactive and not made.problems:
            session.say("no subscription has anything due")
        return
    again = [made]
    carry_out_numbered(
        session,
        lambda: again.pop() if again else plan(
            workspace, terms, whose=whose, draft=draft or (False if posted else None)
        ),
        dry_run=dry_run,
        yes=True,
    )


def reprice(
    session: Session,
    which: Annotated[
        str, Argument(metavar="ID|WHO", help="A subscription; a customer who has one only.")
    ],
    price: Annotated[str, Argument(metavar="PRICE", help="The new price of one unit.")],
    start: Annotated[
        str | None, Option("--from", metavar="DATE", help="The day from which it holds.")
    ] = None,
    product: Annotated[
        str | None,
        Option("--product", metavar="SKU", help="The line, where there are several."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Change the price of a subscription from a day on.

    What was made of it already stays as it is; report mrr counts the new price from the
    first day on which it is billed.

    crm purchase reprice p-9f3 45 --from 2027-01-01
    crm purchase reprice p-9f3 19.90 --from 1.1.2027 --product beans-1kg
    """
    from crm_cli.cli.items import picked
    from crm_cli.features.purchases.repricing import reprice as plan
    from crm_cli.model.purchase import PURCHASE
    from crm_cli.model.subscription import is_pattern

    found = picked(
        session, PURCHASE, which, strict=not session.interactive,
        among=lambda item: is_pattern(item) and item.get("status") != "cancelled",
        state="recurring",
    )  # fmt: skip
    carry_out(session, plan(session.workspace, found, price, start, product), dry_run=dry_run)
