"""What becomes of money that is late: returned payments, and promises to pay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_cli.features.moves import Found, planned
from crm_cli.features.plan import Plan
from crm_cli.features.values import day, echoed, typed
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.money import format_amount
from crm_cli.model.payment import PAYMENT, is_refund
from crm_cli.model.purchase import PURCHASE
from crm_cli.store.document import Document
from crm_cli.workspace import Workspace


def bounce(
    workspace: Workspace, payments: Sequence[Found], on: str | None = None, fee: str | None = None
) -> Plan:
    """Plan to note that payments were returned by the bank on a day, `on` as typed or today.

    They stay, and no longer count from that day on. Raises Refused for a refund, or a day
    before the payment's; UsageError for a fee that is no amount.
    """
    returned = day(workspace, on)
    notes = echoed(workspace, "returned", on, returned) if on else []
    cost = typed(workspace, PAYMENT, "bounced.fee", fee) if fee else None
    if isinstance(cost, tuple):
        raise UsageError(f"--fee {fee}: the fee is in the payment's currency", "--fee 5")
    left = []
    for one in payments:
        paid = one.item.values.get("date")
        if is_refund(one.item):
            raise Refused(f"{one.said} is a refund", "only what was received can be returned")
        if paid is not None and returned < paid:
            raise Refused(f"{one.said} is of {paid}", f"a later day: --date {paid}")
        if "bounced" in one.item.values and cost is None and on is None:
            notes.append(f"{one.said} is noted as returned already")
        else:
            left.append(one)

    def update(document: Document, id: str) -> None:
        document.set(id, "bounced.at", returned)
        if cost is not None:
            document.set(id, "bounced.fee", cost)

    return planned(PAYMENT, payments, left, update, "bounce", "returned", notes)


def promise(workspace: Workspace, invoices: Sequence[Found], on: str) -> Plan:
    """Plan to note the day by which customers promised to pay invoices.

    Raises Refused for a purchase of which nothing is owed, UsageError for a day that is past.
    """
    promised = day(workspace, on, ahead=True)
    if promised < workspace.clock.today:
        raise UsageError(f"--date {on} is past", "the day by which they promised to pay")
    notes = echoed(workspace, "promised for", on, promised)
    for one in invoices:
        owed: Any = one.item.derived.get("amount_due")
        if not owed:
            raise Refused(f"nothing is owed for {one.said}", "crm purchase list is:owing")
        shown = format_amount(owed, one.item.derived["currency"])
        notes.append(f"{one.item.title or one.id}: {shown} {one.item.derived['currency']} is owed")

    def update(document: Document, id: str) -> None:
        document.set(id, "promised", promised)

    return planned(PURCHASE, invoices, invoices, update, "promise", "noted the promise", notes)
