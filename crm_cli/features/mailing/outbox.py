"""The outbox: the messages in its files, and what is known of those that were sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from crm_cli.features.unread import paths_of_all
from crm_cli.formats.mail.drafts import read_draft
from crm_cli.model.errors import DataError, Unreadable
from crm_cli.model.item import Item
from crm_cli.model.mail import Party
from crm_cli.model.outgoing import (
    KEY_IN_NAME,
    SENT,
    Outgoing,
    channel_of,
    claimant,
    is_message,
    key_in,
    named_in,
)
from crm_cli.model.places import OUTBOX, SETTINGS
from crm_cli.model.reachable import bare_address
from crm_cli.model.text import cleaned
from crm_cli.query.addresses import noted
from crm_cli.query.lookups import former_ids
from crm_cli.workspace import Workspace


class Held(NamedTuple):
    """A file of the outbox: its message, or why it cannot be read as one."""

    path: str
    data: bytes
    letter: Outgoing | None
    fault: str = ""

    @property
    def claimant(self) -> str:
        """Who has claimed it; empty where nobody has."""
        return claimant(self.path)


def held(workspace: Workspace, under: str = OUTBOX.path) -> Iterator[Held]:
    """The messages in the outbox, claimed ones too, or `under` a folder of it, by path.

    Raises StorageError where it cannot be looked into as a whole: a claim that is not seen would
    be none.
    """
    for path in paths_of_all(workspace, OUTBOX.path):
        if is_message(path) and path.startswith(under):
            try:
                data = workspace.tree.read(path)
            except FileNotFoundError:
                continue
            yield opened(path, data)


def opened(path: str, data: bytes) -> Held:
    """A file as a message."""
    try:
        return Held(path, data, read_draft(data, channel_of(path)))
    except Unreadable as error:
        hint = f" ({error.hint})" if error.hint else ""
        return Held(path, data, None, f"{error.message}{hint}")


def readable(one: Held) -> Outgoing:
    """The message of a file. Raises DataError where it is none."""
    if one.letter is None:
        raise DataError(f"{one.path}: {one.fault}", "crm mail list shows the outbox")
    return one.letter


def known(workspace: Workspace, *, outbox: bool = True) -> dict[str, str]:
    """The beginnings of the keys of all messages that there are, with where: `sent`, `outbox`;
    or of those alone that were sent."""
    found = {short(str(row[0]).partition("@")[0]): "sent" for row in noted(workspace.database)}
    for path, *_ in workspace.tree.entries(whole=True):
        key = key_in(path) if is_message(path) else ""
        if key and (outbox or path.startswith(SENT)):
            found[key] = "sent" if path.startswith(SENT) else "outbox"
    return found


def former(workspace: Workspace) -> dict[str, set[str]]:
    """The ids that customers had before, as merged records and the names of what was sent to them
    say: by the present id."""
    found: dict[str, set[str]] = {}
    for old, new in former_ids(workspace.database).items():
        found.setdefault(new, set()).add(old)
    whose = {short(str(row[0])): str(row[1]) for row in noted(workspace.database) if row[1]}
    for path, *_ in workspace.tree.entries(whole=True):
        key = key_in(path) if is_message(path) else ""
        if not key:
            continue
        id = whose.get(key, "")
        if not path.startswith(SENT) and not id:
            id = _customer_of(workspace, path)
        # The template may have dots in its name, and so may the id.
        parts = named_in(path).split(".")
        named = {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
        if id and id not in named:
            found.setdefault(id, set()).update(named)
    return found


def _customer_of(workspace: Workspace, path: str) -> str:
    letter = opened(path, workspace.tree.read(path)).letter
    return letter.customer if letter is not None else ""


def short(key: str) -> str:
    """The beginning of a key that names of files have."""
    return key[:KEY_IN_NAME]


def settings_of(workspace: Workspace) -> Item:
    """The settings, as crm.yaml has them now."""
    return workspace.file(SETTINGS.path).record


def mail_setting(settings: Item, key: str) -> object:
    """A setting of `mail`, None where it is not set and has no default."""
    group = settings.values.get("mail")
    return group.get(key) if group is not None else None


def sender(workspace: Workspace, user: str | None, *, personal: bool) -> Party:
    """Whom a message is from: a `personal` one from the user at work, others from the business.

    Raises DataError where the settings have no address.
    """
    from crm_cli.formats.mail.drafts import named

    settings = settings_of(workspace)
    business = settings.values.get("business")
    own = business.values if business is not None else {}
    users: dict[str, Item] = settings.values.get("users") or {}
    mine = users[user].values if user in users else {}
    if personal and mine.get("email"):
        return named(cleaned(str(mine.get("name") or "")), str(mine["email"]))
    general = str(mail_setting(settings, "from") or next(iter(own.get("emails") or ()), ""))
    if general or mine.get("email"):
        name = cleaned(str(own.get("name") or ""))
        return named(name, bare_address(general or str(mine["email"])))
    raise DataError(
        "crm.yaml does not say what address mails come from",
        "crm config set mail.from=office@firm.example",
    )
