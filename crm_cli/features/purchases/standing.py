"""Whether anything can be made of a purchase as it stands."""

from __future__ import annotations

from datetime import date

from crm_cli.model import chain
from crm_cli.model.errors import Refused
from crm_cli.model.item import Item
from crm_cli.model.line import QUOTE


def refuse_state(source: Item, today: date) -> None:
    """Refuse a purchase of which nothing can be made now."""
    called, name = chain.said(source), chain.named(source)
    status = source.get("status")
    if status == "draft":
        raise Refused(f"{called} is a draft", f"crm purchase post {source.id} posts it")
    if status == "cancelled":
        raise Refused(f"{called} is cancelled", f"crm set {source.id} status=posted posts it again")
    if source.values.get("quote_status") == "declined":
        raise Refused(f"{called} was declined", f"crm quote accept {name} --force accepts it")
    until = source.values.get("valid_until")
    answered = source.values.get("quote_status") == "accepted"
    if source.get("kind") == QUOTE and until and until < today and not answered:
        raise Refused(
            f"{called} held until {until}",
            f"crm set {source.id} valid_until=… extends it; --force takes it all the same",
        )
