"""The mails of strangers, as they wait on this machine until somebody says who they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from crm_cli.features.mail.joining import Joining
from crm_cli.features.plan import counted
from crm_cli.model.errors import NotFound
from crm_cli.model.mail import Mail, Party
from crm_cli.model.mail_text import beginning, spoken
from crm_cli.model.text import did_you_mean
from crm_cli.store.mailboxes.state import MailState, mail_state
from crm_cli.workspace import Workspace


class Unknown(NamedTuple):
    """A stranger: how many mails came and went, the time and the subject of the last one."""

    address: str
    name: str
    received: int
    sent: int
    last: datetime
    subject: str


def as_waiting(mail: Mail, stranger: str) -> dict[str, Any]:
    """What is kept of a mail while it waits: no more than would be noted."""
    return {
        "stranger": stranger,
        "at": mail.at.isoformat(),
        "sender": list(mail.sender),
        "recipients": [list(one) for one in mail.recipients[:20]],
        "subject": mail.subject,
        "text": beginning(spoken(mail.text)),
        "references": list(mail.references[-20:]),
        "attachments": list(mail.attachments),
    }


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
    with mail_state(workspace.root, workspace.environ) as state:
        joining = Joining(workspace)
        found = [
            _unknown(address, [mail for mail in held if mail is not None])
            for address, held in _by_stranger(state).items()
            if not joining.holders(address) and any(held)
        ]
    shown = [one for one in found if everyone or one.received]
    return sorted(shown, key=lambda one: (one.last, one.address), reverse=True)


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


def _by_stranger(state: MailState) -> dict[str, list[Mail | None]]:
    found: dict[str, list[Mail | None]] = {}
    for id, held in state.waiting.items():
        found.setdefault(str(held.get("stranger")), []).append(as_mail(id, held))
    return found


def named(workspace: Workspace, words: Iterable[str]) -> list[Unknown]:
    """The strangers that addresses name. Raises NotFound."""
    known = {one.address: one for one in unknown(workspace, everyone=True)}
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


def drop(workspace: Workspace, addresses: Iterable[str]) -> str:
    """Forget the mails of strangers; how many there were, in words."""
    wanted = set(addresses)
    with mail_state(workspace.root, workspace.environ) as state:
        ids = [id for id, held in state.waiting.items() if held.get("stranger") in wanted]
        state.drop(ids)
        state.save()
    return counted(len(ids), "mail")
