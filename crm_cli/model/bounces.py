"""E-mail that came back: which of a customer's addresses it says cannot be reached.

Each address has a score, as mailing list programs keep it: 1 for what came back for good, 0.5 for
what was put off (RFC 3463), at most one a day, over the last 30 days. From `mail.dead_at` on (1,
where the settings do not say) nothing is sent to it any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.dates import local_date
from crm_cli.model.effect import is_ahead
from crm_cli.model.interaction import NOT_REACHED

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

HARD, SOFT = Decimal(1), Decimal("0.5")
_KEPT = timedelta(days=30)
_STATUS = r"(?<![\w.])[45]\.\d{1,3}\.\d{1,3}(?![\w.])"
_WITHIN = (".", "_", "+", "-")
"""What an address has in its midst, as a rule, beside letters and digits."""
_TEXTS = ("subject", "summary", "touchpoint", "notes")


def derive_bounces(customer: Item, business: Business) -> None:
    """Note at each address the day from which e-mail comes back.

    An e-mail with the outcome `bounced` is about the addresses that its text names; one that
    names none is about the first address that may be used; one of a contact has to be named. An
    address works again once an e-mail that names it, or names none, is answered or was sent by the
    customer.
    """
    addresses = [one for one in customer.items("emails") if one.values.get("value")]
    contacts = [
        one
        for contact in customer.items("contacts")
        for one in contact.items("emails")
        if one.values.get("value")
    ]
    both = [*addresses, *contacts]
    if not both:
        return
    scores: dict[str, dict[date, Decimal]] = {}
    for at, came_back, text in sorted(_heard(customer, business)):
        named = [one for one in both if _names(text, one.values["value"].lower())]
        if not came_back:
            for one in named or addresses:
                one.derived.pop("bounced", None)
                scores.pop(one.values["value"], None)
        elif named or "@" not in text:
            usable = (one for one in addresses if not one.values.get("do_not_use"))
            for one in named or list(usable)[:1]:
                held = scores.setdefault(one.values["value"], {})
                held[at] = max(held.get(at, SOFT), _points(text))
                if sum(n for day, n in held.items() if day > at - _KEPT) >= business.dead_at:
                    one.derived.setdefault("bounced", at)


def status_in(text: str) -> str:
    """The first status of a delivery that failed (RFC 3463), such as 5.1.1; else empty."""
    found = re.search(_STATUS, text)
    return found[0] if found else ""


def is_soft(status: str) -> bool:
    """Whether a mail may get through another time: the fault is temporary, the mailbox is full or
    the mail itself was refused (RFC 3463: classes 4, and 5 with the subjects 2, 3 and 6, 7)."""
    return status[:1] == "4" or status[:4] in ("5.2.", "5.3.", "5.6.", "5.7.")


def _points(text: str) -> Decimal:
    """What a report counts for: hard, unless its status says that it may work another time."""
    return SOFT if is_soft(status_in(text)) else HARD


def _names(text: str, address: str) -> bool:
    """Whether an address stands in a text by itself, not as a part of another one."""
    start = text.find(address)
    while start >= 0:
        end = start + len(address)
        before, after = text[start - 1 : start] if start else "", text[end : end + 2]
        goes_on = after[:1].isalnum() or after[:1] in ("-", "_", "@")
        goes_on = goes_on or (after[:1] == "." and after[1:].isalnum())
        if not (goes_on or before.isalnum() or before in _WITHIN):
            return True
        start = text.find(address, start + 1)
    return False


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
