"""Claiming: a message is some machine's before it is sent, and nobody else's then.

The file moves into `outbox/sending/MACHINE/`, and where there is a remote that is pushed before
anything is sent: a push is taken by the remote, or it is not, so that one claim comes first. What
this machine does with a claim is written down beside the directory, durably, before and after.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256

from crm_cli.features.mailing.outbox import Held, held, known, mail_setting, settings_of, short
from crm_cli.features.plan import counted
from crm_cli.formats.mail.drafts import draft_of
from crm_cli.model.errors import ConflictError, Refused, Unreadable
from crm_cli.model.ids import slug
from crm_cli.model.outgoing import SENDING, is_message, key_in
from crm_cli.model.outgoing import SENT as FILED
from crm_cli.model.places import OUTBOX
from crm_cli.store.claims import Claims, state_folder
from crm_cli.store.discovery import read_config
from crm_cli.workspace import Change, Create, Remove, Step, Workspace

PUSHED, HANDING, SENT = "pushed", "handing", "sent"
"""What is written down of a claimed message: others know that it is ours; it is being handed to a
server; a server has taken it. Nothing is of one that no server has."""
_LIST = "mail"

Exchange = Callable[[], None]
"""Exchanges changes with the remote. Raises CrmError where it cannot."""


def host(workspace: Workspace) -> str:
    """What this machine is called: `mail.machine` of the user's configuration, else its name."""
    mail = read_config(workspace.environ).get("mail")
    named = mail.get("machine") if isinstance(mail, dict) else None
    return str(named or platform.node() or "here")


def machine(workspace: Workspace) -> str:
    """The name under which this machine claims: another one for each clone and user on it, and
    for each record of what became of claims. Where that is lost, or is another one to cron, what
    was claimed under it is not sent again. Raises StorageError."""
    name, root = host(workspace), os.path.realpath(workspace.root)
    user = str(os.getuid()) if hasattr(os, "getuid") else ""
    record = Claims(state_folder(workspace.root, workspace.environ)).identity()
    said = "\0".join((name, root, user, record))
    digest = sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{slug(name)[:30] or 'machine'}-{digest[:8]}"


def check_sender(workspace: Workspace, *, shared: bool) -> None:
    """Raise Refused where another machine sends. Where nothing is shared by a remote, one has to
    be named: two that share the folder in another way could not know of each other's claims."""
    wanted = mail_setting(settings_of(workspace), "sender")
    here = host(workspace)
    if wanted is None and not shared:
        raise Refused(
            "crm.yaml does not say which machine sends mails, and there is no remote",
            f"on the one that does: crm config set mail.sender={here}",
        )
    if wanted is not None and str(wanted) != here:
        raise Refused(
            f"mails are sent by {wanted}, and this is {here}",
            f"crm config set mail.sender={here} if this one sends from now on",
        )


class Claimed:
    """The claims of this machine, for this run alone."""

    def __init__(self, workspace: Workspace, claims: Claims) -> None:
        self._workspace = workspace
        self._claims = claims
        self.name = machine(workspace)
        self.folder = f"{SENDING}{self.name}/"

    def state(self, one: Held) -> str | None:
        """What is written down of a message."""
        return self._claims.state(_LIST, one.letter.key) if one.letter is not None else None

    def mark(self, one: Held, state: str | None) -> None:
        """Write down what a message's state is; it is on disk when this returns."""
        assert one.letter is not None
        self._claims.mark(_LIST, one.letter.key, state, self._workspace.clock.today)

    def own(self) -> list[Held]:
        """The messages that this machine has claimed."""
        return list(held(self._workspace, self.folder))

    def claim(self, chosen: Sequence[Held]) -> None:
        """Move messages from the outbox into this machine's folder."""
        steps: list[Step] = []
        taken: set[str] = set()
        for one in chosen:
            steps.append(Create(self._free(self.folder, one, taken), one.data))
            steps.append(Remove(one.path))
        said = counted(len(chosen), "message")
        self._workspace.write(Change(f"claim {said} to send", tuple(steps), "final"))

    def settle(self, exchange: Exchange | None) -> list[Held]:
        """The claims that stand once others have been heard; those that others were faster with
        are given up.

        Of two claims on one message that came at once, the one with the later name yields; the
        other waits for the next run. One that was sent elsewhere is dropped.
        """
        if exchange is not None:
            exchange()
        everything = list(held(self._workspace, SENDING))
        others: dict[str, set[str]] = {}
        for one in everything:
            if one.letter is not None and one.claimant not in ("", self.name):
                others.setdefault(one.letter.key, set()).add(one.claimant)
        there = known_sent(self._workspace)
        filed = _filed(self._workspace)
        seen: set[str] = set()
        stand, drop = [], []
        for one in everything:
            if one.claimant != self.name or one.letter is None:
                continue
            if short(one.letter.key) in filed:
                drop.append(one)
                continue
            if one.letter.key in seen:
                continue  # a second file of one message, put there by hand
            seen.add(one.letter.key)
            state = self.state(one)
            rivals = others.get(one.letter.key, set())
            if state in (PUSHED, HANDING, SENT):
                stand.append(one)
            elif short(one.letter.key) in there or any(name < self.name for name in rivals):
                drop.append(one)
            elif not rivals:
                self.mark(one, PUSHED)
                stand.append(one)
        if drop:
            said = counted(len(drop), "message")
            steps = tuple(Remove(one.path) for one in drop)
            self._workspace.write(Change(f"leave {said} to others", steps, "final"))
        return stand

    def back(self, one: Held, trouble: str = "") -> list[Step]:
        """The steps that put a message back into the outbox, with what came of it."""
        assert one.letter is not None
        data = one.data
        if trouble:
            with suppress(Unreadable):
                data = draft_of(one.letter._replace(trouble=trouble))
        return [Create(self._free(OUTBOX.path, one, set()), data), Remove(one.path)]

    def _free(self, folder: str, one: Held, taken: set[str]) -> str:
        """Where a message can lie in a folder: under its name, unless another file has that."""
        name = one.path.rpartition("/")[2]
        stem, _, ending = name.rpartition(".")
        path, at = f"{folder}{name}", 1
        while path in taken or (self._workspace.root / path).exists():
            at += 1
            path = f"{folder}{stem}-{at}.{ending}"
        taken.add(path)
        return path


def being_handed_over(workspace: Workspace, own: Sequence[Held]) -> set[str]:
    """The paths of those of this machine's claims that were being handed to a server when they
    were last heard of."""
    if not own:
        return set()
    claims = Claims(state_folder(workspace.root, workspace.environ))
    letters = [(one.path, one.letter) for one in own if one.letter is not None]
    return {path for path, letter in letters if claims.state(_LIST, letter.key) == HANDING}


def known_sent(workspace: Workspace) -> set[str]:
    """The beginnings of the keys of what was sent, from any machine."""
    return {key for key, where in known(workspace, outbox=False).items() if where == "sent"}


def _filed(workspace: Workspace) -> set[str]:
    """The beginnings of the keys of what was sent and lies with the documents."""
    paths = (entry[0] for entry in workspace.tree.entries(whole=True))
    return {key_in(path) for path in paths if path.startswith(FILED) and is_message(path)}


@contextmanager
def claimed(workspace: Workspace) -> Iterator[Claimed]:
    """The claims, for this run alone. Raises ConflictError where another run is sending."""
    claims = Claims(state_folder(workspace.root, workspace.environ))
    with claims.alone("mail send") as mine:
        if not mine:
            raise ConflictError("mails are being sent by another run", "wait until it has ended")
        yield Claimed(workspace, claims)
