"""The account of a customer in a time: what was billed and paid."""

from __future__ import annotations

from crm_cli.model.account import Line, account_lines
from crm_cli.model.errors import UsageError
from crm_cli.model.item import Item
from crm_cli.model.periods import Period
from crm_cli.model.receivables import entries
from crm_cli.workspace import Workspace


def lines_in(
    workspace: Workspace, record: Item, period: str | None, *, usual: Period
) -> list[Line]:
    """The lines of a customer's account in a period, up to today; without one, in the usual one.

    Raises UsageError for a period that begins after today.
    """
    today = workspace.clock.today
    days = usual if period is None else workspace.period(period)
    if days.start is not None and days.start > today:
        raise UsageError(f"--period {period} begins after today", "such as --period this-year")
    end = min(days.end or today, today)
    return list(account_lines(entries(record, workspace.business), days.start, end))
