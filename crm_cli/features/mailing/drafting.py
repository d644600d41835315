"""Drafting: a message for each customer who may have it, as files in the outbox."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from crm_cli.features.consent import Grounds, Permission, permitted, reached_at
from crm_cli.features.mailing.outbox import former, known, sender, short
from crm_cli.features.plan import Plan, counted
from crm_cli.formats.mail.drafts import draft_of, named
from crm_cli.model.errors import CrmError, DataError, NotFound, Unreadable
from crm_cli.model.mail import Party
from crm_cli.model.outgoing import Attached, Outgoing, domain_of, message_key
from crm_cli.model.permission import Use
from crm_cli.model.phones import number_of
from crm_cli.model.places import OUTBOX
from crm_cli.model.text import cleaned
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


Make = Callable[[str], Content]
"""Makes the message of a customer, by their id. Raises NotFound where there is nothing to write to
them about, another CrmError where it cannot be made."""


class Aim(NamedTuple):
    """What messages are for; `personal` are those that somebody writes by hand."""

    use: Use
    template: str = ""
    occasion: str = ""
    campaign: str = ""
    step: str = ""
    grounds: Grounds | None = None
    personal: bool = False


class Drafts(NamedTuple):
    """The messages, why others get none, and for whom one could not be made: why not. `noted` are
    the edits that note on what grounds somebody is written to who did not agree."""

    made: list[Outgoing]
    refused: dict[str, str]
    lacking: dict[str, str]
    noted: tuple[Edit, ...] = ()


def drafts(
    workspace: Workspace, asked: Permission, aim: Aim, make: Make
) -> Drafts:
    """The messages to those who may have them, nothing is written.

    Who had the message for the same occasion, or has it in the outbox, is left out, and of several
    with one address all but the first. Raises DataError where we have no address.
    """
    refused = dict(asked.refused)
    lacking: dict[str, str] = {}
    made: list[Outgoing] = []
    there = known(workspace)
    taken: dict[str, str] = {}
    before = former(workspace)
    for id in asked.allowed:
        address = reached_at(workspace, id, aim.use.channel)
        if not address:
            refused[id] = "no address or number that may be used"
            continue
        if aim.use.purpose == "marketing" and address.lower() in taken:
            refused[id] = "another one with the same address gets it"
            continue
        try:
            content = make(id)
            letter = _letter(workspace, id, address, aim, content)
        except NotFound as error:
            refused[id] = error.message
            continue
        except (CrmError, Unreadable) as error:
            lacking[id] = error.message
            continue
        keys = [letter.key, *(_key(aim, one, content) for one in before.get(id, ()))]
        where = next((found for key in keys if (found := there.get(short(key)))), None)
        taken[address.lower()] = id
        if where is None:
            made.append(letter)
        else:
            refused[id] = "in the outbox already" if where == "outbox" else "sent already"
    ids = {one.customer for one in made}
    grounds = zip(asked.on_grounds, asked.noted, strict=True)
    return Drafts(made, refused, lacking, tuple(edit for id, edit in grounds if id in ids))


def asked(workspace: Workspace, ids: Sequence[str], aim: Aim) -> Permission:
    """Who may have messages. Raises UsageError where marketing cannot rest on the grounds."""
    what = f"written to with {aim.template}" if aim.template else "written to"
    unique = list(dict.fromkeys(ids))
    return permitted(workspace, unique, aim.use, grounds=aim.grounds, what=what)


def _letter(
    workspace: Workspace, id: str, address: str, aim: Aim, content: Content
) -> Outgoing:
    email = aim.use.channel == "email"
    if email and not content.subject:
        raise DataError("it has no subject", "write one into the template")
    if not content.text.strip():
        raise DataError("it has no text", "write one into the template")
    user = workspace.user
    ours = sender(workspace, user, personal=aim.personal) if email else Party("", "")
    record = workspace.record(id)
    to = named(cleaned(str(record.get("name") or "")), address) if email else (
        Party("", number_of(address, workspace.business.country))
    )
    key = _key(aim, id, content)
    grounds = aim.grounds
    letter = Outgoing(
        id=f"{key}@{_domain(workspace, ours)}",
        customer=id,
        use=str(aim.use),
        sender=ours,
        to=to,
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
    said = f"{counted(len(found.made), what)} to {_whom(found.made)}"
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


def _whom(made: Iterable[Outgoing]) -> str:
    ids = list(dict.fromkeys(one.customer for one in made))
    return ids[0] if len(ids) == 1 else counted(len(ids), "customer")


def path_of(letter: Outgoing) -> str:
    """Where a message lies until it is sent."""
    return f"{OUTBOX.path}{letter.file}"


def reasons(refused: Mapping[str, str]) -> list[str]:
    """Who gets nothing and why, a line each."""
    return [f"{id}: {why}" for id, why in refused.items()]
