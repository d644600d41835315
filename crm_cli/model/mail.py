"""A mail that came or went, as far as it matters here, and what its headers say of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

LIST, GENERATED, REPLY, BOUNCE = "list", "generated", "reply", "bounce"
"""What a mail is that no person wrote to us: of a mailing list or a newsletter, made by a program,
an automatic answer, or a report that mail could not be delivered."""

LARGEST, LARGEST_OF_OUTLOOK = 8 * 1024 * 1024, 64 * 1024 * 1024
"""So many bytes are read of a mail; what follows is attachments, as a rule. A file of Outlook has
its parts anywhere, and is read as a whole."""

_BULK = ("bulk", "list", "junk")
_ANSWERS = ("auto_reply", "auto-reply")


class Party(NamedTuple):
    """A sender or recipient; the address is in lower case."""

    name: str
    address: str


class Bounce(NamedTuple):
    """A recipient whom a mail did not reach: `status` as RFC 3463 has it, such as 5.1.1."""

    address: str
    status: str
    said: str = ""


class Returned(NamedTuple):
    """What a report has of the mail that it is about: the Message-ID and who sent it, each empty
    where it does not say."""

    message_id: str
    sender: str


class Mail(NamedTuple):
    """A mail: texts are decoded, on one line where headers are, without control characters.

    `message_id` has no angle brackets; a mail without one has a digest of its content. `text`
    is the whole body as plain text, `attachments` the names of files. `automatic` is one of the
    words above, empty for what a person wrote.
    """

    message_id: str
    at: datetime
    sender: Party
    recipients: tuple[Party, ...]
    subject: str = ""
    text: str = ""
    references: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    automatic: str = ""
    bounces: tuple[Bounce, ...] = ()
    returned: Returned | None = None
    notes: tuple[str, ...] = ()
    """What could not be read of it, or was left out."""

    @property
    def parent(self) -> str:
        """The Message-ID of the mail that it answers; empty where it answers none."""
        return self.references[-1] if self.references else ""


def kind_of_automatic(headers: Mapping[str, str], report: str = "") -> str:
    """What a mail is that no person wrote; empty where a person may have.

    `headers` are by lower-case name, `report` the type of a multipart/report. After RFC 3834
    (Auto-Submitted), RFC 2919 (List-Id), RFC 2369 (List-Unsubscribe), RFC 3464 and RFC 3798
    (reports), RFC 5321 (reports have no return path), and usage (Precedence).
    """
    if report == "delivery-status" or "x-failed-recipients" in headers:
        return BOUNCE
    if report:
        return GENERATED
    submitted = headers.get("auto-submitted", "").partition(";")[0].strip().lower()
    precedence = headers.get("precedence", "").strip().lower()
    answers = {"x-autoreply", "x-autorespond", "x-auto-reply"} & headers.keys()
    if submitted.startswith("auto-replied") or precedence in _ANSWERS or answers:
        return REPLY
    if {"list-id", "list-post", "list-unsubscribe"} & headers.keys() or precedence in _BULK:
        return LIST
    if submitted and submitted != "no":
        return GENERATED
    return REPLY if headers.get("return-path", "").strip() == "<>" else ""


def direction_of(mail: Mail, own: Collection[str]) -> str | None:
    """`inbound`, `outbound`, or None of a mail among our own addresses only.

    An entry of `own` is an address, or `@` and a domain.
    """
    if not is_own(mail.sender.address, own):
        return "inbound"
    others = any(not is_own(one.address, own) for one in mail.recipients)
    return "outbound" if others else None


def is_own(address: str, own: Collection[str]) -> bool:
    """Whether an address is listed, itself or by its domain."""
    return address in own or address[address.rfind("@") :] in own


def without_detail(address: str) -> str:
    """An address without what follows a plus: `ana+shop@novak.example` (RFC 5233)."""
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def link_to(message_id: str) -> str | None:
    """The link that opens a mail in a mail program (RFC 2392); None of one without a Message-ID."""
    return f"mid:{quote(message_id, safe='@.-_+=$~!*')}" if "@" in message_id else None
