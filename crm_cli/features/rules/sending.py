"""What rules send: their messages in the outbox that need nobody to look at them."""

from __future__ import annotations

from crm_cli.features.mailing.claiming import host, known_sent
from crm_cli.features.mailing.outbox import Held, held, mail_setting, settings_of, short
from crm_cli.features.plan import counted
from crm_cli.model.rule import PREFIX
from crm_cli.workspace import Change, Remove, Workspace


def to_send(workspace: Workspace) -> list[Held]:
    """The messages that a rule has put into the outbox to be sent, claimed ones too."""
    return [
        one
        for one in held(workspace)
        if one.letter is not None and one.letter.send and one.letter.by.startswith(PREFIX)
    ]


def leave_sent(workspace: Workspace) -> None:
    """Remove the messages of rules from the outbox that have been sent: another clone made the
    same ones, and was faster."""
    sent = known_sent(workspace)
    gone = [
        Remove(one.path)
        for one in to_send(workspace)
        if one.letter is not None and not one.claimant and short(one.letter.key) in sent
    ]
    if gone:
        said = f"leave {counted(len(gone), 'message')} to others"
        workspace.write(Change(said, tuple(gone), "final"))


def is_elsewhere(workspace: Workspace) -> bool:
    """Whether another machine than this one sends."""
    wanted = mail_setting(settings_of(workspace), "sender")
    return wanted is not None and str(wanted) != host(workspace)
