"""E-mails and messages that go out: what they say, to whom, and what they are known by."""

from __future__ import annotations

import re
from typing import NamedTuple

from crm_cli.model.errors import Unreadable
from crm_cli.model.mail import Party
from crm_cli.model.permission import Use, read_use
from crm_cli.model.places import DOCUMENTS, OUTBOX

SENDING = f"{OUTBOX.path}sending/"
"""In it a folder for each machine that has claimed mails, to send them."""
SENT = f"{DOCUMENTS.path}mail/"
"""What was sent, in a folder for each year."""
ENDINGS = {"email": ".eml", "sms": ".sms", "command": ".run"}
"""The channels that messages go out on, and the endings of their files. To a command goes what a
rule tells one of our own programs."""
INTERNAL = ("internal/email", "internal/command")
"""The uses of messages that go to no customer: to a user, to a command."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ENCODED = re.compile(r"=\?[^?]{0,80}\?[bBqQ]\?")
_KEY = 32
KEY_IN_NAME = 12
"""So many digits of a message's key stand in the name of its file."""
_NAME = re.compile(rf"([^/]*?)\.?([0-9a-f]{{{KEY_IN_NAME}}})\.(?:eml|sms|run)", re.S)


class Attached(NamedTuple):
    """A file that goes with an e-mail: its name without folders, its type, its bytes."""

    name: str
    type: str
    data: bytes


class Outgoing(NamedTuple):
    """A message to one customer, or to the contact `person` of an organization (their id).

    `id` is the Message-ID without angle brackets. `use` is what it is for, `marketing/email`. Of a
    text message `to.address` is the number. `purchase` is the id of a purchase that it brings, as
    a `document` of a kind and with the `digest` that it had; of a reminder they are the ids of the
    invoices, with commas between them, and its level. `send` says that a rule sends it, and nobody
    has to. `trouble` is what came of the last
    attempt to send it.
    """

    id: str
    customer: str
    use: str
    sender: Party
    to: Party
    subject: str
    text: str
    cc: tuple[Party, ...] = ()
    parent: str = ""
    attached: tuple[Attached, ...] = ()
    by: str = ""
    template: str = ""
    campaign: str = ""
    step: str = ""
    variant: str = ""
    deal: str = ""
    case: str = ""
    person: str = ""
    purchase: str = ""
    document: str = ""
    digest: str = ""
    basis: str = ""
    reason: str = ""
    send: str = ""
    trouble: str = ""

    @property
    def is_internal(self) -> bool:
        """Whether it goes to a user or to a command of ours, and not to the customer."""
        return self.use in INTERNAL

    @property
    def wanted_use(self) -> Use:
        """What it is for, as consent is asked about it. Raises UsageError."""
        return read_use(self.use)

    @property
    def channel(self) -> str:
        """`email`, `sms` or `command`."""
        return self.use.rpartition("/")[2]

    @property
    def key(self) -> str:
        """What it is known by: the same wherever it was drafted."""
        return self.id.partition("@")[0]

    @property
    def purchases(self) -> list[str]:
        """The ids of the purchases that it is about."""
        return self.purchase.split(",") if self.purchase else []

    @property
    def is_mailing(self) -> bool:
        """Whether it is one of many, for which there has to be a way out."""
        return self.use.startswith("marketing/") or bool(self.campaign)

    @property
    def file(self) -> str:
        """The name of its file."""
        parts = [self.customer, self.campaign or self.template, self.key[:KEY_IN_NAME]]
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", ".".join(part for part in parts if part))
        return f"{name.strip('-.')}{ENDINGS[self.channel]}"


def message_key(template: str, customer: str, occasion: str) -> str:
    """The first part of a Message-ID: the same for the same template, customer and occasion."""
    from hashlib import sha256

    said = "\0".join(("crm mail", template, customer, occasion))
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:_KEY]


def checked(text: str, what: str) -> str:
    """A value for a header, as it is. Raises Unreadable where it would begin another one: it has a
    line break or control character, or an encoded word (RFC 2047), which may decode to one."""
    if _CONTROL.search(text):
        raise Unreadable(f"{what} has a line break or control character", "correct it")
    if _ENCODED.search(text):
        raise Unreadable(f"{what} has an encoded word (=?…?=)", "write it as plain text")
    return text


def domain_of(address: str) -> str:
    """The domain of an address, in lower case."""
    return address.rpartition("@")[2].lower()


def is_message(path: str) -> bool:
    """Whether a file of the directory is a message that is to be sent, is claimed, or was sent."""
    return path.startswith((OUTBOX.path, SENT)) and path.endswith(tuple(ENDINGS.values()))


def addressees_of(path: str, data: bytes) -> set[str]:
    """Whose the file of a message is: the customer, and of one that was not sent yet the contact
    who would get it. What was sent to a contact is the organization's."""
    head = data[:65536].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    keys = rb"Customer" if path.startswith(SENT) else rb"Customer|Person"
    named = rb"^X-Crm-(?:" + keys + rb"):[ \t]*([a-z0-9._-]{1,80})[ \t]*$"
    return {one.decode("ascii") for one in re.findall(named, head, re.M | re.I)}


def key_in(path: str) -> str:
    """The beginning of a message's key in the name of its file; empty where there is none."""
    found = _NAME.fullmatch(path.rpartition("/")[2])
    return found[2] if found is not None else ""


def named_in(path: str) -> str:
    """What stands in the name of a message's file before the key: the customer, the template."""
    found = _NAME.fullmatch(path.rpartition("/")[2])
    return found[1] if found is not None else ""


def channel_of(path: str) -> str:
    """The channel that the ending of a message's file says."""
    return next((word for word, end in ENDINGS.items() if path.endswith(end)), "email")


def claimant(path: str) -> str:
    """Who has claimed a message, by its path; empty of one that nobody has."""
    return path.removeprefix(SENDING).partition("/")[0] if path.startswith(SENDING) else ""
