"""What is written down of messages once servers have taken or refused them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from crm_cli.features.entering import entered
from crm_cli.features.mailing.addressing import contact_at
from crm_cli.features.mailing.outbox import Held
from crm_cli.formats.mail.drafts import draft_of
from crm_cli.model.bill_to import bill_to
from crm_cli.model.campaign_response import CAMPAIGN_RESPONSE
from crm_cli.model.errors import DataError, NotFound, Severity, Unreadable
from crm_cli.model.ids import derived_item_id
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.mail_text import beginning
from crm_cli.model.outgoing import SENT, Outgoing
from crm_cli.model.places import CUSTOMERS
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.rule import PREFIX
from crm_cli.query.lookups import former_ids
from crm_cli.store.document import Document
from crm_cli.workspace import Edit, Remove, Rewrite, Step, Workspace

Values = dict[str, Any]


class Taken(NamedTuple):
    """A message that is over: a server has taken it, or (`bounced`) there is no such address.
    `contact` is who got it at an organization."""

    held: Held
    at: datetime
    bounced: str = ""
    contact: str = ""

    @property
    def letter(self) -> Outgoing:
        """The message."""
        assert self.held.letter is not None
        return self.held.letter


def steps(workspace: Workspace, taken: Sequence[Taken]) -> list[Step]:
    """The steps that file messages which were sent, and note them with their customers.

    A customer who is gone since is no hindrance: the file stays. See `hindered` for others.
    """
    made: list[Step] = []
    by_customer: dict[str, list[Taken]] = {}
    former = former_ids(workspace.database)
    waiting = hindered(workspace, taken)
    for one in taken:
        if one.held.path in waiting:
            continue
        if not one.bounced:
            # Whatever its file was called: one name for one message.
            path = f"{SENT}{one.at.year}/{one.letter.file}"
            made.append(Rewrite(path, partial(_kept, _filed(one))))
            made.append(Remove(one.held.path))
        if one.letter.is_internal:
            continue  # the customer did not get it
        by_customer.setdefault(_home(one, former), []).append(one)
    for id, those in by_customer.items():
        try:
            path = workspace.path_of(id)
            those = [one._replace(contact=_contact(workspace, one, id)) for one in those]
        except NotFound:
            continue
        made.append(Edit(path, entered(_noting(workspace, those), force=True)))
    return made


def hindered(workspace: Workspace, taken: Sequence[Taken]) -> dict[str, str]:
    """The messages that cannot be noted now, by path, since the customer's file cannot be read:
    which one that is. They stay where they are until it can."""
    former = former_ids(workspace.database)
    broken = {
        PurePosixPath(one.path).stem: one.path
        for one in workspace.problems
        if one.severity is Severity.ERROR and one.path.startswith(CUSTOMERS.path)
    }
    found = {}
    for one in taken:
        if one.letter.is_internal:
            continue
        id = _home(one, former)
        try:
            workspace.path_of(id)
        except NotFound:
            if id in broken:
                found[one.held.path] = broken[id]
        except DataError as error:
            found[one.held.path] = error.message
    return found


def _home(one: Taken, former: Mapping[str, str]) -> str:
    """With whom a message is noted: the customer; that an address is none, with who has it."""
    id = one.letter.person if one.bounced and one.letter.person else one.letter.customer
    return former.get(id, id)


def _kept(data: bytes, held: bytes | None) -> bytes:
    return data if held is None else held


def _filed(one: Taken) -> bytes:
    """The file of a message that was sent: what it said, with the date."""
    try:
        return draft_of(one.letter._replace(trouble=""), date=format_datetime(one.at))
    except Unreadable:
        return one.held.data


def _noting(workspace: Workspace, taken: Sequence[Taken]) -> Callable[[Document], None]:
    def update(document: Document) -> None:
        known = {one.id for one in document.record.items(INTERACTION.key)}
        mailed = {one.values.get("message_id") for one in document.record.items(INTERACTION.key)}
        for one in taken:
            values = _interaction(workspace, one)
            # A copy of it may have been fetched already.
            if values["id"] not in known and values.get("message_id", "") not in mailed:
                document.extend(INTERACTION.key, [values])
            if one.letter.campaign:
                _respond(document, _response(workspace, one))
            if not one.bounced:
                _bring(workspace, document, one)

    return update


def _interaction(workspace: Workspace, one: Taken) -> Values:
    letter = one.letter
    about = f"{letter.id}/bounced" if one.bounced else letter.id
    is_rule = letter.by.startswith(PREFIX)
    others = [one.contact, *(party.name or party.address for party in letter.cc)]
    values: Values = {
        # The same in every clone, and for crm mail fetch.
        "id": derived_item_id(INTERACTION.letter, "", INTERACTION.key, about, 0),
        "at": one.at.astimezone(workspace.business.time_zone).replace(second=0, microsecond=0),
        "kind": letter.channel,
        "direction": "outbound",
        "outcome": "bounced" if one.bounced else "",
        "subject": letter.subject,
        "summary": one.bounced or beginning(letter.text),
        "owner": "" if is_rule else letter.by,
        "by": letter.by if is_rule else "",
        "participants": [who for who in others if who],
        "attachments": [file.name for file in letter.attached],
        "campaign": letter.campaign,
        "deal": letter.deal,
        "case": letter.case,
        "message_id": about if letter.channel == "email" else "",
        "thread": letter.parent,
    }
    return {key: value for key, value in values.items() if value not in ("", [])}


def _contact(workspace: Workspace, one: Taken, customer: str) -> str:
    """The contact who got the message of an organization: the id of their record, or the name."""
    if one.bounced and one.letter.person:
        return ""  # it is noted with them
    contact = contact_at(workspace, one.letter._replace(customer=customer))
    return contact.id or contact.name if contact is not None else one.letter.person


def _response(workspace: Workspace, one: Taken) -> Values:
    letter, step = one.letter, int(one.letter.step or 1)
    values = {
        "campaign": letter.campaign,
        "variant": letter.variant,
        "step": step if step > 1 else None,
        "status": "bounced" if one.bounced else "sent",
        "at": one.at.astimezone(workspace.business.time_zone).replace(second=0, microsecond=0),
        "channel": letter.channel,
        "reason": one.bounced,
    }
    return {key: value for key, value in values.items() if value}


def _respond(document: Document, values: Values) -> None:
    """Note what became of somebody in a campaign, once."""
    for one in document.record.items(CAMPAIGN_RESPONSE.key):
        held = one.values
        same = all(held.get(key) == values[key] for key in ("campaign", "status"))
        if same and (held.get("step") or 1) == (values.get("step") or 1):
            return
    document.add(CAMPAIGN_RESPONSE.key, values)


def _bring(workspace: Workspace, document: Document, one: Taken) -> None:
    """Note at the purchases what was sent of them, with what it said."""
    letter = one.letter
    day = one.at.astimezone(workspace.business.time_zone).date()
    found = [item for item in document.record.items(PURCHASE.key) if item.id in letter.purchases]
    for purchase in found:
        if letter.document == "reminder":
            level = int(letter.digest or 1)
            if all(had.values.get("level") != level for had in purchase.items("dunning")):
                document.add("dunning", {"level": level, "at": day}, ref=purchase.id)
            continue
        if any(had.values.get("digest") == letter.digest for had in purchase.items("documents")):
            continue
        for key, value in bill_to(document.record, purchase.values).items():
            document.set(purchase.id, f"bill_to.{key}", value)
        kind = letter.document or purchase.get("kind")
        said = {"kind": kind, "sent": day, "digest": letter.digest}
        document.add("documents", said, ref=purchase.id)
