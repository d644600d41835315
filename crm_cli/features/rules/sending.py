"""What rules send: their messages in the outbox that need nobody to look at them."""

from __future__ import annotations

from crm_cli.features.mailing.claiming import host
from crm_cli.features.mailing.outbox import Held, held, mail_setting, settings_of
from crm_cli.model.rule import PREFIX
from crm_cli.workspace import Workspace


def to_send(workspace: Workspace) -> list[Held]:
    """The messages that a rule has put into the outbox to be sent, claimed ones too."""
    return [
        one
        for one in held(workspace)
        if one.letter is not None and one.letter.send and one.letter.by.startswith(PREFIX)
    ]


def is_elsewhere(workspace: Workspace) -> bool:
    """Whether another machine than this one sends."""
    wanted = mail_setting(settings_of(workspace), "sender")
    return wanted is not None and str(wanted) != host(workspace)
