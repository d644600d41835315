"""When a sequence ends before its last step: `until: replied or stage:customer`."""

from __future__ import annotations

from datetime import date, datetime

from crm_cli.features.rules import Rule
from crm_cli.features.rules.traces import Traces
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.interaction import INTERACTION
from crm_cli.workspace import Workspace


def ended_by(
    workspace: Workspace, rule: Rule, traces: Traces, *, only: str = ""
) -> dict[str, str]:
    """The customers who get no more steps of a rule, with the condition that ends it for them;
    `only` one of them. Raises UsageError (QueryError where a condition is at fault)."""
    found: dict[str, str] = {}
    for condition in rule.until:
        if condition.replied:
            for customer in _replied(workspace, rule, traces):
                if not only or customer == only:
                    found.setdefault(customer, "replied")
            continue
        terms = [*condition.terms, *([f"id.is:{only}"] if only else ())]
        rows = workspace.select(CUSTOMER, terms, cols=("id",), ordered=False).rows
        for (id,) in rows:
            found.setdefault(str(id), " ".join(condition.terms))
    return found


def _replied(workspace: Workspace, rule: Rule, traces: Traces) -> list[str]:
    """Who wrote or called since the first step."""
    zone = workspace.business.time_zone
    begun = {
        customer: mark.at.astimezone(zone) for customer, mark in traces.marks(rule.named(1))
    }
    if not begun:
        return []
    first = min(begun.values()).date()
    answer = workspace.select(
        INTERACTION,
        ["direction:inbound", f"at:{first}.."],
        cols=("customer", "at"),
        ordered=False,
    )
    return [
        str(customer)
        for customer, at in answer.rows
        if customer in begun and _is_after(at, begun[customer])
    ]


def _is_after(at: date, begun: datetime) -> bool:
    """Whether something was after a moment; of what has only a day, whether on a later one."""
    return at > begun if isinstance(at, datetime) else at > begun.date()
