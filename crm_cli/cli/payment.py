"""`crm payment`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.items import show_verb
from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import (
    Currency,
    DryRun,
    On,
    Yes,
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
            metavar="WHO|NUMBER… [AMOUNT] [KEY=VALUE…]",
            help="The customer, or the purchases paid; default amount: what is still owed.",
        ),
    ],
    date: On = None,
    method: Annotated[
        str | None,
        Option("--method", metavar="METHOD", help="cash, credit_card, online, write_off …"),
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
    """Add a payment. The number of an invoice settles it; one payment may settle several.

    What will never be paid is written off: a payment by --method write_off. That of a
    sale tells the ledger how its money came.

    crm payment add 2026-0042
    crm payment add 2026-0035 2026-0041
    crm payment add 2026-0042 200 --method cash --date yesterday
    crm payment add ana 50 --refund --for 2026-0042
    crm payment add 2026-0042 --method write_off
    """
    from crm_cli.features.payments import Wanted, add_to_several
    from crm_cli.features.payments import add as plan
    from crm_cli.model.assignments import split_values

    named, values = split_values(words)
    several = _several(session, named) if for_ is None and not refund else None
    if several is not None:
        customer, paid, amount = several
        wanted = Wanted(amount, None, date, method, reference, currency, refund, values)
        made = add_to_several(session.workspace, customer, paid, wanted)
        carry_out(session, made, dry_run=dry_run)
        return
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


@verbs.add
def bounce(
    session: Session,
    payments: Annotated[
        list[str],
        Argument(
            metavar="ID…|WHO…|TERM…",
            help="Payments by id; a customer with one payment; terms select payments.",
        ),
    ],
    date: On = None,
    fee: Annotated[
        str | None, Option("--fee", metavar="AMOUNT", help="What the bank took for it.")
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Note that a cheque or debit was returned: the payment stays, and no longer counts.

    The fee is kept with it; it adds nothing to what the customer owes.

    crm payment bounce y-7d1
    crm payment bounce y-7d1 --date fri --fee 5
    """
    from crm_cli.cli.items import change
    from crm_cli.features.overdue import bounce as plan
    from crm_cli.model.payment import PAYMENT, is_refund

    change(
        session,
        PAYMENT,
        payments,
        lambda workspace, found: plan(workspace, found, date, fee),
        among=lambda item: not is_refund(item) and "bounced" not in item.values,
        dry_run=dry_run,
        yes=yes,
    )


@verbs.add
def promise(
    session: Session,
    invoices: Annotated[
        list[str],
        Argument(
            metavar="NUMBER…|WHO…|TERM…",
            help="Invoices by number or id; a customer with one open invoice; terms.",
        ),
    ],
    date: Annotated[
        str, Option("--date", metavar="DATE", help="The day by which they promised to pay.")
    ],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Note the day by which a customer promised to pay: until then no reminder is due.

    crm payment promise 2026-0042 --date fri
    """
    from crm_cli.cli.items import change
    from crm_cli.features.overdue import promise as plan
    from crm_cli.model.purchase import PURCHASE

    change(
        session,
        PURCHASE,
        invoices,
        lambda workspace, found: plan(workspace, found, date),
        among=lambda item: bool(item.derived.get("amount_due")),
        state="open invoice",
        dry_run=dry_run,
        yes=yes,
    )


def _several(session: Session, words: list[str]) -> tuple[str, list[str], str | None] | None:
    """(customer, purchases, amount) of two purchases or more; None where there are no two.

    The last word may be an amount. Raises UsageError where it may be either, and for purchases
    of several customers.
    """
    if len(words) < 2:
        return None
    found = [_purchase(session.workspace, word) for word in words]
    if found[0] is None or found[1] is None:
        return None
    rest = words[-1] if found[-1] is None else None
    paid = [one for one in found[: len(words) - (rest is not None)] if one is not None]
    if len(paid) + (rest is not None) < len(words):
        raise NotFound(f"there is no purchase {words[found.index(None)]}", "crm purchase list")
    if rest is None and _is_amount(words[-1]):
        raise UsageError(
            f"{words[-1]} is an amount, and the number of a purchase",
            f"write {words[-1]}.00, or its id: {paid[-1][1]}",
        )
    owners = list(dict.fromkeys(owner for owner, _ in paid))
    if len(owners) > 1:
        raise UsageError(
            f"they are purchases of {' and '.join(owners)}", "add a payment for each customer"
        )
    return owners[0], [id for _, id in paid], rest


def _is_amount(text: str) -> bool:
    from crm_cli.model.errors import Unreadable
    from crm_cli.model.money import read_amount

    try:
        read_amount(text)
    except Unreadable:
        return False
    return True


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
        raise NotFound(
            f"there is no purchase with the number {text}, and no such customer",
            error.hint or "crm purchase list is:invoice shows the invoices",
        ) from None


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
