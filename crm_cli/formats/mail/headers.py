"""Headers of mails: unfolded, decoded, and split into addresses (RFC 5322, RFC 2047).

They come from strangers: every value is cut at a length, encoded words are decoded after
addresses were told apart, and what a word decodes to begins no line.
"""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crm_cli.model.mail import Party
from crm_cli.model.reachable import email_fault
from crm_cli.model.text import composed

BLOCK = 256 * 1024
"""So many bytes of headers are read of a mail, or of a part."""
_LINES, _VALUE, _SHOWN, _PARTIES = 2000, 16_384, 500, 200

_NAME = re.compile(rb"([!-9;-~]{1,80})[ \t]*:[ \t]*")
_WORD = re.compile(r"=\?([\w.:-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?\s]*)\?=")
_BETWEEN = re.compile(r"(=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]*\?=)\s+(?==\?)")
_ID = re.compile(r"<([^<>\s]{1,250})>")
_SLOW = ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem")
_CONTROL = dict.fromkeys(
    [*range(32), *range(127, 160), 0x2028, 0x2029, *range(0xD800, 0xE000)], " "
)

Headers = dict[str, str]
"""The first value of each header by its lower-case name, undecoded."""


def split(data: bytes) -> tuple[list[tuple[str, str]], bytes]:
    """(name in lower case, raw value) of each header in its order, and the body."""
    if data[:1] in (b"", b"\n", b"\r"):
        return [], data.lstrip(b"\r\n")
    end = re.search(rb"\r?\n\r?\n", data[:BLOCK])
    block, body = (data[: end.start()], data[end.end() :]) if end else (data[:BLOCK], b"")
    found: list[tuple[str, list[bytes]]] = []
    for line in re.split(rb"\r?\n|\r", block)[:_LINES]:
        name = _NAME.match(line)
        if line[:1] in (b" ", b"\t") and found:
            found[-1][1].append(line.strip())
        elif name is not None:
            found.append((name[1].decode("ascii").lower(), [line[name.end() :].strip()]))
        elif found:
            # Not of a header: the body begins without an empty line.
            break
    return [(name, _text(b" ".join(parts)[:_VALUE])) for name, parts in found], body


def first(pairs: list[tuple[str, str]]) -> Headers:
    """The first value of each header: a second one is somebody's trick."""
    found: Headers = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def decoded(data: bytes, charset: str | None) -> str:
    """Bytes in a charset as it is named; where there is no such one, as UTF-8, else cp1252."""
    name = (charset or "utf-8").strip("'\" ").lower()
    if re.fullmatch(r"[\w.:-]{1,40}", name):
        try:
            # Compared as it is known: one codec has many names, such as `-punycode`.
            if codecs.lookup(name).name.replace("-", "_") not in _SLOW:
                return data.decode("utf-8" if name == "us-ascii" else name)
        except (LookupError, ValueError):
            pass
    return _text(data)


def line(value: str, most: int = _SHOWN) -> str:
    """A value for people: encoded words decoded, on one line, without control characters."""
    text = _WORD.sub(_decoded_word, _BETWEEN.sub(r"\1", value))
    text = " ".join(composed(text.translate(_CONTROL)).split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _decoded_word(match: re.Match[str]) -> str:
    charset, how, text = match.groups()
    raw = text.encode("utf-8", "replace")
    try:
        if how in "bB":
            data = binascii.a2b_base64(raw + b"=" * (-len(raw) % 4))
        else:
            data = binascii.a2b_qp(raw, header=True)
    except binascii.Error:
        return match[0]
    return decoded(data, charset)


def parties(value: str) -> tuple[Party, ...]:
    """The addresses of a header with their names, at most 200; what is none is left out."""
    found: dict[str, Party] = {}
    for name, address in _mailboxes(value):
        bare = address.strip().strip("'").lower()
        if email_fault(bare) is None and len(found) < _PARTIES:
            found.setdefault(bare, Party(line(name, 200).strip("\"' "), bare))
    return tuple(found.values())


def _mailboxes(value: str) -> Iterator[tuple[str, str]]:
    """(name, address) of the mailboxes of a header, without recursion: quotes and comments are
    looked at character by character."""
    name: list[str] = []
    comment: list[str] = []
    angle: list[str] | None = None
    quoted, depth, escaped = False, 0, False
    for char in [*value, ","]:
        held = comment if depth else name if angle is None else angle
        if escaped:
            held.append(char)
            escaped = False
        elif char == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            quoted = char != '"'
            held.append(char if quoted else "")
        elif char == '"' and not depth:
            quoted = True
        elif char in "()":
            depth = max(0, depth + (1 if char == "(" else -1))
        elif depth:
            comment.append(char)
        elif char == "<":
            angle = []
        elif char == ">" and angle is not None:
            yield "".join(name), "".join(angle)
            name, comment, angle = [], [], None
        elif char in ",;":
            # A broken address ends here, too.
            said = "".join(name if angle is None else angle)
            if said.strip():
                yield "".join(comment), said
            name, comment, angle = [], [], None
        elif char == ":" and angle is None:
            name = []  # the name of a group
        else:
            held.append(char)


def ids(value: str) -> list[str]:
    """The Message-IDs of a header, without angle brackets: the first and the latest 50."""
    found = [one for one in _ID.findall(value) if one.isprintable()]
    return found if len(found) <= 100 else found[:50] + found[-50:]


def moment(value: str) -> datetime | None:
    """The instant of a date (RFC 5322); None where it is none, or none that a mail can have."""
    text = value[:100].translate(_CONTROL)
    try:
        at = parsedate_to_datetime(re.sub(r"\([^()]*\)", "", text))
        at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at.replace(microsecond=0) if 1980 <= at.year < 9999 else None
