"""A letter of a mailbox as a mail, of whichever form it is."""

from __future__ import annotations

from datetime import datetime

from crm_cli.formats.mail.message import read_mail
from crm_cli.formats.mail.outlook import MAGIC, as_mail
from crm_cli.model.mail import Mail
from crm_cli.store.mailboxes import Letter


def read(letter: Letter, now: datetime) -> Mail:
    """The mail in a letter; no message of what is raised has its place.

    Raises the letter's fault (StorageError), Unreadable for what is no mail, UsageError for one
    of Outlook without the library.
    """
    if letter.fault is not None:
        raise letter.fault
    data = as_mail(letter.data) if letter.data.startswith(MAGIC) else letter.data
    return read_mail(data, arrived=letter.arrived, now=now)
