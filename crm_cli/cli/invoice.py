"""`crm invoice`: the purchases of that kind, and how one is corrected."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.items import move_verbs
from crm_cli.cli.numbered import carry_out_numbered
from crm_cli.cli.options import DryRun, Force, On
from crm_cli.cli.purchase_verbs import purchase_verbs
from crm_cli.cli.purchases_named import One, one_purchase
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option

verbs = purchase_verbs("invoice")
move_verbs(verbs, "purchase", only="invoice")


@verbs.add
def correct(
    session: Session,
    invoice: One,
    date: On = None,
    reason: Annotated[
        str | None, Option("--reason", metavar="TEXT", help="Why, kept with the credit note.")
    ] = None,
    force: Force = False,
    dry_run: DryRun = False,
) -> None:
    """Credit an invoice, and draft another one with the same lines in its place.

    Change the draft with crm set, and post it: it then has its number.

    crm invoice correct 2026-0042
    crm invoice correct 2026-0042 --reason "Wrong price"
    """
    from crm_cli.features.purchases.correcting import correct as plan

    one = one_purchase(session, invoice, "invoice")
    carry_out_numbered(
        session,
        lambda: plan(session.workspace, one, date=date, reason=reason, force=force),
        dry_run=dry_run,
    )
