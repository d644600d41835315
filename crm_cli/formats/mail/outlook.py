"""Mails that Outlook saved as .msg files, as mails of the Internet (python-oxmsg)."""

from __future__ import annotations

import io
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from crm_cli.model.errors import Unreadable, UsageError

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How the files begin (a compound file)."""
_KEPT = ("message-id", "references", "in-reply-to", "auto-submitted", "list-id", "precedence",
         "list-unsubscribe", "return-path", "date", "from", "to", "cc", "received")  # fmt: skip


def as_mail(data: bytes) -> bytes:
    """A .msg file as a mail, with the names of its attachments and without what is in them.

    Raises UsageError where the library is missing, Unreadable for a file that is no mail.
    """
    try:
        from oxmsg import Message
    except ImportError:
        raise UsageError(
            "reading .msg files of Outlook needs python-oxmsg",
            "pip install 'crm-plaintext[outlook]', or save the mail as .eml",
        ) from None
    try:
        message = Message.load(io.BytesIO(data))
        return _written(message)
    except Exception as error:  # The library has no errors of its own.
        raise Unreadable(f"it is no mail of Outlook: {type(error).__name__}") from error


def _written(message: Any) -> bytes:
    made = EmailMessage(policy=policy.SMTP.clone(max_line_length=998))
    given = {str(name).lower(): _flat(value) for name, value in message.message_headers.items()}
    lines = [f"{name}: {given[name]}" for name in _KEPT if given.get(name)]
    if "from" not in given:
        lines.append(f"From: {_flat(message.sender or '')}")
    if not {"to", "cc"} & given.keys():
        named = (f"{_flat(one.name)} <{_flat(one.email_address)}>" for one in message.recipients)
        lines.append(f"To: {', '.join(named)}")
    if "date" not in given and message.sent_date is not None:
        lines.append(f"Date: {format_datetime(message.sent_date)}")
    lines.append(f"Subject: {_flat(message.subject or '')}")
    if message.body or not message.html_body:
        made.set_content(message.body or "")
    else:
        made.set_content(message.html_body, subtype="html")
    for one in message.attachments:
        name = _flat(one.file_name or "")
        made.add_attachment(b"", maintype="application", subtype="octet-stream", filename=name)
    return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n" + bytes(made)


def _flat(value: object) -> str:
    return " ".join(str(value).split())
