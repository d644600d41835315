"""The ledger of the customers that a query describes, for plain-text accounting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from crm_cli.formats.flat import Exported
from crm_cli.formats.ledger import journal_of, program_of, written
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Problem
from crm_cli.model.exchange import unknown_balance
from crm_cli.model.ledger import Missing, Transaction, transactions
from crm_cli.model.ledger_accounts import ACCOUNTS
from crm_cli.workspace import Workspace

LEDGER = "ledger"


def export_ledger(
    workspace: Workspace,
    terms: Sequence[str] = (),
    *,
    where: str | None = None,
    period: str | None = None,
    format: str = "",
    to: str = "",
) -> tuple[Exported, list[Problem]]:
    """The journal up to today, or of a period, and whose balance is not known: they are left out.

    Raises UsageError for a format, or a name of an account, that there is not.
    """
    program = program_of(format, to)
    business = workspace.business
    days = workspace.period(period)
    made: list[Transaction] = []
    problems = []
    scope = workspace.scope(CUSTOMER)
    among = workspace.node(scope, terms, where)
    money = workspace.node(scope, (), "has(purchase) or has(payment)")
    from crm_cli.query.ast import And

    for (id,) in sorted(workspace.rows(CUSTOMER, And((among, money)), ("id",))):
        document = workspace.document(str(id))
        try:
            found = transactions(document.record, business)
        except Missing:
            problems.append(
                unknown_balance(document.path, str(document.record.get("name") or id))
            )
            continue
        made += [one for one in found if one.postings and (not period or _within(one, days))]
    journal = journal_of(
        made,
        {**ACCOUNTS, **business.ledger},
        title=business.name,
        currency=business.currency,
        program=program,
    )
    return Exported(written(journal, program), Counter()), problems


def _within(one: Transaction, days: object) -> bool:
    from crm_cli.model.periods import Period

    assert isinstance(days, Period)
    return one.day is not None and one.day in days
