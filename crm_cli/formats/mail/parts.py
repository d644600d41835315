"""The parts of a mail (MIME, RFC 2045 and 2046), within bounds and without recursion."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from email.message import Message
from typing import NamedTuple

from crm_cli.formats.mail.headers import Headers, decoded, first, line, split

DEPTH, PARTS = 20, 1000
"""So deep parts are looked into, and so many are looked at."""
TEXT = 1024 * 1024
"""So many bytes of a text are decoded."""
_PARAMETERS = 4096


class Part(NamedTuple):
    """A part without parts: its type, the headers, and the body as it was sent."""

    type: str
    headers: Headers
    body: bytes
    way: tuple[str, ...]
    """The multipart types that it stands in, from the outside."""

    @property
    def name(self) -> str:
        """The file name, bare of folders; empty where there is none."""
        described = _described(self.headers)
        try:
            name = described.get_filename() or ""
        except (LookupError, ValueError, TypeError, IndexError):
            name = ""
        bare = re.split(r"[/\\]", line(str(name), 1000))[-1].strip(". ")
        return bare if len(bare) <= 120 else f"{bare[:100]}…{bare[-19:]}"

    @property
    def is_attached(self) -> bool:
        """Whether it is a file, and no text to be read or picture within one."""
        disposition = self.headers.get("content-disposition", "").lower()
        if disposition.startswith("attachment"):
            return True
        if self.type in ("text/plain", "text/html", "message/delivery-status"):
            return False
        inline = "content-id" in self.headers and "multipart/related" in self.way
        return not inline and (bool(self.name) or self.type == "message/rfc822")

    @property
    def text(self) -> str:
        """The body decoded, with line feeds; halves and control characters are left out."""
        how = self.headers.get("content-transfer-encoding", "").strip().lower()
        body = self.body[: 2 * TEXT]
        if how == "base64":
            body = _base64(body)
        elif how == "quoted-printable":
            body = binascii.a2b_qp(body)
        try:
            charset = _described(self.headers).get_content_charset()
        except (LookupError, ValueError, TypeError, IndexError):
            charset = None
        text = decoded(body[:TEXT], charset)
        return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _base64(body: bytes) -> bytes:
    bare = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    bare = bare[: len(bare) // 4 * 4] if len(bare) % 4 == 1 else bare + b"=" * (-len(bare) % 4)
    return binascii.a2b_base64(bare)


def _described(headers: Headers) -> Message:
    """The headers that describe a part, for the standard library's reading of parameters."""
    described = Message()
    for name in ("content-type", "content-disposition"):
        if name in headers:
            described[name] = headers[name][:_PARAMETERS]
    return described


def parts_of(headers: Headers, body: bytes, notes: list[str]) -> Iterator[Part]:
    """The parts in their order, those of reports and forwarded mails not; `notes` gets what was
    left out for its depth or number."""
    waiting: list[tuple[Headers, bytes, tuple[str, ...]]] = [(headers, body, ())]
    seen = 0
    while waiting:
        headers, body, way = waiting.pop()
        seen += 1
        if seen > PARTS:
            notes.append(f"only its first {PARTS:,} parts were looked at")
            return
        described = _described(headers)
        type = described.get_content_type()
        boundary = _boundary(described) if type.startswith("multipart/") else b""
        if not boundary:
            yield Part(type, headers, body, way)
        elif len(way) >= DEPTH:
            notes.append(f"parts nested deeper than {DEPTH} were not looked at")
        else:
            inner = list(_split(body, boundary, PARTS - seen + 2))
            waiting += [(first(pairs), data, (*way, type)) for pairs, data in reversed(inner)]


def report_of(headers: Headers) -> str:
    """The type of a multipart/report, such as `delivery-status`; empty of any other mail."""
    described = _described(headers)
    if described.get_content_type() != "multipart/report":
        return ""
    try:
        return str(described.get_param("report-type") or "unknown").lower()
    except (LookupError, ValueError, TypeError):
        return "unknown"


def _boundary(described: Message) -> bytes:
    try:
        return str(described.get_boundary() or "")[:200].encode("utf-8", "replace")
    except (LookupError, ValueError, TypeError, IndexError):
        return b""


def _split(
    body: bytes, boundary: bytes, most: int
) -> Iterator[tuple[list[tuple[str, str]], bytes]]:
    """(headers, body) of each part, at most so many; one that is cut off ends with the body."""
    mark = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    start: int | None = None
    for found in mark.finditer(body):
        if start is not None:
            yield split(body[start : found.start()].removeprefix(b"\r").removeprefix(b"\n"))
            most -= 1
        if found[1] or most <= 0:
            return
        start = found.end()
    if start is not None:
        yield split(body[start:].removeprefix(b"\r").removeprefix(b"\n"))
