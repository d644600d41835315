"""E-mails in the outbox as files: headers in plain UTF-8 above the text, to be read and edited.

Those that begin with `X-Crm-` are for us and are not sent. A file may come from others: only the
headers that are known here are taken, each once, and none whose value could begin another one.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from crm_cli.formats.mail.headers import Headers, ids, parties, split
from crm_cli.formats.mail.parts import Part, parts_of
from crm_cli.model.errors import Unreadable, UsageError
from crm_cli.model.mail import Party
from crm_cli.model.outgoing import ENDINGS, INTERNAL, Attached, Outgoing, checked
from crm_cli.model.permission import read_use
from crm_cli.model.reachable import email_fault

LARGEST = 16 * 1024 * 1024
"""So many bytes a message may have, with what is attached: as any file."""
_OWN = (
    "customer", "use", "by", "template", "campaign", "step", "variant", "deal", "case", "person",
    "purchase", "document", "digest", "basis", "reason", "send", "trouble",
)  # fmt: skip
"""The fields that stand in headers of ours: `X-Crm-Customer`."""
_KNOWN = (
    "from", "to", "cc", "subject", "message-id", "in-reply-to", "date", "mime-version",
    "content-type", "content-transfer-encoding", "content-disposition", "content-language",
)  # fmt: skip
_NUMBER = re.compile(r"\+?[0-9][0-9 ()/.-]{2,30}")
_WORD = re.compile(r"[\w.:/@+,-]{0,900}")
_ID = re.compile(r"[0-9a-f]{32}@[A-Za-z0-9._-]{1,120}")


def draft_of(letter: Outgoing, *, date: str = "") -> bytes:
    """The file of a message; with `date` as it was sent then. Raises Unreadable where it could
    not be read back as it is."""
    lines = [f"{name}: {checked(value, name)}" for name, value in _headers(letter, date) if value]
    text = letter.text.rstrip("\n") + "\n"
    if letter.channel != "email":
        return _read_back("\n".join([*lines, "", text]).encode(), letter)
    lines.append("MIME-Version: 1.0")
    plain = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    if not letter.attached:
        return _read_back("\n".join([*lines, plain, text]).encode(), letter)
    mark = f"=-{sha256(letter.id.encode()).hexdigest()[:30]}"
    lines.append(f'Content-Type: multipart/mixed; boundary="{mark}"\n')
    parts = [f"{plain}\n{text}", *map(_attachment, letter.attached)]
    body = "".join(f"--{mark}\n{part}\n" for part in parts)
    return _read_back("\n".join([*lines, f"{body}--{mark}--\n"]).encode(), letter)


def _headers(letter: Outgoing, date: str) -> Iterator[tuple[str, str]]:
    if letter.channel == "sms":
        yield "To", letter.to.address
    elif letter.channel == "email":
        yield "From", mailbox(letter.sender)
        yield "To", mailbox(letter.to)
        yield "Cc", ", ".join(map(mailbox, letter.cc))
        yield "Subject", letter.subject
    yield "Date", date
    yield "Message-ID", f"<{letter.id}>"
    yield "In-Reply-To", f"<{letter.parent}>" if letter.parent else ""
    for key in _OWN:
        yield f"X-Crm-{key.capitalize()}", str(getattr(letter, key))


def mailbox(party: Party) -> str:
    """A party as a header has it: `Ana Novak <ana@novak.example>`, quoted where it must be."""
    if not party.name:
        return party.address
    name = party.name
    if re.search(r'[",.;:<>()@\\\[\]]', name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{party.address}>"


def named(name: str, address: str) -> Party:
    """A party whose name can stand in a header and be read back from it."""
    return Party(" ".join(name.replace('"', "").split()).strip("' "), address.lower())


def _attachment(one: Attached) -> str:
    name = checked(one.name, "the name of a file")
    data = base64.encodebytes(one.data).decode()
    return (
        f"Content-Type: {one.type}\nContent-Transfer-Encoding: base64\n"
        f"Content-Disposition: attachment; filename*=utf-8''{quote(name, safe='')}\n\n{data}"
    )


def _read_back(data: bytes, letter: Outgoing) -> bytes:
    found = read_draft(data, letter.channel)
    if found != letter._replace(text=letter.text.rstrip("\n")):
        wrong = [key for key, value in found._asdict().items() if value != getattr(letter, key)]
        raise Unreadable(
            f"the message to {letter.customer} could not be read back as it is: {', '.join(wrong)}",
            "correct the names, the subject or the text",
        )
    return data


def read_draft(data: bytes, channel: str = "email") -> Outgoing:
    """The message that a file holds; `channel` is that of its ending.

    Raises Unreadable where it is none, or has a header that is not known here.
    """
    if len(data) > LARGEST:
        raise Unreadable(f"it is larger than {LARGEST // 1024 // 1024} MiB", "attach less")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("it is not UTF-8", "convert it") from None
    pairs, body = split(data)
    headers = _first(pairs)
    own: dict[str, Any] = {key: headers.get(f"x-crm-{key}", "") for key in _OWN}
    _check_own(own)
    _check_use(own["use"], channel)
    id = _one_id(headers.get("message-id", ""))
    if channel == "sms":
        return _text_message(id, headers, body)._replace(**own)
    if channel == "command":
        return _for_command(id, body)._replace(**own)
    text, attached = _content(headers, body)
    parents = ids(headers.get("in-reply-to", ""))
    return Outgoing(
        id=id, sender=_one_party(headers, "from"), to=_one_party(headers, "to"),
        cc=parties(headers.get("cc", "")), subject=headers.get("subject", ""), text=text,
        attached=attached, parent=parents[0] if parents else "", **own,
    )  # fmt: skip


def _check_own(own: Mapping[str, str]) -> None:
    if not own["customer"]:
        raise Unreadable("it has no header X-Crm-Customer", "crm mail draft makes such files")
    for key in _OWN:
        if key not in ("reason", "trouble") and not _WORD.fullmatch(own[key]):
            raise Unreadable(f"X-Crm-{key.capitalize()} cannot be '{own[key]}'", "make it anew")
    step = own["step"] or "1"
    if not (step.isascii() and step.isdecimal()):
        raise Unreadable(f"X-Crm-Step cannot be '{step}'", "make it anew")
    if own["document"] == "reminder" and not re.fullmatch("[1-9]", own["digest"]):
        raise Unreadable(f"X-Crm-Digest cannot be '{own['digest']}'", "make it anew")


def _text_message(id: str, headers: Headers, body: bytes) -> Outgoing:
    number = headers.get("to", "")
    if not _NUMBER.fullmatch(number):
        raise Unreadable(f"'{number}' is not a phone number", "write To: +386 40 123 456")
    nobody = Party("", "")
    return Outgoing(id, "", "", nobody, Party("", number), "", _plain(body).rstrip("\n"))


def _for_command(id: str, body: bytes) -> Outgoing:
    """What is told to a command: one line of JSON."""
    nobody = Party("", "")
    return Outgoing(id, "", "", nobody, nobody, "", _plain(body).rstrip("\n"))


def _first(pairs: list[tuple[str, str]]) -> Headers:
    found: Headers = {}
    for name, value in pairs:
        if name not in _KNOWN and not (name.startswith("x-crm-") and name[6:] in _OWN):
            raise Unreadable(f"the header {name} is not known here", "take it out")
        if name in found:
            raise Unreadable(f"it has the header {name} twice", "take one out")
        found[name] = checked(value, f"the header {name}")
    return found


def _check_use(text: str, channel: str) -> None:
    if text in INTERNAL and text.endswith(f"/{channel}"):
        return
    try:
        use = read_use(text)
    except UsageError as error:
        raise Unreadable(f"X-Crm-Use: {error.message}", error.hint) from None
    if use.channel != channel or channel not in ENDINGS:
        raise Unreadable(f"X-Crm-Use is {text}, but it is no such message", f"write …/{channel}")


def _one_id(value: str) -> str:
    found = ids(value)
    if len(found) != 1 or not _ID.fullmatch(found[0]) or value != f"<{found[0]}>":
        raise Unreadable("it has no Message-ID", "draft it anew")
    return found[0]


def _one_party(headers: Headers, name: str) -> Party:
    value = headers.get(name, "")
    found = parties(value)
    if len(found) != 1 or value.count("@") - found[0].name.count("@") != 1:
        raise Unreadable(f"{name.capitalize()} has to be one address", f"it is '{value[:80]}'")
    fault = email_fault(found[0].address)
    if fault is not None:
        raise Unreadable(fault[1], fault[2])
    return found[0]


def _content(headers: Headers, body: bytes) -> tuple[str, tuple[Attached, ...]]:
    notes: list[str] = []
    parts = list(parts_of(headers, body, notes))
    texts = [one for one in parts if one.type == "text/plain" and not one.is_attached]
    if notes or len(texts) != 1 or parts[0] is not texts[0]:
        raise Unreadable("it has to be one plain text, and files", "draft it anew")
    return _text_of(texts[0]), tuple(_attached(one) for one in parts[1:])


def _text_of(part: Part) -> str:
    how = part.headers.get("content-transfer-encoding", "8bit").strip().lower()
    if how in ("8bit", "7bit", "binary"):
        return _plain(part.body).rstrip("\n")
    return part.text.rstrip("\n")


def _plain(body: bytes) -> str:
    text = body.decode("utf-8").replace("\r\n", "\n")
    if re.search("[\x00-\x08\x0b-\x1f\x7f]", text):
        raise Unreadable("its text has control characters", "take them out")
    return text


def _attached(part: Part) -> Attached:
    if part.headers.get("content-transfer-encoding", "").strip().lower() != "base64":
        raise Unreadable("a file that is attached has to be in base64", "draft it anew")
    try:
        data = base64.b64decode(part.body, validate=False)
    except ValueError:
        raise Unreadable("a file that is attached is damaged", "draft it anew") from None
    return Attached(checked(part.name or "file", "the name of a file"), part.type, data)
