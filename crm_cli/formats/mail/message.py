"""A mail from its bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice

from crm_cli.formats.mail.headers import Headers, first, ids, line, moment, parties, split
from crm_cli.formats.mail.html import text_of
from crm_cli.formats.mail.parts import Part, parts_of, report_of
from crm_cli.model.bounces import status_in
from crm_cli.model.errors import Unreadable
from crm_cli.model.mail import BOUNCE, LARGEST, Bounce, Mail, Party, Returned, kind_of_automatic

_AHEAD = timedelta(days=1)
"""A clock that is so far ahead is wrong."""
_FILES, _RECIPIENTS = 50, 20
_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global",
             "message/global-headers")  # fmt: skip
_TO = ("to", "cc", "bcc", "delivered-to", "x-original-to")


def read_mail(data: bytes, *, arrived: datetime | None, now: datetime) -> Mail:
    """The mail that bytes are. `arrived` is when the mailbox got it, if that is known; `now`
    the time beyond which no mail was written.

    Raises Unreadable where they are no mail, or it does not say who wrote it.
    """
    notes: list[str] = []
    if len(data) > LARGEST:
        notes.append(f"only the first {LARGEST // 1024 // 1024} MiB were looked at")
    pairs, body = split(data[:LARGEST].lstrip(b"\r\n"))
    headers = first(pairs)
    senders = parties(headers.get("from", "")) or parties(headers.get("sender", ""))
    if not {"from", "sender", "date", "subject", "message-id", "received"} & headers.keys():
        raise Unreadable("it is no mail: it has no headers")
    parts = list(parts_of(headers, body, notes))
    report = report_of(headers)
    automatic = kind_of_automatic(headers, report)
    bounces, returned = _bounces(parts, headers) if automatic == BOUNCE else ((), None)
    if not senders and not bounces:
        raise Unreadable("its From header has no address")
    text = _text(parts)
    known = ids(headers.get("message-id", ""))
    references = [*ids(headers.get("references", "")), *ids(headers.get("in-reply-to", ""))[:1]]
    if returned is not None and returned.message_id:
        references.append(returned.message_id)
    sender = senders[0] if senders else Party("", "")
    subject = line(headers.get("subject", ""))
    return Mail(
        message_id=known[0] if known else _digest(headers, sender, subject, text),
        at=_moment(headers, arrived, now, notes),
        sender=sender,
        recipients=_recipients(pairs),
        subject=subject,
        text=text,
        references=tuple(dict.fromkeys(references)),
        attachments=_attachments(parts, notes),
        automatic=automatic,
        bounces=bounces,
        returned=returned,
        notes=tuple(dict.fromkeys(notes)),
    )


def _recipients(pairs: Iterable[tuple[str, str]]) -> tuple[Party, ...]:
    """Those that the headers name, the first ones first."""
    found: dict[str, Party] = {}
    values = dict.fromkeys(_TO, "")
    for name, value in pairs:
        if name in values:
            values[name] = f"{values[name]},{value}" if values[name] else value
    for value in values.values():
        for one in parties(value):
            found.setdefault(one.address, one)
    return tuple(found.values())


def _digest(headers: Headers, sender: Party, subject: str, text: str) -> str:
    """What a mail without a Message-ID is known by, whichever program kept it."""
    said = "\0".join((headers.get("date", ""), sender.address, subject, " ".join(text.split())))
    return f"sha256-{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _moment(
    headers: Headers, arrived: datetime | None, now: datetime, notes: list[str]
) -> datetime:
    """When it was written; where its date cannot be, when it came."""
    received = moment(headers.get("received", "").rpartition(";")[2])
    if received is not None and received > now + _AHEAD:
        received = None
    said = moment(headers.get("date", ""))
    # The time of a file says when it was copied, as a rule: it is taken where there is no other.
    if said is not None and said <= (received or now) + _AHEAD:
        return said
    shown = line(headers.get("date", ""), 60)
    notes.append(f"its date cannot be: {shown}" if shown else "it has no date")
    came = received or (arrived if arrived is not None and arrived <= now else now)
    return came.replace(microsecond=0)


def _text(parts: Sequence[Part]) -> str:
    """What is to be read: the plain text, else that of the HTML."""
    texts = [part for part in parts if part.type.startswith("text/") and not part.is_attached]
    for part in texts:
        if part.type == "text/plain" and (said := part.text.strip("\n")).strip():
            return said
    for part in texts:
        if part.type == "text/html" and (said := text_of(part.text)):
            return said
    return ""


def _attachments(parts: Sequence[Part], notes: list[str]) -> tuple[str, ...]:
    attached = [part for part in parts if part.is_attached]
    if len(attached) > _FILES:
        notes.append(f"it has {len(attached):,} attachments; the first {_FILES} are named")
    return tuple(part.name or part.type for part in attached[:_FILES])


def _bounces(
    parts: Sequence[Part], headers: Headers
) -> tuple[tuple[Bounce, ...], Returned | None]:
    """The recipients who were not reached, and what came back of the mail that was sent."""
    found: dict[str, Bounce] = {}
    returned: Returned | None = None
    for part in parts:
        if part.type == "message/delivery-status":
            for one in _failed(part.text):
                found.setdefault(one.address, one)
        elif part.type in _RETURNED and returned is None:
            known = first(split(part.body[:65536].lstrip(b"\r\n"))[0])
            id = "".join(ids(known.get("message-id", ""))[:1])
            sender = "".join(one.address for one in parties(known.get("from", ""))[:1])
            returned = Returned(id, sender) if id or sender else None
    for party in parties(headers.get("x-failed-recipients", "")):
        found.setdefault(party.address, Bounce(party.address, "5.0.0"))
    return tuple(islice(found.values(), _RECIPIENTS)), returned


def _failed(report: str) -> Iterable[Bounce]:
    """The recipients of a report that failed for good, or for this time (RFC 3464, 2.3)."""
    for block in re.split(r"\n[ \t]*\n", report[:65536]):
        fields = first(split(block.encode("utf-8", "replace"))[0])
        recipient = fields.get("original-recipient") or fields.get("final-recipient", "")
        action = fields.get("action", "").strip().lower()
        named = parties(recipient.partition(";")[2] or recipient)
        if not named or action != "failed":
            continue
        status = status_in(fields.get("status", "")) or "5.0.0"
        said = line(fields.get("diagnostic-code", "").partition(";")[2], 200)
        yield Bounce(named[0].address, status, said)
