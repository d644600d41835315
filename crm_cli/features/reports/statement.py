"""`crm report statement`."""

from __future__ import annotations

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Row, Table
from crm_cli.model.account import account_lines
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.receivables import entries


def _compute(context: Context) -> Table:
    end = min(context.period.end or context.today, context.today)
    rows: list[Row] = []
    for customer in _customers(context):
        record = context.workspace.document(customer).record
        account = entries(record, context.workspace.business)
        of = {"customer": customer, "name": record.get("name")}
        lines = account_lines(account, context.period.start, end)
        rows += [{**of, **line._asdict(), "date": line.day} for line in lines]
    return Table((_CUSTOMER, _DATE), REPORT.figures, rows)


def _customers(context: Context) -> list[str]:
    """The one customer that a WHO means, else those whom the terms describe, by id."""
    from crm_cli.query.who import is_term

    terms = context.asked.terms
    scope = context.workspace.scope(CUSTOMER)
    if len(terms) == 1 and context.asked.where is None and not is_term(terms[0], scope):
        return [context.workspace.who(terms[0])]
    among = context.workspace.node(scope, (), "has(purchase) or has(payment)")
    return sorted(str(id) for (id,) in context.rows("id", among=among))


_CUSTOMER = Key("customer", "id", "whose account it is", label="name", ids=True)
_DATE = Key("date", "", "the day", timed=True)
REPORT = Report(
    name="statement",
    answers="List what customers were billed and what they paid, with the balance after each.",
    formula="The balance before the period, each posted invoice and credit note and each payment "
    "of it, and the balance at its end, or today. Each currency has its own account; a payment "
    "stands in the currency of the invoice that it pays. A returned payment is taken off on its "
    "day and owed again from its return. Open is what is owed today of an invoice. In the base "
    "currency the closing balance is the customer's balance.",
    example="is:owing --period last-6m",
    group="Money",
    base=CUSTOMER,
    by=(),
    open=False,
    figures=(
        Figure("what", "", "invoice, credit note, payment, refund …", type="text"),
        Figure("due", "", "when it is due", type="date"),
        Figure("charged", "", "what was billed, or given back", type="money", own=True),
        Figure("settled", "", "what was paid, or credited", type="money", own=True),
        Figure("balance", "", "what is owed after it", type="money", own=True),
        Figure("currency", "", "the currency of the amounts", type="text", public=True),
        Figure("open", "", "what is still owed of it today", type="money", own=True),
    ),
    period="-",
    compared=False,
    compute=_compute,
)
