"""Consent: the one rule on whether somebody may be written to, called, or counted.

What a mailing is for is a purpose and a channel, `marketing/email`. The purposes are
those of the GDPR's everyday cases; see RECORDS' `consents`.
"""

from __future__ import annotations

from typing import NamedTuple

from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.text import did_you_mean

PURPOSES = ("marketing", "service", "profiling", "data_storage")
CHANNELS = ("email", "phone", "sms", "chat", "letter", "visit", "social")


class Use(NamedTuple):
    """What people's data is to be used for."""

    purpose: str
    channel: str


def read_use(text: str) -> Use:
    """`marketing/email` as a purpose and a channel; raises UsageError."""
    purpose, slash, channel = text.strip().lower().replace("-", "_").partition("/")
    for word, known in ((purpose, PURPOSES), (channel, CHANNELS)):
        if word not in known:
            near = did_you_mean(word, known)
            raise UsageError(
                f"'{text}' is no purpose and channel" if slash else f"'{text}' has no channel",
                f"{near} write marketing/email; known: {', '.join(known)}".strip(),
            )
    return Use(purpose, channel)


def check_permitted(use: Use) -> None:
    """Raises Refused while nobody's consent can be known.

    Consents are kept in records as they are written, and not read yet: to let a list
    pass as consented to would be the one wrong answer.
    """
    raise Refused(
        f"nobody's consent to {use.purpose} by {use.channel} can be checked yet",
        "without --for the segment is exported as it is; only do_not_use is respected",
    )
