"""One e-mail, written by hand: the sheet that an editor opens, and what comes of it."""

from __future__ import annotations

import re

from crm_cli.features.mailing.addressing import addressee, contact_at
from crm_cli.features.mailing.drafting import Aim, Asked, Content, Drafts, drafts
from crm_cli.features.mailing.outbox import sender
from crm_cli.formats.mail.drafts import draft_of, mailbox, named
from crm_cli.formats.mail.headers import parties
from crm_cli.model.errors import DataError, Unreadable
from crm_cli.model.outgoing import checked
from crm_cli.workspace import Workspace

_HEADERS = ("from", "to", "cc", "subject")
_NAMED = re.compile(r"(?:from|to|cc|subject)[ \t]*:", re.I)
_BLANK = re.compile(r"\n[ \t]*\n")


def sheet(workspace: Workspace, customer: str, asked: Asked, subject: str) -> str:
    """The text to edit: headers, an empty line, and room for what is to be said."""
    whose = addressee(workspace, customer, "email", asked.contacts.get(customer))
    to = mailbox(named(whose.name, whose.address))
    ours = mailbox(sender(workspace, workspace.user, personal=True))
    return f"From: {ours}\nTo: {to}\nCc:\nSubject: {' '.join(subject.split())}\n\n"


def is_empty(text: str) -> bool:
    """Whether a sheet says nothing: neither below the headers nor in their place."""
    head, body = _divided(text)
    lines = filter(None, map(str.strip, head.split("\n")))
    return not body.strip() and all(_NAMED.match(line) for line in lines)


def _divided(text: str) -> tuple[str, str]:
    """The headers of a sheet and what is below them, whatever an editor made of its lines."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    parts = _BLANK.split(plain, maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""


def taken(
    workspace: Workspace,
    customer: str,
    asked: Asked,
    aim: Aim,
    content: Content,
    text: str,
) -> Drafts:
    """The draft of a sheet that was filled in. Raises DataError for what cannot be sent."""
    try:
        head, body = _divided(text)
        headers = _headers(head)
        content = content._replace(subject=headers.get("subject", ""), text=body)
        made = drafts(workspace, asked, aim, lambda to: content)
        if made.lacking:
            raise DataError(made.lacking[customer], "crm mail WHO --subject …")
        (letter,) = made.made
        to, cc = parties(headers.get("to", "")), parties(headers.get("cc", ""))
        ours = parties(headers.get("from", ""))
        if len(to) != 1 or len(ours) != 1:
            raise DataError("From and To each have to be one address", "further ones go to Cc")
        letter = letter._replace(to=to[0], cc=cc, sender=ours[0])
        contact = contact_at(workspace, letter)  # To may name another one now
        letter = letter._replace(person=contact.id if contact is not None else "")
        draft_of(letter)
    except Unreadable as error:
        raise DataError(error.message, error.hint) from error
    contacts = {customer: contact} if contact is not None else {}
    return made._replace(made=[letter], contacts=contacts)


def _headers(head: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in head.split("\n"):
        name, colon, value = line.partition(":")
        key = name.strip().lower()
        if not line.strip():
            continue
        if not colon or key not in _HEADERS or key in found:
            raise DataError(f"'{line[:60]}' is no header here", "From, To, Cc and Subject are")
        found[key] = checked(value.strip(), f"the header {name}")
    return found
