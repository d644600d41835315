"""The channel on which each customer answers most surely, from all attempts of ours."""

from __future__ import annotations

from decimal import Decimal

from crm_cli.model.channels import likeliest
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.money import EXACT
from crm_cli.query.database import Database
from crm_cli.query.group import GroupQuery, group
from crm_cli.query.scope import Scope
from crm_cli.query.terms import parse_terms


def likely(database: Database, scope: Scope) -> dict[str, str]:
    """By customer, their likely channel; see `likeliest`."""
    scope = scope._replace(base=INTERACTION, likely=None)
    node = parse_terms(["attempt:yes"], scope)
    figures = ("count as tried", "count(where answered = yes) as answers")
    rows = group(database, GroupQuery(INTERACTION, ("customer", "via"), figures, node), scope).rows
    tried: dict[str, list[tuple[str, int, int]]] = {}
    whole: dict[str, tuple[int, int]] = {}
    for customer, channel, attempts, answers in rows:
        if customer is None:
            continue
        tried.setdefault(customer, []).append((channel, attempts, answers))
        before = whole.get(channel, (0, 0))
        whole[channel] = (before[0] + attempts, before[1] + answers)
    rates = {
        channel: EXACT.divide(Decimal(answers), Decimal(attempts))
        for channel, (attempts, answers) in whole.items()
    }
    found = {customer: likeliest(held, rates) for customer, held in tried.items()}
    return {customer: channel for customer, channel in found.items() if channel is not None}
