"""`crm purchase convert`: makes orders of quotes, invoices of orders, credit notes of invoices."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.numbered import carry_out_numbered
from crm_cli.cli.options import DryRun, Due, Force, On
from crm_cli.cli.purchases_named import One, one_purchase
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verb, Verbs
from crm_cli.model.errors import UsageError


def convert_verb(verbs: Verbs) -> None:
    """Take the verb into those of purchases."""

    def convert(
        session: Session,
        purchase: One,
        target: Annotated[
            str, Argument(metavar="order|invoice|credit_note", help="What to make of it.")
        ],
        line: Annotated[
            list[str] | None,
            Option(
                "--line",
                "-l",
                metavar="PRODUCT[:QUANTITY]",
                help="That much of a line; without a quantity, all that is left. Repeatable.",
            ),
        ] = None,
        percent: Annotated[
            str | None,
            Option("--percent", metavar="30", help="A deposit, or a part to credit."),
        ] = None,
        amount: Annotated[
            str | None,
            Option("--amount", metavar="500", help="That much, where there are no lines."),
        ] = None,
        date: On = None,
        number: Annotated[
            str | None,
            Option("--number", metavar="TEXT|next|none", help="Its number; orders have none."),
        ] = None,
        due: Due = None,
        reason: Annotated[
            str | None, Option("--reason", metavar="TEXT", help="Why it was returned.")
        ] = None,
        draft: Annotated[bool, Option("--draft", help="Not posted: excluded from sums.")] = False,
        force: Force = False,
        dry_run: DryRun = False,
    ) -> None:
        from crm_cli.features.purchases.converting import Asked
        from crm_cli.features.purchases.converting import convert as plan
        from crm_cli.model.kind import normal
        from crm_cli.model.purchase_fields import PURCHASE_KINDS

        wanted = normal(target)
        if wanted not in PURCHASE_KINDS:
            raise UsageError(
                f"nothing can be made into '{target}'", "order, invoice or credit_note"
            )
        asked = Asked(line or (), percent, amount, date, number, due, reason, draft)
        one = one_purchase(session, purchase)
        carry_out_numbered(
            session,
            lambda: plan(session.workspace, one, wanted, asked, force=force),
            dry_run=dry_run,
        )

    verbs.take(
        Verb(
            convert,
            doc="""Make an order of a quote, an invoice of an order, a credit note of an invoice.

            All that is left, or a part: the lines of a part delivery or of a return, a
            deposit by --percent, which later invoices take off. Each names the other. A quote
            is accepted with it, and its deal is won.

            crm purchase convert Q-2026-0007 order
            crm purchase convert p-2m8 invoice --percent 30
            crm purchase convert p-2m8 invoice --line beans-1kg:10
            crm purchase convert 2026-0042 credit_note -l beans-1kg:3 --reason Stale
            """,
        )
    )
