"""Reports that mail came back: with whom they are noted, and whether they are to be believed.

Anybody can send one. It counts only if it is about a mail that we sent to the address: the mail
that came back with it is one that was noted with the address's holder; or else it is from us, and
something was sent to them in the days before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from crm_cli.features.mail.joining import Joined, Joining
from crm_cli.model.campaign_assigning import HELD_OUT, SUPPRESSED
from crm_cli.model.campaign_response import CAMPAIGN_RESPONSE
from crm_cli.model.dates import local_date
from crm_cli.model.errors import CrmError
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.item import Item
from crm_cli.model.mail import Bounce, Mail, is_own
from crm_cli.model.response_times import OUTBOUND
from crm_cli.workspace import Workspace

_DAYS = timedelta(days=30)


class Report(NamedTuple):
    """What a mail reports of one address of a customer; `id` is the Message-ID, with the address
    where it reports of several."""

    id: str
    mail: Mail
    bounce: Bounce
    found: Joined

    @property
    def doubt(self) -> str:
        """What is told of a report that does not count."""
        return (
            f"no mail to {self.bounce.address} is known that could have come back; the report is"
            " kept as a note and does not count"
        )


def reports(joining: Joining, mail: Mail, customer: str = "") -> Iterator[Report]:
    """What a mail reports of customers' addresses, or of any, with one who is named."""
    for one in mail.bounces:
        found = joining.bounced(one.address, mail, customer)
        if found is not None:
            several = len(mail.bounces) > 1
            id = f"{mail.message_id}/{one.address}" if several else mail.message_id
            yield Report(id, mail._replace(message_id=id), one, found)


def is_proven(workspace: Workspace, joining: Joining, one: Report) -> bool:
    """Whether a report is about a mail that we sent to the address."""
    returned = one.mail.returned
    if returned is None:
        return False
    whose = joining.holding(one.bounce.address)
    known = joining.to_whom(returned.message_id)
    if known is not None:
        return not known.isdisjoint(whose)
    at = one.mail.at
    return is_own(returned.sender, joining.own) and any(
        joining.wrote_to(id, at - _DAYS, at) or _was_written_to(workspace, id, at) for id in whose
    )


def _was_written_to(workspace: Workspace, customer: str, at: datetime) -> bool:
    """Whether the records have an e-mail of ours to a customer, in the days before."""
    zone = workspace.business.time_zone
    last = local_date(at, zone)
    try:
        days = list(_sent(workspace.record(customer)))
    except CrmError:
        return False
    return any(last - _DAYS <= local_date(day, zone) <= last for day in days)


def _sent(record: Item) -> Iterator[date | datetime]:
    """When e-mails went to a customer: those that are noted, and campaigns."""
    for one in record.items(INTERACTION.key):
        is_mail = one.get("kind") == "email" and one.values.get("direction") == OUTBOUND
        if is_mail and one.get("status") == "held" and "at" in one.values:
            yield one.values["at"]
    for one in record.items(CAMPAIGN_RESPONSE.key):
        mailed = one.values.get("channel") in (None, "email")
        if mailed and one.values.get("status") not in (HELD_OUT, SUPPRESSED) and "at" in one.values:
            yield one.values["at"]
