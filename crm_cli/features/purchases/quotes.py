"""Quotes: sent, accepted, declined; an accepted one wins its deal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crm_cli.features.moves import Found, planned
from crm_cli.features.plan import Plan
from crm_cli.features.purchases.posting import Posting
from crm_cli.features.purchases.standing import refuse_state
from crm_cli.features.values import day
from crm_cli.model import chain
from crm_cli.model.deal_moves import is_over, to_won
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.item import Item
from crm_cli.model.line import QUOTE
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.sent_document import digest_of
from crm_cli.store.document import Document
from crm_cli.workspace import Workspace


def is_open(purchase: Item) -> bool:
    """Whether a purchase is a quote that is still to be answered."""
    answered = purchase.values.get("quote_status") in ("accepted", "declined")
    return purchase.get("kind") == QUOTE and purchase.get("status") == "posted" and not answered


def is_unsent(purchase: Item) -> bool:
    """Whether a purchase is a quote, perhaps a draft, that can be sent."""
    status = purchase.values.get("quote_status")
    return purchase.get("kind") == QUOTE and purchase.get("status") != "cancelled" and not status


def sent(
    workspace: Workspace, quotes: Sequence[Found], on: str | None = None, *, force: bool = False
) -> Plan:
    """Plan to note that quotes were sent; drafts are posted, and get their numbers."""
    posting = Posting(workspace, on)
    at = day(workspace, on)
    left = []
    for one in quotes:
        _refuse_others(one)
        status = one.item.values.get("quote_status")
        if status:
            posting.notes.append(f"{one.said} is {status} already")
            continue
        if one.item.get("status") == "draft":
            posting.take(one)
        left.append(one)
    post = posting.update(force=force)

    def update(document: Document, id: str) -> None:
        post(document, id)
        document.set(id, "quote_status", "sent")
        digest = digest_of(document.find(id), workspace.business)
        entry = {"kind": QUOTE, "sent": at, "digest": digest}
        document.add("documents", entry, ref=id)

    return planned(PURCHASE, quotes, left, update, "send", "sent", posting.notes, force=force)


def accept(workspace: Workspace, quotes: Sequence[Found], *, force: bool = False) -> Plan:
    """Plan to note that quotes are accepted, and that their deals are won.

    Raises Refused for one that is a draft, declined or holds no longer, unless `force`.
    """
    notes: list[str] = []
    left = []
    steps: dict[str, Callable[[Document], None]] = {}
    for one in quotes:
        _refuse_others(one)
        if one.item.values.get("quote_status") == "accepted":
            notes.append(f"{one.said} is accepted already")
            continue
        if not force:
            refuse_state(one.item, workspace.clock.today)
        steps[one.id] = acceptance(workspace, one.item, notes)
        left.append(one)

    def update(document: Document, id: str) -> None:
        steps[id](document)

    return planned(PURCHASE, quotes, left, update, "accept", "accepted", notes, force=force)


def acceptance(
    workspace: Workspace, quote: Item, notes: list[str]
) -> Callable[[Document], None]:
    """The edit by which a quote is accepted and its deal is won; what is said of the deal."""
    business = workspace.business
    deal = deal_of(quote)
    wins = deal is not None and not is_over(deal)
    accepted = quote.values.get("quote_status") == "accepted"
    if not accepted:
        notes.append(f"{chain.said(quote)} is accepted")
    if deal is not None:
        status = "won" if wins else f"{deal.derived['status']} already"
        if wins or not accepted:
            notes.append(f"deal {deal.id} is {status}: {deal.title}")

    def update(document: Document) -> None:
        if not accepted:
            document.set(quote.id, "quote_status", "accepted")
        if deal is not None and wins:
            document.set(deal.id, "stage", to_won(deal, business, ""))

    return update


def decline(
    workspace: Workspace, quotes: Sequence[Found], reason: str | None = None
) -> Plan:
    """Plan to note that quotes are declined, and why; their deals stay as they are."""
    if reason is not None and not reason.strip():
        raise UsageError("--reason is empty", "leave it out, or say why")
    notes: list[str] = []
    left = []
    for one in quotes:
        _refuse_others(one)
        if one.item.values.get("quote_status") == "declined":
            notes.append(f"{one.said} is declined already")
            continue
        made = chain.followers(one.item, one.item.owner.items(PURCHASE.key))
        if made:
            shown = ", ".join(map(chain.said, made))
            raise Refused(
                f"{chain.said(one.item)} was made into {shown}",
                f"crm purchase cancel {chain.named(made[0])} first",
            )
        left.append(one)
        deal = deal_of(one.item)
        if deal is not None and not is_over(deal):
            notes.append(
                f"its deal is {deal.derived['status'].replace('_', ' ')}: {deal.title}; "
                f"crm deal lose {deal.id} --reason … if it is lost"
            )

    def update(document: Document, id: str) -> None:
        document.set(id, "quote_status", "declined")
        if reason is not None:
            before = document.find(id).values.get("notes")
            document.set(id, "notes", f"{before}\n{reason.strip()}" if before else reason.strip())

    return planned(PURCHASE, quotes, left, update, "decline", "declined", notes)


def deal_of(purchase: Item) -> Item | None:
    """The deal that a purchase comes from."""
    deals = purchase.owner.items("deals")
    return next((one for one in deals if one.id == purchase.values.get("deal")), None)


def _refuse_others(one: Found) -> None:
    if one.item.get("kind") != QUOTE:
        raise UsageError(f"{one.said} is no quote: {chain.said(one.item)}", "crm quote list")
    if one.item.get("status") == "cancelled":
        raise Refused(f"{one.said} is cancelled", f"crm set {one.id} status=posted posts it again")
