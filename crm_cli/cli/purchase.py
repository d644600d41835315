"""`crm purchase`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.items import move_verbs
from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import (
    AsOf,
    Cols,
    Currency,
    DryRun,
    Due,
    Force,
    Json,
    On,
    Output,
    Yes,
)
from crm_cli.cli.report_verbs import report_verb
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.features.reports import load
from crm_cli.model.errors import UsageError
from crm_cli.model.purchase import PURCHASE

if TYPE_CHECKING:
    from crm_cli.features.purchases import Wanted

verbs = Verbs()

ATTEMPTS = 20
"""How often the next number is asked for where others take it meanwhile."""


@verbs.add
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
            help="A product; price, unit and tax default to its own. Repeatable.",
        ),
    ] = None,
    amount: Annotated[
        str | None,
        Option("--amount", metavar="1200", help="The net amount, if there are no lines."),
    ] = None,
    text: Annotated[
        str | None, Option("--text", metavar="TEXT", help="What the amount is for.")
    ] = None,
    kind: Annotated[
        str | None,
        Option(
            "--kind",
            metavar="sale|order|invoice|credit_note",
            help="Default sale, paid at once; only an invoice is owed.",
        ),
    ] = None,
    number: Annotated[
        str | None,
        Option(
            "--number",
            metavar="TEXT|next|none",
            help="Its number; next, the default of invoices and credit notes: the next free one.",
        ),
    ] = None,
    date: On = None,
    due: Due = None,
    discount: Annotated[
        str | None, Option("--discount", metavar="15", help="Discount on each line, in percent.")
    ] = None,
    draft: Annotated[bool, Option("--draft", help="Not posted: excluded from sums.")] = False,
    currency: Currency = None,
    force: Force = False,
    dry_run: DryRun = False,
) -> None:
    """Add a purchase: a sale, an order, an invoice, a credit note.

    crm purchase add ana --line beans-1kg:20 --kind invoice --due +30d
    crm purchase add ana --line beans-1kg:2:17.90 --line filters-100 --discount 10
    crm purchase add kava-doo --amount 1200 --text "Rent of the machine" --date yesterday
    """
    from crm_cli.cli.assignments import split_values
    from crm_cli.features.purchases import Wanted

    words, values = split_values(who)
    if len(words) != 1:
        shown = " ".join(words[1:])
        raise UsageError(
            f"which customer is it for: {shown}?" if words else "which customer is it for?",
            "one customer, as crm purchase add ana --line beans-1kg:20",
        )
    wanted = Wanted(
        line or (), amount, text, kind, number, date, due, discount, draft, currency, values
    )
    _add(session, session.who(words[0], writes=True), wanted, force=force, dry_run=dry_run)


def _add(session: Session, customer: str, wanted: Wanted, *, force: bool, dry_run: bool) -> None:
    """Plan and carry out; again where somebody else took the next number meanwhile."""
    from crm_cli.features.numbers import NumberTaken
    from crm_cli.features.purchases import add

    for attempt in range(ATTEMPTS):
        try:
            plan = add(session.workspace, customer, wanted, force=force)
            if attempt:
                plan = plan._replace(notes=())  # said once
            carry_out(session, plan, dry_run=dry_run)
        except NumberTaken:
            if attempt == ATTEMPTS - 1:
                raise
            continue
        return


@verbs.add
def post(
    session: Session,
    drafts: Annotated[
        list[str],
        Argument(
            metavar="ID…|WHO…|TERM…",
            help="Drafts by id; a customer with one draft; terms select drafts; - reads ids.",
        ),
    ],
    date: On = None,
    force: Force = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Post drafts. An invoice or credit note gets the next number, an invoice its due date.

    crm purchase post p-9f3
    crm purchase post ana --date today
    """
    from crm_cli.cli.items import change
    from crm_cli.features.purchases import post as plan

    change(
        session,
        PURCHASE,
        drafts,
        lambda workspace, found: plan(workspace, found, date, force=force),
        among=lambda item: item.get("status") == "draft",
        dry_run=dry_run,
        yes=yes,
    )


list_verb(
    verbs,
    "purchase",
    """List the purchases that match query terms, by date.

    crm purchase list is:overdue --sort due
    crm purchase list kind:invoice date:this-month +wholesale -o csv
    """,
)


@verbs.add
def show(
    session: Session,
    purchase: Annotated[str, Argument(metavar="NUMBER|ID", help="A purchase's number or id.")],
    cols: Cols = None,
    as_of: AsOf = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Show a purchase with its lines, the amount paid and the amount due.

    crm purchase show 2026-0042
    crm purchase show p-2m8 --json
    """
    from crm_cli.cli.pickers import chosen
    from crm_cli.cli.single_record import answer_one
    from crm_cli.features.numbers import by_number
    from crm_cli.features.showing import item

    session.look_back(as_of)
    customer, ref = chosen(session, lambda text: by_number(session.workspace, text), purchase)
    shown = item(session.workspace, customer, ref)
    answer_one(session, shown, cols=cols, output=output, json=json)


move_verbs(verbs, "purchase")


verbs.take(
    report_verb(
        load("sales"),
        name="summary",
        doc="""Summarize purchases: orders, units, net in the base currency, share of the total.

Terms apply to purchases and their customers. Without --by, prints one total. Drafts,
cancelled purchases and orders billed by an invoice do not count. It is the report
sales; crm report lists all reports.

crm purchase summary --by product --period 2026-q3
crm purchase summary @lapsed-vip --by month --chart
crm purchase summary line/product:beans-1kg date:this-year --by customer -n 10""",
    )
)
