"""Notifications: one digest per user and day, by mail or to a command."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from crm_cli.features.due import Due, due, heading, is_late
from crm_cli.features.due.deputies import Desks
from crm_cli.formats.digest import Entry, digest_mail, digest_text
from crm_cli.model.errors import CrmError, UsageError
from crm_cli.model.text import one_line
from crm_cli.store.claims import Claims, state_folder
from crm_cli.store.delivery import Deliver, by_command, by_mail
from crm_cli.store.discovery import read_config
from crm_cli.workspace import Workspace

SENDING, SENT = "sending", "sent"


class Digest(NamedTuple):
    """What a user gets: nothing is due where there are no rows."""

    user: str
    email: str
    subject: str
    text: str


class Outcome(NamedTuple):
    """What became of a digest: sent, sent already today, being sent by another run, failed."""

    digest: Digest
    became: str
    error: CrmError | None = None


def digests(
    workspace: Workspace,
    terms: Sequence[str] = (),
    *,
    owner: str | None = None,
    within: str | None = None,
    kind: str | None = None,
) -> list[Digest]:
    """The digests of the users in crm.yaml (or of one), of those for whom something is due.

    What is nobody's, or of nobody in crm.yaml, everyone gets; what is of somebody who is away
    then, their deputy, who also stands for them in what everyone gets. Raises UsageError where
    there are no users.
    """
    users = workspace.business.users
    named = workspace.me(owner)
    if not users:
        raise UsageError("crm.yaml names no users", "crm config set users.petra.email=…")
    if named is not None and named not in users:
        raise UsageError(f"{named} is none of the users in crm.yaml: {', '.join(sorted(users))}")
    rows = due(workspace, terms, within=within, kind=kind)
    notes, desks = _notes(workspace), Desks(workspace, None)
    found = []
    for user in [named] if named is not None else users:
        here = desks.doing(user, workspace.clock.today) == user
        own = [
            row
            for row in rows
            if (desks.doing(row.owner, row.when) == user if row.owner in users else here)
        ]
        if own:
            found.append(_digest(workspace, user, own, notes))
    return found


def deliver(
    workspace: Workspace, held: Sequence[Digest], *, command: str | None = None
) -> Iterator[Outcome]:
    """Send each digest that was not sent today, and say what became of it.

    It is claimed on disk before it is handed over. A run that is killed between handing
    over and writing that down leaves it unknown: the next run sends it once more, with the
    same Message-ID. Raises UsageError where nothing says how.
    """
    if not held:
        return
    config = read_config(workspace.environ)
    mail = config.get("mail")
    settings: Mapping[str, object] = mail if isinstance(mail, dict) else {}
    way = by_command(command) if command is not None else by_mail(settings, workspace.root)
    sender = str(settings.get("from") or "")
    claims = Claims(state_folder(workspace.root, workspace.environ))
    channel = "mail" if command is None else f"command {command}"
    for digest in held:
        yield _send(workspace, digest, way, sender, claims, channel)


def _send(
    workspace: Workspace,
    digest: Digest,
    way: Deliver,
    sender: str,
    claims: Claims,
    channel: str,
) -> Outcome:
    today = workspace.clock.today
    name = f"notify {digest.user} {channel}"
    with claims.alone(name) as mine:
        if not mine:
            return Outcome(digest, "is being sent by another run")
        if claims.state(name, today.isoformat()) == SENT:
            return Outcome(digest, "was sent today already")
        told = {
            "text": digest.text,
            "subject": digest.subject,
            "user": digest.user,
            "email": digest.email,
        }
        try:
            message = digest_mail(
                digest.text,
                digest.subject,
                sender=sender or digest.email or "crm@localhost",
                to=digest.email or f"{digest.user}@localhost",
                message_id=_message_id(workspace, digest.user, today),
                day=workspace.clock.now,
            )
            claims.mark(name, today.isoformat(), SENDING, today)
            way(message, told)
        except CrmError as error:
            claims.mark(name, today.isoformat(), None, today)
            return Outcome(digest, "was not sent", error)
        claims.mark(name, today.isoformat(), SENT, today)
    return Outcome(digest, "sent")


def crontab(workspace: Workspace, program: str) -> str:
    """Lines for crontab and for a systemd timer, for this directory.

    Raises Refused where a path has a line break: there it would begin an entry.
    """
    import shlex

    root = one_line(os.path.realpath(workspace.root), "the path of the data directory")
    line = shlex.join([one_line(program, "the path of the program"), "-C", root, "notify"])
    return f"""\
# crontab -e: on working days at seven; cron mails what goes wrong
0 7 * * 1-5  {line.replace("%", chr(92) + "%")}

# or ~/.config/systemd/user/crm-notify.service
[Service]
Type=oneshot
ExecStart={line.replace("%", "%%")}

# and ~/.config/systemd/user/crm-notify.timer; systemctl --user enable --now crm-notify.timer
[Timer]
OnCalendar=Mon..Fri 07:00
Persistent=true

[Install]
WantedBy=timers.target
"""


def _digest(workspace: Workspace, user: str, rows: Sequence[Due], notes: Sequence[str]) -> Digest:
    clock, zone = workspace.clock, workspace.business.time_zone
    entries = [
        Entry(heading(row.when, clock, zone), row.when, row.kind, row.name, row.what, row.id)
        for row in rows
    ]
    late = sum(is_late(row.when, clock) for row in rows)
    counts = [(late, "overdue"), (len(rows) - late, "due")]
    subject = ", ".join(f"{count} {word}" for count, word in counts if count)
    return Digest(
        user,
        workspace.business.users[user],
        f"crm: {subject}, {clock.today.isoformat()}",
        digest_text(entries, notes),
    )


def _notes(workspace: Workspace) -> list[str]:
    count = len(workspace.problems)
    if not count:
        return []
    what = "1 problem" if count == 1 else f"{count} problems"
    return [f"This may be incomplete: {what} in the records. crm check shows them."]


def _message_id(workspace: Workspace, user: str, today: date) -> str:
    """The same for the same digest, so that a second copy can be told as one."""
    text = f"{os.path.realpath(workspace.root)}\0{user}\0{today.isoformat()}"
    return f"<{hashlib.sha256(text.encode()).hexdigest()[:32]}@crm.invalid>"
