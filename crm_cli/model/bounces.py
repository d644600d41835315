"""E-mail that came back: which of a customer's addresses it says cannot be reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from crm_cli.model.dates import local_date
from crm_cli.model.effect import is_ahead
from crm_cli.model.interaction import NOT_REACHED

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

_TEXTS = ("subject", "summary", "touchpoint", "notes")


def derive_bounces(customer: Item, business: Business) -> None:
    """Note at each address the day from which e-mail comes back.

    An e-mail with the outcome `bounced` is about the addresses that its text names; one that
    names none is about the first address that may be used. An address works again once an e-mail
    that names it, or names none, is answered or was sent by the customer.
    """
    addresses = [one for one in customer.items("emails") if one.values.get("value")]
    if not addresses:
        return
    for at, came_back, text in sorted(_heard(customer, business)):
        named = [one for one in addresses if one.values["value"].lower() in text]
        if not came_back:
            _reached(named or addresses)
        elif named or "@" not in text:
            usable = (one for one in addresses if not one.values.get("do_not_use"))
            for one in named or list(usable)[:1]:
                one.derived.setdefault("bounced", at)


def _reached(addresses: list[Item]) -> None:
    for one in addresses:
        one.derived.pop("bounced", None)


def _returned(customer: Item) -> Iterator[Item]:
    """The responses to campaigns that say that an e-mail came back."""
    for one in customer.items("campaign_responses"):
        mailed = one.values.get("channel") in (None, "email")
        if mailed and one.values.get("status") == "bounced" and "at" in one.values:
            yield one


def _heard(customer: Item, business: Business) -> Iterator[tuple[date, bool, str]]:
    """(day, whether it came back, text) of the e-mails that say whether an address works."""
    for one in _returned(customer):
        text = str(one.values.get("reason") or "").lower()
        yield local_date(one.values["at"], business.time_zone), True, text
    for one in customer.items("interactions"):
        values = one.values
        outcome = values.get("outcome")
        if values.get("kind") != "email" or one.get("status") != "held" or "at" not in values:
            continue
        if outcome != "bounced" and (
            outcome in NOT_REACHED or (outcome is None and values.get("direction") != "inbound")
        ):
            continue
        if not is_ahead(one, business):
            text = "\n".join(str(values.get(key) or "") for key in _TEXTS).lower()
            yield local_date(values["at"], business.time_zone), outcome == "bounced", text
