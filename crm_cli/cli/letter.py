"""`crm letter`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.documents import MAKING, Making, make
from crm_cli.cli.options import On, Who
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verbs

verbs = Verbs()


@verbs.add
def letter(
    session: Session,
    who: Who,
    purchase: Annotated[
        str | None,
        Option("--purchase", metavar="NUMBER|ID", help="A purchase whose lines stand there, too."),
    ] = None,
    date: On = None,
    making: Making = MAKING,
) -> None:
    """Make a letter to a customer from a template: a letter, a contract, a survey.

    crm letter ana --date mon --to letter.pdf
    crm letter ana --template contract --purchase 2026-0042 --to contract.pdf
    """
    from crm_cli.cli.purchases_named import one_purchase
    from crm_cli.features.consent import objecting
    from crm_cli.features.documents.gathering import letter as gather

    customer = session.who(who)
    if refused := objecting(session.workspace, [customer]):
        session.say(f"a letter to {customer}, who is to get none: {refused[customer]}")
    name = making.template or "letter"
    found = one_purchase(session, purchase) if purchase is not None else None
    paper = gather(session.workspace, customer, name, making.language or "", date, found)
    make(session, [paper], making, template=name)
