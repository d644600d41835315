"""A page to send to a customer: their account, and what they bought.

It says what documents that they were sent say already, and nothing else of the record: no
notes, tags, segments, scores, deals, cases or contacts, no drafts, nothing cancelled, and no
offers that they did not accept.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from crm_cli.features.documents.gathering import of_account, settings_of
from crm_cli.features.documents.rendering import page_of_paper
from crm_cli.formats.documents.as_html import html_of
from crm_cli.formats.documents.page import Prose
from crm_cli.formats.documents.views import history
from crm_cli.formats.documents.words import words_of
from crm_cli.model.errors import NotFound
from crm_cli.model.item import Item
from crm_cli.model.paper import Entry, Paper
from crm_cli.model.paper_of import paper_base
from crm_cli.workspace import Workspace

KINDS = ("invoice", "credit_note", "order", "sale")
"""The kinds of purchases that it lists, those that are posted and not dated after today."""


def customer_page(workspace: Workspace, customer: str, period: str | None = None) -> str:
    """The page as HTML, in the customer's language and by the template of statements; of a
    period, or of all time. Raises NotFound where there is nothing to show, UsageError."""
    bought = list(_bought(workspace, customer, period))
    paper = _account(workspace, customer, period, known=bool(bought))
    page = page_of_paper(workspace, paper)
    words = words_of(page.language)
    blocks = [*page.blocks]
    if bought:
        heading = Prose("heading", ((words.word("label.purchases"), False),))
        blocks += [heading, *history(bought, words)]
    return html_of(page._replace(blocks=blocks))


def _account(workspace: Workspace, customer: str, period: str | None, *, known: bool) -> Paper:
    try:
        return of_account(workspace, customer, period)
    except NotFound:
        # Who bought without an invoice has no account.
        if not known:
            raise
    base = paper_base("statement", workspace.record(customer), settings_of(workspace))
    return base._replace(day=workspace.clock.today, currency=workspace.business.currency)


def _bought(workspace: Workspace, customer: str, period: str | None) -> Iterator[Entry]:
    """The purchases of the period, the latest first."""
    days, today = workspace.period(period), workspace.clock.today
    record = workspace.record(customer)
    dated = [(one.values.get("date"), one) for one in record.items("purchases") if _counts(one)]
    for day, one in sorted(dated, key=lambda pair: str(pair[0] or ""), reverse=True):
        if (day is None and period is not None) or (day is not None and day not in days):
            continue
        if day is not None and day > today:
            continue
        derived = one.derived
        yield Entry(
            day, str(one.get("kind")), str(one.values.get("number") or ""),
            str(derived["currency"]), derived.get("amount_due") or Decimal(0), derived.get("due"),
            charged=derived.get("gross"),
        )  # fmt: skip


def _counts(purchase: Item) -> bool:
    return purchase.get("kind") in KINDS and purchase.get("status") == "posted"
