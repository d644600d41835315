"""The verb `add` of purchases, of all or of one kind."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.numbered import carry_out_numbered
from crm_cli.cli.options import Currency, DryRun, Due, Force, On
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verb, Verbs
from crm_cli.model.errors import UsageError

_ADD = {
    "": """Add a purchase: a quote, a sale, an order, an invoice, a credit note.

    crm purchase add ana --line beans-1kg:20 --kind invoice --due +30d
    crm purchase add ana --line beans-1kg:2:17.90 --line filters-100 --discount 10
    crm purchase add kava-doo --amount 1200 --text "Rent of the machine" --date yesterday
    """,
    "quote": """Add a quote: it counts for nothing until it is accepted.

    The lines of a deal make one; an accepted quote wins its deal.

    crm quote add ana --line beans-1kg:20 --valid +30d
    crm quote add ana --deal d-2t6
    """,
    "order": """Add an order: it counts for what invoices have not billed yet.

    crm order add ana --line beans-1kg:20 --line filters-100:4
    crm order add ana --line beans-1kg:20 --number 4711
    """,
    "invoice": """Add an invoice: it takes the next number, and is owed.

    Text that names no product becomes a line of free text. --from-log bills the time of
    logged contacts, in hours; what an invoice bills already is left out.

    crm invoice add ana --line beans-1kg:20
    crm invoice add ana --line "Workshop:12:95" --tax 22
    crm invoice add ana --from-log last-month --rate 95 --tax 22
    crm invoice add ana --line beans-1kg:2 --every month --until 2027-12-31
    """,
}


def add_verb(verbs: Verbs, fixed: str) -> None:
    """Give a module its `add`; `fixed` is the kind of all that it adds."""

    def add(
        session: Session,
        who: Annotated[
            list[str],
            Argument(metavar="WHO [KEY=VALUE…]", help="The customer, then more fields."),
        ],
        line: Annotated[
            list[str] | None,
            Option(
                "--line",
                "-l",
                metavar="PRODUCT[:QUANTITY[:PRICE]]",
                help="A product, or words with a price; price, unit and tax default to the "
                "product's. Repeatable.",
            ),
        ] = None,
        amount: Annotated[
            str | None,
            Option("--amount", metavar="1200", help="The net amount, if there are no lines."),
        ] = None,
        text: Annotated[
            str | None, Option("--text", metavar="TEXT", help="What the amount is for.")
        ] = None,
        tax: Annotated[
            str | None,
            Option("--tax", metavar="22", help="Tax rate of lines whose product has none; 0: all."),
        ] = None,
        tax_category: Annotated[
            str | None,
            Option(
                "--tax-category", metavar="AE",
                help="Why no tax: K goods within the EU, AE reverse charge, G export.",
            ),
        ] = None,
        from_log: Annotated[
            str | None,
            Option("--from-log", metavar="PERIOD", help="Bill the time logged in a period."),
        ] = None,
        rate: Annotated[
            str | None,
            Option("--rate", metavar="PRICE|PRODUCT", help="The hourly rate: a price or product."),
        ] = None,
        deal: Annotated[
            str | None,
            Option("--deal", metavar="ID", help="The deal it belongs to; it takes its lines."),
        ] = None,
        kind: Annotated[
            str | None,
            Option(
                "--kind",
                metavar="quote|sale|order|invoice|credit_note",
                help="Default sale, paid at once; only an invoice is owed.",
            ),
        ] = None,
        number: Annotated[
            str | None,
            Option(
                "--number",
                metavar="TEXT|next|none",
                help="Its number; next: the next free one (default, except for orders and sales).",
            ),
        ] = None,
        date: On = None,
        due: Due = None,
        valid: Annotated[
            str | None,
            Option("--valid", metavar="DATE", help="The last day on which the quote holds."),
        ] = None,
        discount: Annotated[
            str | None,
            Option("--discount", metavar="15", help="Discount on each line, in percent."),
        ] = None,
        every: Annotated[
            str | None,
            Option("--every", metavar="month", help="A subscription: how often it comes again."),
        ] = None,
        until: Annotated[
            str | None,
            Option("--until", metavar="DATE", help="The last day on which it comes again."),
        ] = None,
        draft: Annotated[bool, Option("--draft", help="Not posted: excluded from sums.")] = False,
        currency: Currency = None,
        force: Force = False,
        dry_run: DryRun = False,
    ) -> None:
        from crm_cli.features.purchases.adding import Wanted
        from crm_cli.features.purchases.adding import add as plan
        from crm_cli.model.assignments import split_values

        words, values = split_values(who)
        if len(words) != 1:
            shown = " ".join(words[1:])
            raise UsageError(
                f"which customer is it for: {shown}?" if words else "which customer is it for?",
                f"one customer, as crm {fixed or 'purchase'} add ana --line beans-1kg:20",
            )
        wanted = Wanted(
            line or (),
            amount,
            text,
            fixed or kind,
            number,
            date,
            due,
            discount,
            draft,
            currency,
            values,
            tax,
            from_log,
            rate,
            deal,
            valid,
            every,
            until,
            tax_category,
        )
        customer = session.who(words[0], writes=True)
        carry_out_numbered(
            session,
            lambda: plan(session.workspace, customer, wanted, force=force),
            dry_run=dry_run,
        )

    without = {"quote": ("kind", "due", "every", "until"), "order": ("kind", "due", "valid")}
    left_out = without.get(fixed, ("kind", "valid") if fixed else ())
    verbs.take(Verb(add, doc=_ADD[fixed], without=lambda: left_out))
