"""The mails of strangers, as they wait on this machine until somebody says who they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from crm_cli.features.mail.joining import Joining
from crm_cli.model.errors import NotFound, UsageError
from crm_cli.model.mail import Mail, Party, is_own
from crm_cli.model.mail_text import beginning, spoken
from crm_cli.model.places import SETTINGS
from crm_cli.model.reachable import email_fault
from crm_cli.model.text import did_you_mean
from crm_cli.store.mailboxes.state import MailState, mail_state
from crm_cli.workspace import Workspace

DAYS, MAILS = timedelta(days=90), 5000
"""So long the mails of strangers wait, and so many of them."""


class Unknown(NamedTuple):
    """A stranger: how many mails came and went, the time and the subject of the last one."""

    address: str
    name: str
    received: int
    sent: int
    last: datetime
    subject: str


def as_waiting(mail: Mail, stranger: str, today: date) -> dict[str, Any]:
    """What is kept of a mail while it waits, from a day on: no more than would be noted."""
    return {
        "stranger": stranger,
        "since": today.isoformat(),
        "at": mail.at.isoformat(),
        "sender": list(mail.sender),
        "recipients": [list(one) for one in mail.recipients[:20]],
        "subject": mail.subject,
        "text": beginning(spoken(mail.text)),
        "references": list(mail.references[-20:]),
        "attachments": list(mail.attachments),
    }


def prune(state: MailState, today: date) -> int:
    """Drop the mails that waited for too long, and of too many those that waited longest; how many
    there were."""
    first = (today - DAYS).isoformat()
    ages = {
        id: (str(held.get("since") or held.get("at")), str(held.get("at")))
        for id, held in state.waiting.items()
    }
    by_age = sorted(ages, key=ages.__getitem__)
    gone = [
        id for place, id in enumerate(by_age)
        if ages[id][0] < first or len(by_age) - place > MAILS
    ]  # fmt: skip
    state.drop(gone)
    return len(gone)


def as_mail(id: str, held: Mapping[str, Any]) -> Mail | None:
    """A mail that waits; None where what is kept of it is damaged."""
    try:
        return Mail(
            id,
            datetime.fromisoformat(held["at"]),
            Party(*map(str, held["sender"])),
            tuple(Party(*map(str, one)) for one in held["recipients"]),
            str(held["subject"]),
            str(held["text"]),
            tuple(map(str, held["references"])),
            tuple(map(str, held["attachments"])),
        )
    except (KeyError, TypeError, ValueError):
        return None


def unknown(workspace: Workspace, *, everyone: bool = False) -> list[Unknown]:
    """The strangers who wrote to us, the latest first; with `everyone` those, too, whom we wrote
    to and who have not answered."""
    joining = Joining(workspace)
    shown = [
        one
        for one in _waiting(workspace)
        if (everyone or one.received) and not joining.holders(one.address)
    ]
    return sorted(shown, key=lambda one: (one.last, one.address), reverse=True)


def _waiting(workspace: Workspace) -> list[Unknown]:
    with mail_state(workspace.root, workspace.environ) as state:
        by_stranger = _by_stranger(state)
    return [_unknown(address, held) for address, held in by_stranger.items()]


def _unknown(address: str, mails: Sequence[Mail]) -> Unknown:
    mails = sorted(mails, key=lambda one: one.at)
    received = [one for one in mails if one.sender.address == address]
    parties = [one for mail in mails for one in (mail.sender, *mail.recipients)]
    names = [one.name for one in parties if one.address == address and one.name]
    last = mails[-1]
    return Unknown(
        address, names[-1] if names else "", len(received), len(mails) - len(received),
        last.at, last.subject,
    )  # fmt: skip


def _by_stranger(state: MailState) -> dict[str, list[Mail]]:
    found: dict[str, list[Mail]] = {}
    for id, held in state.waiting.items():
        mail = as_mail(id, held)
        if mail is not None:
            found.setdefault(str(held.get("stranger")), []).append(mail)
    return found


def named(workspace: Workspace, words: Iterable[str]) -> list[Unknown]:
    """The senders that addresses name, whose mails wait. Raises NotFound."""
    known = {one.address: one for one in _waiting(workspace)}
    found = []
    for word in words:
        address = word.strip().lower()
        if address not in known:
            raise NotFound(
                f"no mail of {address} waits",
                did_you_mean(address, known) or "crm mail unknown lists those that do",
            )
        found.append(known[address])
    return found


def ignored(workspace: Workspace, words: Iterable[str]) -> list[str]:
    """All addresses and domains that are ignored, with those that words add. Raises UsageError."""
    settings = workspace.file(SETTINGS.path).record.values.get("mail")
    held = list(settings.values.get("ignore") or ()) if settings is not None else []
    for word in words:
        address = word.strip().lower()
        if fault := email_fault(f"x{address}" if address.startswith("@") else address):
            raise UsageError(fault[1], "write news@shop.example, or @shop.example for all of it")
        held.append(address)
    return list(dict.fromkeys(held))


def drop(workspace: Workspace, addresses: Iterable[str]) -> int:
    """Drop the mails of addresses and domains that wait; how many there were."""
    wanted = frozenset(addresses)
    with mail_state(workspace.root, workspace.environ) as state:
        ids = [
            id for id, held in state.waiting.items() if is_own(str(held.get("stranger")), wanted)
        ]
        state.drop(ids)
        state.save()
    return len(ids)
