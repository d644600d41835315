"""Messages to ourselves: what rules tell users and commands. They are claimed as mails are."""

from __future__ import annotations

from collections.abc import Collection

from crm_cli.features.mailing.outbox import settings_of
from crm_cli.model.errors import CrmError, Refused
from crm_cli.model.item import Item
from crm_cli.model.outgoing import Outgoing
from crm_cli.model.places import RULES
from crm_cli.model.rule import PREFIX
from crm_cli.store.commands import digest, runnable
from crm_cli.workspace import Workspace


def internal_fault(workspace: Workspace, letter: Outgoing, ours: Collection[str]) -> str:
    """Why a message to ourselves cannot go; empty where it can."""
    if letter.channel == "command":
        try:
            command_of(workspace, letter)
        except CrmError as error:
            return f"{error.message}; {error.hint}" if error.hint else error.message
        return ""
    users: dict[str, Item] = settings_of(workspace).values.get("users") or {}
    known = {str(user.values.get("email") or "").lower() for user in users.values()}
    if letter.to.address not in known:
        return f"{letter.to.address} is the address of no user in crm.yaml"
    if letter.sender.address not in ours:
        return f"{letter.sender.address} is no address of ours"
    return ""


def command_of(workspace: Workspace, letter: Outgoing) -> list[str]:
    """The words of the command that a message is for: what the rule says now, never the message.

    Raises Refused where it is not trusted, or the rule does not say so any more; DataError.
    """
    name, _, step = letter.by.removeprefix(PREFIX).partition("/")
    rule = workspace.file(RULES.path).records.get(name)
    held = _deeds(rule, step) if rule is not None and not rule.get("disabled") else []
    commands = [str(one.values["run"]) for one in held if one.values.get("run")]
    same = [one for one in commands if digest(one) == letter.digest]
    if not same and len(commands) != 1:  # the only one may have been corrected meanwhile
        raise Refused(f"the rule {name} runs no such command any more", "delete the file")
    return runnable((same or commands)[0], workspace.root, workspace.environ)


def _deeds(rule: Item, step: str) -> list[Item]:
    if not step:
        return rule.items("do")
    steps = rule.items("steps")
    at = int(step) - 1 if step.isdecimal() else -1
    return steps[at].items("do") if 0 <= at < len(steps) else []
