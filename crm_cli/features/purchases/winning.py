"""Winning a deal with its invoice: of its order, its quote, its lines or its amount."""

from __future__ import annotations

from collections.abc import Mapping

from crm_cli.features.moves import Found, move
from crm_cli.features.plan import Plan
from crm_cli.features.purchases.adding import Wanted, add
from crm_cli.features.purchases.converting import Asked, convert
from crm_cli.model import chain, remainder
from crm_cli.model.deal import DEAL
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.item import Item
from crm_cli.model.kind import Move
from crm_cli.model.line import QUOTE
from crm_cli.model.purchase import PURCHASE
from crm_cli.workspace import Edit, Workspace


def win(
    workspace: Workspace,
    found: Found,
    how: Move,
    given: Mapping[str, str | None],
    *,
    force: bool = False,
) -> Plan:
    """Plan to win a deal, and to make the invoice of it; `given` as it is typed.

    Raises Refused where it was billed already, unless `force`; UsageError where it has neither
    a quote, an order, lines nor an amount.
    """
    deal = found.item
    won = move(workspace, DEAL, how, [found], given, force=force)
    (step,) = won.change.steps
    assert isinstance(step, Edit)
    made = [
        one
        for one in deal.owner.items(PURCHASE.key)
        if one.values.get("deal") == deal.id and one.get("status") != "cancelled"
    ]
    date = given.get("closed_at")
    source = _source(made)
    if source is not None:
        asked = Asked(date=date)
        of = found._replace(item=source)
        plan = convert(workspace, of, "invoice", asked, besides=step.update, force=force)
    else:
        _refuse_again(deal, made, force=force)
        amount = None if deal.items("lines") else given.get("amount")
        if not deal.items("lines") and not amount and "amount" not in deal.values:
            raise UsageError(
                f"{found.said} has neither lines nor an amount", "give it: --amount 2400"
            )
        text = deal.title if amount else None
        wanted = Wanted(kind="invoice", deal=deal.id, amount=amount, text=text, date=date)
        plan = add(workspace, found.customer, wanted, also=step.update, force=force)
    notes = [note for note in (*won.notes, *plan.notes) if not note.startswith(f"deal {deal.id}")]
    return plan._replace(
        change=plan.change._replace(subject=f"win {deal.id} of {found.customer} with its invoice"),
        done=f"won: {found.said}; {plan.done}",
        notes=notes,
    )


def _source(made: list[Item]) -> Item | None:
    """What of a deal the invoice is made of: an order, else a quote that was not declined, of
    which anything is left; the latest of several."""
    for kind in ("order", QUOTE):
        for one in reversed(made):
            if one.get("kind") != kind or one.get("status") != "posted":
                continue
            if one.values.get("quote_status") == "declined":
                continue
            followers = chain.followers(one, one.owner.items(PURCHASE.key))
            if not followers or any(rest.left for rest in remainder.rests(one, followers)):
                return one
    return None


def _refuse_again(deal: Item, made: list[Item], *, force: bool) -> None:
    billed = [one for one in made if one.get("kind") in ("invoice", "sale")]
    if billed and not force:
        shown = ", ".join(map(chain.said, billed))
        raise Refused(
            f"{deal.title}, {deal.id}, is billed already: {shown}",
            f"crm deal win {deal.id} notes that it is won; --force bills it once more",
        )
