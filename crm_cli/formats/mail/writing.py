"""An e-mail as it is sent (RFC 5322, RFC 2045 to 2047): its bytes, made here and read back.

Nothing but names and subjects is ever folded or encoded: a `List-Unsubscribe` or `In-Reply-To` in
encoded words is understood by nobody. What was made is read by the standard library, and has to
say what it was made of.
"""

from __future__ import annotations

import base64
import quopri
import re
from collections.abc import Iterator, Sequence
from email import message_from_string
from email.message import Message
from email.policy import default
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from crm_cli.model.errors import Unreadable
from crm_cli.model.mail import Party
from crm_cli.model.outgoing import Attached, Outgoing, checked

LONGEST = 998
"""So many characters a line may have (RFC 5322, 2.1.1)."""
_CHUNK = 45
_TEXTS = ("Subject", "From", "To", "Cc")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/^_`{|}~ -]*")
Header = tuple[str, str]


def wire_of(letter: Outgoing, date: str, more: Sequence[Header] = ()) -> bytes:
    """The bytes of an e-mail, written on `date` (RFC 5322), with `more` headers, such as those of
    a mailing.

    An address with other letters than ASCII before its @ makes it one for servers that know
    SMTPUTF8 (RFC 6531). Raises Unreadable for what no header can have.
    """
    headers = [*_headers(letter, date), *more]
    lines = [f"{name}: {_written(name, value)}" for name, value in headers]
    for line in lines:
        if max(map(len, line.split("\r\n"))) > LONGEST:
            raise Unreadable(f"the header {line.partition(':')[0]} is too long", "make it shorter")
    lines += ["MIME-Version: 1.0", *_body(letter), ""]
    data = "\r\n".join(lines).encode()
    _check(data, headers, letter)
    return data


def _headers(letter: Outgoing, date: str) -> Iterator[Header]:
    yield "From", _mailbox(letter.sender)
    yield "To", _mailbox(letter.to)
    if letter.cc:
        yield "Cc", ", ".join(map(_mailbox, letter.cc))
    yield "Subject", _unstructured(checked(letter.subject, "the subject"))
    yield "Date", date
    yield "Message-ID", f"<{checked(letter.id, 'the Message-ID')}>"
    if letter.parent:
        yield "In-Reply-To", f"<{checked(letter.parent, 'In-Reply-To')}>"
        yield "References", f"<{letter.parent}>"


def _written(name: str, value: str) -> str:
    """A value as it is; names and subjects are encoded already, and alone may be in lines."""
    folded = value.replace("\r\n ", " ") if name in _TEXTS else value
    if re.search("[\x00-\x1f\x7f]", folded):
        raise Unreadable(f"the header {name} has a line break or control character", "correct it")
    if name not in _TEXTS and not value.isascii():
        raise Unreadable(f"the header {name} has other letters than ASCII", "correct it")
    return value


def _mailbox(party: Party) -> str:
    address = on_the_wire(party.address)
    name = checked(party.name, f"the name of {party.address}")
    if not name:
        return address
    if not name.isascii():
        return f"{_words(name)} <{address}>"
    if not _ATOMS.fullmatch(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{address}>"


def on_the_wire(address: str) -> str:
    """An address as servers take it: the domain in ASCII (RFC 5890). Raises Unreadable."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise Unreadable(f"'{address}' has no domain that there can be", "correct it") from None


def _unstructured(text: str) -> str:
    return text if text.isascii() and len(text) <= LONGEST - 10 else _words(text)


def _words(text: str) -> str:
    """Encoded words of at most 75 characters, one a line (RFC 2047, 2)."""
    parts, held = [], b""
    for char in text:
        data = char.encode("utf-8")
        if len(held) + len(data) > _CHUNK:
            parts.append(held)
            held = b""
        held += data
    parts.append(held)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(part).decode()}?=" for part in parts)


def _body(letter: Outgoing) -> Iterator[str]:
    if not letter.attached:
        yield from _text(letter.text)
        return
    mark = f"=-{sha256(letter.id.encode()).hexdigest()[:30]}"
    yield f'Content-Type: multipart/mixed; boundary="{mark}"'
    yield ""
    yield f"--{mark}"
    yield from _text(letter.text)
    for one in letter.attached:
        yield f"--{mark}"
        yield from _file(one)
    yield f"--{mark}--"


def _text(text: str) -> Iterator[str]:
    """A text as it is where it is ASCII in short lines, else in the shorter of two ways."""
    data = (text.rstrip("\n") + "\n").encode("utf-8")
    yield "Content-Type: text/plain; charset=utf-8"
    if data.isascii() and max(map(len, data.split(b"\n"))) <= LONGEST:
        yield "Content-Transfer-Encoding: 7bit"
        yield ""
        yield from text.rstrip("\n").split("\n")
        return
    printed = quopri.encodestring(data)
    coded = base64.encodebytes(data.replace(b"\n", b"\r\n"))
    shorter = printed if len(printed) <= len(coded) else coded
    yield f"Content-Transfer-Encoding: {'base64' if shorter is coded else 'quoted-printable'}"
    yield ""
    yield from shorter.decode("ascii").rstrip("\n").split("\n")


def _file(one: Attached) -> Iterator[str]:
    name = checked(one.name, "the name of a file")
    quoted = name if re.fullmatch(r"[\w .,+-]+", name, re.ASCII) else ""
    way = f'filename="{quoted}"' if quoted else f"filename*=utf-8''{quote(name, safe='')}"
    yield f"Content-Type: {_written('Content-Type', one.type)}"
    yield f"Content-Disposition: attachment; {way}"
    yield "Content-Transfer-Encoding: base64"
    yield ""
    yield from base64.encodebytes(one.data).decode("ascii").rstrip("\n").split("\n")


def _check(data: bytes, headers: Sequence[Header], letter: Outgoing) -> None:
    """Read it as others will; raise Unreadable where it says something else than it should."""
    try:
        right = _is_read_as(data, headers, letter)
    except (LookupError, ValueError, TypeError, AttributeError):
        right = False  # the library has no error of its own for what it cannot read
    if not right:
        raise Unreadable(
            f"the e-mail to {letter.customer} would not be read as it was meant",
            "correct the names and the subject",
        )


def _is_read_as(data: bytes, headers: Sequence[Header], letter: Outgoing) -> bool:
    message = message_from_string(data.decode(), policy=default)
    made = [name for name, _ in headers]
    found = [name for name in message if name not in ("MIME-Version", "Content-Type")]
    found = [name for name in found if name != "Content-Transfer-Encoding"]
    said = {name: _unfolded(str(message[name])) for name in made if name not in _TEXTS}
    wanted = {name: _unfolded(value) for name, value in headers if name not in _TEXTS}
    return (
        found == made
        and said == wanted
        and str(message["Subject"]) == letter.subject
        and _addresses(message, "From") == [on_the_wire(letter.sender.address)]
        and _addresses(message, "To") == [on_the_wire(letter.to.address)]
        and _addresses(message, "Cc") == [on_the_wire(one.address) for one in letter.cc]
        and not message.defects
    )


def _addresses(message: Message, name: str) -> list[str]:
    header: Any = message[name]
    return [one.addr_spec for one in header.addresses] if header is not None else []


def _unfolded(value: str) -> str:
    return value.replace("\r\n", "").strip()
