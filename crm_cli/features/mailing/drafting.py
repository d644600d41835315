"""Drafting: a message for each customer who may have it, as files in the outbox."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from crm_cli.features.consent import Grounds, Permission, permitted, verdicts
from crm_cli.features.mailing.addressing import (
    Addressee,
    Contact,
    addressee,
    chosen,
    contacts_of,
    goes_to_contacts,
    whom,
)
from crm_cli.features.mailing.outbox import former, known, sender, short
from crm_cli.features.plan import Plan, counted
from crm_cli.formats.mail.drafts import draft_of, named
from crm_cli.model.errors import CrmError, DataError, NotFound, Unreadable
from crm_cli.model.mail import Party
from crm_cli.model.outgoing import Attached, Outgoing, domain_of, message_key
from crm_cli.model.permission import Use
from crm_cli.model.phones import number_of
from crm_cli.model.places import OUTBOX
from crm_cli.workspace import Change, Create, Edit, Workspace

_SHOWN = 10


class Content(NamedTuple):
    """What a message says to one customer; `occasion` is what it is about, such as the number of
    an invoice: nobody gets it twice for the same. `purchase`, `document` and `digest` are of what
    is attached."""

    subject: str
    text: str
    attached: tuple[Attached, ...] = ()
    occasion: str = ""
    purchase: str = ""
    document: str = ""
    digest: str = ""
    variant: str = ""


Make = Callable[[Addressee], Content]
"""Makes the message of a customer, to who gets it. Raises NotFound where there is nothing to write
to them about, another CrmError where it cannot be made."""


class Aim(NamedTuple):
    """What messages are for; `personal` are those that somebody writes by hand, `document` is the
    kind of what they bring, which says whose it is at an organization."""

    use: Use
    template: str = ""
    occasion: str = ""
    campaign: str = ""
    step: str = ""
    grounds: Grounds | None = None
    personal: bool = False
    document: str = ""


class Asked(NamedTuple):
    """Who may have messages, and the contacts who get those of organizations, by their ids."""

    permission: Permission
    contacts: Mapping[str, Contact] = {}


class Drafts(NamedTuple):
    """The messages, why others get none, and for whom one could not be made: why not. `noted` are
    the edits that note on what grounds somebody is written to who did not agree; `contacts` are the
    people who get those of organizations."""

    made: list[Outgoing]
    refused: dict[str, str]
    lacking: dict[str, str]
    noted: tuple[Edit, ...] = ()
    contacts: Mapping[str, Contact] = {}

    def whom(self, customer: str) -> str:
        """Who gets the message of a customer, in words."""
        return whom(customer, self.contacts.get(customer))


def drafts(
    workspace: Workspace, asked: Asked, aim: Aim, make: Make
) -> Drafts:
    """The messages to those who may have them, nothing is written.

    Who had the message for the same occasion, or has it in the outbox, is left out, and of several
    with one address all but the first. Raises DataError where we have no address.
    """
    permission = asked.permission
    refused = dict(permission.refused)
    lacking: dict[str, str] = {}
    made: list[Outgoing] = []
    there = known(workspace)
    taken: dict[str, str] = {}
    before = former(workspace)
    for id in permission.allowed:
        to = addressee(workspace, id, aim.use.channel, asked.contacts.get(id))
        if not to.address:
            refused[id] = "no address or number that may be used"
            continue
        if aim.use.purpose == "marketing" and to.address.lower() in taken:
            refused[id] = "another one with the same address gets it"
            continue
        try:
            content = make(to)
            letter = _letter(workspace, to, aim, content)
        except NotFound as error:
            refused[id] = error.message
            continue
        except (CrmError, Unreadable) as error:
            lacking[id] = error.message
            continue
        keys = [letter.key, *(_key(aim, one, content) for one in before.get(id, ()))]
        where = next((found for key in keys if (found := there.get(short(key)))), None)
        taken[to.address.lower()] = id
        if where is None:
            made.append(letter)
        else:
            refused[id] = "in the outbox already" if where == "outbox" else "sent already"
    ids = {id for one in made for id in (one.customer, one.person)}
    grounds = dict(zip(permission.on_grounds, permission.noted, strict=True))
    noted = tuple(edit for id, edit in grounds.items() if id in ids)
    return Drafts(made, refused, lacking, noted, asked.contacts)


def asked(
    workspace: Workspace, ids: Sequence[str], aim: Aim, to: Contact | None = None
) -> Asked:
    """Who may have messages: of organizations without an address of their own their contact, or
    the one named. Raises UsageError where marketing cannot rest on the grounds."""
    what = f"written to with {aim.template}" if aim.template else "written to"
    unique = list(dict.fromkeys(ids))
    there = {id: [to] for id in unique} if to is not None else _there(workspace, unique, aim)

    def may(some: Sequence[str], elsewhere: Collection[str]) -> Permission:
        return permitted(
            workspace, some, aim.use, grounds=aim.grounds, what=what, elsewhere=elsewhere
        )

    own = may(unique, there)
    at_hand = {id: those for id, those in there.items() if id not in own.refused}
    ids_there = dict.fromkeys(one.id for those in at_hand.values() for one in those if one.id)
    people = may(list(ids_there), ids_there)
    found = {id: chosen(at, people.refused, aim.document) for id, at in at_hand.items()}
    nobody = {id: one for id, one in found.items() if isinstance(one, str)}
    return Asked(
        Permission(
            [id for id in own.allowed if id not in nobody],
            {**own.refused, **nobody},
            (*own.noted, *people.noted),
            (*own.on_grounds, *people.on_grounds),
        ),
        {id: one for id, one in found.items() if not isinstance(one, str)},
    )


def _there(workspace: Workspace, ids: Sequence[str], aim: Aim) -> dict[str, list[Contact]]:
    """The contacts who can be reached of those who cannot be themselves."""
    if not goes_to_contacts(aim.use):
        return {}
    lacking = [id for id, word in verdicts(workspace, aim.use, ids).items() if word == "no_address"]
    found = {id: contacts_of(workspace, id, aim.use.channel) for id in lacking}
    reached = {id: [one for one in those if one.addresses] for id, those in found.items()}
    return {id: those for id, those in reached.items() if those}


def _letter(workspace: Workspace, to: Addressee, aim: Aim, content: Content) -> Outgoing:
    email = aim.use.channel == "email"
    if email and not content.subject:
        raise DataError("it has no subject", "write one into the template")
    if not content.text.strip():
        raise DataError("it has no text", "write one into the template")
    user = workspace.user
    ours = sender(workspace, user, personal=aim.personal) if email else Party("", "")
    party = named(to.name, to.address) if email else (
        Party("", number_of(to.address, workspace.business.country))
    )
    key = _key(aim, to.customer, content)
    grounds = aim.grounds
    letter = Outgoing(
        id=f"{key}@{_domain(workspace, ours)}",
        customer=to.customer,
        person=to.contact.id if to.contact is not None else "",
        use=str(aim.use),
        sender=ours,
        to=party,
        subject=content.subject,
        text=content.text.rstrip("\n"),
        attached=content.attached,
        by=user or "",
        template=aim.template,
        campaign=aim.campaign,
        step=aim.step,
        variant=content.variant,
        purchase=content.purchase,
        document=content.document,
        digest=content.digest,
        basis=grounds.basis if grounds is not None else "",
        reason=grounds.reason if grounds is not None else "",
    )
    draft_of(letter)
    return letter


def _key(aim: Aim, id: str, content: Content) -> str:
    if aim.personal:
        return secrets.token_hex(16)
    about = f"{aim.campaign}/{aim.step}" if aim.campaign else aim.template
    return message_key(about, id, content.occasion or aim.occasion)


def _domain(workspace: Workspace, ours: Party) -> str:
    domain = domain_of(ours.address) if ours.address else workspace.business.domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return workspace.business.domain


def plan(found: Drafts, what: str) -> Plan:
    """The plan that writes drafts into the outbox. Raises DataError where one could not be made:
    nobody is to be missed without a word."""
    if found.lacking:
        listed = [f"{id}: {why}" for id, why in list(found.lacking.items())[:_SHOWN]]
        more = f"; and {len(found.lacking) - _SHOWN:,} more" if len(found.lacking) > _SHOWN else ""
        raise DataError(
            f"no {what} can be made for {'; '.join(listed)}{more}",
            f"fill in what is missing, or leave them out: {_without(found.lacking)}",
        )
    said = f"{counted(len(found.made), what)} to {_whom(found)}"
    steps = tuple(Create(path_of(one), draft_of(one)) for one in found.made)
    return Plan(
        Change(f"draft {said}", (*steps, *found.noted)),
        f"drafted {said}",
        list(dict.fromkeys(one.customer for one in found.made)),
        f"Draft {said}?",
        made=tuple(step.path for step in steps),
    )


def _without(ids: Iterable[str]) -> str:
    """The term that leaves customers out, as a shell takes it."""
    few = list(ids)
    return f"not:id:{','.join(few)}" if len(few) <= _SHOWN else "not:id:…"


def _whom(found: Drafts) -> str:
    ids = list(dict.fromkeys(one.customer for one in found.made))
    return found.whom(ids[0]) if len(ids) == 1 else counted(len(ids), "customer")


def path_of(letter: Outgoing) -> str:
    """Where a message lies until it is sent."""
    return f"{OUTBOX.path}{letter.file}"


def reasons(refused: Mapping[str, str]) -> list[str]:
    """Who gets nothing and why, a line each."""
    return [f"{id}: {why}" for id, why in refused.items()]
