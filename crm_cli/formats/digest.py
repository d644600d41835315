"""The digest of due items as plain-text mail: headings, and lines of at most 78 columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from email.message import EmailMessage
from typing import NamedTuple

from crm_cli.model.errors import UsageError
from crm_cli.model.text import visible
from crm_cli.model.width import char_columns

WIDTH = 78
"""RFC 5322 asks for lines no longer than that."""


class Entry(NamedTuple):
    """A thing that is due, under its heading (`overdue`, `today` …)."""

    heading: str
    when: date | datetime
    kind: str
    name: str
    what: str
    id: str | None


def digest_text(entries: Iterable[Entry], notes: Iterable[str] = ()) -> str:
    """The text, headings where they change; `notes` stand at its end, a line each."""
    listed = list(entries)
    kinds = max((len(entry.kind) for entry in listed), default=0)
    lines: list[str] = []
    shown = None
    for entry in listed:
        if entry.heading != shown:
            lines += [""] * bool(lines) + [entry.heading.capitalize()]
            shown = entry.heading
        clock = f"{entry.when:%H:%M} " if isinstance(entry.when, datetime) else ""
        said = visible(" ".join(f"{clock}{entry.name}: {entry.what}".split()))
        head = f"  {entry.when.isoformat()[:10]}  {entry.kind:<{kinds}}  "
        tail = f"  {entry.id}" if entry.id else ""
        lines.append(head + _cut(said, WIDTH - len(head) - len(tail)) + tail)
    notes = [_cut(visible(note), WIDTH) for note in notes]
    return "\n".join([*lines, *([""] if notes else []), *notes]) + "\n"


def digest_mail(
    text: str, subject: str, *, sender: str, to: str, message_id: str, day: datetime
) -> EmailMessage:
    """The mail; raises UsageError for an address that is none, or would add a header."""
    from email.utils import format_datetime

    message = EmailMessage()
    for key, value in (("From", sender), ("To", to)):
        if not _is_address(value):
            raise UsageError(f"'{visible(value)}' is not an address for {key}")
        message[key] = value
    message["Subject"] = subject
    message["Date"] = format_datetime(day)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _is_address(text: str) -> bool:
    local, at, domain = text.partition("@")
    odd = any(char.isspace() or not char.isprintable() or char in '<>,;:"()[]\\' for char in text)
    return bool(local and at and domain) and "@" not in domain and not odd and "=?" not in text


def _cut(text: str, width: int) -> str:
    """The text in so many columns; wide characters count two."""
    taken = fits = 0
    for place, char in enumerate(text):
        taken += char_columns(char)
        if taken < width:
            fits = place + 1
        if taken > width:
            return text[:fits].rstrip() + "…"
    return text
