"""`crm payment`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.items import show_verb
from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import (
    Currency,
    DryRun,
    On,
)
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import NotFound, UsageError

if TYPE_CHECKING:
    from crm_cli.workspace import Workspace

verbs = Verbs()


@verbs.add
def add(
    session: Session,
    words: Annotated[
        list[str],
        Argument(
            metavar="WHO|NUMBER [AMOUNT] [KEY=VALUE…]",
            help="The customer, or the purchase paid; default amount: what is still owed.",
        ),
    ],
    date: On = None,
    method: Annotated[
        str | None,
        Option("--method", metavar="METHOD", help="cash, credit_transfer, credit_card, online …"),
    ] = None,
    for_: Annotated[
        str | None,
        Option("--for", metavar="NUMBER|ID", help="The purchase this pays."),
    ] = None,
    reference: Annotated[
        str | None, Option("--reference", metavar="TEXT", help="The bank's reference.")
    ] = None,
    currency: Currency = None,
    refund: Annotated[bool, Option("--refund", help="Record a refund.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Add a payment. The number of an invoice settles it.

    crm payment add 2026-0042
    crm payment add 2026-0042 200 --method cash --date yesterday
    crm payment add ana 50 --refund --for 2026-0042
    """
    from crm_cli.cli.assignments import split_values
    from crm_cli.features.payments import Wanted
    from crm_cli.features.payments import add as plan

    named, values = split_values(words)
    if not named or len(named) > 2:
        raise UsageError(
            f"more than one amount: {' '.join(named[1:])}" if named else "who paid?",
            "crm payment add ana 200, or crm payment add 2026-0042",
        )
    customer, purchase = _whose(session, named[0], for_)
    wanted = Wanted(
        named[1] if len(named) == 2 else None,
        purchase,
        date,
        method,
        reference,
        currency,
        refund,
        values,
    )
    carry_out(session, plan(session.workspace, customer, wanted), dry_run=dry_run)


def _whose(session: Session, text: str, paid: str | None) -> tuple[str, str | None]:
    """(customer, purchase) of WHO with `--for`, or of a purchase's number or id."""
    from crm_cli.cli.pickers import chosen
    from crm_cli.features.numbers import by_number

    workspace = session.workspace
    if paid is None:
        found = chosen(session, lambda word: _purchase(workspace, word), text)
        return found or (_customer(session, text), None)
    customer = session.who(text, writes=True)
    return chosen(session, lambda word: by_number(workspace, word, customer), paid)


def _customer(session: Session, text: str) -> str:
    """The customer that WHO means; what looks like a number is said to be none."""
    try:
        return session.who(text, writes=True)
    except NotFound as error:
        if not any(char.isdigit() for char in text):
            raise
        raise NotFound(f"{error.message}, and no purchase of that number", error.hint) from None


def _purchase(workspace: Workspace, text: str) -> tuple[str, str] | None:
    """What a word means as a purchase: its number, or its id with the letter."""
    from crm_cli.features.numbers import numbered
    from crm_cli.model.purchase import PURCHASE
    from crm_cli.workspace import is_item_id

    if text in workspace.customer_ids():
        return None
    found = numbered(workspace, text)
    if found is None and text[:2] == "p-" and is_item_id(text):
        try:
            found = workspace.item(text, PURCHASE)
        except NotFound:
            return None
    return found


list_verb(
    verbs,
    "payment",
    """List the payments that match query terms, by date.

    crm payment list date:this-month
    crm payment list customer:ana --sort amount- -o csv
    """,
)
show_verb(verbs, "payment")
