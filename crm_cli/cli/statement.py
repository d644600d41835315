"""`crm statement`."""

from __future__ import annotations

from crm_cli.cli.documents import MAKING, Making, make
from crm_cli.cli.options import PeriodOf, Who
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Verbs

verbs = Verbs()


@verbs.add
def statement(
    session: Session,
    who: Who,
    period: PeriodOf = None,
    making: Making = MAKING,
) -> None:
    """Make a customer's statement of account: what was billed and paid, and the balance.

    crm report statement has the same figures as a table.

    crm statement ana
    crm statement ana --period 2026 --to statement.pdf
    """
    from crm_cli.features.documents.gathering import of_account

    make(session, [of_account(session.workspace, session.who(who), period)], making)
